"""Several tabs, programs and candidates at once: one grading, one record, nobody sees another."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from scripted import NETS, START, ScriptedGrades, all_of, answered, interview, play

from interviewer.errors import InputError
from interviewer.session import GradeAgain, MovedOn, Phase
from interviewer.store import Store


async def test_two_tabs_hand_in_at_once_and_one_grading_happens(tmp_path: Path) -> None:
    grades = ScriptedGrades(hold=asyncio.Event())
    live = interview(tmp_path, grades)
    started = await live.begin(NETS)
    tabs = [asyncio.create_task(play(live, started.session_id, answered("same words"))) for _ in range(5)]
    while not grades.asked:
        await asyncio.sleep(0.01)
    await asyncio.sleep(0.1)
    assert grades.hold is not None
    grades.hold.set()
    endings = [(await tab)[-1] for tab in tabs]
    assert len(grades.asked) == 1
    assert all(e == replace(endings[0], notice="") for e in endings)
    events = Store(tmp_path / "interviews.db").session(started.session_id).events
    assert [e.kind for e in events] == ["Asked", "Answered", "Graded"]


async def test_two_tabs_hand_in_different_words_and_the_first_ones_stand(tmp_path: Path) -> None:
    grades = ScriptedGrades()
    live = interview(tmp_path, grades)
    started = await live.begin(NETS)
    both = await asyncio.gather(*(play(live, started.session_id, answered(text)) for text in ("left", "right")))
    ((_, raw),) = grades.asked
    notices = [screens[-1].notice for screens in both]
    assert notices["left right".split().index(raw)] == ""
    assert notices["right left".split().index(raw)].startswith("Nothing was changed: ")


async def test_two_programs_on_one_database_record_one_grade(tmp_path: Path) -> None:
    slow, quick = ScriptedGrades(hold=asyncio.Event()), ScriptedGrades()
    here, there = interview(tmp_path, slow), interview(tmp_path, quick)
    started = await here.begin(NETS)
    first = asyncio.create_task(play(here, started.session_id, answered("words")))
    while not slow.asked:
        await asyncio.sleep(0.01)
    *_, seen = await all_of(there.resume(started.session_id))
    assert seen.phase is Phase.REVIEWING
    assert slow.hold is not None
    slow.hold.set()
    assert (await first)[-1].review == seen.review
    kept = Store(tmp_path / "interviews.db").session(started.session_id)
    assert [e.kind for e in kept.events] == ["Asked", "Answered", "Graded"]
    assert len(kept.grades) == 1


async def test_a_page_left_behind_changes_nothing(tmp_path: Path) -> None:
    live = interview(tmp_path)
    started = await live.begin(NETS)
    await play(live, started.session_id, answered("first"))
    await play(live, started.session_id, MovedOn(0, START))
    (double_click,) = await play(live, started.session_id, MovedOn(0, START))
    assert (double_click.phase, double_click.position, double_click.notice) == (Phase.ANSWERING, 1, "")
    (late,) = await play(live, started.session_id, answered("first, changed", 0))
    assert (late.phase, late.position) == (Phase.ANSWERING, 1)
    assert late.notice.startswith("Nothing was changed: that was meant for question 1 and the interview is at 2")
    (early,) = await play(live, started.session_id, GradeAgain(1, START))
    assert early.notice.startswith("Nothing was changed: the question waits for an answer")


async def test_grading_goes_on_when_nobody_listens(tmp_path: Path) -> None:
    grades = ScriptedGrades(hold=asyncio.Event())
    live = interview(tmp_path, grades)
    started = await live.begin(NETS)
    listener = asyncio.create_task(play(live, started.session_id, answered("words")))
    while not grades.asked:
        await asyncio.sleep(0.01)
    listener.cancel()
    await asyncio.gather(listener, return_exceptions=True)
    assert grades.hold is not None
    grades.hold.set()
    *_, last = await all_of(live.resume(started.session_id))
    assert last.phase is Phase.REVIEWING and len(grades.asked) == 1


async def test_one_candidate_cannot_see_another(tmp_path: Path) -> None:
    live = interview(tmp_path)
    mine, yours = await live.begin(NETS), await live.begin(NETS)
    assert mine.session_id != yours.session_id and len(mine.session_id) >= 22
    await live.keep_draft(mine.session_id, 0, "my secret")
    (other,) = await all_of(live.resume(yours.session_id))
    assert other.draft == ""
    for session_id in ("", "nobody", mine.session_id[:-1], "\ud800"):
        with pytest.raises(InputError):
            await all_of(live.resume(session_id))
        with pytest.raises(InputError):
            await play(live, session_id, answered("x"))
        with pytest.raises(InputError):
            await live.keep_draft(session_id, 0, "x")
