"""Steadiness over repeated trials against the krippendorff package and numbers worked out by hand."""

import math
from dataclasses import replace

import krippendorff
import madeup
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interviewer.batches import batches
from interviewer.errors import InputError
from interviewer.rubric import LEVELS
from interviewer.steadiness import ORDER, Repeats, alpha, flip_rate, steadiness
from interviewer.trial import Trial

COUNTS = st.lists(st.lists(st.integers(0, 3), min_size=4, max_size=4), min_size=1, max_size=30)


@settings(max_examples=60)
@given(COUNTS, st.sampled_from(["nominal", "ordinal"]))
def test_alpha_is_krippendorff_s(counts: list[list[int]], metric: str) -> None:
    table = np.array(counts)
    ours = alpha(table, metric)  # type: ignore[arg-type]
    pairable = table[table.sum(1) >= 2].sum(0)
    if (pairable > 0).sum() < 2:
        assert math.isnan(ours)
        return
    theirs = krippendorff.alpha(value_counts=table, value_domain=[0, 1, 2, 3], level_of_measurement=metric)
    assert ours == pytest.approx(theirs, abs=1e-9)


def test_alpha_worked_by_hand() -> None:
    # Krippendorff 2011, B: two observers, ten units, binary: 0 1 0 0 0 0 0 0 1 0 / 1 1 1 0 0 1 0 0 0 0
    # o01 = 4, n0 = 14, n1 = 6, n = 20: alpha = 1 - 19 * 4 / (14 * 6) = .095
    first, second = [0, 1, 0, 0, 0, 0, 0, 0, 1, 0], [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]
    counts = np.array([[(a == level) + (b == level) for level in (0, 1)] for a, b in zip(first, second, strict=True)])
    assert alpha(counts) == pytest.approx(1 - 19 * 4 / 84)


def test_flip_rate_worked_by_hand() -> None:
    # three trials, two alike: 1 of 3 pairs agrees; four alike: all agree; one trial: says nothing
    counts = np.array([[2, 1, 0, 0], [0, 0, 4, 0], [1, 0, 0, 0]])
    assert flip_rate(counts) == pytest.approx((2 / 3 + 0) / 2)
    found = steadiness(counts)
    assert (found.units, found.judgements) == (2, 7)
    assert found.changing == pytest.approx(1 / 2)


def test_flip_rate_does_not_grow_with_the_trials_and_changing_does() -> None:
    chance = np.random.default_rng(1)
    few, many = (chance.multinomial(n, [0.9, 0.1, 0, 0], size=20_000) for n in (2, 8))
    assert flip_rate(few) == pytest.approx(0.18, abs=0.01)
    assert flip_rate(many) == pytest.approx(0.18, abs=0.01)
    assert steadiness(many).changing > 3 * 0.18 > steadiness(few).changing


def test_ordinal_distance_makes_a_far_flip_worse() -> None:
    assert [LEVELS[place] for place in ORDER] == ["contradicted", "missed", "partial", "met"]
    same = [[3, 0, 0, 0], [0, 3, 0, 0], [0, 0, 3, 0], [0, 0, 0, 3]] * 5
    near, far = np.array([*same, [1, 1, 0, 0]]), np.array([*same, [1, 0, 0, 1]])
    assert alpha(near) == pytest.approx(alpha(far))
    assert alpha(near, "ordinal") > alpha(far, "ordinal")


@pytest.mark.parametrize("counts", [np.zeros((0, 4), int), np.array([[1, 0, 0, 0]]), np.array([[3, 0, 0, 0]] * 4)])
def test_nothing_repeated_or_nothing_but_one_level_has_no_alpha(counts: np.ndarray) -> None:
    assert math.isnan(alpha(counts))
    assert math.isnan(alpha(counts, "ordinal"))
    assert math.isnan(steadiness(counts[:0]).flip_rate)


def counted(trials: list[Trial], size: int) -> np.ndarray:
    seen = Repeats()
    for batch in batches(trials, size):
        seen.add(batch)
    return seen.counts()


def test_trials_may_come_in_any_order() -> None:
    trials = list(madeup.trials(answers=40, repeats=3))
    by_number = sorted(trials, key=lambda t: t.trial)
    assert sorted(counted(trials, 7).tolist()) == sorted(counted(by_number, 50).tolist())


TRIAL = next(madeup.trials(answers=1, ungraded=0))


@pytest.mark.parametrize(
    ("trials", "said"),
    [
        ([TRIAL, TRIAL], "is there twice; give each example an id of its own"),
        ([TRIAL, replace(TRIAL, trial=2, criteria=TRIAL.criteria[:1])], "different criteria; run them all with one"),
        ([replace(TRIAL, criteria=(TRIAL.criteria[0],) * 2)], "a criterion is there twice; mend its rubric"),
    ],
)
def test_what_cannot_be_counted_is_refused(trials: list[Trial], said: str) -> None:
    with pytest.raises(InputError, match=said):
        counted(trials, 10)
