"""The figures that have intervals and can be compared, each as a function of summed statistics. Pure.

A measure's name is where it stands in `Figures`: "items.kappa" is `figures.items.kappa`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from interviewer.agreement import kappa_of, ratio
from interviewer.batches import Floats
from interviewer.calibration import brier_of
from interviewer.rubric import LEVELS
from interviewer.sums import (
    BINS,
    accuracy_of,
    difference_of,
    four_levels,
    pearson_of,
    recall_of,
    score_steps,
    three_levels,
    two_levels,
)

Better = Literal["higher", "lower"]
_CONTRADICTED = LEVELS.index("contradicted")


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure."""

    name: str
    block: str
    """The block of `sums` that it is made of."""
    of: Callable[[Floats], Floats]
    """Sums, shape (..., width) -> the figure, shape (...); nan where not defined."""
    rows: Callable[[Floats], Floats]
    """Sums -> rows that the figure is made of."""
    better: Better = "higher"
    margin: float = 0.05
    """The loss that a user would not mind, in the figure's own unit."""
    relative: bool = False
    """The margin is a share of the figure, not an amount."""


def _all(sums: Floats) -> Floats:
    return np.asarray(sums.sum(-1))


def _first(sums: Floats) -> Floats:
    return np.asarray(sums[..., 0])


def _contradicted(sums: Floats) -> Floats:
    return np.asarray(four_levels(sums)[..., _CONTRADICTED, :].sum(-1))


def _column(place: int) -> Callable[[Floats], Floats]:
    return lambda sums: np.asarray(sums[..., place])


def _share(part: int, whole: int) -> Callable[[Floats], Floats]:
    return lambda sums: ratio(sums[..., part], sums[..., whole])


def _items(block: str) -> tuple[Measure, ...]:
    return (
        Measure(f"{block}.accuracy", block, lambda s: accuracy_of(three_levels(s)), _all, margin=0.025),
        Measure(f"{block}.kappa", block, lambda s: kappa_of(two_levels(s)), _all),
        Measure(f"{block}.qwk", block, lambda s: kappa_of(three_levels(s), "quadratic"), _all),
        Measure(f"{block}.kappa_levels", block, lambda s: kappa_of(four_levels(s)), _all),
        Measure(
            f"{block}.contradiction_recall",
            block,
            lambda s: recall_of(four_levels(s), _CONTRADICTED),
            _contradicted,
            margin=0.1,
        ),
    )


def _scores(block: str) -> tuple[Measure, ...]:
    steps = f"{block}.steps"
    return (
        Measure(f"{block}.qwk", steps, lambda s: kappa_of(score_steps(s), "quadratic"), _all),
        Measure(f"{block}.pearson", block, pearson_of, _first),
        Measure(f"{block}.within_question", f"{block}.within", _share(0, 1), _column(1)),
        Measure(f"{block}.mae", block, _share(6, 0), _first, "lower", 0.025),
        Measure(f"{block}.rmse", block, lambda s: np.sqrt(ratio(s[..., 7], s[..., 0])), _first, "lower", 0.025),
        Measure(f"{block}.bias", block, difference_of, _first),
        Measure(f"{block}.exact", steps, lambda s: accuracy_of(score_steps(s)), _all, margin=0.025),
        Measure(f"{block}.adjacent", steps, lambda s: accuracy_of(score_steps(s), 1), _all, margin=0.025),
    )


MEASURES = (
    *_items("items"),
    Measure("items.unscored", "coverage", _share(3, 2), _column(2), "lower", 0.01),
    *_scores("scores"),
    Measure("scores.unscored", "coverage", _share(5, 4), _column(4), "lower", 0.01),
    *_scores("expected"),
    *_items("ceiling"),
    *_scores("ceiling_scores"),
    Measure("length.pearson", "length", pearson_of, _first),
    Measure("length.within_question", "length.within", _share(0, 1), _column(1)),
    Measure("calibration.brier", "calibration", brier_of, lambda s: s[..., 0 : 3 * BINS : 3].sum(-1), "lower", 0.02),
    Measure("coverage.ungraded_share", "coverage", _share(1, 0), _first, "lower", 0.01),
    Measure("cost.seconds_mean", "cost", _share(1, 0), _first, "lower", 0.1, relative=True),
    Measure("cost.input_tokens", "cost", _share(3, 2), _column(2), "lower", 0.1, relative=True),
    Measure("cost.output_tokens", "cost", _share(5, 4), _column(4), "lower", 0.1, relative=True),
    Measure("cost.usd_mean", "cost", _share(9, 8), _column(8), "lower", 0.1, relative=True),
)
"""Expected calibration error and Spearman's r are not here: the first is biased by resampling (a drawn set bends its
bins by chance once more), the second is no function of sums."""
COMPARED = tuple(
    m
    for m in MEASURES
    if not m.name.startswith(("ceiling", "length")) and not m.name.endswith((".bias", ".adjacent", ".kappa_levels"))
)
"""What two runs are compared on. Bias has no better direction."""
