"""What each button does: one Event into `interview.play`, every Screen that comes back drawn.

All of them check the session id on the server, because a private endpoint can still be called by hand.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from interviewer.errors import InterviewerError
from interviewer.interview import Interview
from interviewer.screen import Screen
from interviewer.selection import Choice
from interviewer.session import Answered, Ended, GradeAgain, MovedOn
from interviewer.ui import dress
from interviewer.ui.draw import NO_SESSION, Updates, complain, draw

if TYPE_CHECKING:
    from interviewer.ui.layout import Page


@dataclass(frozen=True, slots=True)
class Face:
    """What a handler needs: the interview and the page. Built once, never changed, shared by all visitors."""

    interview: Interview
    page: "Page"


async def resume(face: Face, session_id: object) -> AsyncIterator[Updates]:
    """A page was opened: its interview goes on where it was, or a new one can be chosen."""
    if session_id in ("", NO_SESSION):
        yield draw(face.page, face.interview.opening())
        return
    try:
        async for screen in face.interview.resume(_text(session_id)):
            yield draw(face.page, screen)
    except InterviewerError as error:
        yield draw(face.page, face.interview.opening(f"The last interview cannot be taken up again: {error}."))


async def begin(face: Face, topics: object, easiest: object, hardest: object, count: object) -> AsyncIterator[Updates]:
    """The candidate starts an interview."""
    chosen = tuple(_text(topic) for topic in topics) if isinstance(topics, list) else ()
    low, high = sorted((_whole(easiest), _whole(hardest)))

    async def only() -> AsyncIterator[Screen]:
        yield await face.interview.begin(Choice(chosen, low, high, _whole(count)))

    async for updates in _drawn(face, only()):
        yield updates


async def hand_in(face: Face, session_id: object, position: object, text: object) -> AsyncIterator[Updates]:
    """The candidate hands in an answer, possibly an empty one."""
    event = Answered(_whole(position), _text(text), face.interview.now())
    async for updates in _drawn(face, face.interview.play(_text(session_id), event)):
        yield updates


async def grade_again(face: Face, session_id: object, position: object) -> AsyncIterator[Updates]:
    """The candidate wants the same answer graded once more."""
    event = GradeAgain(_whole(position), face.interview.now())
    async for updates in _drawn(face, face.interview.play(_text(session_id), event)):
        yield updates


async def move_on(face: Face, session_id: object, position: object) -> AsyncIterator[Updates]:
    """The candidate has read the review."""
    event = MovedOn(_whole(position), face.interview.now())
    async for updates in _drawn(face, face.interview.play(_text(session_id), event)):
        yield updates


async def end(face: Face, session_id: object) -> AsyncIterator[Updates]:
    """The candidate ends the interview."""
    async for updates in _drawn(face, face.interview.play(_text(session_id), Ended(face.interview.now()))):
        yield updates


async def new(face: Face) -> AsyncIterator[Updates]:
    """The candidate leaves a finished interview behind."""
    yield draw(face.page, face.interview.opening())


async def keep_draft(face: Face, session_id: object, position: object, text: object) -> Updates:
    """The candidate paused while typing."""
    try:
        kept = await face.interview.keep_draft(_text(session_id), _whole(position), _text(text))
    except InterviewerError as error:
        return {face.page.draft_line: dress.draft_refused(str(error))}
    return {face.page.draft_line: dress.draft_line(_text(text)) if kept else dress.draft_line("")}


async def _drawn(face: Face, screens: AsyncIterator[Screen]) -> AsyncIterator[Updates]:
    """Every screen drawn; an error becomes a line above what the page shows, which stays as it is."""
    try:
        async for screen in screens:
            yield draw(face.page, screen)
    except InterviewerError as error:
        yield complain(face.page, str(error))


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _whole(value: Any) -> int:
    """A number as the page sends it; what is none becomes -1, which no question has."""
    try:
        return int(value)
    except (TypeError, ValueError, OverflowError):
        return -1
