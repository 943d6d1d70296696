"""Code makes the number: majority of trials, spread, and no number where anything is unscored."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interviewer.grade import Grade, Judgement, NumberFound, Outcome, Provenance, Unscored, Verdict, combine, ungraded
from interviewer.rubric import LEVELS, Criterion, LevelName, Rubric

A = Criterion("a", "A", 3, "says A", "hints at A", misconceptions=("not A",))
B = Criterion("b", "B", 1, "says B", "hints at B")
BONUS = Criterion("c", "C", 2, "says C", None, optional=True)
RUBRIC = Rubric("r", 2, (A, B, BONUS), digest="d")
FROM = Provenance("judge", "1", "r", 2, "d", "0.1")


def verdict(*levels: LevelName | None, flags: tuple[str, ...] = (), mark: str = "") -> Verdict:
    """One trial; None leaves the criterion unscored."""
    outcomes: list[Outcome] = [
        Judgement(c.id, level, (f"{mark}{c.id}",), mark) if level else Unscored(c.id, f"{mark}no reply")
        for c, level in zip(RUBRIC.criteria, levels, strict=True)
    ]
    return Verdict(tuple(outcomes), flags)


def grade(*verdicts: Verdict, **more: Any) -> Grade:
    return combine(verdicts, RUBRIC, "graded", FROM, **more)


def test_one_trial_is_its_own_majority() -> None:
    found = NumberFound("a", "match", 7.5, 7.5, "7.5")
    made = grade(verdict("met", "partial", "missed", flags=("odd",)), numeric=(found,), flags=("bidi", "odd"))
    assert (made.state, made.score, made.spread, made.reason) == ("graded", 0.875, 0.0, "")  # (3 + .5) / 4
    assert made.flags == ("bidi", "odd")
    assert made.numeric == (found,)
    assert made.provenance is FROM
    assert [o.criterion_id for o in made.outcomes] == ["a", "b", "c"]


def test_the_bonus_cannot_lift_above_one() -> None:
    assert grade(verdict("met", "met", "met")).score == 1.0
    assert grade(verdict("partial", "met", "met")).score == 1.0  # (1.5 + 1 + 2) / 4


@pytest.mark.parametrize(
    ("levels", "majority"),
    [
        (("met", "met", "missed"), "met"),
        (("missed", "met", "missed"), "missed"),
        (("met", "missed"), "missed"),  # a tie goes to the lower level: credit needs a majority
        (("met", "partial"), "partial"),
        (("partial", "met", "met", "partial"), "partial"),
        (("met", "partial", "missed"), "missed"),
        (("met", "met", "partial", "missed", "contradicted"), "met"),
        (("met", None, "met"), "met"),
        (("contradicted", "contradicted", "met"), "contradicted"),
    ],
)
def test_the_level_most_trials_gave(levels: tuple[LevelName | None, ...], majority: LevelName) -> None:
    made = grade(*(verdict(level, "met", "missed") for level in levels))
    first = made.outcomes[0]
    assert isinstance(first, Judgement)
    assert first.level == majority


def test_the_evidence_is_that_of_a_trial_with_that_level() -> None:
    trials = [("missed", "1:"), ("met", "2:"), ("met", "3:")]
    made = grade(*(verdict(level, "met", "missed", mark=mark) for level, mark in trials))  # type: ignore[arg-type]
    first = made.outcomes[0]
    assert isinstance(first, Judgement)
    assert (first.level, first.quotes, first.reason) == ("met", ("2:a",), "2:")


@pytest.mark.parametrize("levels", [(None,), ("met", None), (None, None, "met")])
def test_a_criterion_that_half_the_trials_left_unscored_leaves_no_number(levels: tuple[LevelName | None, ...]) -> None:
    made = grade(*(verdict(level, "met", "missed", mark=f"{n}:") for n, level in enumerate(levels)))
    assert (made.state, made.score, made.spread) == ("ungraded", None, 0.0)
    assert isinstance(made.outcomes[0], Unscored)
    assert made.reason.endswith("no reply")
    assert isinstance(made.outcomes[1], Judgement), "what was judged is kept"
    assert len(made.verdicts) == len(levels)


def test_the_spread_is_between_whole_trials() -> None:
    made = grade(verdict("met", "met", "missed"), verdict("missed", "met", "missed"), verdict("met", None, "missed"))
    assert made.score == 1.0  # a and b are met by two of the three
    assert made.spread == 0.75  # 1 - 1/4; the third trial has no score of its own


def test_the_state_is_the_judge_s() -> None:
    assert combine((verdict("met", "met", "met"),), RUBRIC, "provisional", FROM).state == "provisional"


@pytest.mark.parametrize(
    "verdicts",
    [
        (),
        (Verdict(()),),
        (Verdict(verdict("met", "met", "met").outcomes[:2]),),
        (Verdict(verdict("met", "met", "met").outcomes[::-1]),),
        (verdict("met", "met", "met"), Verdict(verdict("met", "met", "met").outcomes * 2)),
    ],
)
def test_a_verdict_that_does_not_cover_the_rubric_is_refused(verdicts: tuple[Verdict, ...]) -> None:
    with pytest.raises(ValueError, match="every criterion of the rubric once"):
        combine(verdicts, RUBRIC, "graded", FROM)


def test_what_could_not_be_graded_has_no_number_and_says_why() -> None:
    made = ungraded(RUBRIC, "ModelTimeout: no reply", FROM, ("bidi",))
    assert (made.state, made.score, made.reason, made.flags) == ("ungraded", None, "ModelTimeout: no reply", ("bidi",))
    assert made.outcomes == tuple(Unscored(c.id, "ModelTimeout: no reply") for c in RUBRIC.criteria)


TRIAL = st.tuples(*(st.sampled_from([*c.levels, None]) for c in RUBRIC.criteria)).map(lambda levels: verdict(*levels))


@given(st.lists(TRIAL, min_size=1, max_size=5))
def test_a_number_exists_exactly_where_everything_was_judged(trials: list[Verdict]) -> None:
    made = grade(*trials)
    unscored = any(isinstance(o, Unscored) for o in made.outcomes)
    assert (made.score is None) == unscored == (made.state == "ungraded") == bool(made.reason)
    if made.score is not None:
        levels = {o.criterion_id: o.level for o in made.outcomes if isinstance(o, Judgement)}
        assert made.score == RUBRIC.score(levels)
    assert 0 <= made.spread <= 1


@given(st.lists(st.sampled_from(LEVELS), min_size=1, max_size=5))
def test_the_order_of_trials_cannot_change_the_score(levels: list[LevelName]) -> None:
    forward = grade(*(verdict(level, "met", "missed") for level in levels))
    backward = grade(*(verdict(level, "met", "missed") for level in reversed(levels)))
    assert (forward.score, forward.spread) == (backward.score, backward.spread)
