"""Runs a grader over labelled answers: the same grader that candidates meet. Speaks to protocols only."""

import asyncio
import hashlib
import time
from collections.abc import Awaitable, Callable, Collection, Coroutine, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any, Protocol, TypeVar

from interviewer import __version__, evidence
from interviewer.errors import InputError, SettingsError
from interviewer.example import Example
from interviewer.grade import Grade, Judgement, Outcome, Provenance, Unscored, ungraded
from interviewer.item import Item
from interviewer.rubric import Rubric
from interviewer.trial import CriterionTrial, Run, Trial


class Grades(Protocol):
    """The part of a grader that the harness needs."""

    async def grade(self, item: Item, raw: str, rubric: Rubric | None = None, trial: int = 1) -> Grade:
        """The grade of an answer; ungraded where the judge fails.

        Raises:
            InputError: this answer cannot be graded at all.
        """
        ...


@dataclass(frozen=True, slots=True)
class Plan:
    """How a run goes about it."""

    concurrency: int = 8
    """Answers graded at once; 1 or more."""
    trials: int = 1
    """Times that each answer is graded; 1 or more."""
    max_cost_usd: float | None = None
    """No answer is begun once so much has been spent; those under way are finished. None: no limit."""


@dataclass(slots=True)
class Progress:
    """How far a run is; what was done before it was resumed counts."""

    total: int
    """Trials there are in all."""
    done: int = 0
    ungraded: int = 0
    cost_usd: float = 0.0
    is_out_of_money: bool = False

    def add(self, trial: Trial) -> None:
        """Counts a trial."""
        self.done += 1
        self.ungraded += trial.state == "ungraded"
        self.cost_usd += trial.cost_usd or 0.0


Key = tuple[str, int]
"""Id of an example and number of the trial."""
Make = Callable[[Example, int], Awaitable[Trial]]
"""Makes the trial of that number of an example, here or on another machine; InputError: it cannot be graded at all."""


async def run(
    grader: Grades,
    examples: Sequence[Example],
    keep: Callable[[Trial], None],
    plan: Plan = Plan(),  # frozen
    done: Collection[Key] = (),
    progress: Progress | None = None,
) -> Progress:
    """As `run_by`, with a grader in this process."""
    return await run_by(partial(graded, grader), examples, keep, plan, done, progress)


async def run_by(
    make: Make,
    examples: Sequence[Example],
    keep: Callable[[Trial], None],
    plan: Plan = Plan(),  # frozen
    done: Collection[Key] = (),
    progress: Progress | None = None,
) -> Progress:
    """Makes every trial that is planned and hands each to `keep` as it ends.

    An answer that cannot be graded is an ungraded trial, not the end of the run.

    Args:
        done: trials that exist already; nobody is asked for them again.
        progress: counts along, for somebody who watches; with the trials in `done` already counted.

    Returns:
        How far it got: all the way, unless it ran out of money.

    Raises:
        SettingsError: a limit of cost is set, and the model's price is not known.
    """
    progress = progress or Progress(len(examples) * plan.trials)
    left = ((e, n) for e in examples for n in range(1, plan.trials + 1) if (e.id, n) not in done)

    async def work() -> None:
        for example, number in left:
            progress.is_out_of_money = plan.max_cost_usd is not None and progress.cost_usd >= plan.max_cost_usd
            if progress.is_out_of_money:
                return
            trial = await _made(make, example, number)
            keep(trial)
            progress.add(trial)
            if plan.max_cost_usd is not None and trial.input_tokens is not None and trial.cost_usd is None:
                doing = "set INTERVIEWER_PRICE_IN and INTERVIEWER_PRICE_OUT, or leave --max-cost out"
                raise SettingsError(f"the price of this model is not known, so its cost cannot be limited; {doing}")

    await _together([work() for _ in range(plan.concurrency)])
    return progress


async def _together(work: Sequence[Coroutine[None, None, None]]) -> None:
    """All of it; when one fails the others are ended first, so that nothing is written after the error."""
    tasks = [asyncio.ensure_future(one) for one in work]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def graded(grader: Grades, example: Example, number: int) -> Trial:
    """One trial; it depends on nothing but what is handed in and on what the judge says.

    Raises:
        InputError: the answer cannot be graded at all.
    """
    started = time.perf_counter()
    grade = await grader.grade(example.item, example.answer, example.rubric, number)
    return trial_of(example, grade, time.perf_counter() - started, number)


