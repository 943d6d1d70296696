"""`OpenAIChat` over real HTTP on loopback: what it sends, what it makes of every answer, and that no key ever shows."""

import json
import logging
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from typing import Any

import pytest
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
from interviewer.models.faults import Address, by_status, retry_after_s
from interviewer.models.openai_chat import OpenAIChat
from interviewer.models.openai_lean import LeanChat
from interviewer.models.prices import PRICES, chosen_price, price_of
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
Start = Callable[..., Awaitable[tuple[ModelServer, OpenAIChat]]]


@pytest.fixture(params=[OpenAIChat, LeanChat], ids=["sdk", "lean"])
async def start(request: pytest.FixtureRequest) -> AsyncIterator[Start]:
    """Starts a scripted server and a model that asks it; both are closed at the end."""
    async with AsyncExitStack() as stack:

        async def started(*lines: Any, **options: Any) -> tuple[ModelServer, OpenAIChat]:
            server = await stack.enter_async_context(ModelServer(*lines))
            model = request.param("small", server.url, KEY, **options)
            stack.push_async_callback(model.aclose)
            return server, model

        yield started


async def test_a_json_reply_is_asked_for_by_strict_schema_and_everything_said_is_kept(start: Start) -> None:
    top = [{"token": "{", "logprob": -0.1, "bytes": None}, {"token": "no", "logprob": -2.5, "bytes": None}]
    usage = {
        "prompt_tokens": 1000,
        "completion_tokens": 50,
        "total_tokens": 1050,
        "prompt_tokens_details": {"cached_tokens": 600},
    }
    server, model = await start(says('{"level": "met"}', usage=usage, top=top), price_in=2.0, price_out=8.0, seed=7)
    reply = await model.complete(Ask(JSON.messages, schema=SCHEMA, top_logprobs=2, max_tokens=99))
    assert reply.text == '{"level": "met"}'
    assert reply.model == "served-model"
    assert reply.usage == Usage(1000, 50, 600)
    assert reply.cost_usd == pytest.approx((1000 * 2.0 + 50 * 8.0) / 1e6)
    assert reply.first_token == (TokenChance("{", -0.1), TokenChance("no", -2.5))
    assert reply.finish == "stop" and reply.attempts == 1 and reply.seconds > 0
    (body,) = server.bodies
    assert body["response_format"]["json_schema"] == {"name": "reply", "strict": True, "schema": SCHEMA}
    assert {k: body[k] for k in ("model", "temperature", "seed", "max_tokens", "logprobs", "top_logprobs")} == {
        "model": "small", "temperature": 0.0, "seed": 7, "max_tokens": 99, "logprobs": True, "top_logprobs": 2,
    }  # fmt: skip
    assert body["messages"] == [
        {"role": "system", "content": "You grade."},
        {"role": "user", "content": "Grade it."},
    ]
    assert server.keys == [f"Bearer {KEY}"]


async def test_the_form_of_json_replies_is_learned_once(start: Start) -> None:
    def picky(body: dict[str, Any]) -> Answer:
        if "response_format" in body:
            return refuses(400, f"This response_format type is unavailable now: {body['response_format']['type']}")
        return says('<think>\nHm, "met"?\n</think>\n```json\n{"level": "met"}\n```')

    server, model = await start(picky)
    level, reply = await ask(model, JSON, lambda text: json.loads(text)["level"], breaker=Breaker())
    assert (level, reply.attempts, len(server.bodies)) == ("met", 3, 3)
    asked = [b.get("response_format", {}).get("type") for b in server.bodies]
    assert asked == ["json_schema", "json_object", None]
    assert json.dumps(SCHEMA) in server.bodies[2]["messages"][0]["content"]
    assert server.bodies[2]["messages"][1] == {"role": "user", "content": "Grade it."}
    assert model.parameters["reply_form"] == "text"
    _, reply = await ask(model, JSON, json.loads, breaker=Breaker())
    assert (reply.attempts, len(server.bodies)) == (1, 4)


