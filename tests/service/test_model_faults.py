"""The road to a language model against a server that misbehaves on purpose: at most 4 calls, never a made-up reply.

The server is `bench/mock_openai.py` of the folder `shared` beside the repository, a process of its own; without it the
tests are skipped.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from mock_server import MOCK, Mock, in_seconds, running

from interviewer.errors import ModelError, ModelTimeout, ModelUnavailable, ReplyInvalid
from interviewer.models import Ask, Message, Reply
from interviewer.models.breaker import Breaker
from interviewer.models.langchain_chat import LangchainChat
from interviewer.models.openai_chat import OpenAIChat
from interviewer.models.retry import LIVE, Policy, ask

pytestmark = [
    pytest.mark.service,
    pytest.mark.skipif(not MOCK.is_file(), reason="shared/bench/mock_openai.py is not beside the repository"),
]
SCHEMA = {
    "type": "object",
    "properties": {"level": {"type": "string", "enum": ["met", "missed"]}},
    "required": ["level"],
    "additionalProperties": False,
}
QUESTION = Ask((Message("system", "You grade."), Message("user", "Is it met? The answer says so.")), schema=SCHEMA)
Model = OpenAIChat | LangchainChat


@pytest.fixture(scope="module")
def mock() -> Iterator[Mock]:
    with running() as server:
        yield server


@pytest.fixture(params=["openai", "langchain"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def of_kind(kind: str, url: str, deadline_s: float) -> Model:
    if kind == "openai":
        return OpenAIChat("small", url, "sk-test", deadline_s=deadline_s)
    return LangchainChat("openai:small", url, "sk-test", deadline_s=deadline_s)


@pytest.fixture
async def model(kind: str, mock: Mock) -> AsyncIterator[Model]:
    chat = of_kind(kind, mock.url, 20.0)
    mock.set()
    await chat.complete(Ask(QUESTION.messages))  # the first use imports for seconds
    yield chat
    await chat.aclose()


@pytest.fixture
async def hurried(kind: str, model: Model, mock: Mock) -> AsyncIterator[Model]:
    """One that waits half a second for a reply."""
    chat = of_kind(kind, mock.url, 0.5)
    yield chat
    await chat.aclose()


class Sleeper:
    """Waits that are noted, not waited."""

    def __init__(self) -> None:
        self.slept: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


def level(text: str) -> str:
    try:
        found = json.loads(text)["level"]
    except (ValueError, TypeError, KeyError) as error:
        raise ReplyInvalid(f"a JSON object with a level expected, not {text!r}") from error
    return str(found)


async def asking(model: Model, sleeper: Sleeper, policy: Policy = LIVE) -> tuple[str, Reply]:
    return await ask(model, QUESTION, level, policy, breaker=Breaker(), sleep=sleeper.sleep)


async def test_a_healthy_server_is_asked_once(mock: Mock, model: Model) -> None:
    mock.set()
    value, reply = await asking(model, Sleeper())
    assert (value, reply.attempts, reply.model) == ("met", 1, "small")
    assert mock.stats()["requests"] == 1


@pytest.mark.parametrize(
    ("retry_after", "shortest_s", "longest_s"),
    [
        pytest.param(lambda: "2", 2.0, 2.0, id="seconds"),
        pytest.param(lambda: "1.25", 1.25, 2.0, id="fraction"),
        pytest.param(lambda: "0", 0.0, 2.0, id="zero"),
        pytest.param(lambda: in_seconds(10), 7.0, 10.0, id="date"),
        pytest.param(lambda: in_seconds(-60), 0.0, 2.0, id="past date"),
        pytest.param(lambda: "soon", 0.0, 2.0, id="nonsense"),
    ],
)
async def test_a_rate_limit_is_waited_out_as_asked(
    mock: Mock, model: Model, retry_after: Any, shortest_s: float, longest_s: float
) -> None:
    mock.set(e429_every=1, retry_after=retry_after())
    sleeper = Sleeper()
    with pytest.raises(ModelUnavailable, match="rate limited") as caught:
        await asking(model, sleeper)
    assert caught.value.calls == mock.stats()["requests"] == 4
    assert len(sleeper.slept) == 3
    assert all(shortest_s <= s <= longest_s for s in sleeper.slept), sleeper.slept


@pytest.mark.parametrize("retry_after", [lambda: "31", lambda: in_seconds(300)], ids=["seconds", "date"])
async def test_a_wait_that_is_too_long_is_given_up_at_once(mock: Mock, model: Model, retry_after: Any) -> None:
    mock.set(e429_every=1, retry_after=retry_after())
    sleeper = Sleeper()
    with pytest.raises(ModelUnavailable, match="asks to wait") as caught:
        await asking(model, sleeper)
    assert caught.value.calls == mock.stats()["requests"] == 1 and sleeper.slept == []


@pytest.mark.parametrize(
    ("fault", "kind", "calls", "sign"),
    [
        ("e500_every", ModelUnavailable, 4, "server error"),
        ("reset_every", ModelUnavailable, 4, "cannot be reached"),
        ("truncate_every", ReplyInvalid, 2, "truncated"),
        ("bad_every", ReplyInvalid, 2, "I would rather not say"),
    ],
)
async def test_a_fault_that_stays_ends_in_an_error_never_in_a_reply(
    mock: Mock, model: Model, fault: str, kind: type[ModelError], calls: int, sign: str
) -> None:
    mock.set(**{fault: 1})
    with pytest.raises(kind, match=sign) as caught:
        await asking(model, Sleeper())
    assert caught.value.calls == mock.stats()["requests"] == calls
    assert str(caught.value).count("sk-test") == 0


async def test_a_server_that_hangs_ends_in_an_error_never_in_a_reply(mock: Mock, hurried: Model) -> None:
    mock.set(hang_every=1)
    with pytest.raises(ModelTimeout, match="no reply within") as caught:
        await asking(hurried, Sleeper())
    assert caught.value.calls == mock.stats()["requests"] == 4


async def test_a_server_that_hangs_now_and_then_is_asked_again(mock: Mock, hurried: Model) -> None:
    mock.set(hang_every=2)
    attempts = [(await asking(hurried, Sleeper()))[1].attempts for _ in range(2)]
    assert attempts == [1, 2] and mock.stats()["requests"] == 3


@pytest.mark.parametrize("fault", ["e429_every", "e500_every", "reset_every", "truncate_every", "bad_every"])
async def test_a_fault_now_and_then_is_overcome(mock: Mock, model: Model, fault: str) -> None:
    mock.set(**{fault: 2})
    attempts = [(await asking(model, Sleeper()))[1].attempts for _ in range(3)]
    # requests 1 | 2 fails, 3 | 4 fails, 5
    assert attempts == [1, 2, 2] and mock.stats()["requests"] == 5


async def test_the_deadline_holds_whatever_the_server_does(mock: Mock, model: Model) -> None:
    mock.set(hang_every=1)
    started = time.monotonic()
    with pytest.raises(ModelTimeout, match=r"within 0\.3 s"):
        await asking(model, Sleeper(), Policy(deadline_s=0.3))
    assert time.monotonic() - started < 3
    assert mock.stats()["requests"] == 1


async def test_a_stream_with_faults_is_shown_once_and_whole(mock: Mock, model: Model) -> None:
    mock.set(e500_every=2)
    for _ in range(2):
        pieces: list[str] = []
        question = Ask(QUESTION.messages, schema=SCHEMA, on_text=pieces.append)
        value, reply = await ask(model, question, level, breaker=Breaker(), sleep=Sleeper().sleep)
        assert value == "met" and "".join(pieces) == reply.text
        assert reply.usage.output_tokens is not None


async def test_log_probabilities_come_through(mock: Mock, model: Model) -> None:
    mock.set()
    reply = await model.complete(Ask(QUESTION.messages, top_logprobs=2))
    assert [(t.token, t.logprob) for t in reply.first_token] == [("yes", -0.2), ("no", -1.8)]


async def test_many_asks_at_once_share_connections(mock: Mock) -> None:
    chat = OpenAIChat("small", mock.url, "sk-test")
    mock.set(latency_ms=50)
    replies = await asyncio.gather(*(asking(chat, Sleeper()) for _ in range(20)))
    again = await asyncio.gather(*(asking(chat, Sleeper()) for _ in range(20)))
    stats = mock.stats()
    await chat.aclose()
    assert {value for value, _ in [*replies, *again]} == {"met"}
    assert stats["requests"] == 40 and stats["peak_inflight"] > 10 and stats["connections"] <= 20


def test_a_model_serves_one_event_loop_after_another(mock: Mock) -> None:
    mock.set()
    for chat in (OpenAIChat("small", mock.url), LangchainChat("openai:small", mock.url, "sk-test")):

        async def once(chat: Model = chat) -> str:
            try:
                return (await asking(chat, Sleeper()))[0]
            finally:
                await chat.aclose()

        assert [asyncio.run(once()) for _ in range(3)] == ["met"] * 3
