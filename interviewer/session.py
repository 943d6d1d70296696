"""One interview as a value, and the one function that moves it on. Pure: no clock, no chance, no file.

A session is the fold of its events by `step`; whoever keeps the events (the store) can always make it again. Events say
which question they are meant for, so that a click in a page that was left behind moves nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import reduce

from interviewer.errors import IllegalMove


class Phase(StrEnum):
    """Where a session stands."""

    CHOOSING = "choosing"
    """No question is on the table: the next one of the plan is to be asked."""
    ANSWERING = "answering"
    GRADING = "grading"
    REVIEWING = "reviewing"
    """The answer is graded, or could not be and says why."""
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question was put on the table."""

    position: int
    item_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Answered:
    """The candidate handed in an answer, possibly an empty one."""

    position: int
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Graded:
    """The answer has a grade with a number."""

    position: int
    grade_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class GradeFailed:
    """The answer could not be graded; it is kept."""

    position: int
    reason: str
    grade_id: str | None
    """The stored grade of state `ungraded`; None where grading broke off before there was one."""
    at: datetime


@dataclass(frozen=True, slots=True)
class GradeAgain:
    """The candidate asked for another grading of the same answer."""

    position: int
    at: datetime


@dataclass(frozen=True, slots=True)
class MovedOn:
    """The candidate is done with the review."""

    position: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Ended:
    """The candidate ended the interview."""

    at: datetime


Event = Asked | Answered | Graded | GradeFailed | GradeAgain | MovedOn | Ended


@dataclass(frozen=True, slots=True)
class Turn:
    """One question of a session and what became of it."""

    item_id: str
    asked_at: datetime
    text: str | None = None
    """The answer exactly as it was handed in; None before."""
    answered_at: datetime | None = None
    grade_id: str | None = None
    """The last grade with a number; a later attempt that fails does not take it away."""
    failed_id: str | None = None
    """The ungraded grade of the last attempt, where that failed and left one."""
    failure: str = ""
    """Why the last attempt at grading failed; empty when it did not."""


@dataclass(frozen=True, slots=True)
class Session:
    """An interview: its plan, how far it came and every turn so far."""

    id: str
    plan: tuple[str, ...]
    """Item ids in the order of asking."""
    position: int = 0
    """Index into the plan of the question on the table, or of the next one while choosing."""
    phase: Phase = Phase.CHOOSING
    turns: tuple[Turn, ...] = ()
    ended_at: datetime | None = None

    @property
    def turn(self) -> Turn:
        """The turn on the table.

        Raises:
            IllegalMove: no question has been asked at this position.
        """
        if self.position >= len(self.turns):
            raise IllegalMove("no question is on the table; ask the next one first")
        return self.turns[self.position]


def fold(session: Session, events: Iterable[Event]) -> Session:
    """The session after all the events, in order.

    Raises:
        IllegalMove: at the first event that its phase does not allow.
    """
    return reduce(step, events, session)


def step(session: Session, event: Event) -> Session:
    """The session after one event.

    Raises:
        IllegalMove: the phase does not allow the event, or it is meant for another question.

    Example:
        >>> from datetime import datetime, UTC
        >>> at = datetime(2026, 1, 1, tzinfo=UTC)
        >>> step(Session("s", ("dropout",)), Asked(0, "dropout", at)).phase
        <Phase.ANSWERING: 'answering'>
    """
    if not isinstance(event, Ended) and event.position != session.position and session.phase is not Phase.ENDED:
        meant, now = event.position + 1, session.position + 1
        raise IllegalMove(f"that was meant for question {meant} and the interview is at {now}; look at the page again")
    match session.phase, event:
        case Phase.CHOOSING, Asked():
            return _asked(session, event)
        case Phase.ANSWERING, Answered(text=text, at=at):
            return _turned(session, Phase.GRADING, replace(session.turn, text=text, answered_at=at))
        case Phase.GRADING, Graded(grade_id=grade_id):
            turn = replace(session.turn, grade_id=grade_id, failed_id=None, failure="")
            return _turned(session, Phase.REVIEWING, turn)
        case Phase.GRADING, GradeFailed(reason=reason, grade_id=grade_id):
            return _turned(session, Phase.REVIEWING, replace(session.turn, failed_id=grade_id, failure=reason))
        case Phase.REVIEWING, GradeAgain():
            return replace(session, phase=Phase.GRADING)
        case Phase.REVIEWING, MovedOn(position=position, at=at) if position + 1 == len(session.plan):
            return replace(session, phase=Phase.ENDED, ended_at=at)
        case Phase.REVIEWING, MovedOn(position=position):
            return replace(session, phase=Phase.CHOOSING, position=position + 1)
        case ((Phase.CHOOSING | Phase.ANSWERING | Phase.REVIEWING), Ended(at=at)):
            return replace(session, phase=Phase.ENDED, ended_at=at)
    raise IllegalMove(_ALLOWED[session.phase])


_ALLOWED = {
    Phase.CHOOSING: "no question is on the table yet; wait for it or end the interview",
    Phase.ANSWERING: "the question waits for an answer; hand one in (it may be empty) or end the interview",
    Phase.GRADING: "the answer is being graded; wait for the grade",
    Phase.REVIEWING: "the answer is handed in; have it graded again, go on to the next question or end the interview",
    Phase.ENDED: "the interview has ended; start a new one",
}


def _asked(session: Session, event: Asked) -> Session:
    planned = session.plan[session.position : session.position + 1]
    if planned != (event.item_id,):
        wanted = planned[0] if planned else "nothing"
        raise IllegalMove(f"the plan has {wanted} here, not {event.item_id}; ask what is planned")
    turns = (*session.turns, Turn(event.item_id, event.at))
    return replace(session, phase=Phase.ANSWERING, turns=turns)


def _turned(session: Session, phase: Phase, turn: Turn) -> Session:
    turns = (*session.turns[: session.position], turn, *session.turns[session.position + 1 :])
    return replace(session, phase=phase, turns=turns)