@pytest.mark.parametrize(
    ("refused", "options", "then"),
    [
        ("temperature", {}, lambda b: "temperature" not in b),
        ("max_tokens", {}, lambda b: "max_tokens" not in b and b["max_completion_tokens"] == 2000),
        ("logprobs", {"top_logprobs": 5}, lambda b: "logprobs" not in b and "top_logprobs" not in b),
        ("top_logprobs", {"top_logprobs": 5}, lambda b: "logprobs" not in b and "top_logprobs" not in b),
        ("stream_options", {"on_text": lambda piece: None}, lambda b: "stream_options" not in b and b["stream"]),
    ],
)
async def test_a_refused_parameter_is_left_out_from_then_on(
    start: Start, refused: str, options: dict[str, Any], then: Callable[[dict[str, Any]], bool]
) -> None:
    def picky(body: dict[str, Any]) -> Answer:
        if refused in body:
            return refuses(400, f"Unsupported parameter: '{refused}' is not supported with this model.", param=refused)
        return says("yes")

    server, model = await start(picky)
    question = Ask(PLAIN.messages, **options)
    with pytest.raises(FormNotTaken, match=refused):
        await model.complete(question)
    assert (await model.complete(question)).text == "yes"
    assert then(server.bodies[-1])
    assert model.parameters.get("temperature") == (None if refused == "temperature" else 0.0)


