"""An interview as it is lived: takes events, keeps them, has answers graded, and yields what is to be shown.

The rules are `session`'s, the database is `store`'s, the judging is a `Grades`; here is only the order of things: an
answer is on the disk before anything else happens to it, and a grade before it is shown. Faces call this and draw.
"""

import asyncio
import logging
import secrets
from collections.abc import AsyncIterator, Callable
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Protocol

from interviewer import __version__, eventlog, screen, selection
from interviewer.answer import LIMIT_CHARS, canonical
from interviewer.bank import Bank
from interviewer.errors import IllegalMove, InputError, InterviewerError
from interviewer.grade import Grade, State
from interviewer.item import Item
from interviewer.screen import Screen
from interviewer.selection import Choice
from interviewer.session import (
    Answered,
    Asked,
    Event,
    GradeAgain,
    Graded,
    GradeFailed,
    MovedOn,
    Phase,
    Session,
    step,
)
from interviewer.store import Store, StoredGrade, StoredSession

DRAFT_LIMIT_CHARS = 10 * LIMIT_CHARS
"""Longest draft that is kept: room to paste too much and shorten it."""
_LOG = logging.getLogger(__name__)


class Grades(Protocol):
    """Whoever grades answers."""

    @property
    def name(self) -> str:
        """What the candidate is told about who grades."""
        ...

    @property
    def state(self) -> State:
        """What its grades may claim to be."""
        ...

    async def grade(self, item: Item, raw: str) -> Grade:
        """The grade of an answer; of state `ungraded` with its reason where there can be none.

        Raises:
            InterviewerError: the text cannot be used, or something besides the model is missing.
        """
        ...


def _now() -> datetime:
    return datetime.now(UTC)


def _new_id() -> str:
    return secrets.token_urlsafe(16)


