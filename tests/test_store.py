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
from scripted import START, grade_of, half_judged, new_session, no_grade, provenance

from interviewer.errors import InputError, StoreError
from interviewer.grade import Call, Grade, Judgement, NumberFound, Provenance, Unscored, Verdict
from interviewer.store import Store, StoredEvent, StoredGrade


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
        settings_of = {
            n: connection.exec_driver_sql(f"PRAGMA {n}").scalar_one() for n in ("journal_mode", "synchronous")
        }
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
        Provenance,
        texts,
        texts,
        texts,
        st.integers(0, 9),
        texts,
        texts,
        st.just(()),
        st.lists(calls, max_size=2).map(tuple),
    ),
    texts,
    st.lists(found, max_size=2).map(tuple),
    st.lists(texts, max_size=2).map(tuple),
    numbers,
    st.lists(st.builds(Verdict, outcomes, st.just(()), st.lists(calls, max_size=2).map(tuple)), max_size=2).map(tuple),
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
    with pytest.raises(InputError, match=r"no such interview.*start a new one"):
        store.session("nobody")
    with pytest.raises(InputError, match=r"no grade g9.*history"):
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
