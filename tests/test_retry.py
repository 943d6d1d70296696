"""The one retry loop: how often, how long, for what; never more than four requests, never a made-up reply."""

import asyncio
from dataclasses import replace
from itertools import count
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interviewer.errors import FormNotTaken, ModelError, ModelRefused, ModelTimeout, ModelUnavailable, ReplyInvalid
from interviewer.models import Ask, Message, Reply, Usage
from interviewer.models.breaker import Breaker, breaker_of
from interviewer.models.offline import Line, Scripted
from interviewer.models.openai_chat import OpenAIChat
from interviewer.models.retry import LIVE, RUN, Policy, ask

QUESTION = Ask((Message("system", "You grade."), Message("user", "Grade it.")), schema={"type": "object"})


class Time:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def number(text: str) -> int:
    if not text.isdigit():
        raise ReplyInvalid(f"a number expected, not {text!r}")
    return int(text)


def away(retry_after_s: float | None = None) -> ModelUnavailable:
    error = ModelUnavailable("server error; try again later")
    error.retry_after_s = retry_after_s
    return error


def asking(
    model: Any, time: Time, policy: Policy = LIVE, breaker: Breaker | None = None, question: Ask = QUESTION
) -> Any:
    return ask(model, question, number, policy, breaker=breaker or Breaker(), clock=time, sleep=time.sleep)


async def test_a_good_reply_is_taken_at_once() -> None:
    model, time = Scripted(["7"]), Time()
    assert await asking(model, time) == (7, Reply("7", "scripted", Usage(), 0.0))
    assert model.history == [QUESTION] and time.slept == []


async def test_trouble_is_waited_out_with_full_jitter() -> None:
    waits: list[list[float]] = []
    for _ in range(200):
        model, time = Scripted([away(), away(), away(), "7"]), Time()
        value, reply = await asking(model, time)
        assert (value, reply.attempts, reply.seconds) == (7, 4, pytest.approx(sum(time.slept)))
        waits.append(time.slept)
    for n, longest in enumerate((0.5, 1.0, 2.0)):
        drawn = [w[n] for w in waits]
        assert 0 <= min(drawn) < 0.1 * longest and 0.9 * longest < max(drawn) <= longest


async def test_the_jitter_is_capped() -> None:
    model, time = Scripted([away()] * 20), Time()
    with pytest.raises(ModelUnavailable):
        await asking(model, time, Policy(attempts=20, deadline_s=1e6))
    assert len(time.slept) == 19 and max(time.slept) <= 8.0


async def test_four_requests_are_the_most() -> None:
    model, time = Scripted([away()] * 9), Time()
    with pytest.raises(ModelUnavailable, match="server error; try again later") as caught:
        await asking(model, time)
    assert caught.value.calls == len(model.history) == 4


@pytest.mark.parametrize("error", [ModelRefused("wrong key; set another"), ModelRefused("unknown model; check it")])
async def test_a_refusal_is_final(error: ModelRefused) -> None:
    model, time = Scripted([error, "7"]), Time()
    with pytest.raises(ModelRefused) as caught:
        await asking(model, time)
    assert caught.value is error and error.calls == len(model.history) == 1 and time.slept == []


@pytest.mark.parametrize(
    ("policy", "wait_s", "is_waited"),
    [
        (LIVE, 0.0, True),
        (LIVE, 12.5, True),
        (LIVE, 30.0, True),
        (LIVE, 30.5, False),
        (LIVE, 3600.0, False),
        (RUN, 30.5, True),
        (RUN, 120.0, True),
        (RUN, 121.0, False),
    ],
)
async def test_the_wait_a_server_asks_for_is_honoured_or_given_up_at_once(
    policy: Policy, wait_s: float, is_waited: bool
) -> None:
    model, time = Scripted([away(wait_s), "7"]), Time()
    if is_waited:
        assert (await asking(model, time, policy))[0] == 7
        assert wait_s <= time.slept[0] <= max(wait_s, 0.5)
    else:
        with pytest.raises(ModelUnavailable) as caught:
            await asking(model, time, policy)
        assert (caught.value.calls, time.slept) == (1, [])


