"""The order of things in a live interview: kept before graded, graded once, taken up where it broke off."""

from pathlib import Path

import pytest
from scripted import (
    ALL,
    NETS,
    START,
    ScriptedGrades,
    all_of,
    answered,
    bank,
    clock,
    grade_of,
    half_judged,
    interview,
    no_grade,
    play,
)

from interviewer.answer import LIMIT_CHARS
from interviewer.errors import InputError, PassageIndexError, StoreError
from interviewer.interview import DRAFT_LIMIT_CHARS, Interview
from interviewer.selection import Choice
from interviewer.session import Ended, GradeAgain, MovedOn, Phase
from interviewer.store import Store, StoredEvent


async def test_a_whole_interview(tmp_path: Path) -> None:
    grades = ScriptedGrades()
    live = interview(tmp_path, grades)
    screen = await live.begin(ALL)
    plan = []
    for position in range(3):
        assert screen.place is not None
        assert (screen.phase, screen.position, screen.place.of) == (Phase.ANSWERING, position, 3)
        plan.append(screen.place.question.removeprefix("What about ").removesuffix("?"))
        waiting, reviewing = await play(live, screen.session_id, answered(f"answer {position}", position))
        assert (waiting.phase, waiting.answer) == (Phase.GRADING, f"answer {position}")
        assert reviewing.review is not None and reviewing.review.score == 0.75
        (screen,) = await play(live, screen.session_id, MovedOn(position, START))
    assert screen.summary is not None and screen.summary.mean == 0.75
    assert grades.asked == [(item_id, f"answer {n}") for n, item_id in enumerate(plan)]
    assert sorted(plan) == ["one", "three", "two"]


async def test_an_answer_is_on_the_disk_before_anything_else(tmp_path: Path) -> None:
    live = interview(tmp_path)
    started = await live.begin(NETS)
    screens = live.play(started.session_id, answered("my words"))
    waiting = await anext(screens)
    assert waiting.phase is Phase.GRADING
    events = Store(tmp_path / "interviews.db").session(started.session_id).events
    assert [(e.kind, e.body.get("text")) for e in events] == [("Asked", None), ("Answered", "my words")]
    await all_of(screens)


async def test_what_was_asked_for_and_found_is_kept_with_the_session(tmp_path: Path) -> None:
    live = interview(tmp_path)
    started = await live.begin(Choice(("nets",), 1, 3, 5))
    assert started.notice == "You asked for 5; only 2 questions match, so the interview has 2."
    kept = Store(tmp_path / "interviews.db").session(started.session_id)
    assert kept.choice == {"topics": ["nets"], "easiest": 1, "hardest": 3, "count": 5}
    assert sorted(kept.plan) == ["one", "two"]


async def test_nothing_to_ask_starts_nothing(tmp_path: Path) -> None:
    live = interview(tmp_path)
    with pytest.raises(InputError, match="no question matches"):
        await live.begin(Choice(("no-such",)))
    assert Store(tmp_path / "interviews.db").history() == []


async def test_an_empty_answer_can_be_handed_in(tmp_path: Path) -> None:
    grades = ScriptedGrades()
    live = interview(tmp_path, grades)
    started = await live.begin(NETS)
    *_, last = await play(live, started.session_id, answered(""))
    assert last.review is not None and last.review.answer == ()
    assert [raw for _, raw in grades.asked] == [""]


@pytest.mark.parametrize("text", ["x" * (LIMIT_CHARS + 1), "nul \x00", "half \ud800"])
async def test_an_answer_that_could_never_be_graded_is_refused_and_nothing_moves(tmp_path: Path, text: str) -> None:
    grades = ScriptedGrades()
    live = interview(tmp_path, grades)
    started = await live.begin(NETS)
    with pytest.raises(InputError):
        await play(live, started.session_id, answered(text))
    (still,) = await all_of(live.resume(started.session_id))
    assert (still.phase, grades.asked) == (Phase.ANSWERING, [])
    *_, last = await play(live, started.session_id, answered("x" * LIMIT_CHARS))
    assert last.phase is Phase.REVIEWING


@pytest.mark.parametrize(
    ("outcome", "reason", "stored"),
    [
        (no_grade("one", "the model is away; grade again"), "the model is away; grade again", True),
        (half_judged("one"), "no reply", True),
        (PassageIndexError("the index is held; close the other program"), "the index is held", False),
        (ZeroDivisionError("boom"), "the grader failed (ZeroDivisionError); the log has the details", False),
    ],
)
async def test_a_failed_grading_keeps_the_answer_and_can_be_had_again(
    tmp_path: Path, outcome: object, reason: str, stored: bool
) -> None:
    grades = ScriptedGrades([outcome])  # type: ignore[list-item]
    live = interview(tmp_path, grades)
    started = await live.begin(NETS)
    *_, failed = await play(live, started.session_id, answered("my words"))
    assert failed.review is not None and failed.phase is Phase.REVIEWING
    assert (failed.review.state, failed.review.score) == ("ungraded", None)
    assert failed.review.reason.startswith(reason)
    assert "".join(s.text for s in failed.review.answer) == "my words"
    assert len(Store(tmp_path / "interviews.db").session(started.session_id).grades) == int(stored)
    waiting, graded = await play(live, started.session_id, GradeAgain(0, START))
    assert waiting.phase is Phase.GRADING
    assert graded.review is not None and (graded.review.score, graded.review.reason) == (0.75, "")
    assert [raw for _, raw in grades.asked] == ["my words", "my words"]


