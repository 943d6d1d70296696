"""A language model as a judge: prompt in, checked verdict out. Speaks to the `ChatModel` seam, never to an SDK."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from interviewer import asking, evidence, verdict
from interviewer.errors import ReplyInvalid
from interviewer.grade import Call, Judgement, Verdict
from interviewer.item import Note
from interviewer.models import Ask, ChatModel, Reply, Task
from interviewer.models.retry import LIVE, Policy, ask
from interviewer.prompt import Prompt

FitNotes = Callable[[str, tuple[Note, ...]], tuple[Note, ...]]
"""(everything else of the prompt, passages best first) -> the passages that fit the budget."""


@dataclass(frozen=True, slots=True)
class ModelJudge:
    """Judges the whole rubric in one call."""

    model: ChatModel
    prompt: Prompt
    fit_notes: FitNotes
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

    async def judge(self, task: Task) -> Verdict:
        """One verdict; its quotes are verified by the grader, not here.

        A reply that is not in form, or credits words that do not occur in the answer, is asked for once more; if words
        are still invented the second time, the criterion is left to `evidence` to refuse.
        """
        bare = asking.grading_messages(self.prompt, replace(task, notes=()))
        notes = self.fit_notes("\n".join(m.content for m in bare), task.notes)
        messages = asking.grading_messages(self.prompt, replace(task, notes=notes))
        request = Ask(messages, task.rubric.reply_schema(), on_text=self.on_text)
        judgements, reply = await ask(self.model, request, _Reading(task), self.policy)
        return Verdict(judgements, call=self._call(reply, notes))

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
