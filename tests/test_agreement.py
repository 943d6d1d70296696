"""Agreement figures against scikit-learn, scipy and numbers worked out by hand."""

import math
import warnings
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from sklearn.metrics import accuracy_score, cohen_kappa_score, mean_absolute_error, root_mean_squared_error

from interviewer import agreement

LABELS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=40)
SCORES = st.lists(st.tuples(st.floats(0, 1, width=16), st.floats(0, 1, width=16)), min_size=2, max_size=40)


def same(ours: float, theirs: float) -> bool:
    return (math.isnan(ours) and math.isnan(theirs)) or math.isclose(ours, theirs, rel_tol=1e-9, abs_tol=1e-9)


@settings(max_examples=40)
@given(LABELS, st.sampled_from(["none", "quadratic"]))
def test_kappa_is_scikit_learn_s_with_the_levels_given(rows: list[tuple[int, int]], weights: str) -> None:
    human, machine = [h for h, _ in rows], [m for _, m in rows]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # scikit-learn warns where it divides by zero
        theirs = cohen_kappa_score(human, machine, labels=range(4), weights=None if weights == "none" else weights)
    assert same(agreement.kappa(human, machine, 4, weights), float(theirs))


def test_kappa_worked_by_hand() -> None:
    # Cohen 1960, table of the form  20  5      observed (20 + 15) / 50 = .70
    #                                10 15      by chance .5 * .6 + .5 * .4 = .50   kappa = .2 / .5
    human, machine = [0] * 25 + [1] * 25, [0] * 20 + [1] * 5 + [0] * 10 + [1] * 15
    assert agreement.kappa(human, machine, 2) == pytest.approx(0.4)
    # Quadratic: one disagreement by two steps costs 4, by one step 1, over (levels - 1)^2 = 4.
    # human 0 1 2, machine 0 1 1: observed cost 1/4 of three rows; expected: sum over pairs of margins
    # (1/3)(1/3)[(0-1)^2 * 2 + (1-0)^2 + (2-0)^2 + (2-1)^2 * 2] / 4 * 3 = (9 / 9) / 4 * 3 = 3/4; kappa = 1 - 1/3
    assert agreement.kappa([0, 1, 2], [0, 1, 1], 3, "quadratic") == pytest.approx(2 / 3)


def test_the_levels_are_given_and_not_inferred() -> None:
    """Level 1 never occurs: inferred levels would move 2 next to 0, and 0.75 would be reported as 0.86."""
    human, machine = [0, 0, 2, 3, 3], [0, 2, 2, 3, 3]
    given_levels = agreement.kappa(human, machine, 4, "quadratic")
    assert given_levels == pytest.approx(cohen_kappa_score(human, machine, labels=[0, 1, 2, 3], weights="quadratic"))
    assert given_levels != pytest.approx(cohen_kappa_score(human, machine, weights="quadratic"))


@pytest.mark.parametrize("weights", ["none", "quadratic"])
@pytest.mark.parametrize(("human", "machine"), [([], []), ([1, 1], [1, 1]), ([0], [0])])
def test_kappa_is_not_defined_where_chance_agreement_is_complete(
    human: list[int], machine: list[int], weights: str
) -> None:
    assert math.isnan(agreement.kappa(human, machine, 3, weights))


@pytest.mark.parametrize(("human", "machine"), [([0, 1], [0]), ([3], [0]), ([0], [-1]), ([0], [3])])
def test_labels_outside_the_levels_are_refused(human: list[int], machine: list[int]) -> None:
    with pytest.raises(ValueError, match=r"labels 0 \.\. 2 expected"):
        agreement.kappa(human, machine, 3)


@settings(max_examples=40)
@given(SCORES)
def test_correlations_are_scipy_s(rows: list[tuple[float, float]]) -> None:
    a, b = np.array(rows).T
    if np.ptp(a) < 1e-3 or np.ptp(b) < 1e-3:
        return
    assert agreement.pearson(a, b) == pytest.approx(stats.pearsonr(a, b).statistic, abs=1e-9)
    assert agreement.spearman(a, b) == pytest.approx(stats.spearmanr(a, b).statistic, abs=1e-9)


@pytest.mark.parametrize("figure", [agreement.pearson, agreement.spearman])
@pytest.mark.parametrize(("human", "machine"), [([], []), ([1.0], [0.5]), ([0.5, 0.5], [0, 1]), ([0, 1], [0.1, 0.1])])
def test_correlation_is_not_defined_for_too_few_or_constant_rows(
    figure: Callable[[list[float], list[float]], float], human: list[float], machine: list[float]
) -> None:
    assert math.isnan(figure(human, machine))


