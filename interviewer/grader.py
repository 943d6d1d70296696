"""Grades one answer: gate, numeric check, judge, checks in code, sum in code. Speaks to protocols only.

The way is the same for every judge, so that a language model and the embedded grader answer to one contract. A judge
that gives no usable verdict leaves the answer `ungraded`; nothing here turns a failure into a number.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace

from interviewer import __version__, evidence, gate, numeric
from interviewer.answer import Answer, canonical
from interviewer.errors import ModelError
from interviewer.grade import (
    Call,
    Grade,
    Judgement,
    NumberFound,
    Outcome,
    Provenance,
    State,
    Verdict,
    combine,
    ungraded,
)
from interviewer.item import Item, Note
from interviewer.models import Judge, Task
from interviewer.rubric import Rubric

Retrieve = Callable[[Item, Rubric], tuple[Note, ...]]
"""The reference passages for an item, best first; never sees the answer. Called in a thread; may raise ModelError."""
Witness = Callable[[Task], dict[str, float]]
"""A second, deterministic opinion of each criterion, in [0, 1]."""

WITNESS_FLOOR = 0.02
"""A model's credit is refused where the embedded grader's probability is below this; see evals/RESULTS.md."""


@dataclass(frozen=True, slots=True)
class Grader:
    """A judge with everything around it that makes its verdict a grade."""

    judge: Judge
    rubric_of: Callable[[Item], Rubric]
    retrieve: Retrieve
    witness: Witness | None = None
    """None where the judge is itself the embedded grader."""
    common: Callable[[], frozenset[str]] = frozenset
    """Stems that tell nothing about a subject, for `evidence.off_topic`; asked for when something is credited."""

    @property
    def name(self) -> str:
        """Who judges."""
        return self.judge.name

    @property
    def state(self) -> State:
        """What a grade may claim to be."""
        return self.judge.state

    async def task(self, item: Item, raw: str, rubric: Rubric | None = None, trial: int = 1) -> Task | None:
        """What the judge is given of an answer; None where the gate stops it and no judge is asked. See `grade`.

        Raises:
            InputError: the text cannot be read as an answer.
            ModelError: the passages cannot be retrieved.
        """
        rubric, answer = rubric or self.rubric_of(item), canonical(raw)
        if gate.stopped(answer, item):
            return None
        return Task(item, rubric, answer, await self._notes(item, rubric), trial)

    async def grade(self, item: Item, raw: str, rubric: Rubric | None = None, trial: int = 1) -> Grade:
        """The grade of what a candidate typed.

        Args:
            rubric: another rubric than the item's own, as external sets bring along.
            trial: 1-based number of the repetition, where an answer is graded more than once.

        Returns:
            A grade whose state is `ungraded` where the judge failed; it then has no number.

        Raises:
            InputError: the text cannot be read as an answer.
        """
        rubric = rubric or self.rubric_of(item)
        answer = canonical(raw)
        if reason := gate.stopped(answer, item):
            return self._closed(item, rubric, answer, reason)
        found, notes = numbers_found(item, answer), tuple[Note, ...]()
        try:
            notes = await self._notes(item, rubric)
            task = Task(item, rubric, answer, notes, trial)
            verdict = await self.judge.judge(task)
        except ModelError as error:
            reason = f"{type(error).__name__}: {error}"
            return ungraded(rubric, reason, self._provenance(rubric, notes), answer.flags)
        credited = any(isinstance(o, Judgement) and o.level in ("met", "partial") for o in verdict.outcomes)
        opinion = self._opinion(task) if credited else {}
        verdict = replace(verdict, outcomes=settled(verdict.outcomes, task, found, opinion))
        provenance = self._provenance(rubric, task.notes, verdict.calls)
        return combine((verdict,), rubric, self.judge.state, provenance, found, answer.flags)

    async def _notes(self, item: Item, rubric: Rubric) -> tuple[Note, ...]:
        if not self.judge.reads_notes or item.rubric_id is None:  # a question from elsewhere has no passages
            return ()
        # In a thread: it may read files, import a library or ask an endpoint, and others are waiting too.
        return await asyncio.to_thread(self.retrieve, item, rubric)

    def _closed(self, item: Item, rubric: Rubric, answer: Answer, reason: str) -> Grade:
        """The grade of an answer that says nothing: every criterion missed, no judge asked."""
        outcomes = tuple(Judgement(c.id, "missed", (), gate.REASONS[reason], 0.0, c.notes) for c in rubric.criteria)
        found = tuple(NumberFound(n.criterion, "absent", n.value, None) for n in item.numerics)
        flags = (*answer.flags, f"gate:{reason}")
        return combine((Verdict(outcomes),), rubric, self.judge.state, self._provenance(rubric, ()), found, flags)

    def _opinion(self, task: Task) -> dict[str, float]:
        """The witness's probabilities; 0 throughout for an answer that is about something else.

        Asked only where the judge credits something: it can only take away.
        """
        written_here = task.rubric.version > 0  # a derived rubric has too few words to tell by
        if written_here and evidence.off_topic(task.answer, task.item, task.rubric, self.common()):
            return dict.fromkeys((c.id for c in task.rubric.criteria), 0.0)
        return self.witness(task) if self.witness else {}

    def _provenance(self, rubric: Rubric, notes: tuple[Note, ...], calls: tuple[Call, ...] = ()) -> Provenance:
        return Provenance(
            grader=self.judge.name,
            grader_version=self.judge.version,
            rubric_id=rubric.id,
            rubric_version=rubric.version,
            rubric_digest=rubric.digest,
            code_version=__version__,
            note_ids=tuple(n.id for n in notes),
            calls=calls,
        )


def numbers_found(item: Item, answer: Answer) -> tuple[NumberFound, ...]:
    """What the numeric check sees for each number the item asks for."""
    return tuple(
        numeric.check(answer.text, expected, tuple(n for n in item.numerics if n is not expected))
        for expected in item.numerics
    )


def settled(
    outcomes: tuple[Outcome, ...], task: Task, found: tuple[NumberFound, ...], opinion: dict[str, float]
) -> tuple[Outcome, ...]:
    """The outcomes after every check in code: quotes, the witness's floor, and last the numbers."""
    by_number = {n.criterion_id: n for n in found}
    return tuple(
        _settle_one(outcome, task, by_number.get(outcome.criterion_id), opinion.get(outcome.criterion_id, 1.0))
        for outcome in outcomes
    )


