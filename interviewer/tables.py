"""The database behind the store: its tables, how it is opened, and what SQLite's complaints mean in words.

Write-ahead log with synchronous=FULL: what a commit acknowledged survives a kill and a loss of power. Imports
SQLAlchemy, so `store` imports this only when a database is opened. Knows nothing of sessions.
"""

import sqlite3
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite

from interviewer.errors import StoreError

VERSION = 1
"""Of the schema, kept in the database's `user_version`."""
APPLICATION = 0x49565752
"""The database's `application_id` ("IVWR"), so that another program's file is not taken for ours."""
WRITES = {"writes": True}
"""Execution option of a transaction that is going to write."""

METADATA = sa.MetaData()
SESSIONS = sa.Table(
    "sessions",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("started_at", sa.Text, nullable=False),
    sa.Column("plan", sa.JSON, nullable=False),
    sa.Column("choice", sa.JSON, nullable=False),
    sa.Column("seed", sa.Integer, nullable=False),
    sa.Column("code_version", sa.Text, nullable=False),
)
EVENTS = sa.Table(
    "events",
    METADATA,
    sa.Column("session_id", sa.ForeignKey("sessions.id"), primary_key=True),
    sa.Column("seq", sa.Integer, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("body", sa.JSON, nullable=False),
)
DRAFTS = sa.Table(
    "drafts",
    METADATA,
    sa.Column("session_id", sa.ForeignKey("sessions.id"), primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True),
    sa.Column("text", sa.Text, nullable=False),
)
GRADES = sa.Table(
    "grades",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("session_id", sa.ForeignKey("sessions.id"), index=True),
    sa.Column("item_id", sa.Text, nullable=False),
    sa.Column("at", sa.Text, nullable=False),
    sa.Column("answer", sa.Text, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
)
_KEPT = [
    f"CREATE TRIGGER {table}_are_kept_{move.lower()} BEFORE {move} ON {table} "
    f"BEGIN SELECT RAISE(ABORT, '{table} are only ever added'); END"
    for table in ("events", "grades")
    for move in ("UPDATE", "DELETE")
]


def upsert_draft(session_id: str, position: int, text: str) -> sa.Executable:
    """The statement that keeps a draft in place of the one before."""
    insert = sqlite.insert(DRAFTS).values(session_id=session_id, position=position, text=text)
    return insert.on_conflict_do_update(index_elements=["session_id", "position"], set_={"text": text})


def count_events(session_id: str) -> sa.Executable:
    """The statement that counts the events of a session."""
    return sa.select(sa.func.count()).where(EVENTS.c.session_id == session_id)


def newest_sessions(limit: int) -> sa.Executable:
    """The statement that reads the last `limit` sessions, the newest first."""
    return sa.select(SESSIONS).order_by(SESSIONS.c.started_at.desc(), SESSIONS.c.id).limit(limit)


def engine(path: Path, busy_s: float) -> sa.Engine:
    """An engine for the database at `path`, which is made where there is none.

    Args:
        busy_s: how long to wait for another writer, in seconds.

    Raises:
        StoreError: not ours, of a newer program, damaged, or in a place that cannot be used.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(_unusable(path, error.strerror or str(error))) from error
    made = sa.create_engine(f"sqlite:///{path}", connect_args={"timeout": busy_s})
    sa.event.listen(made, "connect", _prepare)
    sa.event.listen(made, "begin", _begin)
    try:
        with made.connect().execution_options(**WRITES) as connection, connection.begin():
            _check_or_create(connection, path)
    except sa.exc.DBAPIError as error:
        made.dispose()
        raise StoreError(explain(error, path)) from error
    except StoreError:
        made.dispose()
        raise
    return made


def _prepare(connection: sqlite3.Connection, _record: object) -> None:
    # The driver must not open transactions of its own: `_begin` says which kind each one is.
    connection.isolation_level = None
    # Only what is ours or new: another program's database must not even be switched to another journal.
    is_ours = connection.execute("PRAGMA application_id").fetchone()[0] == APPLICATION
    is_new = connection.execute("PRAGMA schema_version").fetchone()[0] == 0
    if (is_ours or is_new) and connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")


def _begin(connection: sa.Connection) -> None:
    # A transaction that reads first and writes later cannot wait for its turn (SQLITE_BUSY at once); one that takes the
    # write lock at its start can.
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _check_or_create(connection: sa.Connection, path: Path) -> None:
    version = _pragma(connection, "user_version")
    application = _pragma(connection, "application_id")
    if version == 0 and application == 0 and not sa.inspect(connection).get_table_names():
        METADATA.create_all(connection)
        for trigger in _KEPT:
            connection.exec_driver_sql(trigger)
        connection.exec_driver_sql(f"PRAGMA user_version = {VERSION}")
        connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION}")
        return
    if application != APPLICATION:
        raise StoreError(f"{path} is another program's database; choose another folder with INTERVIEWER_HOME")
    if version > VERSION:
        raise StoreError(
            f"{path} was written by a newer version of this program (schema {version}, this one knows {VERSION}); "
            "update the program or choose another folder with INTERVIEWER_HOME"
        )
    if _pragma(connection, "quick_check(1)") != "ok":
        raise StoreError(_damaged(path))


def _pragma(connection: sa.Connection, name: str) -> Any:
    return connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()


def explain(error: sa.exc.DBAPIError, path: Path) -> str:
    """What a complaint of SQLite about the database at `path` means, and what to do."""
    name = getattr(error.orig, "sqlite_errorname", "")
    if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
        return _damaged(path)
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return f"{path} is held by another program; close it or wait, then try again"
    if name.startswith(("SQLITE_FULL", "SQLITE_IOERR")):
        return (
            f"{path} cannot be written ({error.orig}): most likely no space is left on its disk; free some and try "
            "again, everything acknowledged so far is kept"
        )
    return _unusable(path, str(error.orig))


def _damaged(path: Path) -> str:
    return (
        f"{path} is damaged or no database; it is left as it is. Move it and its neighbours ending in -wal and -shm to "
        "another folder and start again: a new one is made"
    )


def _unusable(path: Path, why: str) -> str:
    return f"{path} cannot be used ({why}); make its folder writable or choose another one with INTERVIEWER_HOME"
