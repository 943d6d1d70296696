"""What the tests of a live interview share: a bank of three questions, a grader that does as it is told, a clock."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

from interviewer.answer import canonical
from interviewer.bank import Bank
from interviewer.grade import (
    Call,
    Grade,
    Judgement,
    Provenance,
    State,
    Unscored,
    Verdict,
    combine,
    ungraded,
)
from interviewer.interview import Interview
from interviewer.item import Item, Note, Numeric
from interviewer.rubric import Criterion, LevelName, Rubric
from interviewer.screen import Screen
from interviewer.selection import Choice
from interviewer.session import Answered, Event
from interviewer.store import Store, StoredEvent, StoredSession

START = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
ALL = Choice(count=3)
NETS = Choice(topics=("nets",), count=2)


def rubric(rubric_id: str, digest: str = "d1") -> Rubric:
    """Three points for `a`, one for `b`, a bonus point for `c`."""
    criteria = (
        Criterion("a", f"{rubric_id} says A", 3, "says A", "hints at A", notes=("note-a",)),
        Criterion("b", f"{rubric_id} says B", 1, "says B", None, misconceptions=("not B",), notes=("note-b", "note-a")),
        Criterion("c", f"{rubric_id} says C", 1, "says C", None, optional=True),
    )
    return Rubric(rubric_id, 1, criteria, f"the model answer of {rubric_id}", digest)


def item(item_id: str, topic: str = "nets", difficulty: int = 2, numerics: tuple[Numeric, ...] = ()) -> Item:
    """A question that can be asked."""
    return Item(
        id=item_id,
        topic=topic,
        kind="concept",
        difficulty=difficulty,
        title=item_id.title(),
        text=f"What about {item_id}?",
        time_limit_s=60,
        rubric_id=item_id,
        company="Quora" if item_id == "two" else None,
        numerics=numerics,
    )


def bank() -> Bank:
    """`one` and `two` on nets, `three` on chance with a number, and a draft."""
    draft = Item("draft", "nets", "concept", 1, "Draft", "Not yet?", 60, None)
    number = Numeric(7.5, 0.01, "degree", ("15/2",), "b")
    items = [item("one"), item("two"), item("three", "chance", 1, (number,)), draft]
    notes = [
        Note("note-a", "nets", "Passage A", "Why $a$ holds.", "Book A"),
        Note("note-b", "nets", "Passage B", "B.", ""),
    ]
    return Bank(
        items={i.id: i for i in items},
        rubrics={i.id: rubric(i.id) for i in items if i.rubric_id},
        notes={n.id: n for n in notes},
        topics={"nets": "Neural nets", "chance": "Chance", "empty": "Nothing yet"},
    )


def provenance(digest: str = "d1") -> Provenance:
    """As of a model that was called once."""
    call = Call(
        "m", "m-1", {"temperature": 0.0}, "rubric", 1, "p1", ("note-a",), 10, 5, None, 0.001, 0.4, 1, '{"a": 1}'
    )
    return Provenance("scripted", "1", "one", 1, digest, "0.1.0", ("note-a",), (call,))


def grade_of(
    item_id: str, a: LevelName = "met", b: LevelName = "missed", quote: str = "", state: State = "graded"
) -> Grade:
    """A grade with the levels of `a` and `b` and, where `a` is credited, a quote for it; `c` is missed."""
    outcomes = (
        Judgement("a", a, (quote,) if quote else (), "reason a", 0.9),
        Judgement("b", b, (), "reason b", 0.2, ("note-b",)),
        Judgement("c", "missed"),
    )
    assert state != "ungraded"
    return combine((Verdict(outcomes),), rubric(item_id), state, provenance())


def half_judged(item_id: str) -> Grade:
    """`a` is met, `b` could not be judged: no number."""
    outcomes = (Judgement("a", "met", ("yes",), "reason a"), Unscored("b", "no reply"), Judgement("c", "missed"))
    return combine((Verdict(outcomes),), rubric(item_id), "graded", provenance())


@dataclass
class ScriptedGrades:
    """Gives the queued outcomes in turn, then `met` for whatever was answered; remembers what it was asked."""

    queue: list[Grade | Exception] = field(default_factory=list)
    asked: list[tuple[str, str]] = field(default_factory=list)
    name: str = "scripted"
    state: State = "graded"
    hold: asyncio.Event | None = None
    """Where there is one, grading waits for it."""

    async def grade(self, item: Item, raw: str) -> Grade:
        """The next outcome."""
        self.asked.append((item.id, raw))
        if self.hold is not None:
            await self.hold.wait()
        await asyncio.sleep(0)
        if not self.queue:
            return grade_of(item.id, quote=canonical(raw).text)
        outcome = self.queue.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome


def no_grade(item_id: str, reason: str = "the model did not answer; grade again later") -> Grade:
    """What a grader says when its model fails."""
    return ungraded(rubric(item_id), reason, provenance())


def clock() -> Callable[[], datetime]:
    """A clock that is a second later each time it is asked."""
    seconds = count()
    return lambda: START + timedelta(seconds=next(seconds))


def interview(folder: Path, grades: ScriptedGrades | None = None, of: Bank | None = None) -> Interview:
    """An interview over a database in a folder."""
    store = Store(folder / "interviews.db")
    return Interview(of or bank(), grades or ScriptedGrades(), store, clock())


def new_session(session_id: str = "s1", **changes: object) -> StoredSession:
    """A session whose first question has been asked."""
    events = (StoredEvent("Asked", {"position": 0, "item_id": "one"}),)
    record = StoredSession(
        session_id, START, ("one", "two"), {"count": 2, "topics": []}, 4_000_000_000, "0.1.0", events
    )
    return replace(record, **changes)  # type: ignore[arg-type]


async def all_of(screens: AsyncIterator[Screen]) -> list[Screen]:
    """Every screen that is shown."""
    return [screen async for screen in screens]


async def play(live: Interview, session_id: str, event: Event) -> list[Screen]:
    """Every screen that an event brings about."""
    return await all_of(live.play(session_id, event))


def answered(text: str, position: int = 0) -> Answered:
    """An answer handed in."""
    return Answered(position, text, START)
