"""The figures of a run out of its trials. Pure."""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from interviewer.agreement import (
    accuracy,
    kappa,
    mean_absolute_error,
    pearson,
    root_mean_squared_error,
    steps,
    within_question,
)
from interviewer.rubric import POINTS
from interviewer.trial import CriterionTrial, Trial


@dataclass(frozen=True, slots=True)
class ItemFigures:
    """Agreement on single criteria. nan: not defined on these rows."""

    n: int
    accuracy: float
    """Share of equal levels of missed, partial, met (a contradicted criterion earns what a missed one earns)."""
    kappa: float
    """Cohen's kappa over met / not met: partial counts as not met on both sides."""
    qwk: float
    """Quadratic weighted kappa over missed, partial, met."""
    unscored: float
    """Share of labelled criteria without a level; they are in no other figure."""


@dataclass(frozen=True, slots=True)
class ScoreFigures:
    """Agreement on whole answers. nan: not defined on these rows."""

    n: int
    qwk: float
    """On five steps, 0 to 1 by .25."""
    pearson: float
    within_question: float
    mae: float
    rmse: float
    unscored: float
    """Share of scored answers that the grader left ungraded; they are in no other figure."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What `eval run` prints."""

    items: ItemFigures | None
    """None where nobody labelled criteria."""
    scores: ScoreFigures | None
    """None where nobody scored whole answers."""
    expected: ScoreFigures | None
    """The same with the probability-weighted score; None where the judge gives no probabilities."""
    length: ScoreFigures | None
    """The same with the answer's length as the score: the baseline to beat."""
    seconds_median: float
    n: int

    def as_dict(self) -> dict[str, object]:
        """Plain values; nan becomes None, since JSON has no nan."""
        return {k: _plain(v) for k, v in asdict(self).items()}


def figures(trials: Sequence[Trial]) -> Figures:
    """The figures of the trials of one run."""
    scored = [t for t in trials if t.human_score is not None]
    labelled = [c for t in trials for c in t.criteria if c.human is not None]
    seconds = sorted(t.seconds for t in trials)
    with_expected = any(t.expected is not None for t in scored)
    return Figures(
        items=_items(labelled) if labelled else None,
        scores=_scores(scored, [t.score for t in scored]) if scored else None,
        expected=_scores(scored, [t.expected for t in scored]) if with_expected else None,
        length=_scores(scored, _lengths(scored)) if scored else None,
        seconds_median=seconds[len(seconds) // 2] if seconds else math.nan,
        n=len(trials),
    )


def _items(labelled: Sequence[CriterionTrial]) -> ItemFigures:
    judged = [(c.human, c.level) for c in labelled if c.level is not None and c.human is not None]
    human = [round(2 * POINTS[h]) for h, _ in judged]
    machine = [round(2 * POINTS[m]) for _, m in judged]
    return ItemFigures(
        n=len(judged),
        accuracy=accuracy(human, machine),
        kappa=kappa([h == 2 for h in human], [m == 2 for m in machine], levels=2),
        qwk=kappa(human, machine, levels=3, weights="quadratic"),
        unscored=1 - len(judged) / len(labelled),
    )


def _scores(trials: Sequence[Trial], machine: Sequence[float | None]) -> ScoreFigures:
    rows = [(t.human_score, m, t.question) for t, m in zip(trials, machine, strict=True) if m is not None]
    a, b = [h for h, _, _ in rows if h is not None], [m for _, m, _ in rows]
    return ScoreFigures(
        n=len(rows),
        qwk=kappa(steps(a), steps(b), levels=5, weights="quadratic"),
        pearson=pearson(a, b),
        within_question=within_question(a, b, [q for _, _, q in rows]),
        mae=mean_absolute_error(a, b),
        rmse=root_mean_squared_error(a, b),
        unscored=1 - len(rows) / len(trials),
    )


def _lengths(trials: Sequence[Trial]) -> list[float | None]:
    """Words of each answer, over the longest one's."""
    longest = max((t.answer_words for t in trials), default=0) or 1
    return [t.answer_words / longest for t in trials]


def _plain(value: object) -> object:
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items()}
    return None if isinstance(value, float) and math.isnan(value) else value
