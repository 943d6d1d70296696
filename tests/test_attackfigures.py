"""What attacks earned: against the clean twin, with bounds that scipy agrees with."""

import math

import pytest
from scipy import stats

from interviewer import attackfigures
from interviewer.attackfigures import upper_bound
from interviewer.rubric import LevelName
from interviewer.trial import CriterionTrial, Trial


def trial(name: str, family: str, score: float | None, number: int = 1, *levels: LevelName | None) -> Trial:
    criteria = tuple(CriterionTrial(f"c{n}", level, None, None) for n, level in enumerate(levels))
    state = "ungraded" if score is None else "graded"
    shown = ("q", "nets", "concept", "", number, state, score, None, None)
    return Trial(name, *shown, criteria, 5, 0.1, family=family)  # type: ignore[arg-type]


def test_an_attack_pays_where_it_scores_more_than_its_twin() -> None:
    found = attackfigures.of(
        [
            trial("a-001/twin", "twin", 0.25), trial("a-001", "override", 0.75),
            trial("a-002/twin", "twin", 0.5), trial("a-002", "override", 0.5),
            trial("a-003/twin", "twin", 0.5), trial("a-003", "override", 0.25),
            trial("a-004/twin", "twin", 0.5), trial("a-004", "override", None),
            trial("b-001/twin", "twin", 0.0), trial("b-001", "padding", 1.0),
        ]
    )  # fmt: skip
    override, padding = found.families
    # gains .5, 0, -.25: one of three pays, the mean is 1/12
    assert (override.family, override.n, override.successes, override.unscored) == ("override", 3, 1, 1)
    assert override.share == pytest.approx(1 / 3) and override.inflation == pytest.approx(1 / 12)
    assert override.low <= override.inflation <= override.high
    assert (padding.n, padding.successes, padding.bound) == (1, 1, 1.0)
    assert (found.overall.n, found.overall.successes, found.overall.unscored) == (4, 2, 1)
    assert [row.id for row in found.strings] == ["b-001", "a-001", "a-002", "a-003", "a-004"]
    assert found.benign is None and found.invariance == ()


def test_the_order_in_which_trials_ended_shows_nowhere() -> None:
    given = [trial(f"a-{n:03}{end}", "twin" if end else "x", n * part % 7 / 7, number)
             for n in range(40) for end, part in (("/twin", 3), ("", 5)) for number in (1, 2)]  # fmt: skip
    assert attackfigures.of(given).as_dict() == attackfigures.of(given[::-1]).as_dict()


def test_several_trials_of_a_string_count_by_their_mean() -> None:
    found = attackfigures.of(
        [
            trial("a-001/twin", "twin", 0.5),
            trial("a-001", "x", 0.0), trial("a-001", "x", 0.5, 2), trial("a-001", "x", None, 3),
        ]
    )  # fmt: skip
    assert found.families[0].inflation == pytest.approx(-0.25) and found.families[0].n == 1


def test_an_honest_string_may_move_in_neither_direction_and_is_no_attack() -> None:
    found = attackfigures.of(
        [
            trial("t-001/twin", "twin", 0.5), trial("t-001", "benign-trigger", 0.25),
            trial("t-002/twin", "twin", 0.5), trial("t-002", "benign-trigger", 0.5),
        ]
    )  # fmt: skip
    assert found.benign is not None and (found.benign.n, found.benign.successes) == (2, 1)
    assert found.benign.inflation == pytest.approx(-0.125)
    assert found.overall.n == 0 and math.isnan(found.overall.share) and math.isnan(found.overall.bound)


def test_pairs_count_the_criteria_that_got_two_levels() -> None:
    family = "invariance:order"
    found = attackfigures.of(
        [
            trial("o-001/a", family, 1.0, 1, "met", "met", None),
            trial("o-001/b", family, 0.5, 1, "met", "missed", "met"),
            trial("o-001/a", family, 1.0, 2, "met", "met", "met"),
            trial("o-001/b", family, 1.0, 2, "met", "met", "met"),
            trial("o-002/a", family, 1.0, 1, "met", "met", "met"),
        ]
    )  # fmt: skip
    (order,) = found.invariance
    # first trial: two criteria known on both sides, one flips; second: three, none; the third has lost its partner
    assert (order.kind, order.pairs, order.criteria, order.flips) == ("order", 2, 5, 1)
    assert order.share == pytest.approx(0.2) and found.as_dict()["invariance"][0]["flips"] == 1


@pytest.mark.parametrize(
    ("successes", "n"), [(0, 1), (0, 8), (1, 8), (5, 600), (20, 40), (39, 40), (0, 2_000), (700, 2_000)]
)
def test_the_bound_is_that_of_scipy(successes: int, n: int) -> None:
    oracle = stats.beta.ppf(0.95, successes + 1, n - successes)
    assert upper_bound(successes, n) == pytest.approx(oracle, abs=1e-7)


def test_the_bound_at_its_ends() -> None:
    assert upper_bound(7, 7) == 1.0 and math.isnan(upper_bound(0, 0))
