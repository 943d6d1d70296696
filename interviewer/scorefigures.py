"""The figures of whole answers out of sums. Pure."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from interviewer.agreement import spearman_of
from interviewer.batches import Floats

MEASURED = ("qwk", "pearson", "within_question", "mae", "rmse", "bias", "exact", "adjacent")


@dataclass(frozen=True, slots=True)
class ScoreFigures:
    """Agreement on whole answers. nan: not defined on these rows."""

    n: int
    qwk: float
    """On five steps, 0 to 1 by .25."""
    pearson: float
    within_question: float
    mae: float
    rmse: float
    unscored: float
    """Share of scored answers that the grader left ungraded; they are in no other figure."""
    spearman: float
    bias: float
    """Standardised mean difference; above 0 the machine is lenient."""
    exact: float
    """Share of answers on the same of the five steps."""
    adjacent: float
    """Share at most one step apart."""


def score_figures(known: Mapping[str, float], pairs: tuple[Floats, Floats, Floats], unscored: float) -> ScoreFigures:
    """The figures of one kind of score.

    Args:
        known: the values of MEASURED that are defined.
        pairs: human score, machine score, how often the two occur together.
    """
    figures = {name: known.get(name, math.nan) for name in MEASURED}
    return ScoreFigures(n=int(pairs[2].sum()), unscored=unscored, spearman=spearman_of(*pairs), **figures)
