"""The figures of a run in words: what each one means and when it misleads. Computes nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Unit = Literal["number", "share", "tokens", "usd", "seconds"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One figure."""

    name: str
    """Where it stands: "items.kappa" is `figures.items.kappa`."""
    title: str
    means: str
    misleads: str
    unit: Unit = "number"
    better: Literal["higher", "lower", ""] = "higher"


def _lower(name: str, title: str, means: str, misleads: str, unit: Unit = "number") -> Entry:
    return Entry(name, title, means, misleads, unit, "lower")


GROUPS: Mapping[str, tuple[Entry, ...]] = {
    "Single criteria": (
        Entry(
            "items.kappa",
            "Kappa, met or not",
            "Agreement with people on met or not met beyond what chance alone would give: 0 is chance, 1 is always.",
            "It falls where nearly all criteria have one label, with no more errors made: compare it on one set only.",
        ),
        Entry(
            "items.accuracy",
            "Same level",
            "Share of criteria that got the level people gave: missed, partial or met.",
            "Where one level is common, always saying that one earns its share; see the mark beside it.",
        ),
        Entry(
            "items.qwk",
            "Weighted kappa, three levels",
            "Agreement beyond chance over missed, partial and met; missing by two levels counts four times as much.",
            "It forgives many small errors, and shares kappa's dependence on how common each level is.",
        ),
        Entry(
            "items.kappa_levels",
            "Kappa, four levels",
            "Agreement beyond chance over all four levels, contradicted apart from missed, every mistake alike.",
            "Missed for contradicted costs no points, yet counts here as much as missed for met.",
        ),
        Entry(
            "items.contradiction_recall",
            "False claims caught",
            "Of the criteria that people called contradicted, the share that the machine did.",
            "Mostly few rows, so wide; and it says nothing of claims called false that are right (precision, below).",
        ),
        _lower(
            "items.unscored",
            "Criteria without a level",
            "Share of labelled criteria that the grader gave no level; they are in no other figure.",
            "A grader that skips the hard ones looks better everywhere else.",
            "share",
        ),
    ),
    "Whole answers": (
        Entry(
            "scores.qwk",
            "Weighted kappa of scores",
            "Agreement beyond chance on five steps from 0 to 1; far misses count by their square.",
            "Scores next to a step's edge fall to either side; and a wide mix of answers makes it high.",
        ),
        Entry(
            "scores.within_question",
            "Correlation within questions",
            "Among answers to one question: does the better answer get the higher score? Averaged over questions.",
            "It sees order only: a grader that is too kind by a third can have 1. Needs three answers a question.",
        ),
        Entry(
            "scores.pearson",
            "Pearson's r, pooled",
            "Linear correlation of human and machine score over all answers together.",
            "It flatters: knowing which questions are easy is enough for a good part of it.",
        ),
        Entry(
            "scores.spearman",
            "Spearman's r, pooled",
            "Correlation of ranks over all answers together.",
            "As Pearson's; many equal scores make it coarse. It has no interval here.",
        ),
        _lower(
            "scores.mae",
            "Mean error of a score",
            "By how much a score is off people's on average, on a scale from 0 to 1.",
            "A grader that always says the mean has a small one where answers are alike.",
        ),
        _lower(
            "scores.rmse",
            "Root mean squared error",
            "As the mean error, with large errors weighing more.",
            "A few wild scores can make up most of it; look at the scatter.",
        ),
        Entry(
            "scores.bias",
            "Leniency",
            "Mean machine score less mean human score, in standard deviations: above 0 is lenient, below it strict.",
            "0 may be leniency with weak answers and strictness with good ones; look at the scatter.",
            better="",
        ),
        Entry(
            "scores.exact",
            "Same step",
            "Share of answers on the same of five steps.",
            "A miss by one step and one by four count alike.",
        ),
        Entry(
            "scores.adjacent",
            "At most a step apart",
            "Share of answers that are at most one of five steps apart.",
            "Always saying .5 earns much of it.",
        ),
        _lower(
            "scores.unscored",
            "Answers without a score",
            "Share of answers with a human score that the grader gave none; they are in no other figure.",
            "A grader that skips the hard ones looks better everywhere else.",
            "share",
        ),
    ),
    "Probability-weighted score": (
        Entry(
            "expected.within_question",
            "Correlation within questions",
            "The same with the mean probability of met in place of the levels.",
            "Order only; not the score that a candidate is shown.",
        ),
        _lower(
            "expected.mae",
            "Mean error",
            "Mean error of that score.",
            "Careful probabilities pull all scores to the middle, which costs here and not in order.",
        ),
    ),
    "Probabilities": (
        _lower(
            "calibration.ece",
            "Calibration error",
            "How far the stated probability of met is from how often people say met, averaged over ten bins.",
            "Too high on few rows even for a perfect grader, since chance bends a bin; it has no interval here.",
        ),
        _lower(
            "calibration.brier",
            "Brier score",
            "Mean squared distance of the stated probability from what people said: 0 is best, .25 is always .5.",
            "It mixes calibration with knowledge, and depends on how common met is.",
        ),
    ),
    "Steadiness": (
        _lower(
            "steadiness.flip_rate",
            "Flip rate",
            "Chance that two trials of one criterion give different levels.",
            "A steady grader can be steadily wrong.",
            "share",
        ),
        _lower(
            "steadiness.changing",
            "Criteria that ever change",
            "Share of criteria that did not get the same level in every trial.",
            "It grows with the number of trials: compare runs with equally many.",
            "share",
        ),
        Entry(
            "steadiness.alpha_nominal",
            "Krippendorff's alpha",
            "Agreement of the trials with one another beyond chance, all levels alike.",
            "Not defined, or erratic, where nearly all criteria get one level.",
        ),
        Entry(
            "steadiness.alpha_ordinal",
            "Krippendorff's alpha, ordinal",
            "The same with the levels as steps: contradicted, missed, partial, met.",
            "Not defined, or erratic, where nearly all criteria get one level.",
        ),
    ),
    "Cost and time": (
        _lower(
            "cost.usd_total",
            "Money, all",
            "What the trials with a known price cost together, in US dollars.",
            "Trials without a known price are not in it, and may have cost money too.",
            "usd",
        ),
        _lower(
            "cost.usd_mean",
            "Money a trial",
            "Mean over the trials with a known price.",
            "A cache that was warm makes it low; prices change.",
            "usd",
        ),
        _lower(
            "cost.input_tokens",
            "Tokens in",
            "Mean of the trials that report them.",
            "Providers count differently.",
            "tokens",
        ),
        _lower(
            "cost.output_tokens",
            "Tokens out",
            "Mean of the trials that report them.",
            "Providers count differently, and not all count reasoning.",
            "tokens",
        ),
        Entry(
            "cost.cached_share",
            "Input from the cache",
            "Share of the input tokens that the provider read from its cache.",
            "It depends on the order and pace of the run, not only on the prompt.",
            "share",
        ),
        _lower(
            "cost.seconds_p50",
            "Seconds, median",
            "Half of the trials took no longer.",
            "Waiting for other requests of the run counts in.",
            "seconds",
        ),
        _lower(
            "cost.seconds_p95",
            "Seconds, 95th percentile",
            "One trial in twenty took longer.",
            "On few trials it is the slowest one or two.",
            "seconds",
        ),
    ),
}
HEADLINE = (
    "items.kappa",
    "items.accuracy",
    "items.contradiction_recall",
    "scores.qwk",
    "scores.within_question",
    "scores.mae",
)
"""What comes first."""
ENTRIES = {entry.name: entry for group in GROUPS.values() for entry in group}
