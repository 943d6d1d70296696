"""Says what is configured, tries it for real, and explains each trouble in one line with what to do.

Judges nothing and changes nothing; `interviewer doctor` and the page call it.
"""

import json
import tempfile
from dataclasses import dataclass

from interviewer import library, packs, tokens
from interviewer.errors import InterviewerError, ModelError, ReplyInvalid
from interviewer.models import Ask, ChatModel, Message, Reply
from interviewer.models.breaker import Breaker
from interviewer.models.chosen import chat_model
from interviewer.models.retry import Policy, ask
from interviewer.settings import Settings

SLOW_S = 10.0
"""A reply of one line that takes longer leaves little of a live grade's time."""
_SCHEMA = {
    "type": "object",
    "properties": {"level": {"type": "string", "enum": ["met", "missed"]}},
    "required": ["level"],
    "additionalProperties": False,
}
_TASK = 'Does the answer say that dropout is off at test time? Answer: "At test time dropout does nothing."'


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at."""

    name: str
    ok: bool
    line: str
    """What was found; where it is not in order, what to do about it."""
    warning: bool = False
    """In order, but less than it could be."""


async def diagnose(settings: Settings, slow_s: float = SLOW_S) -> list[Check]:
    """Every check in the order a person would mend them; asks the configured model up to eight times.

    Args:
        slow_s: longest time of a short reply that is not called slow.
    """
    return [*_bank(settings), _home(settings), _vocabulary(settings), *await _model(settings, slow_s)]


def _bank(settings: Settings) -> list[Check]:
    """The bank, and a line for each thing of a pack that is left out."""
    try:
        bank = packs.load(library.chosen(settings.bank))
    except InterviewerError as error:
        first, *more = str(error).splitlines()
        also = f" (and {len(more)} more)" if more else ""
        doing = "run `interviewer lint`, or name another folder with --bank or INTERVIEWER_BANK"
        return [Check("bank", False, f"{first}{also}; {doing}")]
    drafts = len(bank.items) - len(bank.askable)
    if not bank.askable:
        return [Check("bank", False, f"{drafts} drafts and no question with a rubric; give one a rubric")]
    found = Check("bank", True, f"{len(bank.askable)} questions can be asked, {drafts} are drafts")
    return [found, *(Check("left out", True, str(finding), warning=True) for finding in bank.left_out)]


def _home(settings: Settings) -> Check:
    try:
        settings.home.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=settings.home) as file:
            file.write(b"0" * 65_536)
    except OSError as error:
        doing = "mend the folder, or name another one with INTERVIEWER_HOME"
        return Check("home", False, f"{settings.home} cannot be written ({error.strerror}); {doing}")
    return Check("home", True, f"{settings.home} can be written")


def _vocabulary(settings: Settings) -> Check:
    try:
        tokens.count("x", settings.model)
    except InterviewerError as error:
        return Check("vocabulary", False, str(error))
    return Check("vocabulary", True, "tokens are counted without a network")


async def _model(settings: Settings, slow_s: float) -> list[Check]:
    if not settings.uses_model:
        why = "INTERVIEWER_GRADER=embedded" if settings.model else "none configured"
        doing = "set INTERVIEWER_MODEL and a key or INTERVIEWER_BASE_URL to have a language model grade"
        return [Check("model", True, f"{why}: the embedded grader grades, without key or network; {doing}")]
    try:
        model = chat_model(settings)
    except InterviewerError as error:
        return [Check("model", False, str(error))]
    policy = Policy(base_s=0.1, cap_s=0.2, longest_wait_s=5.0, deadline_s=settings.deadline_s)
    try:
        return [*await _first_reply(model, policy, slow_s), await _chances(model, policy)]
    except ModelError as error:
        return [Check("model", False, str(error))]
    finally:
        await model.aclose()


async def _first_reply(model: ChatModel, policy: Policy, slow_s: float) -> list[Check]:
    """Reached, answered in the asked form, quick enough.

    Raises:
        ModelError: no reply at all.
    """
    question = Ask((Message("system", "You grade interview answers."), Message("user", _TASK)), schema=_SCHEMA)
    try:
        _, reply = await ask(model, question, _level, policy, breaker=Breaker())
    except ReplyInvalid as error:
        doing = "choose a model or server with structured output (json_schema), or raise INTERVIEWER_MAX_TOKENS"
        return [
            Check("model", True, f"{model.name} answers at {model.parameters['endpoint']}"),
            Check("structured output", False, f"its reply is not the JSON asked for ({error}); {doing}"),
        ]
    answered = Check("model", True, f"{model.name} answers at {model.parameters['endpoint']} as {reply.model}")
    return [answered, _form(model), _speed(reply, slow_s), _cost(reply)]


def _level(text: str) -> str:
    try:
        level = json.loads(text)["level"]
    except (ValueError, TypeError, KeyError) as error:
        raise ReplyInvalid(f"a JSON object with the key level expected, not {text[:80]!r}") from error
    if level not in ("met", "missed"):
        raise ReplyInvalid(f"level must be met or missed, not {str(level)[:40]!r}")
    return str(level)


def _form(model: ChatModel) -> Check:
    form = model.parameters["reply_form"]
    if form == "json_schema":
        return Check("structured output", True, "the server holds replies to a JSON schema")
    doing = "grading works, more replies will need a repair; a server with json_schema serves better"
    return Check("structured output", True, f"not held to a JSON schema, asked for as {form}; {doing}", warning=True)


def _speed(reply: Reply, slow_s: float) -> Check:
    calls = f" in {reply.attempts} calls" if reply.attempts > 1 else ""
    took = f"a short reply took {reply.seconds:.1f} s{calls}"
    if reply.seconds <= slow_s:
        return Check("speed", True, took)
    doing = "a grade is several times longer: use a quicker model, or raise INTERVIEWER_DEADLINE_S"
    return Check("speed", True, f"{took}; {doing}", warning=True)


def _cost(reply: Reply) -> Check:
    if reply.cost_usd is not None:
        return Check("price", True, f"known: that reply cost USD {reply.cost_usd:.6f}")
    doing = "if the server sends a bill, set INTERVIEWER_PRICE_IN and INTERVIEWER_PRICE_OUT to see what a grade costs"
    return Check("price", True, f"not known; {doing}")


async def _chances(model: ChatModel, policy: Policy) -> Check:
    question = Ask((Message("user", f"{_TASK} Reply with one word, yes or no."),), top_logprobs=5)
    try:
        _, reply = await ask(model, question, str, policy, breaker=Breaker())
    except ModelError as error:
        return Check("log-probabilities", True, f"not tried to the end: {error}", warning=True)
    if reply.first_token:
        return Check("log-probabilities", True, "the server gives them")
    doing = "grading works; one-word verdicts with probabilities need another server or model"
    return Check("log-probabilities", True, f"the server gives none; {doing}", warning=True)
