"""`LangchainChat` with LangChain's own fake models, with errors of every provider's make, and over HTTP on loopback."""

import json
import sys
import traceback
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from typing import Any

import pytest
from langchain_core import exceptions as langchain_errors
from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models.fake_chat_models import GenericFakeChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatResult
from model_server import Answer, ModelServer, refuses, says

from interviewer.errors import (
    FormNotTaken,
    ModelError,
    ModelRefused,
    ModelTimeout,
    ModelUnavailable,
    ReplyInvalid,
    SettingsError,
)
from interviewer.models import Ask, Message, TokenChance, Usage
from interviewer.models.breaker import Breaker
from interviewer.models.langchain_chat import LangchainChat
from interviewer.models.retry import ask

SCHEMA = {
    "type": "object",
    "properties": {"level": {"type": "string"}},
    "required": ["level"],
    "additionalProperties": False,
}
PLAIN = Ask((Message("system", "You grade."), Message("user", "Grade it.")))
JSON = Ask(PLAIN.messages, schema=SCHEMA)
KEY = "sk-live-0123456789abcdefghijklmnop"


class Fake(GenericFakeChatModel):
    """LangChain's fake that also keeps what it was sent and can fail."""

    seen: list[tuple[list[BaseMessage], dict[str, Any]]]
    error: Any = None

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        self.seen.append((messages, kwargs))
        if self.error is not None:
            raise self.error
        return super()._generate(messages, stop, run_manager, **kwargs)


def said(*messages: AIMessage | str, error: Exception | None = None) -> Fake:
    lines: Iterator[AIMessage | str] = iter(messages)
    return Fake(messages=lines, seen=[], error=error)


async def test_a_reply_of_any_provider_has_its_usage_and_name() -> None:
    usage = {
        "input_tokens": 100,
        "output_tokens": 20,
        "total_tokens": 120,
        "input_token_details": {"cache_read": 60},
    }
    message = AIMessage(
        '```json\n{"level": "met"}\n```',
        usage_metadata=usage,
        response_metadata={"model_name": "claude-haiku-4-5-20251001", "stop_reason": "end_turn"},
    )
    fake = said(message)
    model = LangchainChat("anthropic:claude-haiku-4-5", built=fake)
    reply = await model.complete(JSON)
    assert reply.text == '{"level": "met"}'
    assert (reply.model, reply.finish, reply.usage) == ("claude-haiku-4-5-20251001", "end_turn", Usage(100, 20, 60))
    # claude-haiku-4-5: 40 fresh * 1.00 + 60 cached * 0.10 + 20 out * 5.00 USD a million
    assert reply.cost_usd == pytest.approx(146 / 1e6)
    ((sent, options),) = fake.seen
    assert [m.type for m in sent] == ["system", "human"]
    assert json.dumps(SCHEMA) in str(sent[0].content) and "response_format" not in options
    assert (model.name, model.parameters["endpoint"]) == ("anthropic:claude-haiku-4-5", "langchain/anthropic")


async def test_a_streamed_reply_arrives_in_pieces_and_adds_up() -> None:
    pieces: list[str] = []
    model = LangchainChat("anthropic:m", built=said("yes it is"))
    reply = await model.complete(Ask(PLAIN.messages, on_text=pieces.append))
    assert reply.text == "".join(pieces) == "yes it is"
    assert len(pieces) > 1


async def test_openai_like_providers_are_given_the_schema_and_asked_for_log_probabilities() -> None:
    top = [{"token": "met", "logprob": -0.5, "bytes": None}]
    fake = said(AIMessage('{"level": "met"}', response_metadata={"logprobs": {"content": [{"top_logprobs": top}]}}))
    model = LangchainChat("groq:llama", built=fake)
    reply = await model.complete(Ask(JSON.messages, schema=SCHEMA, top_logprobs=3, max_tokens=50))
    options = fake.seen[0][1]
    assert options["response_format"]["json_schema"]["schema"] == SCHEMA
    assert (options["logprobs"], options["top_logprobs"], options["max_tokens"]) == (True, 3, 50)
    assert reply.first_token == (TokenChance("met", -0.5),)


@pytest.mark.parametrize(
    ("message", "kind", "advice"),
    [
        (AIMessage("half", response_metadata={"stop_reason": "max_tokens"}), ReplyInvalid, "INTERVIEWER_MAX_TOKENS"),
        (AIMessage("half", response_metadata={"finish_reason": "MAX_TOKENS"}), ReplyInvalid, "INTERVIEWER_MAX_TOKENS"),
        (AIMessage("half", response_metadata={"done_reason": "length"}), ReplyInvalid, "INTERVIEWER_MAX_TOKENS"),
        (AIMessage("", response_metadata={"finish_reason": "SAFETY"}), ModelRefused, "filter"),
        (AIMessage("No.", response_metadata={"stop_reason": "refusal"}), ModelRefused, "filter"),
        (AIMessage("", additional_kwargs={"refusal": "I will not."}), ModelRefused, "I will not"),
        (AIMessage(""), ReplyInvalid, "grade again"),
    ],
)
async def test_a_reply_that_is_none_is_never_taken_for_one(
    message: AIMessage, kind: type[ModelError], advice: str
) -> None:
    with pytest.raises(kind, match=advice) as caught:
        await LangchainChat("anthropic:m", built=said(message)).complete(JSON)
    assert type(caught.value) is kind


