"""What is remembered between runs: sessions, their events, drafts and grades, in one SQLite file.

Events and grades are only ever added. The store keeps events as names with plain bodies and never asks what they mean:
the rules of a session are `session`'s, and putting the two together is `interview`'s. Safe to use from several threads
and processes at once.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from interviewer.errors import InputError, StoreError
from interviewer.grade import Grade

if TYPE_CHECKING:
    import sqlalchemy as sa
    from pydantic import TypeAdapter


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """One event of a session as it is kept."""

    kind: str
    body: dict[str, Any]
    """Plain JSON values."""


@dataclass(frozen=True, slots=True)
class StoredGrade:
    """A grade with what it is a grade of: enough to replay it."""

    id: str
    item_id: str
    answer: str
    """The raw text that was graded."""
    at: datetime
    grade: Grade
    session_id: str | None = None
    """None where no interview was going on (`interviewer grade`)."""


@dataclass(frozen=True, slots=True)
class StoredSession:
    """Everything kept of one session; grades oldest first."""

    id: str
    started_at: datetime
    plan: tuple[str, ...]
    choice: dict[str, Any]
    """What the candidate had asked for."""
    seed: int
    """Of the choice of questions."""
    code_version: str
    events: tuple[StoredEvent, ...] = ()
    grades: tuple[StoredGrade, ...] = ()
    drafts: tuple[tuple[int, str], ...] = ()
    """(position, text) of answers that were typed and not handed in."""


class Store:
    """The database at a path; made when there is none."""

    def __init__(self, path: Path, busy_s: float = 10.0) -> None:
        """Opens the database.

        Args:
            busy_s: how long to wait for another writer before giving up, in seconds.

        Raises:
            StoreError: it is damaged, of a newer version, locked, or in a place that cannot be used.
        """
        from interviewer import tables  # SQLAlchemy comes with it

        self.path = path
        self._tables = tables
        self._engine = tables.engine(path, busy_s)

    def close(self) -> None:
        """Closes every connection; the store must not be used afterwards."""
        self._engine.dispose()

    def start(self, session: StoredSession) -> None:
        """Keeps a new session with its first events."""
        row = {
            "id": session.id,
            "started_at": session.started_at.isoformat(),
            "plan": list(session.plan),
            "choice": session.choice,
            "seed": session.seed,
            "code_version": session.code_version,
        }
        with self._transaction(writes=True) as connection:
            connection.execute(self._tables.SESSIONS.insert(), row)
            self._add_events(connection, session.id, 0, session.events)

    def append(
        self,
        session_id: str,
        seq: int,
        events: Sequence[StoredEvent],
        grade: StoredGrade | None = None,
        drop_draft: int | None = None,
    ) -> bool:
        """Adds events in the places `seq`, `seq + 1`, ... of a session: all of it is on the disk on return, or nothing.

        Args:
            seq: how many events the caller has seen; the check that nobody else was quicker.
            grade: kept in the same transaction.
            drop_draft: position whose draft is not needed any more.

        Returns:
            False, with nothing kept, when the session has moved on in the meantime.
        """
        with self._transaction(writes=True) as connection:
            if connection.execute(self._tables.count_events(session_id)).scalar_one() != seq:
                return False
            self._add_events(connection, session_id, seq, events)
            if grade is not None:
                connection.execute(self._tables.GRADES.insert(), _grade_row(grade))
            if drop_draft is not None:
                drafts = self._tables.DRAFTS
                of_position = (drafts.c.session_id == session_id) & (drafts.c.position == drop_draft)
                connection.execute(drafts.delete().where(of_position))
        return True

    def _add_events(
        self, connection: "sa.Connection", session_id: str, seq: int, events: Sequence[StoredEvent]
    ) -> None:
        rows = [
            {"session_id": session_id, "seq": place, "kind": event.kind, "body": event.body}
            for place, event in enumerate(events, seq)
        ]
        if rows:
            connection.execute(self._tables.EVENTS.insert(), rows)

    def keep_draft(self, session_id: str, position: int, text: str) -> None:
        """Keeps what was typed so far in place of what was kept before."""
        with self._transaction(writes=True) as connection:
            connection.execute(self._tables.upsert_draft(session_id, position, text))

    def add_grade(self, grade: StoredGrade) -> None:
        """Keeps a grade that belongs to no session event."""
        with self._transaction(writes=True) as connection:
            connection.execute(self._tables.GRADES.insert(), _grade_row(grade))

    def session(self, session_id: str) -> StoredSession:
        """Everything kept of a session.

        Raises:
            InputError: there is no session of that id.
        """
        sessions = self._tables.SESSIONS
        with self._transaction() as connection:
            row = connection.execute(sessions.select().where(sessions.c.id == session_id)).one_or_none()
            if row is None:
                raise InputError("there is no such interview in the database; start a new one")
            return self._whole(connection, row)

    def history(self, limit: int = 20) -> list[StoredSession]:
        """The last sessions, the newest first."""
        with self._transaction() as connection:
            rows = connection.execute(self._tables.newest_sessions(limit)).all()
            return [self._whole(connection, row) for row in rows]

    def grade(self, grade_id: str) -> StoredGrade:
        """A grade with its provenance.

        Raises:
            InputError: there is no grade of that id.
        """
        grades = self._tables.GRADES
        with self._transaction() as connection:
            row = connection.execute(grades.select().where(grades.c.id == grade_id)).one_or_none()
            if row is None:
                raise InputError(f"there is no grade {grade_id} in the database; `interviewer history` lists them")
            return _stored_grade(row)

    def _whole(self, connection: "sa.Connection", row: "sa.Row[Any]") -> StoredSession:
        events, grades, drafts = self._tables.EVENTS, self._tables.GRADES, self._tables.DRAFTS
        of_events = events.select().where(events.c.session_id == row.id).order_by(events.c.seq)
        of_grades = grades.select().where(grades.c.session_id == row.id).order_by(grades.c.at, grades.c.id)
        of_drafts = drafts.select().where(drafts.c.session_id == row.id).order_by(drafts.c.position)
        return StoredSession(
            id=row.id,
            started_at=datetime.fromisoformat(row.started_at),
            plan=tuple(row.plan),
            choice=row.choice,
            seed=row.seed,
            code_version=row.code_version,
            events=tuple(StoredEvent(e.kind, e.body) for e in connection.execute(of_events)),
            grades=tuple(_stored_grade(g) for g in connection.execute(of_grades)),
            drafts=tuple((d.position, d.text) for d in connection.execute(of_drafts)),
        )

    @contextmanager
    def _transaction(self, writes: bool = False) -> Iterator["sa.Connection"]:
        """One transaction, committed on leaving; SQLite's complaints come out as `StoreError`."""
        from sqlalchemy.exc import DBAPIError

        options = self._tables.WRITES if writes else {}
        try:
            with self._engine.connect().execution_options(**options) as connection, connection.begin():
                yield connection
        except DBAPIError as error:
            raise StoreError(self._tables.explain(error, self.path)) from error
        except UnicodeEncodeError as error:
            raise InputError("that is not plain text; send it as UTF-8") from error
        except ValueError as error:
            unread = f"{self.path} holds something this version cannot read"
            raise StoreError(f"{unread} ({type(error).__name__}); update the program") from error


@cache
def _adapter() -> "TypeAdapter[Grade]":
    from pydantic import TypeAdapter

    return TypeAdapter(Grade)


def _grade_row(stored: StoredGrade) -> dict[str, Any]:
    # A model's raw reply may hold half of a surrogate pair, which no UTF-8 can carry: it becomes a question mark.
    body = json.dumps(_adapter().dump_python(stored.grade, mode="json"), ensure_ascii=False)
    return {
        "id": stored.id,
        "session_id": stored.session_id,
        "item_id": stored.item_id,
        "at": stored.at.isoformat(),
        "answer": stored.answer,
        "body": body.encode("utf-8", "replace").decode(),
    }


def _stored_grade(row: "sa.Row[Any]") -> StoredGrade:
    grade = _adapter().validate_python(json.loads(row.body))
    return StoredGrade(row.id, row.item_id, row.answer, datetime.fromisoformat(row.at), grade, row.session_id)
