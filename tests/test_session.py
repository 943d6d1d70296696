"""Golden trajectories of a session: lists of events and the phases that must follow."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interviewer.errors import IllegalMove
from interviewer.session import (
    Answered,
    Asked,
    Ended,
    Event,
    GradeAgain,
    Graded,
    GradeFailed,
    MovedOn,
    Phase,
    Session,
    Turn,
    fold,
    step,
)

PLAN = ("one", "two")


def at(second: int) -> datetime:
    return datetime(2026, 3, 1, 9, 0, tzinfo=UTC) + timedelta(seconds=second)


C, A, G, R, E = Phase.CHOOSING, Phase.ANSWERING, Phase.GRADING, Phase.REVIEWING, Phase.ENDED

WHOLE: list[tuple[Event, Phase]] = [
    (Asked(0, "one", at(0)), A),
    (Answered(0, "my answer", at(60)), G),
    (Graded(0, "g1", at(61)), R),
    (MovedOn(0, at(90)), C),
    (Asked(1, "two", at(90)), A),
    (Answered(1, "", at(95)), G),
    (Graded(1, "g2", at(96)), R),
    (MovedOn(1, at(120)), E),
]
FAILING: list[tuple[Event, Phase]] = [
    (Asked(0, "one", at(0)), A),
    (Answered(0, "my answer", at(60)), G),
    (GradeFailed(0, "the model is away", "g1", at(105)), R),
    (GradeAgain(0, at(110)), G),
    (GradeFailed(0, "the index is held", None, at(111)), R),
    (GradeAgain(0, at(120)), G),
    (Graded(0, "g2", at(121)), R),
    (GradeAgain(0, at(130)), G),
    (GradeFailed(0, "away again", "g3", at(175)), R),
    (Ended(at(180)), E),
]
LEFT_EARLY: list[tuple[Event, Phase]] = [(Asked(0, "one", at(0)), A), (Ended(at(30)), E)]
NEVER_ASKED: list[tuple[Event, Phase]] = [(Ended(at(1)), E)]


@pytest.mark.parametrize("trajectory", [WHOLE, FAILING, LEFT_EARLY, NEVER_ASKED])
def test_phases_follow_the_events(trajectory: list[tuple[Event, Phase]]) -> None:
    session = Session("s", PLAN)
    assert session.phase is C
    for event, phase in trajectory:
        session = step(session, event)
        assert session.phase is phase, event


def test_a_whole_interview_keeps_every_turn() -> None:
    session = fold(Session("s", PLAN), [event for event, _ in WHOLE])
    assert session == Session(
        "s",
        PLAN,
        position=1,
        phase=Phase.ENDED,
        turns=(Turn("one", at(0), "my answer", at(60), "g1"), Turn("two", at(90), "", at(95), "g2")),
        ended_at=at(120),
    )


def test_a_failed_grading_keeps_the_answer_and_the_earlier_grade() -> None:
    session = Session("s", PLAN)
    turns = {n: (session := step(session, event)).turns for n, (event, _) in enumerate(FAILING)}
    assert turns[2] == (Turn("one", at(0), "my answer", at(60), None, "g1", "the model is away"),)
    assert turns[4] == (Turn("one", at(0), "my answer", at(60), None, None, "the index is held"),)
    assert turns[6] == (Turn("one", at(0), "my answer", at(60), "g2", None, ""),)
    assert turns[8] == (Turn("one", at(0), "my answer", at(60), "g2", "g3", "away again"),)


def test_answers_are_kept_as_typed() -> None:
    typed = "  two  spaces\r\n\tand a\u200b hidden one "
    session = fold(Session("s", PLAN), [Asked(0, "one", at(0)), Answered(0, typed, at(1))])
    assert session.turn.text == typed


ONE_OF_EACH: list[Event] = [
    Asked(0, "one", at(0)),
    Answered(0, "x", at(1)),
    Graded(0, "g", at(2)),
    GradeFailed(0, "why", None, at(2)),
    GradeAgain(0, at(3)),
    MovedOn(0, at(4)),
    Ended(at(5)),
]
REACHED: dict[Phase, Session] = {
    C: Session("s", PLAN),
    A: fold(Session("s", PLAN), [e for e, _ in WHOLE[:1]]),
    G: fold(Session("s", PLAN), [e for e, _ in WHOLE[:2]]),
    R: fold(Session("s", PLAN), [e for e, _ in WHOLE[:3]]),
    E: fold(Session("s", PLAN), [e for e, _ in LEFT_EARLY]),
}
ALLOWED = {
    C: {Asked, Ended},
    A: {Answered, Ended},
    G: {Graded, GradeFailed},
    R: {GradeAgain, MovedOn, Ended},
    E: set(),
}


@pytest.mark.parametrize("phase", list(Phase))
@pytest.mark.parametrize("event", ONE_OF_EACH, ids=lambda e: type(e).__name__)
def test_only_these_moves_are_allowed(phase: Phase, event: Event) -> None:
    session = REACHED[phase]
    assert session.phase is phase
    if type(event) in ALLOWED[phase]:
        assert step(session, event) != session
    else:
        with pytest.raises(IllegalMove, match=r"; (wait|hand|have|start|ask)"):
            step(session, event)


@pytest.mark.parametrize("event", [Answered(1, "x", at(1)), MovedOn(1, at(1)), GradeAgain(-1, at(1))])
def test_an_event_for_another_question_moves_nothing(event: Event) -> None:
    with pytest.raises(IllegalMove, match="look at the page again"):
        step(REACHED[A], event)


def test_only_the_planned_question_can_be_asked() -> None:
    with pytest.raises(IllegalMove, match="plan has one here, not two"):
        step(Session("s", PLAN), Asked(0, "two", at(0)))
    with pytest.raises(IllegalMove, match="plan has nothing here"):
        step(Session("s", ()), Asked(0, "one", at(0)))


def test_before_a_question_there_is_no_turn() -> None:
    with pytest.raises(IllegalMove, match="ask the next one first"):
        _ = Session("s", PLAN).turn


events = st.lists(
    st.one_of(
        st.builds(Asked, st.integers(0, 2), st.sampled_from(PLAN), st.just(at(0))),
        st.builds(Answered, st.integers(0, 2), st.text(max_size=5), st.just(at(0))),
        st.builds(Graded, st.integers(0, 2), st.text(max_size=3), st.just(at(0))),
        st.builds(GradeFailed, st.integers(0, 2), st.text(max_size=3), st.none(), st.just(at(0))),
        st.builds(GradeAgain, st.integers(0, 2), st.just(at(0))),
        st.builds(MovedOn, st.integers(0, 2), st.just(at(0))),
        st.builds(Ended, st.just(at(0))),
    ),
    max_size=40,
)


@given(events)
def test_whatever_happens_no_answer_is_lost_or_changed(happened: list[Event]) -> None:
    session, handed_in = Session("s", PLAN), {}
    for event in happened:
        try:
            session = step(session, event)
        except IllegalMove:
            continue
        if isinstance(event, Answered):
            assert event.position not in handed_in
            handed_in[event.position] = event.text
        assert {n: t.text for n, t in enumerate(session.turns) if t.text is not None} == handed_in
        assert [t.item_id for t in session.turns] == list(PLAN[: len(session.turns)])
        assert (session.phase is Phase.ENDED) == (session.ended_at is not None)