async def test_no_wait_is_begun_that_ends_after_the_deadline() -> None:
    model, time = Scripted([away(25.0), away(25.0), "7"]), Time()
    with pytest.raises(ModelTimeout, match=r"within 45 s \(last: server error.*INTERVIEWER_DEADLINE_S") as caught:
        await asking(model, time)
    assert caught.value.calls == 2 and len(time.slept) == 1 and isinstance(caught.value.__cause__, ModelUnavailable)


async def test_a_model_that_hangs_is_left_at_the_deadline() -> None:
    class Hanging(Scripted):
        async def complete(self, ask: Ask) -> Reply:
            self.history.append(ask)
            await asyncio.sleep(60)
            raise AssertionError("nobody waited")

    model = Hanging()
    with pytest.raises(ModelTimeout, match=r"within 0\.1 s") as caught:
        await ask(model, QUESTION, number, Policy(deadline_s=0.1), breaker=Breaker())
    assert caught.value.calls == len(model.history) == 1


async def test_a_request_that_timed_out_is_tried_again_while_time_is_left() -> None:
    model, time = Scripted([ModelTimeout("no reply within 5 s; try again"), "7"]), Time()
    assert (await asking(model, time))[1].attempts == 2


async def test_one_repair_carries_what_was_said_and_what_is_wrong_with_it() -> None:
    first = Reply("seven", "m", Usage(100, 10, 60), 0.1, cost_usd=0.25)
    second = Reply("7", "m", Usage(150, 5, 100), 0.1, cost_usd=0.5)
    model, time = Scripted([first, second]), Time()
    value, reply = await asking(model, time)
    assert (value, reply.attempts, reply.usage, reply.cost_usd) == (7, 2, Usage(250, 15, 160), 0.75)
    assert time.slept == [0.0]
    repair = model.history[1]
    assert repair.messages[:2] == QUESTION.messages and repair.schema == QUESTION.schema
    assert repair.messages[2] == Message("assistant", "seven")
    assert "a number expected, not 'seven'" in repair.messages[3].content and repair.messages[3].role == "user"


async def test_costs_that_are_partly_unknown_are_unknown() -> None:
    model, time = Scripted([Reply("seven", "m", Usage(1, 1), 0.1, cost_usd=0.25), "7"]), Time()
    _, reply = await asking(model, time)
    assert (reply.usage, reply.cost_usd) == (Usage(), None)


async def test_a_second_bad_reply_is_an_error_not_a_reply() -> None:
    model, time = Scripted(["seven", "eight", "7"]), Time()
    with pytest.raises(ReplyInvalid, match="eight") as caught:
        await asking(model, time)
    assert caught.value.calls == len(model.history) == 2


async def test_a_cut_off_reply_gets_its_repair_too() -> None:
    model, time = Scripted([ReplyInvalid("truncated at 9 tokens; raise INTERVIEWER_MAX_TOKENS"), "7"]), Time()
    assert (await asking(model, time))[0] == 7
    assert [m.role for m in model.history[1].messages] == ["system", "user", "user"]
    assert "truncated at 9 tokens" in model.history[1].messages[2].content


async def test_the_repair_survives_trouble_and_counts_as_a_request() -> None:
    model, time = Scripted(["seven", away(), away(), away(), "7"]), Time()
    with pytest.raises(ModelUnavailable) as caught:
        await asking(model, time)
    assert caught.value.calls == len(model.history) == 4
    assert all("a number expected" in asked.messages[-1].content for asked in model.history[1:])


async def test_learning_how_to_ask_needs_no_wait_but_counts() -> None:
    refused = FormNotTaken("json_schema replies are not taken; ask again")
    model, time = Scripted([refused, refused, "seven", "7"]), Time()
    assert (await asking(model, time))[1].attempts == 4
    assert time.slept == [0.0, 0.0, 0.0]


async def test_nobody_is_shown_the_beginning_of_a_reply_twice() -> None:
    shown: list[str] = []
    model, time = Scripted(["seven", "7"]), Time()
    await asking(model, time, question=replace(QUESTION, on_text=shown.append))
    assert shown == ["seven"]
    assert model.history[0].on_text is not None and model.history[1].on_text is None


async def test_a_reply_that_never_began_is_streamed_at_the_next_try() -> None:
    shown: list[str] = []
    model, time = Scripted([away(), "7"]), Time()
    await asking(model, time, question=replace(QUESTION, on_text=shown.append))
    assert shown == ["7"]