class Response:
    """What SDKs of httpx's family hang on their errors."""

    def __init__(self, status_code: int, headers: dict[str, str] | None = None) -> None:
        self.status_code, self.headers = status_code, headers or {}


class ProviderError(Exception):
    """An SDK's error with whatever attributes that SDK gives it."""

    def __init__(self, said: str, **attributes: Any) -> None:
        super().__init__(said)
        for name, value in attributes.items():
            setattr(self, name, value)


class ReadTimeout(Exception):
    """httpx's name for it."""


class ConnectTimeout(Exception):
    """httpx's name for it."""


class APIConnectionError(Exception):
    """anthropic's and groq's name for it."""


@pytest.mark.parametrize(
    ("error", "kind", "advice"),
    [
        (ProviderError("overloaded", status_code=529), ModelUnavailable, "try again"),
        (ProviderError("slow down", status_code=429, response=Response(429)), ModelUnavailable, "try again"),
        (ProviderError("bad key", response=Response(401)), ModelRefused, "ANTHROPIC_API_KEY"),
        (ProviderError("no such model", code=404), ModelRefused, "INTERVIEWER_MODEL"),
        (ProviderError("what?", code="400", status_code=400), ModelRefused, "settings"),
        (langchain_errors.ModelAuthenticationError("who?"), ModelRefused, "ANTHROPIC_API_KEY"),
        (langchain_errors.ModelRateLimitError("slow down"), ModelUnavailable, "try again"),
        (langchain_errors.ModelAPIError("oops"), ModelUnavailable, "try again"),
        (langchain_errors.ModelNotFoundError("which?"), ModelRefused, "INTERVIEWER_MODEL"),
        (langchain_errors.ContextOverflowError("long"), ModelRefused, "INTERVIEWER_CONTEXT_TOKENS"),
        (langchain_errors.ModelTimeoutError("late"), ModelTimeout, "INTERVIEWER_DEADLINE_S"),
        (langchain_errors.ModelConnectionError("away"), ModelUnavailable, "network"),
        (ReadTimeout("late"), ModelTimeout, "INTERVIEWER_DEADLINE_S"),
        (TimeoutError(), ModelTimeout, "INTERVIEWER_DEADLINE_S"),
        (ConnectTimeout("nobody"), ModelUnavailable, "network"),
        (APIConnectionError("nobody"), ModelUnavailable, "network"),
        (ConnectionResetError("reset"), ModelUnavailable, "network"),
        (RuntimeError("Event loop is closed"), ModelUnavailable, "try again"),
        (RuntimeError("something else"), ModelRefused, "LangChain package"),
        (KeyError("choices"), ModelRefused, "LangChain package"),
    ],
)
async def test_every_providers_error_becomes_one_of_ours(error: Exception, kind: type[ModelError], advice: str) -> None:
    with pytest.raises(kind, match=advice) as caught:
        await LangchainChat("anthropic:m", built=said(error=error)).complete(JSON)
    assert type(caught.value) is kind and "\n" not in str(caught.value)


async def test_the_wait_a_provider_asks_for_is_carried_by_the_error() -> None:
    error = ProviderError("slow", status_code=429, response=Response(429, {"retry-after": "8"}))
    with pytest.raises(ModelUnavailable) as caught:
        await LangchainChat("anthropic:m", built=said(error=error)).complete(JSON)
    assert caught.value.retry_after_s == 8.0


