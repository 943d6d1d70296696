"""Runs a grader over labelled answers: the same grader that candidates meet. Speaks to protocols only."""

import asyncio
import hashlib
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Any, Protocol

from interviewer import __version__, evidence
from interviewer.errors import InputError
from interviewer.example import Example
from interviewer.grade import Grade, Judgement, Outcome, Provenance, Unscored, ungraded
from interviewer.item import Item
from interviewer.rubric import Rubric
from interviewer.trial import CriterionTrial, Run, Trial


class Grades(Protocol):
    """The part of a grader that the harness needs."""

    async def grade(self, item: Item, raw: str, rubric: Rubric | None = None) -> Grade:
        """The grade of an answer; ungraded where the judge fails.

        Raises:
            InputError: this answer cannot be graded at all.
        """
        ...


async def run(
    grader: Grades, examples: Sequence[Example], keep: Callable[[Trial], None], concurrency: int = 8
) -> list[Trial]:
    """Grades every example once and hands each trial to `keep` as it ends.

    An answer that cannot be graded is an ungraded trial, not the end of the run.

    Args:
        concurrency: answers graded at once; 1 or more.

    Returns:
        The trials in the order of the examples.
    """
    free = asyncio.Semaphore(concurrency)

    async def one(example: Example) -> Trial:
        async with free:
            started = time.perf_counter()
            try:
                grade = await grader.grade(example.item, example.answer, example.rubric)
            except InputError as error:
                grade = _refused(example.rubric, str(error))
            trial = trial_of(example, grade, time.perf_counter() - started)
            keep(trial)
            return trial

    work: list[Awaitable[Trial]] = [one(example) for example in examples]
    return list(await asyncio.gather(*work))


def _refused(rubric: Rubric, reason: str) -> Grade:
    return ungraded(rubric, reason, Provenance("", "", rubric.id, rubric.version, rubric.digest, __version__))


def trial_of(example: Example, grade: Grade, seconds: float, number: int = 1) -> Trial:
    """The trial that a grade makes."""
    call = grade.provenance.calls[0] if grade.provenance.calls else None
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
        seconds=seconds,
        error=grade.reason,
        flags=grade.flags,
        input_tokens=call.input_tokens if call else None,
        output_tokens=call.output_tokens if call else None,
        cost_usd=call.cost_usd if call else None,
        cached_tokens=call.cached_tokens if call else None,
        difficulty=example.item.difficulty,
        voice=example.voice,
        second_score=_second_score(example),
        invented_quotes=sum(o.reason == evidence.INVENTED for o in grade.outcomes if isinstance(o, Unscored)),
    )


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


def describe(grader: str, version: str, parameters: dict[str, Any], data: str, examples: Sequence[Example]) -> Run:
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
        rubric_digests={e.rubric.id: e.rubric.digest for e in examples if e.rubric.version},
    )


def digest_of(examples: Sequence[Example]) -> str:
    """First 12 hex digits of the sha256 over every example with its rubric, in their order."""
    digest = hashlib.sha256()
    for e in examples:
        digest.update(f"{e.id}\0{e.answer}\0{e.rubric.digest or e.rubric.prompt_text()}\0{e.score}\0".encode())
    return digest.hexdigest()[:12]
