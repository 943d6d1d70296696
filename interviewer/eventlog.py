"""Events of a session as the store keeps them, and back. Knows both sides so that neither has to know the other."""

from functools import cache
from typing import get_args

from pydantic import TypeAdapter, ValidationError

from interviewer.errors import IllegalMove, StoreError
from interviewer.session import Event, Session, fold
from interviewer.store import StoredEvent, StoredSession

_KINDS: dict[str, type[Event]] = {kind.__name__: kind for kind in get_args(Event)}


def stored(event: Event) -> StoredEvent:
    """The event as a name with a plain body."""
    kind = type(event).__name__
    return StoredEvent(kind, _adapter(kind).dump_python(event, mode="json"))


def session_of(record: StoredSession) -> Session:
    """The session that its kept events make.

    Raises:
        StoreError: an event that this version does not know or does not allow there.
    """
    try:
        events = [_adapter(event.kind).validate_python(event.body) for event in record.events]
        return fold(Session(record.id, record.plan), events)
    except (KeyError, ValidationError, IllegalMove) as error:
        wrong = f"interview {record.id} was kept by another version of this program ({type(error).__name__})"
        raise StoreError(f"{wrong}; start a new one or update the program") from error


@cache
def _adapter(kind: str) -> TypeAdapter[Event]:
    return TypeAdapter(_KINDS[kind])
