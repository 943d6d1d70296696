"""What a report is about: runs side by side with all that is shown of them, and what a reader must know first. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from interviewer.example import Example
from interviewer.overview import Overview
from interviewer.robustness import FamilyFared
from interviewer.trial import Run

MOST_RUNS = 8
LETTERS = "ABCDEFGH"
FEW_QUESTIONS = 10
"""Below it an interval is rough, and mostly too narrow (see `resampling.Interval`)."""


@dataclass(frozen=True, slots=True)
class ReportedRun:
    """One run of a report."""

    letter: str
    """A for the first run named."""
    name: str
    """Of its folder."""
    run: Run
    overview: Overview
    attacks: tuple[FamilyFared, ...] = ()
    texts: Mapping[str, Example] = field(default_factory=dict)
    """The answers that are shown, by id of the example."""
    with_texts: bool = True
    """False where answers, and what would give them away (quotes, reasons), are left out on purpose."""
    texts_note: str = ""
    """Why texts are absent or may be others than those graded; empty where neither is so."""


UNLABELLED = "Nobody labelled or scored these answers, so there is nothing to agree with."


def labelled(runs: Sequence[ReportedRun]) -> bool:
    """Whether people said anything of any answer."""
    return any(r.overview.figures.items or r.overview.figures.scores for r in runs)


def cautions(runs: Sequence[ReportedRun]) -> tuple[str, ...]:
    """What a reader must know before any figure, a sentence each."""
    found = []
    for r in runs:
        name = f"Run {r.letter} ({r.name})"
        if r.run.finished is None:
            found.append(
                f"{name} is not finished: its figures are those of the {r.overview.figures.n:,} trials so far."
            )
        if not r.overview.figures.exact:
            found.append(
                f"{name} has so many different values that Spearman's r, the length baseline's figures, the trust "
                "curve and the latencies were read off a grid; all other figures are exact."
            )
        if r.overview.figures.questions < FEW_QUESTIONS:
            found.append(
                f"{name} has answers to only {r.overview.figures.questions} question"
                f"{'' if r.overview.figures.questions == 1 else 's'}: intervals are rough or not defined."
            )
    if len({r.run.data_digest for r in runs}) > 1:
        sets = "; ".join(f"{r.letter}: {r.run.data}, {r.overview.answers:,} answers" for r in runs)
        found.append(f"The runs are of different sets ({sets}). A difference between them may be the sets' alone.")
    return tuple(found)


def sets(runs: Sequence[ReportedRun]) -> tuple[tuple[ReportedRun, ...], ...]:
    """The runs in groups of one set each, in the order of first runs."""
    groups: dict[str, list[ReportedRun]] = {}
    for r in runs:
        groups.setdefault(r.run.data_digest, []).append(r)
    return tuple(map(tuple, groups.values()))