async def test_a_key_in_a_providers_error_is_never_shown() -> None:
    error = ProviderError(f"bad request with {KEY}", status_code=400)
    with pytest.raises(ModelRefused) as caught:
        await LangchainChat("anthropic:m", built=said(error=error)).complete(JSON)
    assert KEY not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("anthropic:claude-haiku-4-5", "pip install langchain-anthropic"),
        ("google_genai:gemini-2.5-flash", "pip install langchain-google-genai"),
        ("nobody:model", "one of LangChain's providers"),
        ("openai:gpt-4o-mini", "set OPENAI_API_KEY"),
    ],
)
async def test_what_is_missing_is_named_with_what_to_do(
    name: str, advice: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for package in ("langchain_anthropic", "langchain_google_genai"):
        monkeypatch.setitem(sys.modules, package, None)  # as if it were not installed, whether it is or not
    for variable in ("OPENAI_API_KEY", "OPENAI_ADMIN_KEY"):
        monkeypatch.delenv(variable, raising=False)
    with pytest.raises(ModelRefused, match=advice):
        await LangchainChat(name).complete(PLAIN)


@pytest.mark.parametrize("name", ["gpt-4o", ":gpt-4o", "openai:", ""])
def test_a_name_without_a_provider_is_refused(name: str) -> None:
    with pytest.raises(SettingsError, match="INTERVIEWER_MODEL like anthropic:NAME"):
        LangchainChat(name)


@pytest.fixture
async def stack() -> AsyncIterator[AsyncExitStack]:
    async with AsyncExitStack() as stack:
        yield stack


async def served(stack: AsyncExitStack, *lines: Any, **options: Any) -> tuple[ModelServer, LangchainChat]:
    """`openai:` through LangChain at a scripted server."""
    server = await stack.enter_async_context(ModelServer(*lines))
    model = LangchainChat("openai:small", server.url, KEY, **options)
    stack.push_async_callback(model.aclose)
    return server, model


async def test_over_http_one_ask_is_one_request_with_our_parameters(stack: AsyncExitStack) -> None:
    top = [{"token": "{", "logprob": -0.1, "bytes": None}]
    server, model = await served(stack, says('{"level": "met"}', top=top), max_tokens=77, price_in=1.0, price_out=1.0)
    reply = await model.complete(Ask(JSON.messages, schema=SCHEMA, top_logprobs=1))
    (body,) = server.bodies
    assert body["response_format"]["json_schema"] == {"name": "reply", "strict": True, "schema": SCHEMA}
    assert (body["model"], body["temperature"], body["max_completion_tokens"]) == ("small", 0.0, 77)
    assert (reply.text, reply.model, reply.usage.input_tokens) == ('{"level": "met"}', "served-model", 100)
    assert reply.first_token == (TokenChance("{", -0.1),) and reply.cost_usd == pytest.approx(110 / 1e6)


async def test_over_http_a_stream_adds_up_with_its_usage(stack: AsyncExitStack) -> None:
    _, model = await served(stack, says('{"level": "met"}'))
    pieces: list[str] = []
    reply = await model.complete(Ask(JSON.messages, schema=SCHEMA, on_text=pieces.append))
    assert reply.text == "".join(pieces) == '{"level": "met"}' and len(pieces) > 1
    assert (reply.usage.input_tokens, reply.usage.output_tokens) == (100, 10)


async def test_over_http_trouble_is_ours_to_retry_and_counted(stack: AsyncExitStack) -> None:
    server, model = await served(stack, refuses(500, "oops"), "reset", says('{"level": "met"}'))

    async def no_wait(seconds: float) -> None:
        assert seconds <= 2.0

    value, reply = await ask(model, JSON, json.loads, breaker=Breaker(), sleep=no_wait)
    assert (value, reply.attempts, len(server.bodies)) == ({"level": "met"}, 3, 3)


async def test_over_http_the_form_of_json_replies_is_learned_once(stack: AsyncExitStack) -> None:
    def picky(body: dict[str, Any]) -> Answer:
        if body.get("response_format", {}).get("type") == "json_schema":
            return refuses(400, "json_schema is not supported", param="response_format")
        return says('{"level": "met"}')

    server, model = await served(stack, picky)
    with pytest.raises(FormNotTaken):
        await model.complete(JSON)
    await model.complete(JSON)
    assert server.bodies[-1]["response_format"] == {"type": "json_object"}
    assert json.dumps(SCHEMA) in server.bodies[-1]["messages"][0]["content"]
    assert model.parameters["reply_form"] == "json_object"


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        (refuses(401, f"Incorrect API key provided: {KEY}"), ModelRefused),
        (refuses(404, "no such model"), ModelRefused),
        (refuses(429, "slow", {"Retry-After": "3"}), ModelUnavailable),
        (says("half", "length"), ReplyInvalid),
        (says(None, refusal="I will not."), ModelRefused),
        ("hang", ModelTimeout),
    ],
)
async def test_over_http_every_failure_is_of_its_kind(stack: AsyncExitStack, line: Any, kind: type[ModelError]) -> None:
    server, model = await served(stack, line, deadline_s=0.5)
    with pytest.raises(kind) as caught:
        await model.complete(JSON)
    assert type(caught.value) is kind and len(server.bodies) == 1
    assert KEY not in "".join([*traceback.format_exception(caught.value), repr(model)])


async def test_nobody_there_may_pass(stack: AsyncExitStack) -> None:
    async with ModelServer(says("x")) as server:
        url = server.url
    model = LangchainChat("openai:small", url, KEY)
    with pytest.raises(ModelUnavailable, match="cannot be reached"):
        await model.complete(PLAIN)
    await model.aclose()
