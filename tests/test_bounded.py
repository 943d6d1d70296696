"""Counting values in bounded memory: exact below the limit, as near as promised beyond it."""

import math
import random

import numpy as np
import pytest

from interviewer.agreement import spearman, spearman_of
from interviewer.bounded import Counts, grid, quantile, relative


def test_few_values_are_counted_exactly() -> None:
    counts = Counts((grid(10), grid(10)), limit=3)
    counts.add(np.array([0.11, 0.52, 0.11]), np.array([1.0, 0.0, 1.0]))
    a, b, n = counts.columns()
    assert (a.tolist(), b.tolist(), n.tolist()) == ([0.11, 0.52], [1.0, 0.0], [2.0, 1.0])
    assert counts.exact


def test_beyond_the_limit_all_are_on_the_grid_whatever_their_order() -> None:
    values = np.random.default_rng(3).random(500)
    columns = []
    for order in (values, values[::-1], np.sort(values)):
        counts = Counts((grid(20),), limit=50)
        for part in np.array_split(order, 9):
            counts.add(part)
        assert not counts.exact
        columns.append([c.tolist() for c in counts.columns()])
    assert columns[0] == columns[1] == columns[2]
    assert sum(columns[0][1]) == 500
    assert len(columns[0][0]) <= 21
    assert set(columns[0][0]) <= {round(i / 20, 10) for i in range(21)}


@pytest.mark.parametrize("share", [0, 0.05, 0.5, 0.95, 1])
def test_quantiles_are_numpy_s(share: float) -> None:
    values = [1.0, 2.0, 2.0, 5.0, 9.0, 9.0, 9.0]
    distinct, counts = np.unique(values, return_counts=True)
    assert quantile(distinct, counts.astype(float), share) == pytest.approx(np.quantile(values, share))


def test_no_values_have_no_quantile() -> None:
    assert math.isnan(quantile(np.zeros(0), np.zeros(0), 0.5))
    assert [len(column) for column in Counts((relative,)).columns()] == [0, 0]


def test_a_quantile_off_the_grid_is_within_half_a_percent() -> None:
    seconds = np.random.default_rng(1).lognormal(0, 2, 20_000)
    counts = Counts((relative,), limit=1_000)
    counts.add(seconds)
    assert not counts.exact
    for share in (0.01, 0.5, 0.95, 0.999):
        assert quantile(*counts.columns(), share) == pytest.approx(np.quantile(seconds, share), rel=0.005)
    assert relative(np.array([0.0, 1e-9])).tolist() == [0, 0]


@pytest.mark.parametrize("noise", [0.05, 0.3, 2.0])
def test_a_rank_correlation_off_the_grid_is_within_a_two_thousandth(noise: float) -> None:
    chance = np.random.default_rng(2)
    human = chance.random(60_000)
    machine = np.clip(human + noise * chance.standard_normal(60_000), 0, 1)
    counts = Counts((grid(222), grid(222)))
    counts.add(human, machine)
    assert not counts.exact
    assert abs(spearman_of(*counts.columns()) - spearman(human, machine)) < 5e-4


def test_counted_ranks_are_those_of_the_list() -> None:
    chance = random.Random(4)
    human = [chance.randrange(4) / 3 for _ in range(80)]
    machine = [chance.randrange(5) / 4 for _ in range(80)]
    counts = Counts((grid(9), grid(9)))
    counts.add(np.array(human), np.array(machine))
    assert spearman_of(*counts.columns()) == pytest.approx(spearman(human, machine))
