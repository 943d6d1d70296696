"""One graded answer as it is shown: criterion by criterion, with the evidence in its place. Pure.

Reads a stored grade against the rubric of the bank, which may have changed since; what no longer fits is shown as it
was judged, never dropped. Decides no level and no score.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from interviewer.answer import canonical
from interviewer.bank import Bank
from interviewer.grade import Grade, Judgement, NumberFound, Outcome, State
from interviewer.item import Item
from interviewer.rubric import POINTS, Criterion, Rubric

Shown = Literal["missed", "partial", "met", "contradicted", "unscored"]
"""What became of a criterion: a level's name, or that it has none."""
LEVEL_SIGNS: dict[Shown, tuple[str, str]] = {
    "met": ("✓", "Met"),
    "partial": ("◐", "Partly met"),
    "missed": ("○", "Missed"),
    "contradicted": ("✗", "Contradicted"),
    "unscored": ("?", "Not judged"),
}
"""Level -> (sign, word); never told apart by colour alone."""
STATE_LINES: dict[State, str] = {
    "graded": "A language model judged each criterion. Its quotes were checked against your answer; code added up the "
    "score.",
    "provisional": "The built-in grader judged this without a language model. Take it as a first opinion.",
    "ungraded": "There is no score for this answer. It is kept, and you can have it graded again.",
}


@dataclass(frozen=True, slots=True)
class Passage:
    """A reference passage that settles a criterion; shown only after the attempt."""

    title: str
    text: str
    """Markdown with LaTeX between dollar signs."""
    sources: str


@dataclass(frozen=True, slots=True)
class Segment:
    """A run of the answer's text."""

    text: str
    criteria: tuple[int, ...] = ()
    """Numbers of the criteria that quote it; none for plain text."""
    ends: tuple[int, ...] = ()
    """Those whose quote ends here."""


@dataclass(frozen=True, slots=True)
class CriterionShown:
    """One criterion of a review."""

    number: int
    claim: str
    level: Shown
    points: float | None
    """Earned; None where it was not judged."""
    weight: float
    """Points there are to earn; 0 where the rubric no longer has the criterion."""
    optional: bool
    quotes: tuple[str, ...]
    reason: str
    missing: str
    """What the full points ask for; empty where they were earned."""
    passages: tuple[Passage, ...]
    numbers: tuple[str, ...]
    """One sentence for each number that code compared."""


@dataclass(frozen=True, slots=True)
class Review:
    """A graded answer, or one that could not be graded."""

    state: State
    state_line: str
    score: float | None
    reason: str
    """Why there is no score, or why the last attempt at another grading failed; else empty."""
    answer: tuple[Segment, ...]
    """Empty for an empty answer."""
    criteria: tuple[CriterionShown, ...]
    next_step: str
    model_answer: str
    flags: tuple[str, ...]
    """What was noticed about the text, in words; flags change no score."""


def review(item: Item, raw: str, grade: Grade | None, failure: str, bank: Bank) -> Review:
    """The review of an answer.

    Args:
        raw: the answer as it was handed in.
        grade: the last grade with a number, else an ungraded one; None where grading broke off.
        failure: why the last attempt at grading failed; empty when it did not.
    """
    rubric = bank.rubric_of(item)
    text = canonical(raw).text
    outcomes = _in_order(grade.outcomes if grade else (), rubric)
    shown = tuple(_criterion(n, *pair, item, grade, bank) for n, pair in enumerate(outcomes, 1))
    state: State = grade.state if grade else "ungraded"
    reason = failure or (grade.reason if grade else "")
    if failure and state != "ungraded":
        reason = f"Grading again failed, the earlier grade stands: {failure}"
    return Review(
        state=state,
        state_line=STATE_LINES[state],
        score=grade.score if grade else None,
        reason=reason,
        answer=segments(text, [(c.number, quote) for c in shown for quote in c.quotes]),
        criteria=shown if state != "ungraded" or any(c.level != "unscored" for c in shown) else (),
        next_step=_next_step(shown) + _outdated(grade, rubric),
        model_answer=rubric.model_answer,
        flags=_noticed(grade),
    )


def _noticed(grade: Grade | None) -> tuple[str, ...]:
    # What the gate decided (`gate:...`) is already the reason of every criterion.
    flags = grade.flags if grade else ()
    return tuple(flag.replace("-", " ") for flag in flags if not flag.startswith("gate:"))