async def test_every_grade_is_kept_with_its_provenance(tmp_path: Path) -> None:
    first, second = grade_of("one", quote="my"), grade_of("one", b="met", quote="my")
    live = interview(tmp_path, ScriptedGrades([first, second]))
    started = await live.begin(NETS)
    await play(live, started.session_id, answered("my words"))
    *_, last = await play(live, started.session_id, GradeAgain(0, START))
    kept = Store(tmp_path / "interviews.db").session(started.session_id).grades
    assert [g.grade for g in kept] == [first, second]
    assert {g.answer for g in kept} == {"my words"}
    assert kept[0].grade.provenance.calls[0].raw_reply == '{"a": 1}'
    assert last.review is not None and last.review.score == 1.0


async def test_a_session_that_broke_off_in_grading_is_graded_when_it_is_taken_up(tmp_path: Path) -> None:
    live = interview(tmp_path)
    started = await live.begin(NETS)
    store = Store(tmp_path / "interviews.db")
    text = {"position": 0, "text": "said before the kill", "at": START.isoformat()}
    assert store.append(started.session_id, 1, [StoredEvent("Answered", text)])
    grades = ScriptedGrades()
    after = Interview(bank(), grades, store, clock())
    waiting, reviewing = await all_of(after.resume(started.session_id))
    assert (waiting.phase, waiting.answer) == (Phase.GRADING, "said before the kill")
    assert reviewing.phase is Phase.REVIEWING
    assert [raw for _, raw in grades.asked] == ["said before the kill"]


async def test_a_session_that_broke_off_between_questions_asks_the_next_one(tmp_path: Path) -> None:
    live = interview(tmp_path)
    started = await live.begin(NETS)
    await play(live, started.session_id, answered("x"))
    store = Store(tmp_path / "interviews.db")
    moved = {"position": 0, "at": START.isoformat()}
    assert store.append(started.session_id, 3, [StoredEvent("MovedOn", moved)])
    (screen,) = await all_of(live.resume(started.session_id))
    assert (screen.phase, screen.position) == (Phase.ANSWERING, 1)


async def test_a_draft_comes_back_at_its_question_and_goes_with_the_answer(tmp_path: Path) -> None:
    live = interview(tmp_path)
    started = await live.begin(NETS)
    assert await live.keep_draft(started.session_id, 0, "half a thou")
    (again,) = await all_of(interview(tmp_path).resume(started.session_id))
    assert (again.phase, again.draft, again.place) == (Phase.ANSWERING, "half a thou", started.place)
    await play(live, started.session_id, answered("half a thought"))
    assert Store(tmp_path / "interviews.db").session(started.session_id).drafts == ()
    assert not await live.keep_draft(started.session_id, 0, "too late")
    (following,) = await play(live, started.session_id, MovedOn(0, START))
    assert following.draft == ""
    assert not await live.keep_draft(started.session_id, 0, "from a page left behind")
    assert not await live.keep_draft(started.session_id, 10**30, "from nowhere")


async def test_a_draft_too_long_to_keep_is_refused(tmp_path: Path) -> None:
    live = interview(tmp_path)
    started = await live.begin(NETS)
    with pytest.raises(InputError, match=r"200,001 characters is not kept; shorten it to 20,000"):
        await live.keep_draft(started.session_id, 0, "x" * (DRAFT_LIMIT_CHARS + 1))


async def test_ending_is_final(tmp_path: Path) -> None:
    live = interview(tmp_path)
    started = await live.begin(NETS)
    (ended,) = await play(live, started.session_id, Ended(START))
    (again,) = await play(live, started.session_id, Ended(START))
    assert ended.summary is not None and again == ended
    (late,) = await play(live, started.session_id, answered("too late"))
    assert late.phase is Phase.ENDED and late.notice.endswith("the interview has ended; start a new one.")


async def test_a_grade_that_cannot_be_kept_is_not_shown_as_kept(tmp_path: Path) -> None:
    class Full(Store):
        full = True

        def append(self, *args: object, **changes: object) -> bool:
            if args[3] is not None and self.full:
                raise StoreError("no space is left; free some and try again")
            return super().append(*args, **changes)  # type: ignore[arg-type]

    store = Full(tmp_path / "interviews.db")
    live = Interview(bank(), ScriptedGrades(), store, clock())
    started = await live.begin(NETS)
    with pytest.raises(StoreError, match="no space"):
        await play(live, started.session_id, answered("words"))
    store.full = False
    waiting, last = await play(live, started.session_id, GradeAgain(0, START))
    assert waiting.phase is Phase.GRADING and last.phase is Phase.REVIEWING and last.notice == ""


async def test_a_question_the_bank_lost_is_named(tmp_path: Path) -> None:
    live = interview(tmp_path)
    started = await live.begin(Choice(("chance",), count=1))
    poorer = bank()
    del poorer.items["three"]
    with pytest.raises(InputError, match="three, which the bank no longer has"):
        await all_of(interview(tmp_path, of=poorer).resume(started.session_id))


async def test_events_of_another_version_are_said(tmp_path: Path) -> None:
    live = interview(tmp_path)
    started = await live.begin(NETS)
    store = Store(tmp_path / "interviews.db")
    assert store.append(started.session_id, 1, [StoredEvent("HintTaken", {"position": 0})])
    with pytest.raises(StoreError, match="another version"):
        await all_of(live.resume(started.session_id))


def test_the_opening_and_the_longest_rubric(tmp_path: Path) -> None:
    live = interview(tmp_path, ScriptedGrades(state="provisional"))
    assert live.most_criteria == 3
    screen = live.opening("a line")
    assert screen.opening is not None and "provisional" in screen.opening.grader_line
    assert screen.notice == "a line"