def _settle_one(outcome: Outcome, task: Task, found: NumberFound | None, opinion: float) -> Outcome:
    criterion = task.rubric.criterion(outcome.criterion_id)
    if isinstance(outcome, Judgement):
        outcome = evidence.checked(outcome, criterion, task.answer, task.item, task.rubric)
    if found is not None:
        fault = evidence.objection(task.answer, found.quote, task.item, task.rubric) if found.status == "match" else ""
        if fault in ("instruction", "about-grading", "somebody-else", "echo"):
            return Judgement(criterion.id, "missed", (), evidence.OBJECTIONS[fault], 0.0, criterion.notes)
        return decided_by_number(outcome, found, criterion.notes)
    if isinstance(outcome, Judgement) and outcome.level in ("met", "partial") and opinion < WITNESS_FLOOR:
        return replace(outcome, level="missed", quotes=(), reason="It does not touch it.")
    return outcome


def decided_by_number(outcome: Outcome, found: NumberFound, notes: tuple[str, ...] = ()) -> Outcome:
    """The outcome of a criterion that a number decides: met exactly when the number is right.

    A judge may still give `partial` for a wrong number where the rubric has that level; it cannot give more.
    """
    if found.status == "match":
        reason = f"The number is right ({found.given:g})." if found.given is not None else "The number is right."
        return Judgement(found.criterion_id, "met", (found.quote,), reason, 1.0, notes)
    if isinstance(outcome, Judgement) and outcome.level != "met":
        return outcome
    return Judgement(found.criterion_id, "missed", (), _why(found), 0.0, notes)


def _why(found: NumberFound) -> str:
    if found.status == "absent":
        return "No number is given."
    if found.status == "ambiguous":
        return "The right number is offered beside another one; it must stand alone."
    return f"The number given, {found.given:g}, is not the right one."
