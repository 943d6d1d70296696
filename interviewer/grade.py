"""What a judgement, a verdict and a grade are, and how code makes the number out of them.

The judge never emits a score: `combine` adds up the rubric's weights. A failure is the type `Unscored`, never a number.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Literal

from interviewer.rubric import POINTS, LevelName, Rubric

State = Literal["graded", "provisional", "ungraded"]


@dataclass(frozen=True, slots=True)
class Judgement:
    """One criterion judged in one trial."""

    criterion_id: str
    level: LevelName
    quotes: tuple[str, ...] = ()
    """Exact substrings of the canonical answer that earn the level; empty only where nothing is credited."""
    reason: str = ""
    probability: float | None = None
    """Calibrated P(met) in [0, 1] where the judge gives one."""
    notes: tuple[str, ...] = ()
    """Ids of the passages that settle the criterion."""


@dataclass(frozen=True, slots=True)
class Unscored:
    """A criterion that could not be judged, and why. Takes the place of a number; never turned into one."""

    criterion_id: str
    reason: str


Outcome = Judgement | Unscored


@dataclass(frozen=True, slots=True)
class NumberFound:
    """What the numeric check saw in an answer for one expected number."""

    criterion_id: str
    status: Literal["match", "mismatch", "absent", "ambiguous"]
    expected: float
    given: float | None
    """In the unit of the expected value; None where no number was found."""
    quote: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """One trial: every criterion of the rubric once, judged or unscored."""

    outcomes: tuple[Outcome, ...]
    flags: tuple[str, ...] = ()
    calls: "tuple[Call, ...]" = ()
    """In the order they were made; none where no model was asked (the gate, the embedded grader)."""


@dataclass(frozen=True, slots=True)
class Call:
    """What one model call cost and said; kept so that a grade can be replayed from its record."""

    model_asked: str
    model_answered: str
    parameters: dict[str, Any]
    prompt_name: str
    prompt_version: int
    prompt_digest: str
    note_ids: tuple[str, ...]
    """Passages that were in the prompt after trimming to the budget."""
    input_tokens: int | None
    output_tokens: int | None
    cached_tokens: int | None
    cost_usd: float | None
    """None where the price of the model is not known."""
    latency_s: float
    attempts: int
    raw_reply: str


@dataclass(frozen=True, slots=True)
class Provenance:
    """Everything that explains a grade later."""

    grader: str
    grader_version: str
    rubric_id: str
    rubric_version: int
    rubric_digest: str
    code_version: str
    note_ids: tuple[str, ...] = ()
    calls: tuple[Call, ...] = ()


@dataclass(frozen=True, slots=True)
class Grade:
    """What a candidate is told."""

    state: State
    score: float | None
    """In [0, 1]; None exactly when the state is `ungraded`."""
    outcomes: tuple[Outcome, ...]
    provenance: Provenance
    reason: str = ""
    """Why it is ungraded; empty otherwise."""
    numeric: tuple[NumberFound, ...] = ()
    flags: tuple[str, ...] = ()
    spread: float = 0.0
    """Highest minus lowest score over the trials; 0 for a single trial."""
    verdicts: tuple[Verdict, ...] = field(default=(), repr=False)


def combine(
    verdicts: tuple[Verdict, ...],
    rubric: Rubric,
    state: Literal["graded", "provisional"],
    provenance: Provenance,
    numeric: tuple[NumberFound, ...] = (),
    flags: tuple[str, ...] = (),
) -> Grade:
    """The grade of one or more trials on one answer.

    Each criterion takes the level most trials gave (the lower one on a tie: credit needs a majority) with that trial's
    evidence. One unscored criterion leaves the whole without a number.

    Args:
        verdicts: at least one; each with every criterion of the rubric once, in the rubric's order.

    Raises:
        ValueError: no verdict, or one that does not cover the rubric.
    """
    if not verdicts or any([o.criterion_id for o in v.outcomes] != [c.id for c in rubric.criteria] for v in verdicts):
        raise ValueError("every verdict must judge every criterion of the rubric once, in its order")
    outcomes = tuple(_majority([v.outcomes[i] for v in verdicts]) for i in range(len(rubric.criteria)))
    all_flags = tuple(dict.fromkeys([*flags, *(f for v in verdicts for f in v.flags)]))
    unscored = [o for o in outcomes if isinstance(o, Unscored)]
    if unscored:
        return Grade("ungraded", None, outcomes, provenance, unscored[0].reason, numeric, all_flags, 0.0, verdicts)
    scores = [s for v in verdicts if (s := _score(v.outcomes, rubric)) is not None]
    total = _score(outcomes, rubric)
    spread = max(scores) - min(scores) if scores else 0.0
    return Grade(state, total, outcomes, provenance, "", numeric, all_flags, spread, verdicts)


def ungraded(rubric: Rubric, reason: str, provenance: Provenance, flags: tuple[str, ...] = ()) -> Grade:
    """A grade that could not be made: every criterion unscored, no number, the reason in words."""
    outcomes = tuple(Unscored(c.id, reason) for c in rubric.criteria)
    return Grade("ungraded", None, outcomes, provenance, reason, (), flags)


def _score(outcomes: tuple[Outcome, ...], rubric: Rubric) -> float | None:
    levels = {o.criterion_id: o.level for o in outcomes if isinstance(o, Judgement)}
    return rubric.score(levels) if len(levels) == len(rubric.criteria) else None


def _majority(outcomes: list[Outcome]) -> Outcome:
    judged = [o for o in outcomes if isinstance(o, Judgement)]
    if len(judged) * 2 <= len(outcomes):
        return next(o for o in outcomes if isinstance(o, Unscored))
    counts = Counter(o.level for o in judged)
    most = max(counts.values())
    level = min((name for name, n in counts.items() if n == most), key=lambda name: POINTS[name])
    return next(o for o in judged if o.level == level)