async def test_giving_up_waiting_is_not_mistaken_for_trouble() -> None:
    class Waiting(Scripted):
        async def complete(self, ask: Ask) -> Reply:
            self.history.append(ask)
            await asyncio.sleep(60)
            raise AssertionError("nobody waited")

    model, breaker = Waiting(), Breaker()
    task = asyncio.create_task(ask(model, QUESTION, number, breaker=breaker))
    await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert len(model.history) == 1 and breaker.failures == 0


LINES = {
    "good": "7",
    "bad": "seven",
    "cut": ReplyInvalid("truncated; raise INTERVIEWER_MAX_TOKENS"),
    "away": away(),
    "busy": away(3.0),
    "long": away(500.0),
    "late": ModelTimeout("no reply; try again"),
    "form": FormNotTaken("left out; ask again"),
    "no": ModelRefused("wrong key; set another"),
}


@given(st.lists(st.sampled_from(sorted(LINES)), min_size=1, max_size=8), st.sampled_from([LIVE, RUN]))
def test_whatever_happens_at_most_four_requests_and_only_a_good_reply_counts(said: list[str], policy: Policy) -> None:
    lines: list[Line] = [LINES[name] for name in said]
    model, time = Scripted(lines), Time()
    try:
        value, reply = asyncio.run(asking(model, time, policy))
    except ModelError as error:
        calls = error.calls
        assert said[:calls][-1] != "good" or calls > len(said)
    else:
        calls = reply.attempts
        assert value == 7 and said[calls - 1] == "good"
    used = said[:calls]
    assert calls == len(model.history) <= 4
    assert "no" not in used[:-1] and "long" not in used[:-1] and "good" not in used[:-1]
    assert sum(name in ("bad", "cut") for name in used) <= 2


def test_a_breaker_opens_after_failures_in_a_row_and_lets_one_probe_through() -> None:
    breaker = Breaker("model 'm' at http://x", limit=3, open_s=20)
    now = count(0)
    for error in (away(), ModelTimeout("late"), ReplyInvalid("bad"), away(), ModelTimeout("late"), away()):
        assert breaker.admit(next(now)) == 0
        breaker.note(error, 5)
    assert breaker.admit(6) == 19
    refusal = breaker.refusal(19)
    assert "left alone for 19 s" in str(refusal) and "interviewer doctor" in str(refusal) and refusal.calls == 0
    assert breaker.admit(25) == 0
    assert breaker.admit(25) == 20, "one probe at a time"
    breaker.note(away(), 26)
    assert breaker.admit(27) == 19
    assert breaker.admit(46) == 0
    breaker.note(None, 47)
    assert breaker.admit(47) == breaker.admit(47) == 0


@pytest.mark.parametrize("error", [ModelRefused("no"), ReplyInvalid("bad"), FormNotTaken("form")])
def test_a_server_that_answers_is_there(error: ModelError) -> None:
    breaker = Breaker()
    for _ in range(10):
        breaker.note(error, 0)
    assert breaker.admit(0) == 0


async def test_an_open_breaker_fails_fast_live_and_is_sat_out_in_a_run() -> None:
    breaker, time = Breaker("model 'm' at http://x"), Time()
    model = Scripted([*[away()] * 12, "7"])
    for _ in range(3):
        with pytest.raises(ModelUnavailable):
            await asking(model, time, breaker=breaker)
    time.slept.clear()
    with pytest.raises(ModelUnavailable, match="failed 3 times in a row") as caught:
        await asking(model, time, breaker=breaker)
    assert caught.value.calls == 0 and len(model.history) == 12 and time.slept == []
    value, reply = await asking(model, time, RUN, breaker)
    assert (value, reply.attempts, len(model.history)) == (7, 1, 13)
    assert time.slept == [pytest.approx(20.0)] and reply.seconds == pytest.approx(20.0)


def test_models_of_one_endpoint_and_name_share_a_breaker() -> None:
    one, same = OpenAIChat("m", "http://127.0.0.1:7/v1"), OpenAIChat("m", "http://127.0.0.1:7/v1/", "sk-other-key")
    other, elsewhere = OpenAIChat("n", "http://127.0.0.1:7/v1"), OpenAIChat("m", "http://127.0.0.1:8/v1")
    assert breaker_of(one) is breaker_of(same)
    assert len({id(breaker_of(m)) for m in (one, other, elsewhere)}) == 3
    assert breaker_of(Scripted()) is not breaker_of(Scripted())
