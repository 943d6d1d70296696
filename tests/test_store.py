"""The database: what it keeps, what it refuses, and one clear line for everything that can be wrong with it."""

import itertools
import math
import multiprocessing
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scripted import START, grade_of, half_judged, no_grade, provenance

from interviewer.errors import InputError, StoreError
from interviewer.grade import Call, Grade, Judgement, NumberFound, Provenance, Unscored, Verdict
from interviewer.store import Store, StoredEvent, StoredGrade, StoredSession


def new_session(session_id: str = "s1", **changes: object) -> StoredSession:
    events = (StoredEvent("Asked", {"position": 0, "item_id": "one"}),)
    record = StoredSession(session_id, START, ("one", "two"), {"count": 2, "topics": []}, 4_000_000_000, "0.1.0", events)
    return replace(record, **changes)  # type: ignore[arg-type]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "deep" / "interviews.db")


def test_a_session_comes_back_whole(store: Store) -> None:
    store.start(new_session())
    kept = StoredGrade("g1", "one", "my answer", START, grade_of("one", quote="my"), "s1")
    assert store.append("s1", 1, [StoredEvent("Answered", {"text": "my answer"})])
    assert store.append("s1", 2, [StoredEvent("Graded", {"grade_id": "g1"}), StoredEvent("MovedOn", {})], kept)
    store.keep_draft("s1", 1, "dra")
    store.keep_draft("s1", 1, "draft ☃")
    store.close()
    again = Store(store.path).session("s1")
    assert again == new_session(
        events=(
            StoredEvent("Asked", {"position": 0, "item_id": "one"}),
            StoredEvent("Answered", {"text": "my answer"}),
            StoredEvent("Graded", {"grade_id": "g1"}),
            StoredEvent("MovedOn", {}),
        ),
        grades=(kept,),
        drafts=((1, "draft ☃"),),
    )


def test_who_comes_second_keeps_nothing(store: Store) -> None:
    store.start(new_session())
    late = StoredGrade("g2", "one", "x", START, grade_of("one"), "s1")
    store.keep_draft("s1", 0, "draft")
    assert store.append("s1", 1, [StoredEvent("Answered", {"text": "first"})], drop_draft=0)
    assert not store.append("s1", 1, [StoredEvent("Answered", {"text": "second"})], late)
    session = store.session("s1")
    assert [e.body.get("text") for e in session.events] == [None, "first"]
    assert (session.grades, session.drafts) == ((), ())


@pytest.mark.parametrize("statement", ["DELETE FROM events", "UPDATE events SET kind = 'x'", "DELETE FROM grades"])
def test_events_and_grades_can_only_be_added(store: Store, statement: str) -> None:
    store.start(new_session())
    store.add_grade(StoredGrade("g1", "one", "x", START, grade_of("one")))
    with sqlite3.connect(store.path) as connection, pytest.raises(sqlite3.IntegrityError, match="only ever added"):
        connection.execute(statement)
    connection.close()


def test_a_session_must_exist_to_get_events(store: Store) -> None:
    with pytest.raises(StoreError, match="FOREIGN KEY"):
        store.append("nobody", 0, [StoredEvent("Asked", {})])


def test_what_is_acknowledged_survives_a_loss_of_power(store: Store) -> None:
    with store._engine.connect() as connection:
        settings_of = {n: connection.exec_driver_sql(f"PRAGMA {n}").scalar_one() for n in ("journal_mode", "synchronous")}
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar_one() == 1
    assert settings_of == {"journal_mode": "wal", "synchronous": 2}  # 2 is FULL


def test_grades_of_every_kind_come_back_equal(store: Store) -> None:
    for n, grade in enumerate([grade_of("one"), half_judged("one"), no_grade("one")]):
        kept = StoredGrade(f"g{n}", "one", "raw \u200b text", START, grade)
        store.add_grade(kept)
        assert store.grade(f"g{n}") == kept


NUMBERS = itertools.count()