class Interview:
    """Every interview of one bank, one grader and one database; holds no candidate's state between calls."""

    def __init__(
        self,
        bank: Bank,
        grades: Grades,
        store: Store,
        now: Callable[[], datetime] = _now,
        new_id: Callable[[], str] = _new_id,
    ) -> None:
        """Takes what it needs; opens nothing.

        Args:
            new_id: makes ids of sessions and grades; whoever knows a session's id may play it, so it must not be
                guessable.
        """
        self._bank = bank
        self._grades = grades
        self._store = store
        self.now = now
        self._new_id = new_id
        self._grading: dict[str, asyncio.Task[None]] = {}

    @property
    def most_criteria(self) -> int:
        """Criteria of the longest rubric that can come up."""
        return max((len(self._bank.rubric_of(item).criteria) for item in self._bank.askable), default=0)

    def opening(self, notice: str = "") -> Screen:
        """What can be chosen before an interview."""
        return screen.opening(self._bank, self._grades.name, self._grades.state, notice)

    async def begin(self, choice: Choice) -> Screen:
        """Starts an interview and asks its first question.

        Raises:
            InputError: nothing matches the choice.
            StoreError: it could not be kept.
        """
        seed = secrets.randbits(32)
        chosen = selection.choose(self._bank.askable, choice, seed)
        session = Session(self._new_id(), chosen.items)
        at = self.now()
        asked = Asked(0, chosen.items[0], at)
        events = (eventlog.stored(asked),)
        record = StoredSession(session.id, at, session.plan, asdict(choice), seed, __version__, events)
        await asyncio.to_thread(self._store.start, record)
        return screen.draw(step(session, asked), self._bank, {}, notice=chosen.shortfall)

    async def play(self, session_id: str, event: Event) -> AsyncIterator[Screen]:
        """Moves a session on and yields what is shown on the way, the last one being where it rests.

        An event that comes twice, or from a page that was left behind, moves nothing: the screen says where the session
        is. Grading goes on, and its outcome is kept, when the caller stops listening.

        Raises:
            InputError: no such session, or an answer that cannot be used; it is not kept.
            StoreError: nothing was kept.
        """
        if isinstance(event, Answered):
            canonical(event.text)  # refused before anything is kept: such a text could never be graded
        notice = await self._move(session_id, event)
        async for shown in self.resume(session_id, notice):
            yield shown

    async def resume(self, session_id: str, notice: str = "") -> AsyncIterator[Screen]:
        """Yields where a session is; one that broke off in grading, or between two questions, is taken on from there.

        Raises:
            InputError: no such session.
            StoreError: it cannot be read or its grade cannot be kept.
        """
        session, record = await self._load(session_id)
        if session.phase is Phase.CHOOSING:
            await self._move(session_id, Asked(session.position, session.plan[session.position], self.now()))
            session, record = await self._load(session_id)
        if session.phase is Phase.GRADING:
            yield self._draw(session, record, notice)
            await asyncio.shield(self._graded(session_id))
            session, record = await self._load(session_id)
        yield self._draw(session, record, notice)

    async def keep_draft(self, session_id: str, position: int, text: str) -> bool:
        """Keeps what was typed so far; False when the question no longer waits for an answer.

        Raises:
            InputError: no such session, or a text too long to be kept.
            StoreError: it could not be kept.
        """
        if len(text) > DRAFT_LIMIT_CHARS:
            raise InputError(f"a draft of {len(text):,} characters is not kept; shorten it to {LIMIT_CHARS:,}")
        session, _ = await self._load(session_id)
        if session.phase is not Phase.ANSWERING or session.position != position:
            return False
        await asyncio.to_thread(self._store.keep_draft, session_id, position, text)
        return True

    async def _load(self, session_id: str) -> tuple[Session, StoredSession]:
        record = await asyncio.to_thread(self._store.session, session_id)
        return eventlog.session_of(record), record

    def _draw(self, session: Session, record: StoredSession, notice: str) -> Screen:
        grades = {stored.id: stored.grade for stored in record.grades}
        draft = dict(record.drafts).get(session.position, "")
        return screen.draw(session, self._bank, grades, draft, notice)

    async def _move(self, session_id: str, event: Event, grade: StoredGrade | None = None) -> str:
        """Keeps an event if the session allows it; what to tell the candidate when it does not."""
        while True:
            session, record = await self._load(session_id)
            try:
                moved = step(session, event)
            except IllegalMove as refusal:
                return "" if _is_repeat(session, event) else f"Nothing was changed: {refusal}."
            events = [event]
            if moved.phase is Phase.CHOOSING:
                events.append(Asked(moved.position, moved.plan[moved.position], self.now()))
            drop = event.position if isinstance(event, Answered) else None
            rows = [eventlog.stored(e) for e in events]
            # False: somebody else (another tab, another process) was quicker; look again at where the session is now.
            if await asyncio.to_thread(self._store.append, session_id, len(record.events), rows, grade, drop):
                return ""

    def _graded(self, session_id: str) -> asyncio.Task[None]:
        """The one grading of a session that is under way in this process, started if there is none."""
        task = self._grading.get(session_id)
        if task is None or task.done():
            task = asyncio.create_task(self._grade(session_id))
            self._grading[session_id] = task
            task.add_done_callback(lambda _: self._grading.pop(session_id, None))
        return task

    async def _grade(self, session_id: str) -> None:
        session, _ = await self._load(session_id)
        if session.phase is not Phase.GRADING:
            return
        position, turn = session.position, session.turn
        item, raw = self._bank.items.get(turn.item_id), turn.text or ""
        if item is None or item.draft:
            raise InputError(f"the bank no longer has {turn.item_id}; put it back or start a new interview")
        grade, failure = await self._attempt(item, raw)
        at = self.now()
        if grade is None:
            await self._move(session_id, GradeFailed(position, failure, None, at))
            return
        kept = StoredGrade(self._new_id(), item.id, raw, at, grade, session_id)
        if grade.score is None:
            await self._move(session_id, GradeFailed(position, grade.reason, kept.id, at), kept)
        else:
            await self._move(session_id, Graded(position, kept.id, at), kept)

    async def _attempt(self, item: Item, raw: str) -> tuple[Grade | None, str]:
        """A grade, or None and why grading broke off."""
        try:
            return await self._grades.grade(item, raw), ""
        except InterviewerError as error:
            return None, str(error)
        except Exception as error:  # noqa: BLE001  # the answer is safe; a defect must not lock the candidate in GRADING
            _LOG.exception("grading %s failed", item.id)
            return None, f"the grader failed ({type(error).__name__}); the log has the details. Try again or go on"


def _is_repeat(session: Session, event: Event) -> bool:
    """Whether an event that is not allowed only asks for what has already happened (a double click, a second tab)."""
    match event:
        case Answered(position=position, text=text):
            return position < len(session.turns) and session.turns[position].text == text
        case GradeAgain(position=position):
            return session.phase is Phase.GRADING and position == session.position
        case MovedOn(position=position):
            return position == session.position - 1 or (session.phase is Phase.ENDED and position == session.position)
        case Graded() | GradeFailed() | Asked():
            return True
    return session.phase is Phase.ENDED
