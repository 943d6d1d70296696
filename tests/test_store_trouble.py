"""One clear line for everything that can be wrong with the database; what was acknowledged stays."""

import sqlite3
from pathlib import Path

import pytest
from scripted import START, grade_of, new_session

from interviewer.errors import StoreError
from interviewer.store import Store, StoredEvent, StoredGrade


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "interviews.db")


def damaged_header(path: Path) -> None:
    path.write_bytes(b"no database at all, but long enough to be read as one" * 40)


def damaged_pages(path: Path) -> None:
    store = Store(path)
    for n in range(60):
        store.start(new_session(f"s{n}"))
    store.close()
    with path.open("r+b") as file:
        file.seek(2 * 4096)
        file.write(b"\xff" * 3 * 4096)


@pytest.mark.parametrize("damage", [damaged_header, damaged_pages])
def test_a_damaged_database_is_said_and_kept(tmp_path: Path, damage: object) -> None:
    path = tmp_path / "interviews.db"
    damage(path)  # type: ignore[operator]
    before = path.read_bytes()
    with pytest.raises(StoreError, match=r"interviews\.db is damaged.*Move it.*a new one is made"):
        Store(path)
    assert path.read_bytes() == before
    path.rename(tmp_path / "kept")
    for neighbour in tmp_path.glob("interviews.db-*"):
        neighbour.unlink()
    Store(path).start(new_session())


def test_another_programs_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "interviews.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE cats (name)")
    connection.close()
    with pytest.raises(StoreError, match="another program's database; choose another folder with INTERVIEWER_HOME"):
        Store(path)


def test_a_newer_database_is_left_alone(store: Store) -> None:
    with sqlite3.connect(store.path) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(StoreError, match=r"newer version.*schema 99.*update the program"):
        Store(store.path)


def test_a_locked_database_is_said(store: Store) -> None:
    impatient = Store(store.path, busy_s=0.05)
    with sqlite3.connect(store.path) as holder:
        holder.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="held by another program; close it or wait, then try again"):
            impatient.start(new_session())
        holder.rollback()
    holder.close()
    impatient.start(new_session())


def test_without_space_nothing_acknowledged_is_lost(store: Store) -> None:
    store.start(new_session())
    with store._engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    store._engine.dispose()
    with sqlite3.connect(store.path) as connection:
        free = 4096 * (pages + 2)
    connection.close()

    def full(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute(f"PRAGMA max_page_count = {free // 4096}")

    import sqlalchemy as sa

    sa.event.listen(store._engine, "connect", full)
    with pytest.raises(StoreError, match=r"no space is left.*free some and try again.*is kept"):
        store.append("s1", 1, [StoredEvent("Answered", {"text": "long " * 10_000})])
    assert [e.kind for e in store.session("s1").events] == ["Asked"]


@pytest.mark.parametrize("place", ["a-file/interviews.db", "a-folder"])
def test_a_place_that_cannot_be_used_is_said(tmp_path: Path, place: str) -> None:
    (tmp_path / "a-file").write_text("x")
    (tmp_path / "a-folder").mkdir()
    with pytest.raises(StoreError, match=r"cannot be used.*choose another one with INTERVIEWER_HOME"):
        Store(tmp_path / place)


def test_a_read_only_database_is_said(store: Store) -> None:
    with store._engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA query_only = 1")
        connection.rollback()
    with pytest.raises(StoreError, match=r"cannot be used.*readonly.*make its folder writable"):
        store.start(new_session())


def test_a_record_this_version_cannot_read_is_said(store: Store) -> None:
    store.add_grade(StoredGrade("g1", "one", "x", START, grade_of("one")))
    with sqlite3.connect(store.path) as connection:
        connection.execute("INSERT INTO grades SELECT 'g2', NULL, item_id, at, answer, '{\"state\": 5}' FROM grades")
    connection.close()
    with pytest.raises(StoreError, match=r"cannot read.*update the program"):
        store.grade("g2")