@settings(max_examples=40)
@given(LABELS, SCORES)
def test_errors_and_accuracy_are_scikit_learn_s(
    labels: list[tuple[int, int]], scores: list[tuple[float, float]]
) -> None:
    human, machine = [h for h, _ in labels], [m for _, m in labels]
    assert agreement.accuracy(human, machine) == pytest.approx(accuracy_score(human, machine))
    assert agreement.adjacent(human, machine) == pytest.approx(np.mean([abs(h - m) <= 1 for h, m in labels]))
    a, b = np.array(scores).T
    assert agreement.mean_absolute_error(a, b) == pytest.approx(mean_absolute_error(a, b))
    assert agreement.root_mean_squared_error(a, b) == pytest.approx(root_mean_squared_error(a, b))


def test_no_rows_is_not_a_number() -> None:
    for figure in (agreement.accuracy, agreement.adjacent):
        assert math.isnan(figure([], []))
    for error in (agreement.mean_absolute_error, agreement.root_mean_squared_error, agreement.pearson):
        assert math.isnan(error([], []))
    assert math.isnan(agreement.within_question([], [], []))


def test_within_question_worked_by_hand() -> None:
    # q1: 0 1 2 against 0 1 2: r = 1, 3 answers.  q2: 0 1 2 1 against 2 1 0 1: r = -1, 4 answers.
    # q3 has two answers, q4 a constant human score: both left out.  q5: constant machine: 0, 3 answers.
    human = [0, 1, 2, *[0, 1, 2, 1], *[0, 1], *[1, 1, 1], *[0, 1, 2]]
    machine = [0, 1, 2, *[2, 1, 0, 1], *[0, 1], *[0, 1, 2], *[5, 5, 5]]
    questions = ["q1"] * 3 + ["q2"] * 4 + ["q3"] * 2 + ["q4"] * 3 + ["q5"] * 3
    assert agreement.within_question(human, machine, questions) == pytest.approx((3 * 1 + 4 * -1 + 3 * 0) / 10)
    assert math.isnan(agreement.within_question([1, 2], [1, 2], ["a", "b"]))


def test_a_grader_that_knows_only_the_question_is_seen_through() -> None:
    human, questions = [0.0, 0.1, 0.2, 0.8, 0.9, 1.0], ["easy"] * 3 + ["hard"] * 3
    machine = [0.1, 0.1, 0.1, 0.9, 0.9, 0.9]
    assert agreement.pearson(human, machine) > 0.95
    assert agreement.within_question(human, machine, questions) == 0


@settings(max_examples=40)
@given(SCORES, st.lists(st.sampled_from("abc"), min_size=40, max_size=40))
def test_within_question_is_the_weighted_mean_of_scipy_s(rows: list[tuple[float, float]], names: list[str]) -> None:
    a, b = np.round(np.array(rows).T, 1)
    total, size = 0.0, 0
    for name in "abc":
        at = np.array([n == name for n in names[: len(rows)]])
        if at.sum() < 3 or np.ptp(a[at]) == 0:
            continue
        total += at.sum() * (0 if np.ptp(b[at]) == 0 else stats.pearsonr(a[at], b[at]).statistic)
        size += int(at.sum())
    found = agreement.within_question(a, b, names[: len(rows)])
    assert same(found, total / size if size else math.nan)


def test_bias_worked_by_hand() -> None:
    # means 1 and 2, sample variances 1 and 4: (2 - 1) / sqrt((1 + 4) / 2)
    assert agreement.standardised_mean_difference([0, 1, 2], [0, 2, 4]) == pytest.approx(1 / math.sqrt(2.5))
    assert agreement.standardised_mean_difference([0, 2, 4], [0, 1, 2]) == pytest.approx(-1 / math.sqrt(2.5))
    assert math.isnan(agreement.standardised_mean_difference([1, 1], [2, 2]))
    assert math.isnan(agreement.standardised_mean_difference([1], [2]))


@pytest.mark.parametrize(
    ("scores", "count", "levels"),
    [
        ([0, 0.12, 0.125, 0.37, 0.375, 0.62, 0.625, 0.87, 0.875, 1], 5, [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]),
        ([0, 0.49, 0.5, 1], 2, [0, 0, 1, 1]),
        ([], 5, []),
    ],
)
def test_steps_go_to_the_nearest_halves_up(scores: list[float], count: int, levels: list[int]) -> None:
    assert agreement.steps(scores, count) == levels


def test_a_missing_score_is_no_step() -> None:
    with pytest.raises(ValueError, match="NaN"):
        agreement.steps([0.5, math.nan])
