"""Calibration against scikit-learn and numbers worked out by hand."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.calibration import calibration_curve
from sklearn.metrics import brier_score_loss

from interviewer.calibration import brier, expected_calibration_error, reliability, trust

ROWS = st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=60)


@settings(max_examples=60)
@given(ROWS)
def test_brier_and_bins_are_scikit_learn_s(rows: list[tuple[float, bool]]) -> None:
    p, met = [row[0] for row in rows], [row[1] for row in rows]
    assert brier(p, met) == pytest.approx(np.mean((np.array(p) - np.array(met)) ** 2))
    if len(set(met)) == 2:
        assert brier(p, met) == pytest.approx(brier_score_loss(met, p))
    edges = np.linspace(0, 1, 11)
    if not np.isclose(np.array(p)[:, None], edges[1:-1]).any():  # scikit-learn's bins are closed on the other side
        shares, means = calibration_curve(met, p, n_bins=10)
        ours = [b for b in reliability(p, met) if b.n]
        assert [b.met for b in ours] == pytest.approx(shares.tolist())
        assert [b.probability for b in ours] == pytest.approx(means.tolist())


def test_reliability_worked_by_hand() -> None:
    bins = reliability([0.05, 0.1, 0.15, 0.95, 1.0], [False, True, False, True, True])
    assert [b.n for b in bins] == [1, 2, 0, 0, 0, 0, 0, 0, 0, 2]  # .1 opens the second bin, 1 is in the last
    assert (bins[1].low, bins[1].high) == (0.1, 0.2)
    assert (bins[1].probability, bins[1].met) == pytest.approx((0.125, 0.5))
    assert math.isnan(bins[2].met)
    # |0 - .05| * 1/5 + |.5 - .125| * 2/5 + |1 - .975| * 2/5
    assert expected_calibration_error([0.05, 0.1, 0.15, 0.95, 1.0], [False, True, False, True, True]) == pytest.approx(
        0.01 + 0.15 + 0.01
    )


def test_a_perfect_and_a_boastful_judge() -> None:
    assert expected_calibration_error([0.0, 1.0], [False, True]) == 0
    assert brier([0.0, 1.0], [False, True]) == 0
    assert expected_calibration_error([1.0] * 4, [True, False, False, False]) == pytest.approx(0.75)


def test_no_rows_and_no_probability() -> None:
    assert math.isnan(expected_calibration_error([], []))
    assert math.isnan(brier([], []))
    assert trust([], []) == ()
    for wrong in (math.nan, -0.1, 1.1):
        with pytest.raises(ValueError, match="from 0 to 1"):
            brier([0.5, wrong], [True, True])


def test_trust_worked_by_hand() -> None:
    # surest first: 1 1 1 1 1 | 1 1 1 0 0: all of them 8/10; without the least sure two 8/8
    certainty = [0.5, 0.45, 0.4, 0.35, 0.3, 0.25, 0.2, 0.15, 0.1, 0.05]
    points = trust(certainty, [1] * 8 + [0, 0])
    assert [(p.deferred, p.n) for p in points[:3]] == [(0, 10), (0.1, 9), (0.2, 8)]
    assert [p.agreement for p in points[:4]] == pytest.approx([0.8, 8 / 9, 1, 1])


def test_equally_sure_rows_are_deferred_in_equal_parts() -> None:
    """Whichever of them come first in the file: half of them right, so half of what is left of them."""
    for agrees in ([1, 1, 0, 0], [0, 0, 1, 1], [0, 1, 0, 1]):
        points = trust([0.2] * 4, agrees)
        assert [p.agreement for p in points] == pytest.approx([0.5] * 10)
    assert trust([0.2, 0.4], [0.5, 1.0], [4, 4]) == trust([0.2] * 4 + [0.4] * 4, [1, 1, 0, 0, 1, 1, 1, 1])