@pytest.mark.parametrize(
    ("answer", "kind", "advice"),
    [
        (refuses(400, "messages: the last one must be from the user"), ModelRefused, "settings"),
        (
            refuses(400, "This model's maximum context length is 2048 tokens, max_tokens is 2000"),
            ModelRefused,
            "CONTEXT",
        ),
        (refuses(400, "The response was filtered", code="content_filter"), ModelRefused, "change the answer"),
        (refuses(401, f"Incorrect API key provided: {KEY}"), ModelRefused, "OPENAI_API_KEY"),
        (refuses(402, "Insufficient Balance"), ModelRefused, "add credit"),
        (refuses(403, "Country not supported"), ModelRefused, "key"),
        (refuses(404, "The model `small` does not exist"), ModelRefused, "INTERVIEWER_MODEL"),
        (refuses(408, "slow"), ModelUnavailable, "try again"),
        (refuses(409, "conflict"), ModelUnavailable, "try again"),
        (refuses(413, "too large"), ModelRefused, "CONTEXT"),
        (refuses(422, "unprocessable"), ModelRefused, "settings"),
        (refuses(429, "slow down"), ModelUnavailable, "try again"),
        (refuses(429, "You exceeded your current quota", code="insufficient_quota"), ModelRefused, "add credit"),
        (refuses(500, "oops"), ModelUnavailable, "try again"),
        (refuses(503, "the grammar of our apology"), ModelUnavailable, "try again"),
        (Answer(502, "<html>Bad gateway</html>"), ModelUnavailable, "try again"),
        (Answer(200, "<html>Welcome</html>"), ModelRefused, "INTERVIEWER_BASE_URL"),
        (Answer(200, {"hello": "world"}), ModelRefused, "INTERVIEWER_BASE_URL"),
        (Answer(200, {"error": {"code": 429, "message": "upstream is busy"}}), ModelUnavailable, "try again"),
        (Answer(200, {"error": {"code": 403, "message": "moderated"}}), ModelRefused, "key"),
        (Answer(200, {"choices": [{"index": 0}]}), ModelRefused, "INTERVIEWER_BASE_URL"),
        ("reset", ModelUnavailable, "check that the server runs"),
        (says("half an ans", "length"), ReplyInvalid, "INTERVIEWER_MAX_TOKENS"),
        (says("", "length"), ReplyInvalid, "INTERVIEWER_MAX_TOKENS"),
        (says(None, refusal="I cannot help with that."), ModelRefused, "I cannot help"),
        (says("Some", "content_filter"), ModelRefused, "filter"),
        (says("  \n"), ReplyInvalid, "grade again"),
        (says(None), ReplyInvalid, "grade again"),
    ],
)
async def test_every_failure_is_of_its_kind_and_says_what_to_do(
    start: Start, answer: Any, kind: type[ModelError], advice: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    server, model = await start(answer)
    with pytest.raises(kind) as caught:
        await model.complete(PLAIN)
    assert type(caught.value) is kind
    assert advice in str(caught.value)
    assert "\n" not in str(caught.value)
    assert len(server.bodies) == 1
    assert KEY not in "".join([*traceback.format_exception(caught.value), repr(model), caplog.text])
    assert KEY not in json.dumps(model.parameters)


async def test_a_broken_body_is_trouble_that_may_pass(start: Start) -> None:
    _, model = await start(Answer(200, '{"choices": [', {"Content-Type": "application/json"}))
    with pytest.raises(ModelUnavailable, match="try again"):
        await model.complete(PLAIN)


async def test_a_hanging_server_is_left_at_the_deadline(start: Start) -> None:
    server, model = await start("hang", deadline_s=0.2)
    with pytest.raises(ModelTimeout, match=r"within 0\.2 s.*INTERVIEWER_DEADLINE_S"):
        await model.complete(PLAIN)
    assert len(server.bodies) == 1


async def test_nobody_there_says_where_it_looked() -> None:
    async with ModelServer(says("x")) as server:
        url = server.url
    model = OpenAIChat("small", url.replace("http://", "http://me:pass@"), KEY)
    with pytest.raises(ModelUnavailable, match=r"cannot be reached.*INTERVIEWER_BASE_URL") as caught:
        await model.complete(PLAIN)
    assert url in str(caught.value) and "pass@" not in str(caught.value)
    await model.aclose()


async def test_a_streamed_reply_arrives_in_pieces_and_adds_up(start: Start) -> None:
    top = [{"token": "yes", "logprob": -0.3, "bytes": None}]
    server, model = await start(says("yes it is", top=top), price_in=1.0, price_out=1.0)
    pieces: list[str] = []
    reply = await model.complete(Ask(PLAIN.messages, on_text=pieces.append, top_logprobs=1))
    assert pieces == ["yes", " it", " is"]
    assert reply.text == "yes it is"
    assert (reply.usage.input_tokens, reply.usage.output_tokens, reply.finish) == (100, 10, "stop")
    assert reply.cost_usd == pytest.approx(110 / 1e6)
    assert reply.first_token == (TokenChance("yes", -0.3),)
    assert server.bodies[0]["stream_options"] == {"include_usage": True}


async def test_a_stream_that_breaks_off_is_never_a_reply(start: Start) -> None:
    _, model = await start("break")
    pieces: list[str] = []
    with pytest.raises(ModelUnavailable, match="broke off"):
        await model.complete(Ask(PLAIN.messages, on_text=pieces.append))
    assert pieces == ["this", " is"]


@pytest.mark.parametrize(
    ("headers", "wait_s"),
    [
        ({}, None),
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": "0"}, 0.0),
        ({"retry-after": " 1.5 "}, 1.5),
        ({"retry-after-ms": "250"}, 0.25),
        ({"retry-after-ms": "250", "retry-after": "9"}, 0.25),
        ({"retry-after-ms": "soon", "retry-after": "9"}, 9.0),
        ({"retry-after": "-3"}, 0.0),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "Sun, 22 Nov 2026 12:00:30 GMT"}, 30.0),
        ({"retry-after": "Sun, 22 Nov 2026 12:00:30 -0000"}, 30.0),
        ({"retry-after": "Sun, 22 Nov 2026 11:00:00 GMT"}, 0.0),
        ({"retry-after": "Sunday, 22-Nov-26 12:00:30 GMT"}, 30.0),
        ({"retry-after": "Sun, 99 Nov 2026 12:00:30 GMT"}, None),
    ],
)
def test_every_form_of_retry_after_is_read(headers: dict[str, str], wait_s: float | None) -> None:
    assert retry_after_s(headers, datetime(2026, 11, 22, 12, tzinfo=UTC)) == wait_s


