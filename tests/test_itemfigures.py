"""Figures of single criteria, level by level, against scikit-learn and numbers worked out by hand."""

import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import confusion_matrix, precision_recall_fscore_support

from interviewer.figures import figures
from interviewer.itemfigures import ItemFigures
from interviewer.rubric import LEVELS, LevelName
from interviewer.trial import CriterionTrial, Trial

ROWS = st.lists(st.tuples(st.sampled_from(LEVELS), st.sampled_from(LEVELS)), min_size=1, max_size=50)


def of(rows: Sequence[tuple[LevelName, LevelName | None]]) -> ItemFigures:
    criteria = tuple(CriterionTrial(f"c{n}", machine, None, human) for n, (human, machine) in enumerate(rows))
    found = figures([Trial("q/1", "q", "t", "concept", "", 1, "graded", 0.5, None, None, criteria, 9, 1.0)], draws=0)
    assert found.items is not None
    return found.items


@settings(max_examples=60)
@given(ROWS)
def test_confusion_precision_recall_and_f1_are_scikit_learn_s(rows: list[tuple[LevelName, LevelName]]) -> None:
    human, machine = zip(*rows, strict=True)
    found = of(rows)
    np.testing.assert_array_equal(found.confusion, confusion_matrix(human, machine, labels=list(LEVELS)))
    theirs = precision_recall_fscore_support(human, machine, labels=list(LEVELS), zero_division=np.nan)
    for place, level in enumerate(LEVELS):
        ours = found.levels[level]
        expected = [column[place] for column in theirs]
        assert [ours.precision, ours.recall] == pytest.approx(expected[:2], nan_ok=True)
        if human.count(level) or machine.count(level):
            assert ours.f1 == pytest.approx(expected[2] if not math.isnan(expected[2]) else 0)
        else:
            assert math.isnan(ours.f1)
        assert ours.human == expected[3]
    assert found.contradiction_recall == pytest.approx(theirs[1][LEVELS.index("contradicted")], nan_ok=True)


def test_levels_worked_by_hand() -> None:
    found = of([("met", "met"), ("met", "missed"), ("missed", "met"), ("contradicted", "missed"), ("partial", None)])
    assert found.confusion == ((0, 0, 1, 0), (0, 0, 0, 0), (1, 0, 1, 0), (1, 0, 0, 0))  # the unscored one is nowhere
    met = found.levels["met"]
    assert (met.human, met.machine, met.precision, met.recall, met.f1) == (2, 2, 0.5, 0.5, 0.5)
    assert found.contradiction_recall == 0
    assert math.isnan(found.levels["partial"].recall)  # the only one has no machine level
    assert found.unscored == pytest.approx(1 / 5)


def test_without_a_contradicted_criterion_its_recall_is_not_defined() -> None:
    assert math.isnan(of([("met", "met"), ("missed", "met")]).contradiction_recall)
    assert math.isnan(of([("met", "met"), ("met", "met")]).kappa)