async def _made(make: Make, example: Example, number: int) -> Trial:
    started, rubric = time.perf_counter(), example.rubric
    try:
        return await make(example, number)
    except InputError as error:
        provenance = Provenance("", "", rubric.id, rubric.version, rubric.digest, __version__)
        refused = ungraded(rubric, str(error), provenance)
        return trial_of(example, refused, time.perf_counter() - started, number)


def trial_of(example: Example, grade: Grade, seconds: float, number: int = 1) -> Trial:
    """The trial that a grade makes.

    Args:
        seconds: wall time; where a model was asked, its own time is kept in place of it.
    """
    calls = grade.provenance.calls
    return Trial(
        example=example.id,
        question=example.item.id,
        topic=example.item.topic,
        kind=example.item.kind,
        sort=example.sort,
        trial=number,
        state=grade.state,
        score=grade.score,
        expected=_expected(grade, example.rubric),
        human_score=example.score,
        criteria=tuple(_criterion(example, outcome) for outcome in grade.outcomes),
        answer_words=len(example.answer.split()),
        seconds=round(sum(call.latency_s for call in calls) if calls else seconds, 6),
        error=grade.reason,
        flags=grade.flags,
        input_tokens=_total(call.input_tokens for call in calls),
        output_tokens=_total(call.output_tokens for call in calls),
        cost_usd=_total(call.cost_usd for call in calls),
        cached_tokens=_total(call.cached_tokens for call in calls),
        difficulty=example.item.difficulty,
        voice=example.voice,
        second_score=_second_score(example),
        digest=example.digest,
        family=example.family,
        invented_quotes=sum(o.reason == evidence.INVENTED for o in grade.outcomes if isinstance(o, Unscored)),
    )


N = TypeVar("N", int, float)


def _total(numbers: Iterable[N | None]) -> N | None:
    """The sum; None where a part is not known, or there is none."""
    known = list(numbers)
    summed = [n for n in known if n is not None]
    return sum(summed[1:], summed[0]) if summed and len(summed) == len(known) else None


def _criterion(example: Example, outcome: Outcome) -> CriterionTrial:
    name = outcome.criterion_id
    human, second = example.labels.get(name), example.second.get(name)
    if isinstance(outcome, Judgement):
        row = (outcome.level, outcome.probability, human, outcome.quotes, outcome.reason, second)
        return CriterionTrial(name, *row)
    return CriterionTrial(name, None, None, human, reason=outcome.reason, second=second)


def _second_score(example: Example) -> float | None:
    """What the second rater's levels come to; None where a criterion lacks one."""
    levels = {c.id: example.second[c.id] for c in example.rubric.criteria if c.id in example.second}
    return example.rubric.score(levels) if len(levels) == len(example.rubric.criteria) else None


def _expected(grade: Grade, rubric: Rubric) -> float | None:
    chances = {o.criterion_id: o.probability for o in grade.outcomes if isinstance(o, Judgement)}
    counted = [c for c in rubric.criteria if not c.optional]
    known = [(c.weight, p) for c in counted if (p := chances.get(c.id)) is not None]
    if grade.score is None or len(known) < len(counted):
        return None
    return sum(w * p for w, p in known) / sum(w for w, _ in known)


def describe(
    grader: str, version: str, parameters: dict[str, Any], data: str, examples: Sequence[Example], trials: int = 1
) -> Run:
    """The description of a run; the caller adds how long it took and from which commit."""
    return Run(
        grader=grader,
        grader_version=version,
        data=data,
        data_digest=digest_of(examples),
        rubric_versions={e.rubric.id: e.rubric.version for e in examples if e.rubric.version},
        parameters=parameters,
        code_version=__version__,
        git_commit="",
        started=datetime.now(UTC).isoformat(timespec="seconds"),
        seconds=0.0,
        n=len(examples),
        trials=trials,
        rubric_digests={e.rubric.id: e.rubric.digest for e in examples if e.rubric.version},
    )


def digest_of(examples: Sequence[Example]) -> str:
    """First 12 hex digits of the sha256 over every example with its rubric and labels, in their order."""
    digest = hashlib.sha256()
    for e in examples:
        digest.update(f"{e.id}\0{e.digest}\0".encode())
    return digest.hexdigest()[:12]
