"""A language model as a judge: prompt in, checked verdict out. Speaks to the `ChatModel` seam, never to an SDK."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

from interviewer import asking, evidence, verdict
from interviewer.errors import ReplyInvalid
from interviewer.grade import Call, Judgement, Verdict
from interviewer.item import Note
from interviewer.models import Ask, ChatModel, Message, Reply, Task
from interviewer.models.retry import LIVE, Policy, ask
from interviewer.prompt import Prompt
from interviewer.rubric import LevelName

FitNotes = Callable[[str, tuple[Note, ...]], tuple[Note, ...]]
"""(everything else of the prompt, passages best first) -> the passages that fit the budget."""
Locate = Callable[[Task], dict[str, str]]
"""The words of the answer that come closest to each criterion, by criterion id."""
TOP_LOGPROBS = 10
"""Candidates for the first token that are asked for; servers give at most 20."""


@dataclass(frozen=True, slots=True)
class ModelJudge:
    """Judges a rubric in one call or in one a criterion, as the prompt's mode says."""

    model: ChatModel
    prompt: Prompt
    fit_notes: FitNotes
    locate: Locate
    """Where a one-token verdict, which quotes nothing, gets the words that the checks in code look at."""
    policy: Policy = LIVE
    on_text: Callable[[str], None] | None = None
    state: Literal["graded"] = "graded"

    @property
    def name(self) -> str:
        """The model asked for."""
        return self.model.name

    @property
    def version(self) -> str:
        """The prompt's name and version."""
        return self.prompt.label

    @property
    def reads_notes(self) -> bool:
        """Whether the prompt has a place for reference passages."""
        return self.prompt.reads_notes

    async def judge(self, task: Task) -> Verdict:
        """One verdict; its quotes are verified by the grader, not here.

        A reply that is not in form, or credits words that do not occur in the answer, is asked for once more; if words
        are still invented the second time, the criterion is left to `evidence` to refuse.
        """
        outcomes: list[Judgement] = []
        calls: list[Call] = []
        for part in self._parts(task):
            judgements, call = await (self._yes_or_no(part) if self.prompt.mode == "token" else self._in_words(part))
            outcomes += judgements
            calls.append(call)
        return Verdict(tuple(outcomes), calls=tuple(calls))

    def _parts(self, task: Task) -> Iterator[Task]:
        """What one call judges: the whole rubric, or one criterion after the other, so that a prompt cache hits."""
        if self.prompt.mode == "rubric":
            yield task
            return
        for criterion in task.rubric.criteria:
            yield replace(task, rubric=replace(task.rubric, criteria=(criterion,)))

    def asks(self, task: Task) -> tuple[Ask, ...]:
        """What a model is asked about an answer when every reply is in form: one ask, or one a criterion.

        Raises:
            InputError: the answer does not fit into what the model can read.
        """
        return tuple(self._request(part)[0] for part in self._parts(task))

    async def _in_words(self, task: Task) -> tuple[tuple[Judgement, ...], Call]:
        request, notes = self._request(task)
        judgements, reply = await ask(self.model, request, _Reading(task), self.policy)
        return judgements, self._call(reply, notes)

    async def _yes_or_no(self, task: Task) -> tuple[tuple[Judgement, ...], Call]:
        (criterion,) = task.rubric.criteria
        request, notes = self._request(task)
        text, reply = await ask(self.model, request, str, self.policy)
        chance = verdict.chance_of_yes(text, reply.first_token)
        is_met = chance >= self.prompt.met_from if chance is not None else "yes" in text.lower()
        level: LevelName = "met" if is_met else "missed"
        quotes = (self.locate(task)[criterion.id],) if is_met else ()
        said = f"{chance:.0%} sure that it is said." if chance is not None else f"Asked whether it is said: {text}."
        judgement = Judgement(criterion.id, level, quotes, said, chance, criterion.notes)
        return (judgement,), self._call(reply, notes)

    def _request(self, task: Task) -> tuple[Ask, tuple[Note, ...]]:
        """What a model is asked about a part, and the passages in it."""
        messages, notes = self._messages(task)
        ask = self._ask(task, messages)
        if self.prompt.mode == "token":
            return replace(ask, top_logprobs=TOP_LOGPROBS, max_tokens=1), notes
        return replace(ask, schema=task.rubric.reply_schema(), on_text=self.on_text), notes

    def _messages(self, task: Task) -> tuple[tuple[Message, ...], tuple[Note, ...]]:
        """The messages, and the passages in them."""
        bare = asking.grading_messages(self.prompt, replace(task, notes=()))
        notes = self.fit_notes("\n".join(m.content for m in bare), task.notes if self.reads_notes else ())
        return asking.grading_messages(self.prompt, replace(task, notes=notes)) if notes else bare, notes

    def _ask(self, task: Task, messages: tuple[Message, ...]) -> Ask:
        answer = hashlib.sha256(task.answer.text.encode()).hexdigest()[:8]
        criterion = f"/{task.rubric.criteria[0].id}" if self.prompt.mode != "rubric" else ""
        return Ask(messages, trial=task.trial, about=f"{task.item.id}{criterion}, answer {answer}")

    def _call(self, reply: Reply, notes: tuple[Note, ...]) -> Call:
        return Call(
            model_asked=self.model.name,
            model_answered=reply.model,
            parameters=dict(self.model.parameters),
            prompt_name=self.prompt.name,
            prompt_version=self.prompt.version,
            prompt_digest=self.prompt.digest,
            note_ids=tuple(n.id for n in notes),
            input_tokens=reply.usage.input_tokens,
            output_tokens=reply.usage.output_tokens,
            cached_tokens=reply.usage.cached_tokens,
            cost_usd=reply.cost_usd,
            latency_s=reply.seconds,
            attempts=reply.attempts,
            raw_reply=reply.text,
        )


class _Reading:
    """Reads a reply; is strict about quotes the first time."""

    def __init__(self, task: Task) -> None:
        self._task, self._strict = task, True

    def __call__(self, text: str) -> tuple[Judgement, ...]:
        strict, self._strict = self._strict, False
        judgements = verdict.parse(text, self._task.rubric)
        invented = evidence.invented(judgements, self._task.answer) if strict else []
        if invented:
            shown = "; ".join(repr(q) for q in invented[:3])
            raise ReplyInvalid(f"quotes must be copied letter by letter from the answer; not found there: {shown}")
        return judgements