async def test_the_wait_a_server_asks_for_is_carried_by_the_error(start: Start) -> None:
    _, model = await start(refuses(429, "busy", {"Retry-After": "12"}))
    with pytest.raises(ModelUnavailable, match="wait 12 s") as caught:
        await model.complete(PLAIN)
    assert caught.value.retry_after_s == 12.0


@pytest.mark.parametrize(
    ("arguments", "options", "expected"),
    [
        (("small",), {}, "OPENAI_API_KEY"),
        (("", "http://127.0.0.1:1/v1"), {}, "INTERVIEWER_MODEL"),
        (("small", "127.0.0.1:8080"), {}, "http://"),
        (("small", "ftp://127.0.0.1"), {}, "http://"),
        (("small", "http://[::1"), {}, "http://"),
        (("small", "http://127.0.0.1:99999/v1"), {}, "http://"),
        (("small", "http://127.0.0.1/v1/chat/completions"), {}, "take /chat/completions off"),
        (("small", "", "sk-with a blank"), {}, "copy it"),
        (("small", "", "sk-ключ"), {}, "copy it"),
        (("small", "", KEY), {"price_in": 1.0}, "INTERVIEWER_PRICE_OUT"),
    ],
)
def test_settings_that_cannot_work_are_refused_at_once(
    arguments: tuple[str, ...], options: dict[str, Any], expected: str
) -> None:
    with pytest.raises(SettingsError, match=expected) as caught:
        OpenAIChat(*arguments, **options)
    assert "sk-" not in str(caught.value)


def test_a_key_pasted_with_its_line_end_is_used_without_it() -> None:
    assert OpenAIChat("small", "", f" {KEY}\n").parameters["endpoint"] == "https://api.openai.com/v1"


def test_keys_are_taken_out_of_what_servers_say_even_when_they_are_not_ours() -> None:
    address = Address("m", "http://x", KEY)
    said = f"bad key {KEY}, expected sk-proj-AAAABBBBCCCCDDDD1234"
    assert "hunter2" not in str(by_status(400, "bad key hunter2", Address("m", "http://x", "hunter2"), {}))
    assert "sk-" not in str(by_status(400, said, address, {}))
    assert "***" in str(by_status(400, said, address, {}))
    assert len(str(by_status(400, "x" * 5000, address, {}))) < 500


def test_prices_are_found_by_name_and_cost_counts_cached_tokens_at_their_own_price() -> None:
    assert price_of("openai/gpt-4o-2024-11-20") == price_of("gpt-4o") == PRICES["gpt-4o"]
    assert price_of("gpt-4o-2024-05-13") != price_of("gpt-4o")
    assert price_of("anthropic:claude-sonnet-4-5-20250929") == PRICES["claude-sonnet-4-5"]
    assert price_of("llama3.1:8b") is None
    assert all(p.cached <= p.input <= p.output for p in PRICES.values())
    # gpt-4o: (400 fresh * 2.50 + 600 cached * 1.25 + 100 out * 10.00) USD a million
    assert PRICES["gpt-4o"].cost_usd(Usage(1000, 100, 600)) == pytest.approx(2750 / 1e6)
    assert PRICES["gpt-4o"].cost_usd(Usage(1000, None, None)) is None
    assert chosen_price("gpt-4o", 0.0, 0.0).cost_usd(Usage(1000, 100)) == 0.0  # type: ignore[union-attr]


async def test_a_server_on_this_machine_costs_nothing_that_we_know_of(start: Start) -> None:
    async with ModelServer(says("yes")) as server:
        model = OpenAIChat("gpt-4o", server.url)
        assert (await model.complete(PLAIN)).cost_usd is None
        await model.aclose()