def segments(text: str, quotes: Iterable[tuple[int, str]]) -> tuple[Segment, ...]:
    """The text cut where quotes begin and end; joined together the segments are the text again.

    Args:
        quotes: (criterion number, quote); a quote that does not occur is passed over, of several places the first
            counts.

    Example:
        >>> [(s.text, s.criteria) for s in segments("all units stay on", [(1, "units stay"), (2, "stay on")])]
        [('all ', ()), ('units ', (1,)), ('stay', (1, 2)), (' on', (2,))]
        >>> [s.ends for s in segments("all units stay on", [(1, "units stay"), (2, "stay on")])]
        [(), (), (1,), (2,)]
    """
    found = [(number, at, at + len(quote)) for number, quote in quotes if quote and (at := text.find(quote)) >= 0]
    cuts = sorted({0, len(text), *(edge for _, start, end in found for edge in (start, end))})
    cut = []
    for start, end in pairwise(cuts):
        quoting = {(n, last) for n, first, last in found if first <= start and end <= last}
        criteria, ends = {n for n, _ in quoting}, {n for n, last in quoting if last == end}
        cut.append(Segment(text[start:end], tuple(sorted(criteria)), tuple(sorted(ends))))
    return tuple(cut)


def _in_order(outcomes: tuple[Outcome, ...], rubric: Rubric) -> list[tuple[Criterion | None, Outcome]]:
    """Each outcome with its criterion, in the rubric's order; None where the rubric no longer has it."""
    known = {criterion.id: criterion for criterion in rubric.criteria}
    places = {criterion_id: n for n, criterion_id in enumerate(known)}
    ordered = sorted(outcomes, key=lambda o: places.get(o.criterion_id, len(places)))
    return [(known.get(outcome.criterion_id), outcome) for outcome in ordered]


def _criterion(
    number: int, criterion: Criterion | None, outcome: Outcome, item: Item, grade: Grade | None, bank: Bank
) -> CriterionShown:
    judged = outcome if isinstance(outcome, Judgement) else None
    weight = criterion.weight if criterion else 0.0
    note_ids = (judged.notes if judged else ()) or (criterion.notes if criterion else ())
    numbers = [n for n in grade.numeric if n.criterion_id == outcome.criterion_id] if grade else []
    return CriterionShown(
        number=number,
        claim=criterion.claim if criterion else outcome.criterion_id,
        level=judged.level if judged else "unscored",
        points=weight * POINTS[judged.level] if judged else None,
        weight=weight,
        optional=criterion.optional if criterion else False,
        quotes=judged.quotes if judged else (),
        reason=outcome.reason,
        missing=criterion.met if criterion and judged and judged.level != "met" else "",
        passages=tuple(Passage(n.title, n.text, n.sources) for i in note_ids if (n := bank.notes.get(i))),
        numbers=tuple(_number_line(number, item) for number in numbers),
    )


def _number_line(found: NumberFound, item: Item) -> str:
    units = [n.unit for n in item.numerics if n.criterion == found.criterion_id and n.value == found.expected]
    unit = f" (unit: {units[0]})" if units and units[0] else ""
    expected = f"{found.expected:.6g}"
    given = "" if found.given is None else f"{found.given:.6g}"
    line = {
        "match": f"your {given} agrees with the expected {expected}",
        "mismatch": f"you gave {given}, expected is {expected}",
        "absent": f"no number found, expected is {expected}",
        "ambiguous": f"the expected {expected} is offered beside another number and must stand alone",
    }[found.status]
    return f"Number check: {line}{unit}."


def _next_step(criteria: tuple[CriterionShown, ...]) -> str:
    """The one thing that would have earned most; empty where nothing was lost."""
    lost = [c for c in criteria if c.missing and not c.optional] or [c for c in criteria if c.missing]
    if not lost:
        return ""
    most = max(lost, key=lambda c: c.weight - (c.points or 0.0))
    passage = f" The passage “{most.passages[0].title}” settles it." if most.passages else ""
    return f"Most to gain: {most.claim}{passage}"


def _outdated(grade: Grade | None, rubric: Rubric) -> str:
    if grade is None or grade.provenance.rubric_digest == rubric.digest:
        return ""
    return " The rubric has changed since this grade; grade again to use the new one."
