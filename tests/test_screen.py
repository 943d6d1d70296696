"""What is shown: nothing that gives an answer away before the attempt, every number only where there is one."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scripted import START, bank, grade_of, half_judged, no_grade, provenance

from interviewer.errors import InputError
from interviewer.grade import Grade, Judgement, NumberFound, Verdict, combine
from interviewer.review import Review, Segment, review, segments
from interviewer.screen import Screen, draw, opening
from interviewer.session import (
    Answered,
    Asked,
    Ended,
    Event,
    Graded,
    GradeFailed,
    MovedOn,
    Phase,
    Session,
    fold,
)

BANK = bank()
PLAN = ("one", "two", "three")
ANSWER = "well, A holds because of it"


def shown(events: list[Event], grades: dict[str, Grade] | None = None, draft: str = "", notice: str = "") -> Screen:
    return draw(fold(Session("s", PLAN), events), BANK, grades or {}, draft, notice)


def asked(n: int = 0) -> Asked:
    return Asked(n, PLAN[n], START)


def test_the_opening_lists_only_topics_with_something_to_ask() -> None:
    screen = opening(BANK, "embedded", "provisional", "hello")
    assert screen.opening is not None
    assert [(t.id, t.title, t.count) for t in screen.opening.topics] == [
        ("nets", "Neural nets", 2),
        ("chance", "Chance", 1),
    ]
    assert (screen.opening.easiest, screen.opening.hardest, screen.opening.count) == (1, 2, 3)
    assert "provisional" in screen.opening.grader_line
    assert (screen.phase, screen.session_id, screen.position, screen.notice) == (Phase.CHOOSING, "", -1, "hello")


def test_who_gets_to_read_the_answers_is_said() -> None:
    screen = opening(BANK, "gpt-5", "graded")
    assert screen.opening is not None
    assert "gpt-5: your answers are sent to it" in screen.opening.grader_line


def test_a_question_shows_where_it_stands_and_what_was_typed() -> None:
    screen = shown([asked(), Answered(0, "", START), Graded(0, "g", START), MovedOn(0, START), asked(1)], draft="so fa")
    assert screen.place is not None
    place = screen.place
    assert (place.position, place.of, place.topic, place.difficulty, place.company) == (1, 3, "Neural nets", 2, "Quora")
    assert place.question == "What about two?"
    assert (screen.draft, screen.answer, screen.review, screen.summary) == ("so fa", "", None, None)


@pytest.mark.parametrize("events", [[asked()], [asked(), Answered(0, ANSWER, START)]])
def test_nothing_is_given_away_before_the_attempt(events: list[Event]) -> None:
    text = repr(shown(events, draft="mine"))
    for secret in ("model answer", "says A", "says B", "Passage A", "Why $a$ holds", "Book A"):
        assert secret not in text


def test_while_grading_the_answer_is_shown_as_typed() -> None:
    screen = shown([asked(), Answered(0, " as typed ", START)], draft="old draft")
    assert (screen.phase, screen.answer, screen.draft) == (Phase.GRADING, " as typed ", "")


def reviewed(grade: Grade | None, failure: str = "", raw: str = ANSWER, item_id: str = "one") -> Review:
    return review(BANK.items[item_id], raw, grade, failure, BANK)


def test_a_graded_answer_criterion_by_criterion() -> None:
    found = reviewed(grade_of("one", quote="A holds"))
    a, b, c = found.criteria
    assert (found.state, found.score) == ("graded", 0.75)
    assert found.answer == (Segment("well, "), Segment("A holds", (1,), (1,)), Segment(" because of it"))
    assert (a.number, a.level, a.points, a.weight, a.quotes, a.missing) == (1, "met", 3.0, 3, ("A holds",), "")
    assert [p.title for p in a.passages] == ["Passage A"]
    assert (b.level, b.points, b.missing, [p.title for p in b.passages]) == ("missed", 0.0, "says B", ["Passage B"])
    assert (c.optional, c.points) == (True, 0.0)
    assert found.next_step == "Most to gain: one says B The passage “Passage B” settles it."
    assert found.model_answer == "the model answer of one"


def test_with_full_points_nothing_is_left_to_say() -> None:
    grade = grade_of("one", b="met", quote="A")
    everything = replace(grade, outcomes=tuple(replace(o, level="met") for o in grade.outcomes))
    assert reviewed(everything).next_step == ""


@pytest.mark.parametrize(
    ("status", "given", "line"),
    [
        ("match", 7.5, "Number check: your 7.5 agrees with the expected 7.5 (unit: degree)."),
        ("mismatch", 97.0, "Number check: you gave 97, expected is 7.5 (unit: degree)."),
        ("absent", None, "Number check: no number found, expected is 7.5 (unit: degree)."),
        (
            "ambiguous",
            7.5,
            "Number check: the expected 7.5 is offered beside another number and must stand alone (unit: degree).",
        ),
    ],
)
def test_what_the_number_check_saw(status: str, given: float | None, line: str) -> None:
    grade = replace(grade_of("three"), numeric=(NumberFound("b", status, 7.5, given),))  # type: ignore[arg-type]
    found = reviewed(grade, item_id="three")
    assert [c.numbers for c in found.criteria] == [(), (line,), ()]


def test_without_a_grade_there_is_no_number_only_the_reason() -> None:
    for grade in (no_grade("one"), None):
        found = reviewed(grade, "the model did not answer; grade again later")
        assert (found.state, found.score, found.criteria) == ("ungraded", None, ())
        assert found.reason == "the model did not answer; grade again later"
        assert found.answer == (Segment(ANSWER),)


def test_a_half_judged_answer_shows_what_was_judged_without_a_total() -> None:
    found = reviewed(half_judged("one"), "no reply")
    assert (found.state, found.score) == ("ungraded", None)
    assert [(c.level, c.points) for c in found.criteria] == [("met", 3.0), ("unscored", None), ("missed", 0.0)]
    assert found.criteria[1].reason == "no reply"


def test_a_failed_second_grading_leaves_the_first_standing() -> None:
    screen = shown(
        [asked(), Answered(0, ANSWER, START), Graded(0, "g1", START)], {"g1": grade_of("one", quote="A holds")}
    )
    assert screen.review is not None
    found = reviewed(grade_of("one", quote="A holds"), "the model is away")
    assert (found.score, found.reason) == (0.75, "Grading again failed, the earlier grade stands: the model is away")


def test_a_rubric_that_changed_since_is_said_and_old_criteria_are_kept() -> None:
    old = replace(
        grade_of("one", quote="A holds"),
        outcomes=(Judgement("gone", "met", ("A holds",)), Judgement("a", "missed")),
        provenance=provenance("d0"),
    )
    found = reviewed(old)
    assert [(c.claim, c.weight) for c in found.criteria] == [("one says A", 3), ("gone", 0.0)]
    assert found.next_step.endswith("The rubric has changed since this grade; grade again to use the new one.")


def test_flags_are_words_and_the_gate_is_not_one_of_them() -> None:
    assert reviewed(replace(grade_of("one"), flags=("hidden-characters", "gate:empty"))).flags == ("hidden characters",)


def test_an_empty_answer_has_no_segments() -> None:
    assert reviewed(grade_of("one", a="missed"), raw=" \n").answer == ()


quotes = st.lists(st.tuples(st.integers(1, 4), st.text("ab ", min_size=1, max_size=4)), max_size=6)


@given(st.text("ab <&", max_size=30), quotes)
def test_segments_are_the_text_again_and_mark_just_the_quotes(text: str, quoted: list[tuple[int, str]]) -> None:
    cut = segments(text, quoted)
    assert "".join(s.text for s in cut) == text
    assert all(s.text for s in cut)
    for number in range(1, 5):
        places = [text.find(q) for n, q in quoted if n == number and q in text]
        lengths = [len(q) for n, q in quoted if n == number and q in text]
        covered = {i for at, length in zip(places, lengths, strict=True) for i in range(at, at + length)}
        starts = [sum(len(s.text) for s in cut[:k]) for k in range(len(cut))]
        marked = {
            i for s, at in zip(cut, starts, strict=True) if number in s.criteria for i in range(at, at + len(s.text))
        }
        assert marked == covered
        ended = {at + len(s.text) for s, at in zip(cut, starts, strict=True) if number in s.ends}
        assert ended == {at + length for at, length in zip(places, lengths, strict=True)}


def test_the_summary_has_a_mean_only_when_every_answer_has_a_score() -> None:
    done: list[Event] = [
        asked(),
        Answered(0, ANSWER, START),
        Graded(0, "g1", START),
        MovedOn(0, START),
        asked(1),
        Answered(1, "x", START),
        Graded(1, "g2", START),
        MovedOn(1, START),
        asked(2),
    ]
    grades = {"g1": grade_of("one"), "g2": grade_of("two", a="missed", state="provisional"), "g3": no_grade("three")}
    left = shown([*done, Ended(START)], grades).summary
    assert left is not None
    assert [(r.number, r.title, r.status, r.score) for r in left.rows] == [
        (1, "One", "graded", 0.75),
        (2, "Two", "provisional", 0.0),
        (3, "Three", "unanswered", None),
    ]
    assert (left.mean, left.mean_line) == (0.375, "Mean over 2 answered questions, provisional")
    failed = [*done, Answered(2, "y", START), GradeFailed(2, "away", "g3", START), Ended(START)]
    ungraded = shown(failed, grades).summary
    assert ungraded is not None
    assert (ungraded.rows[2].status, ungraded.mean) == ("ungraded", None)
    assert ungraded.mean_line == "No mean: 2 of 3 answers have a score."


def test_an_interview_without_answers_has_no_mean() -> None:
    summary = shown([asked(), Ended(START)]).summary
    assert summary is not None
    assert (summary.mean, summary.mean_line) == (None, "No question was answered.")


def test_a_question_the_bank_lost_is_named() -> None:
    session = fold(Session("s", ("gone",)), [Asked(0, "gone", START)])
    with pytest.raises(InputError, match="asks gone, which the bank no longer has; start a new interview"):
        draw(session, BANK, {})
    ended = draw(fold(session, [Ended(START)]), BANK, {})
    assert ended.summary is not None and ended.summary.rows[0].title == "gone"


def test_the_worth_of_the_points_is_the_rubrics() -> None:
    outcomes = (Judgement("a", "partial"), Judgement("b", "met"), Judgement("c", "met"))
    grade = combine((Verdict(outcomes),), BANK.rubrics["one"], "graded", provenance())
    found = reviewed(grade)
    # 1.5 + 1 + 1 bonus of 4: the same sum as the score that code made.
    assert sum(c.points or 0 for c in found.criteria) == 3.5
    assert grade.score == 3.5 / 4
