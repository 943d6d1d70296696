"""The figures of single criteria out of sums. Pure."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from interviewer.agreement import ratio
from interviewer.batches import Floats
from interviewer.rubric import LEVELS, LevelName
from interviewer.sums import four_levels

MEASURED = ("accuracy", "kappa", "qwk", "kappa_levels", "contradiction_recall")


@dataclass(frozen=True, slots=True)
class LevelFigures:
    """Agreement on one of the four levels. nan: the level does not occur on the side that is divided by."""

    human: int
    """Criteria that people gave this level."""
    machine: int
    precision: float
    """Of the machine's, the share that people gave it too."""
    recall: float
    """Of the people's, the share that the machine gave it too."""
    f1: float
    """Harmonic mean of the two, 2 both / (human + machine) (van Rijsbergen 1979)."""


@dataclass(frozen=True, slots=True)
class ItemFigures:
    """Agreement on single criteria. nan: not defined on these rows."""

    n: int
    accuracy: float
    """Share of equal levels of missed, partial, met (a contradicted criterion earns what a missed one earns)."""
    kappa: float
    """Cohen's kappa over met / not met: partial counts as not met on both sides."""
    qwk: float
    """Quadratic weighted kappa over missed, partial, met."""
    unscored: float
    """Share of labelled criteria without a level; they are in no other figure."""
    kappa_levels: float
    """Cohen's kappa over all four levels, unordered."""
    contradiction_recall: float
    """Of the criteria that people called contradicted, the share that the machine did."""
    confusion: tuple[tuple[int, ...], ...]
    """A row a human level, a column a machine level, both in the order of `rubric.LEVELS`."""
    levels: Mapping[LevelName, LevelFigures]


def item_figures(known: Mapping[str, float], sums: Floats, unscored: float) -> ItemFigures:
    """The figures of one block of items.

    Args:
        known: the values of MEASURED that are defined.
        sums: one row of the block.
    """
    table = four_levels(sums)
    both, human, machine = np.diag(table), table.sum(1), table.sum(0)
    shares = (ratio(both, machine), ratio(both, human), ratio(2 * both, human + machine))
    columns = (human.astype(int).tolist(), machine.astype(int).tolist(), *(s.tolist() for s in shares))
    return ItemFigures(
        n=int(table.sum()),
        unscored=unscored,
        confusion=tuple(tuple(int(n) for n in row) for row in table),
        levels=dict(zip(LEVELS, map(LevelFigures, *columns), strict=True)),
        **{name: known.get(name, math.nan) for name in MEASURED},
    )
