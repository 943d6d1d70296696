"""A whole grade through the wiring, over servers that misbehave: ungraded with its reason, or sound; never a number.

The server is `bench/mock_openai.py` of the folder `shared` beside the repository (see mock_server), and, where
INTERVIEWER_TEST_BASE_URL names one, a real model.
"""

import itertools
import os
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from mock_server import MOCK, Mock, in_seconds, running

from interviewer import asjson, settings
from interviewer.answer import canonical
from interviewer.grade import Grade, Judgement, Unscored
from interviewer.models import retry
from interviewer.selection import Choice
from interviewer.session import Answered, GradeAgain, Phase
from interviewer.wiring import Wiring

pytestmark = pytest.mark.service
needs_mock = pytest.mark.skipif(not MOCK.is_file(), reason="shared/bench/mock_openai.py is not beside the repository")
REAL = os.environ.get("INTERVIEWER_TEST_BASE_URL", "")
QUESTION = "dropout-inference"
ANSWER = (
    "At test time nothing is dropped, so every unit is used. Because each unit was there only with probability p while "
    "training, its output is multiplied by p, so that the next layer sees the same expected input."
)
NAMES = itertools.count()
"""Each test asks for a model of its own name: the breaker is kept for endpoint and name."""


@pytest.fixture(scope="module")
def mock() -> Iterator[Mock]:
    with running() as server:
        yield server


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Waits of the retry loop that are noted, not waited."""
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    monkeypatch.setitem(retry.ask.__kwdefaults__, "sleep", sleep)
    return waits


@pytest.fixture
async def wired(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Callable[..., Wiring]]:
    """Wirings over a server, closed at the end."""
    for name in [n for n in os.environ if n.startswith("INTERVIEWER_") or n == "OPENAI_API_KEY"]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    made: list[Wiring] = []

    def of(url: str, **more: Any) -> Wiring:
        given = {"home": tmp_path, "retrieval": "words", "base_url": url, "model": f"small-{next(NAMES)}", **more}
        made.append(Wiring(settings.load(**given)))
        return made[-1]

    yield of
    for wiring in made:
        await wiring.aclose()


async def graded(wiring: Wiring) -> Grade:
    return await wiring.grader().grade(wiring.bank.items[QUESTION], ANSWER)


def sound(grade: Grade) -> bool:
    """Whether it is a grade with a number; checks that it is what it says it is."""
    plain = asjson.of_grade(grade)
    assert (plain["score"] is None) == (plain["state"] == "ungraded") == bool(plain["reason"])
    judged = [o for o in grade.outcomes if isinstance(o, Judgement)]
    assert all(q in canonical(ANSWER).text for o in judged for q in o.quotes)
    assert all(o.quotes for o in judged if o.level in ("partial", "met"))
    assert grade.score is None or 0 <= grade.score <= 1
    return grade.score is not None


@needs_mock
async def test_a_healthy_server_is_asked_once(mock: Mock, wired: Callable[..., Wiring]) -> None:
    mock.set()
    grade = await graded(wired(mock.url))
    assert sound(grade) and grade.state == "graded" and mock.stats()["requests"] == 1
    (call,) = grade.provenance.calls
    assert call.attempts == 1 and call.raw_reply and call.input_tokens and call.output_tokens
    assert call.parameters["endpoint"] == mock.url and call.note_ids == grade.provenance.note_ids


FAULTS: dict[str, tuple[Callable[[], dict[str, Any]], str, int]] = {
    "429, seconds": (lambda: {"e429_every": 1, "retry_after": "2"}, "ModelUnavailable", 4),
    "429, a fraction": (lambda: {"e429_every": 1, "retry_after": "1.25"}, "ModelUnavailable", 4),
    "429, a date": (lambda: {"e429_every": 1, "retry_after": in_seconds(10)}, "ModelUnavailable", 4),
    "429, a date that is past": (lambda: {"e429_every": 1, "retry_after": in_seconds(-60)}, "ModelUnavailable", 4),
    "429, nonsense": (lambda: {"e429_every": 1, "retry_after": "soon"}, "ModelUnavailable", 4),
    "429, too long to wait": (lambda: {"e429_every": 1, "retry_after": "31"}, "ModelUnavailable", 1),
    "500": (lambda: {"e500_every": 1}, "ModelUnavailable", 4),
    "reset": (lambda: {"reset_every": 1}, "ModelUnavailable", 4),
    "truncated": (lambda: {"truncate_every": 1}, "ReplyInvalid", 2),
    "not a grade": (lambda: {"bad_every": 1}, "ReplyInvalid", 2),
}


@needs_mock
@pytest.mark.parametrize("fault", FAULTS)
async def test_a_server_that_stays_away_leaves_no_number(
    fault: str,
    mock: Mock,
    wired: Callable[..., Wiring],
    slept: list[float],
) -> None:
    faults, kind, calls = FAULTS[fault]
    mock.set(**faults())
    grade = await graded(wired(mock.url))
    assert not sound(grade) and grade.reason.startswith(f"{kind}: ")
    assert all(isinstance(o, Unscored) for o in grade.outcomes)
    assert mock.stats()["requests"] == calls <= 4
    assert sum(s > 0 for s in slept) <= calls - 1


@needs_mock
@pytest.mark.parametrize("fault", [f for f in FAULTS if f != "429, too long to wait"])
async def test_a_fault_that_passes_is_got_over(
    fault: str,
    mock: Mock,
    wired: Callable[..., Wiring],
    slept: list[float],
) -> None:
    faults, _, _ = FAULTS[fault]
    mock.set(**{name: 2 if name.endswith("_every") else value for name, value in faults().items()})
    wiring = wired(mock.url)
    attempts = [(await graded(wiring)).provenance.calls[0].attempts for _ in range(2)]
    assert attempts == [1, 2] and mock.stats()["requests"] == 3


@needs_mock
async def test_a_server_that_hangs_is_waited_for_as_long_as_set(mock: Mock, wired: Callable[..., Wiring]) -> None:
    mock.set()
    wiring = wired(mock.url, deadline_s=1.0)
    await graded(wiring)  # the first use imports for seconds
    mock.set(hang_every=1)
    started = time.monotonic()
    grade = await graded(wiring)
    assert not sound(grade) and grade.reason.startswith("ModelTimeout: ")
    assert time.monotonic() - started < 4 and mock.stats()["requests"] <= 4


@needs_mock
async def test_an_interview_goes_on_and_is_graded_when_the_server_is_back(
    mock: Mock,
    wired: Callable[..., Wiring],
    slept: list[float],
) -> None:
    mock.set(e500_every=1)
    wiring = wired(mock.url)
    live = wiring.interview()
    shown = await live.begin(Choice(("neural-networks",), count=1))
    *_, shown = [s async for s in live.play(shown.session_id, Answered(0, ANSWER, live.now()))]
    assert shown.phase is Phase.REVIEWING and shown.review is not None
    assert shown.review.state == "ungraded" and shown.review.score is None and shown.review.reason
    mock.set()
    *_, shown = [s async for s in live.play(shown.session_id, GradeAgain(0, live.now()))]
    assert shown.review is not None and shown.review.state == "graded" and shown.review.score is not None
    (session,) = wiring.store.history()
    assert [(g.answer, g.grade.state) for g in session.grades] == [(ANSWER, "ungraded"), (ANSWER, "graded")]
    wiring.store.close()


@pytest.mark.skipif(not REAL, reason="INTERVIEWER_TEST_BASE_URL names no server; `make test-llm` starts one")
async def test_a_real_model_gets_credit_for_nothing_but_words_of_the_answer(wired: Callable[..., Wiring]) -> None:
    """One criterion and a short reply, since the model may be a tiny one that rambles: then there is no number."""
    model = os.environ.get("INTERVIEWER_TEST_MODEL", "smollm2")
    wiring = wired(REAL, model=model, max_tokens=250, deadline_s=150.0)
    item = replace(wiring.bank.items[QUESTION], id="one-criterion")  # not of the bank: no passages are looked up
    rubric = replace(wiring.bank.rubric_of(item), criteria=wiring.bank.rubric_of(item).criteria[:1])
    grade = await wiring.grader().grade(item, ANSWER, rubric)
    if not sound(grade):
        assert grade.reason.split(":")[0] in ("ReplyInvalid", "ModelTimeout") or "occur in the answer" in grade.reason
    for call in grade.provenance.calls:
        assert call.attempts <= 4 and call.input_tokens and call.output_tokens
