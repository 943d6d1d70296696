"""What an OpenAI-style server said, whole or streamed, in one shape. Checks that it is a usable reply; parses nothing.

Imports no SDK: it reads the attributes that the SDK's objects have.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from interviewer.errors import ModelError, ModelRefused, ModelUnavailable, ReplyInvalid
from interviewer.models import TokenChance, Usage
from interviewer.models.faults import Address, by_status


@dataclass(slots=True)
class Completion:
    """One completion; grows piece by piece while it streams."""

    text: str = ""
    refusal: str = ""
    finish: str | None = None
    """None while the server has not said why it stopped."""
    model: str = ""
    usage: Usage = field(default_factory=Usage)
    first_token: tuple[TokenChance, ...] = ()

    def add(self, piece: Any, words: Any) -> None:
        """Takes in a choice's `message` or `delta` (`words`) and what stands around it (`piece`)."""
        self.text += _string(words, "content")
        self.refusal += _string(words, "refusal")
        self.finish = _string(piece, "finish_reason") or self.finish
        chances = getattr(getattr(piece, "logprobs", None), "content", None)
        if chances and not self.first_token:
            top = getattr(chances[0], "top_logprobs", None) or ()
            self.first_token = tuple(TokenChance(t.token, t.logprob) for t in top)

    def head(self, body: Any) -> None:
        """Takes in the model's name and the usage of a body or chunk."""
        # llama.cpp answers with the path of its file, which says where somebody's files lie and is nobody's business.
        self.model = re.split(r"[/\\](?=[^/\\]*\.gguf$)", _string(body, "model"))[-1] or self.model
        usage = getattr(body, "usage", None)
        if usage:
            cached = getattr(getattr(usage, "prompt_tokens_details", None), "cached_tokens", None)
            self.usage = Usage(usage.prompt_tokens, usage.completion_tokens, cached)


def _string(thing: Any, name: str) -> str:
    """A text attribute; empty where the server left it out or sent something else."""
    value = getattr(thing, name, None)
    return value if isinstance(value, str) else ""


def as_object(pairs: dict[str, Any]) -> Any:
    """A JSON object with attributes, as the SDK has them, so that one piece of code reads both; for `object_hook`.

    The error that stands in place of a completion stays a dict, as the SDK leaves it.
    """
    is_error = "message" in pairs and "role" not in pairs and "finish_reason" not in pairs
    return pairs if is_error else SimpleNamespace(**pairs)


def whole(body: Any, address: Address) -> Completion:
    """The completion of a body that came in one piece.

    Raises:
        ModelError: the body is not a chat completion, or carries an error in place of one.
    """
    choices: Sequence[Any] = getattr(body, "choices", None) or ()
    message = getattr(choices[0], "message", None) if choices else None
    if message is None:
        raise _without_message(body, address)
    completion = Completion()
    completion.head(body)
    completion.add(choices[0], message)
    return completion


async def streamed(stream: Any, on_text: Callable[[str], None], address: Address) -> Completion:
    """The completion that a stream adds up to; each piece of text goes to `on_text` as it arrives.

    Raises:
        ModelUnavailable: the stream broke off before the server said that it was done.
    """
    completion = Completion()
    async for chunk in stream:
        completion.head(chunk)
        if not chunk.choices:
            continue
        choice = chunk.choices[0]
        completion.add(choice, choice.delta)
        if piece := _string(choice.delta, "content"):
            on_text(piece)
    if completion.finish is None:
        raise ModelUnavailable(f"{address}: the stream broke off; try again")
    return completion


def checked(text: str, finish: str | None, refusal: str, address: Address, max_tokens: int) -> str:
    """The text, when a reply is complete and not a refusal.

    Args:
        max_tokens: 1 where only the first token was asked for, so that a cut after it is no fault.

    Raises:
        ModelRefused: the model or a filter declined to answer.
        ReplyInvalid: cut off at the token limit, or empty.
    """
    if refusal:
        doing = "change the answer or the model"
        raise ModelRefused(f"{address}: the model declined to answer ({address.clean(refusal)}); {doing}")
    ended = (finish or "stop").lower()
    if ended in ("content_filter", "refusal", "safety", "prohibited_content"):
        raise ModelRefused(f"{address}: its content filter stopped the reply; change the answer or the model")
    if ended in ("length", "max_tokens") and max_tokens > 1:
        raise ReplyInvalid(f"truncated at {max_tokens} tokens by {address}; raise INTERVIEWER_MAX_TOKENS")
    if not text.strip():
        raise ReplyInvalid(f"an empty reply from {address}; grade again, or choose another model")
    return text


def _without_message(body: Any, address: Address) -> ModelError:
    error = getattr(body, "error", None)
    if isinstance(error, dict):  # OpenRouter and others answer 200 and put the failure inside
        code = str(error.get("code"))
        return by_status(int(code) if code.isdigit() else 502, f"{error.get('message', '')} {code}", address, {})
    doing = "check INTERVIEWER_BASE_URL (it usually ends with /v1)"
    return ModelRefused(f"{address}: what answers there is not a chat model's server; {doing}")
