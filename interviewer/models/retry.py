"""The only retry loop of the program, and the breaker before it.

Live, a candidate waits: few attempts, short waits, a deadline. In a run nobody waits: longer ones. Never more than four
requests for one ask, whatever they are spent on: trouble, one repair of a reply, or learning how the server wants to be
asked.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Generic, TypeVar

from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, stop_after_attempt, wait_random_exponential

from interviewer.errors import FormNotTaken, ModelError, ModelTimeout, ModelUnavailable, ReplyInvalid
from interviewer.models import Ask, ChatModel, Message, Reply, Usage
from interviewer.models.breaker import Breaker, breaker_of

T = TypeVar("T")
Clock = Callable[[], float]
Sleep = Callable[[float], Awaitable[None]]
_LONGEST_COMPLAINT = 800


@dataclass(frozen=True, slots=True)
class Policy:
    """How patient an ask is."""

    attempts: int = 4
    """Requests in total, the first, the repair and the learning ones included."""
    base_s: float = 0.5
    """Full jitter: before attempt n + 1 a wait drawn from [0, min(cap_s, base_s * 2^(n-1))]."""
    cap_s: float = 8.0
    longest_wait_s: float = 30.0
    """A server that asks to wait longer than this is given up at once."""
    deadline_s: float = 45.0
    """For everything together, waits included."""
    sits_out: bool = False
    """Waits for an open breaker to close in place of failing."""


LIVE = Policy()
"""A candidate is waiting."""
RUN = Policy(longest_wait_s=120.0, deadline_s=600.0, sits_out=True)
"""Nobody is waiting: the harness."""

ONCE = Policy(attempts=1)
"""Nobody can be asked again: the replies of a batch."""


async def ask(
    model: ChatModel,
    ask: Ask,
    check: Callable[[str], T],
    policy: Policy = LIVE,
    *,
    breaker: Breaker | None = None,
    clock: Clock = time.monotonic,
    sleep: Sleep = asyncio.sleep,
) -> tuple[T, Reply]:
    """What `check` made of the first reply it took, and that reply.

    Args:
        check: turns a reply's text into a value, or raises ReplyInvalid with what is wrong. The model is told so and
            asked once more.
        breaker: None for the one that all asks of this endpoint and model share.

    Returns:
        The reply's `attempts` are all requests made; its usage and cost are those of every reply that came, its seconds
        the whole wait.

    Raises:
        ModelError: given up; its `calls` are the requests made (0 while the breaker is open).
    """
    breaker = breaker or breaker_of(model)
    talk = _Talk(model, ask, check, policy, clock)
    await _pass(breaker, talk, sleep)
    retrying = AsyncRetrying(
        retry=retry_if_exception(talk.may_retry),
        wait=talk.wait_s,
        stop=talk.hopeless,
        sleep=sleep,
        reraise=True,
    )
    try:
        value, reply = await _through(retrying, talk)
    except ModelError as error:
        breaker.note(error, clock())
        given_up = talk.late(error) if talk.out_of_time else error
        given_up.calls = talk.calls
        raise given_up from error.__cause__ if given_up is error else error
    breaker.note(None, clock())
    return value, reply


async def _through(retrying: AsyncRetrying, talk: "_Talk[T]") -> tuple[T, Reply]:
    outcome: tuple[T, Reply] = await retrying(talk.attempt)
    return outcome


async def _pass(breaker: Breaker, talk: "_Talk[T]", sleep: Sleep) -> None:
    while wait_s := breaker.admit(talk.clock()):
        closed = breaker.refusal(wait_s)
        if not talk.policy.sits_out or talk.clock() + wait_s >= talk.ends:
            raise closed
        await sleep(wait_s)


@dataclass
class _Talk(Generic[T]):
    """One ask and everything tried for it."""

    model: ChatModel
    ask: Ask
    check: Callable[[str], T]
    policy: Policy
    clock: Clock
    started: float = field(init=False)
    calls: int = 0
    repairs: int = 0
    was_shown: bool = False
    """Whether a piece of a reply has already been streamed to somebody."""
    out_of_time: bool = False
    replies: list[Reply] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.started = self.clock()

    @property
    def ends(self) -> float:
        return self.started + self.policy.deadline_s

    async def attempt(self) -> tuple[T, Reply]:
        """One request, checked."""
        self.calls += 1
        text = ""
        try:
            async with asyncio.timeout(self.ends - self.clock()):
                reply = await self.model.complete(self._request())
            self.replies.append(reply)
            text = reply.text
            return self.check(text), self._whole(reply)
        except TimeoutError as error:
            self.out_of_time = True
            raise ModelTimeout(f"{self.model.name}: no reply in time") from error
        except ReplyInvalid as error:
            self._ask_for_repair(text, error)
            raise

    def may_retry(self, error: BaseException) -> bool:
        """Trouble that may pass; the first reply in a wrong form; never a refusal."""
        if isinstance(error, ReplyInvalid):
            return self.repairs == 1
        if isinstance(error, ModelTimeout):
            return not self.out_of_time
        if isinstance(error, FormNotTaken):
            return True
        return isinstance(error, ModelUnavailable) and (error.retry_after_s or 0.0) <= self.policy.longest_wait_s

    def wait_s(self, state: RetryCallState) -> float:
        """What the server asks for, at least the jitter; nothing when asking otherwise is the cure."""
        error = state.outcome.exception() if state.outcome else None
        if isinstance(error, ReplyInvalid | FormNotTaken):
            return 0.0
        jitter = wait_random_exponential(multiplier=self.policy.base_s, max=self.policy.cap_s)(state)
        return max(jitter, getattr(error, "retry_after_s", None) or 0.0)

    def hopeless(self, state: RetryCallState) -> bool:
        """Attempts used up, or the next one would begin after the deadline."""
        if stop_after_attempt(self.policy.attempts)(state):
            return True
        self.out_of_time = self.clock() + state.upcoming_sleep >= self.ends
        return self.out_of_time

    def late(self, error: ModelError) -> ModelTimeout:
        """The error of an ask whose time is over."""
        last = "" if isinstance(error, ModelTimeout) else f" (last: {error})"
        limit = f"{self.policy.deadline_s:g} s"
        return ModelTimeout(
            f"{self.model.name}: no usable reply within {limit}{last}; try again, or raise INTERVIEWER_DEADLINE_S"
        )

    def _request(self) -> Ask:
        on_text = self.ask.on_text
        if on_text is None or self.was_shown:  # nobody is shown the beginning of a reply twice
            return replace(self.ask, on_text=None)

        def show(piece: str) -> None:
            self.was_shown = True
            on_text(piece)

        return replace(self.ask, on_text=show)

    def _ask_for_repair(self, text: str, error: ReplyInvalid) -> None:
        self.repairs += 1
        complaint = str(error)[:_LONGEST_COMPLAINT]
        form = "as one JSON object that satisfies the schema" if self.ask.schema else "in the form that was asked for"
        plea = Message("user", f"That reply cannot be used: {complaint}\nReply again, only {form}.")
        said = (Message("assistant", text),) if text else ()
        self.ask = replace(self.ask, messages=(*self.ask.messages, *said, plea))

    def _whole(self, reply: Reply) -> Reply:
        usages = [r.usage for r in self.replies]
        usage = Usage(
            _total([u.input_tokens for u in usages]),
            _total([u.output_tokens for u in usages]),
            _total([u.cached_tokens for u in usages]),
        )
        cost = _total([r.cost_usd for r in self.replies])
        waited = sum(r.seconds for r in self.replies) if reply.is_replayed else self.clock() - self.started
        return replace(reply, attempts=self.calls, usage=usage, cost_usd=cost, seconds=waited)


N = TypeVar("N", int, float)


def _total(numbers: list[N | None]) -> N | None:
    known = [n for n in numbers if n is not None]
    return sum(known[1:], known[0]) if known and len(known) == len(numbers) else None
