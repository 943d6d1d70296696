"""Drawing and swapping whole units: against textbook numbers, scipy, and every way enumerated."""

import math
import time
from itertools import product

import madeup
import numpy as np
import pytest
from scipy import stats

from interviewer.batches import batches
from interviewer.measures import MEASURES
from interviewer.resampling import (
    DRAWS,
    Stack,
    _student,
    bootstrap,
    draws,
    holm,
    interval,
    p_value,
    swaps,
)
from interviewer.sums import with_within
from interviewer.tally import Tally

MAE = [m for m in MEASURES if m.name == "scores.mae"]


def stack(**options: int) -> Stack:
    tally = Tally()
    for batch in batches(madeup.trials(**options)):
        tally.add(batch)
    return Stack(with_within(tally.sums()))


def errors(*of_units: tuple[float, int]) -> Stack:
    """Units with (sum of errors, rows), as a block of scores."""
    block = np.zeros((len(of_units), 8))
    block[:, 6], block[:, 0] = zip(*of_units, strict=True)
    return Stack({"scores": block})


def test_draws_take_whole_units_with_replacement() -> None:
    drawn = np.concatenate(list(draws(7, 4000, 3)))
    assert drawn.shape == (4000, 7)
    assert set(drawn.sum(1)) == {7}
    assert drawn.mean(0) == pytest.approx([1] * 7, abs=0.06)
    assert drawn.var(0) == pytest.approx([6 / 7] * 7, abs=0.08)  # multinomial: n p (1 - p)
    np.testing.assert_array_equal(drawn, np.concatenate(list(draws(7, 4000, 3))))


def test_the_interval_of_a_mean_is_student_s() -> None:
    """Of 40 units with one row each the figure is their mean, for which the t interval is exact."""
    values = np.random.default_rng(5).gamma(9, 1 / 20, 40)
    found = bootstrap(errors(*((v, 1) for v in values)), MAE, 20_000)["scores.mae"]
    low, high = stats.t.interval(0.95, 39, values.mean(), stats.sem(values))
    assert found.units == 40
    assert (found.low, found.high) == pytest.approx((low, high), abs=0.12 * (high - low))


def test_units_of_different_size_weigh_as_their_rows() -> None:
    found = bootstrap(errors((10, 100), (0.5, 1), *[(1, 10)] * 18), MAE)["scores.mae"]
    assert found.low < 29.0 / 281 < found.high


@pytest.mark.parametrize(("freedom", "within"), [(1, 0.12), (2, 0.01), (4, 0.001), (9, 1e-4), (199, 1e-4)])
def test_student_s_quantile_is_scipy_s(freedom: int, within: float) -> None:
    assert _student(0.975, freedom) == pytest.approx(stats.t.ppf(0.975, freedom), rel=within)


def test_the_interval_opens_with_few_units() -> None:
    drawn = np.random.default_rng(1).normal(size=20_000)
    plain = np.quantile(drawn, [0.025, 0.975])
    many, few = interval(drawn, 2000), interval(drawn, 10)
    assert (many.low, many.high) == pytest.approx(plain, abs=0.02)
    assert few.high == pytest.approx(stats.t.ppf(0.975, 9) * math.sqrt(10 / 9), abs=0.15)


@pytest.mark.parametrize(
    ("drawn", "units"),
    [(np.zeros(0), 5), (np.ones(10), 1), (np.array([np.nan] * 2 + [0.5] * 8), 5), (np.full(10, np.nan), 5)],
)
def test_an_interval_that_cannot_be_is_not_defined(drawn: np.ndarray, units: int) -> None:
    found = interval(drawn, units)
    assert math.isnan(found.low)
    assert math.isnan(found.high)
    assert found.units == units


def test_one_question_has_no_interval() -> None:
    found = bootstrap(stack(answers=30, questions=1), MAE)["scores.mae"]
    assert math.isnan(found.low)
    assert math.isnan(found.high)
    assert found.units == 1


def test_few_units_are_swapped_in_every_way_once() -> None:
    ways = np.concatenate(list(swaps(4, 10, 0)))
    assert sorted(map(tuple, ways)) == sorted(product((0.0, 1.0), repeat=4))
    many = np.concatenate(list(swaps(30, 5000, 0)))
    assert many.shape == (5000, 30)
    assert set(np.unique(many)) == {0, 1}
    assert many.mean(0) == pytest.approx([0.5] * 30, abs=0.04)


def test_p_of_every_way_is_the_exact_paired_test() -> None:
    """Mean of differences with their signs flipped: scipy's permutation test, and 2 of 2^5 by hand."""
    before, after = np.array([1.0, 2, 3, 4, 5]), np.array([1.5, 2.7, 3.1, 4.9, 5.2])
    swapped = np.concatenate([(after - before) @ (1 - 2 * ways).T for ways in swaps(5, 0, 0)])
    ours = p_value(float((after - before).sum()), swapped, exact=True)
    theirs = stats.permutation_test(
        (after, before), lambda a, b: (a - b).sum(), permutation_type="samples", n_resamples=np.inf
    )
    assert ours == pytest.approx(theirs.pvalue) == pytest.approx(2 / 32)


@pytest.mark.parametrize(
    ("observed", "swapped", "exact", "p"),
    [
        (0.3, [0.1, -0.3, 0.2, 0.4], False, 3 / 5),  # the observed one is counted among the random ones
        (0.3, [0.3, -0.3, 0.1, -0.1], True, 2 / 4),
        (0.1 + 0.2, [0.3, -0.3, 0.1, -0.1], True, 2 / 4),  # .30000000000000004 is .3
        (0.0, [0.0, 0.1], False, 1.0),
        (5.0, [0.1, math.nan, 0.2], False, 2 / 4),  # not defined counts against a finding
    ],
)
def test_p_worked_by_hand(observed: float, swapped: list[float], exact: bool, p: float) -> None:
    assert p_value(observed, np.array(swapped), exact) == pytest.approx(p)


def test_no_difference_no_p() -> None:
    assert math.isnan(p_value(math.nan, np.zeros(3), False))


def test_holm_worked_by_hand() -> None:
    # sorted .01 .02 .03 .5 times 4 3 2 1: .04 .06 .06 .5; the third may not be below the second
    assert holm([0.02, 0.5, 0.01, 0.03]) == pytest.approx((0.06, 0.5, 0.04, 0.06))
    assert holm([0.02, math.nan, 0.01]) == pytest.approx((0.02, math.nan, 0.02), nan_ok=True)
    assert holm([0.9, 0.8]) == (1, 1)
    assert holm([]) == ()


def test_many_units_are_drawn_in_groups() -> None:
    block = np.zeros((5000, 8))
    block[:, 0], block[:, 6] = 1, np.random.default_rng(1).random(5000)
    grouped = Stack({"scores": block})
    assert grouped.units == 2000
    assert grouped.matrix.sum(0) == pytest.approx(block.sum(0))
    found = bootstrap(grouped, MAE)["scores.mae"]
    assert found.high - found.low == pytest.approx(2 * 1.96 * math.sqrt(1 / 12 / 5000), rel=0.1)


def test_ten_thousand_draws_take_well_under_a_second_of_one_core() -> None:
    sums = stack(answers=500, questions=50)
    some = [m for m in MEASURES if m.name in ("items.kappa", "items.qwk", "scores.qwk", "scores.within_question")]
    bootstrap(sums, some, DRAWS)
    started = time.process_time()
    bootstrap(sums, some, 10_000)
    assert time.process_time() - started < 2  # .2 s on an idle machine