numbers = st.floats(allow_nan=False, allow_infinity=False)
texts = st.text(max_size=20)
calls = st.builds(
    Call,
    texts,
    texts,
    st.dictionaries(texts, st.none() | st.integers(-9, 9) | texts, max_size=3),
    texts,
    st.integers(0, 9),
    texts,
    st.lists(texts, max_size=2).map(tuple),
    st.none() | st.integers(0, 99),
    st.none() | st.integers(0, 99),
    st.none() | st.integers(0, 99),
    st.none() | numbers,
    numbers,
    st.integers(1, 4),
    texts,
)
judgements = st.builds(
    Judgement,
    texts,
    st.sampled_from(["met", "partial", "missed", "contradicted"]),
    st.lists(texts, max_size=3).map(tuple),
    texts,
    st.none() | numbers,
    st.lists(texts, max_size=2).map(tuple),
)
outcomes = st.lists(judgements | st.builds(Unscored, texts, texts), max_size=4).map(tuple)
found = st.builds(
    NumberFound,
    texts,
    st.sampled_from(["match", "mismatch", "absent", "ambiguous"]),
    numbers,
    st.none() | numbers,
    texts,
)
grades = st.builds(
    Grade,
    st.sampled_from(["graded", "provisional", "ungraded"]),
    st.none() | numbers,
    outcomes,
    st.builds(
        Provenance, texts, texts, texts, st.integers(0, 9), texts, texts, st.just(()), st.lists(calls, max_size=2).map(tuple)
    ),
    texts,
    st.lists(found, max_size=2).map(tuple),
    st.lists(texts, max_size=2).map(tuple),
    numbers,
    st.lists(st.builds(Verdict, outcomes, st.just(()), st.none() | calls), max_size=2).map(tuple),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(grade=grades)
def test_any_grade_can_be_replayed_from_its_record(store: Store, grade: Grade) -> None:
    kept = StoredGrade(f"g{next(NUMBERS)}", "one", "raw", START, grade)
    store.add_grade(kept)
    assert store.grade(kept.id) == kept


def test_numbers_and_texts_json_does_not_know_do_not_stop_a_grade(store: Store) -> None:
    call = replace(provenance().calls[0], raw_reply="half a pair \ud83d here")
    grade = replace(
        grade_of("one"),
        provenance=replace(provenance(), calls=(call,)),
        numeric=(NumberFound("a", "mismatch", 1.0, math.inf), NumberFound("b", "mismatch", 1.0, math.nan)),
    )
    store.add_grade(StoredGrade("g1", "one", "x", START, grade))
    back = store.grade("g1").grade
    assert back.provenance.calls[0].raw_reply == "half a pair ? here"
    assert back.numeric[0].given == math.inf and math.isnan(back.numeric[1].given or 0.0)


def test_history_is_newest_first_and_limited(store: Store) -> None:
    for n in range(4):
        store.start(new_session(f"s{n}", started_at=START.replace(minute=n)))
    assert [s.id for s in store.history(3)] == ["s3", "s2", "s1"]


def test_unknown_ids_are_said(store: Store) -> None:
    with pytest.raises(InputError, match="no such interview.*start a new one"):
        store.session("nobody")
    with pytest.raises(InputError, match="no grade g9.*history"):
        store.grade("g9")


def test_text_that_is_no_text_is_refused(store: Store) -> None:
    store.start(new_session())
    with pytest.raises(InputError, match="UTF-8"):
        store.keep_draft("s1", 0, "half \ud800")
    with pytest.raises(InputError, match="UTF-8"):
        store.session("\udfff")


def _write_many(path: Path, name: str, rounds: int) -> None:
    store = Store(path)
    for n in range(rounds):
        store.start(new_session(f"{name}-{n}"))
        assert store.append(f"{name}-{n}", 1, [StoredEvent("Answered", {"text": "x"})])
    store.close()


def test_several_processes_write_at_once(tmp_path: Path) -> None:
    path, context = tmp_path / "shared.db", multiprocessing.get_context("spawn")
    writers = [context.Process(target=_write_many, args=(path, f"p{n}", 25)) for n in range(3)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(120)
    assert [w.exitcode for w in writers] == [0, 0, 0]
    sessions = Store(path).history(1000)
    assert len(sessions) == 75 and all(len(s.events) == 2 for s in sessions)


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
    with pytest.raises(StoreError, match="newer version.*schema 99.*update the program"):
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
    with pytest.raises(StoreError, match="no space is left.*free some and try again.*is kept"):
        store.append("s1", 1, [StoredEvent("Answered", {"text": "long " * 10_000})])
    assert [e.kind for e in store.session("s1").events] == ["Asked"]


@pytest.mark.parametrize("place", ["a-file/interviews.db", "a-folder"])
def test_a_place_that_cannot_be_used_is_said(tmp_path: Path, place: str) -> None:
    (tmp_path / "a-file").write_text("x")
    (tmp_path / "a-folder").mkdir()
    with pytest.raises(StoreError, match="cannot be used.*choose another one with INTERVIEWER_HOME"):
        Store(tmp_path / place)


def test_a_read_only_database_is_said(store: Store) -> None:
    with store._engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA query_only = 1")
        connection.rollback()
    with pytest.raises(StoreError, match="cannot be used.*readonly.*make its folder writable"):
        store.start(new_session())


def test_a_record_this_version_cannot_read_is_said(store: Store) -> None:
    store.add_grade(StoredGrade("g1", "one", "x", START, grade_of("one")))
    with sqlite3.connect(store.path) as connection:
        connection.execute("INSERT INTO grades SELECT 'g2', NULL, item_id, at, answer, '{\"state\": 5}' FROM grades")
    connection.close()
    with pytest.raises(StoreError, match="cannot read.*update the program"):
        store.grade("g2")
