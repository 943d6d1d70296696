"""Intervals and p-values by drawing and swapping whole units. Pure; chance comes from the seed alone.

Works on summed statistics (`sums`), a row a unit, so a draw costs one row of a matrix product
at any number of trials.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from interviewer.batches import Floats
from interviewer.measures import Measure
from interviewer.sums import WIDTHS

DRAWS = 2_000
SWAPS = 9_999
MOST_UNITS = 2_000
EXACT_UNITS = 13
"""Up to so many units every way of swapping is taken once (2^13 = 8,192)."""
_CELLS = 1_000_000
"""Numbers held at once, some times over: 8 MB each."""
_NORMAL = NormalDist()


@dataclass(frozen=True, slots=True)
class Interval:
    """Where a figure would lie on other units of the same kind, at 95 % confidence. nan: not defined."""

    low: float
    high: float
    units: int
    """Units that were drawn from (2,000 stand for any more). Below ten it is rough, and mostly too narrow."""


class Stack:
    """Blocks side by side in one matrix, so that all figures of a draw come out of one product."""

    def __init__(self, sums: Mapping[str, Floats]) -> None:
        """The matrix of the blocks, each with a row a unit; a measure of a block that is not there is not defined.

        More than MOST_UNITS units are put together in so many groups, which are drawn and swapped as units are:
        independent units make independent groups (Kott 2001), and the work no longer grows with them.
        """
        edges = np.cumsum([0, *(block.shape[1] for block in sums.values())])
        self._at = {name: slice(edges[i], edges[i + 1]) for i, name in enumerate(sums)}
        self.matrix = np.hstack([_grouped(block) for block in sums.values()]) if sums else np.zeros((0, 0))

    @property
    def units(self) -> int:
        """Rows."""
        return len(self.matrix)

    def total(self, name: str) -> Floats:
        """Sums of a block over all units; zeros where it is not there."""
        return np.asarray(self.matrix[:, self._at[name]].sum(0)) if name in self._at else np.zeros(WIDTHS[name])

    def figure(self, measure: Measure, sums: Floats) -> Floats:
        """The measure of sums of rows of the matrix, shape (..., width of the matrix)."""
        at = self._at.get(measure.block)
        return np.full(sums.shape[:-1], math.nan) if at is None else measure.of(sums[..., at])

    def figures(self, measures: Sequence[Measure], sums: Floats) -> dict[str, float]:
        """The measures that are defined on one row of sums, by name."""
        found = {m.name: float(self.figure(m, sums)) for m in measures}
        return {name: value for name, value in found.items() if not math.isnan(value)}

    def rows(self, measure: Measure) -> int:
        """Rows that the measure is made of, in all units together."""
        return int(measure.rows(self.matrix.sum(0)[self._at[measure.block]]))

    def of_units(self, measure: Measure) -> Floats:
        """Of each unit the rows of the measure."""
        return measure.rows(self.matrix[:, self._at[measure.block]])


def _grouped(block: Floats) -> Floats:
    if len(block) <= MOST_UNITS:
        return block
    group = np.arange(len(block)) % MOST_UNITS
    return np.stack([np.bincount(group, column) for column in block.T], axis=1)


def draws(units: int, count: int, seed: int) -> Iterator[Floats]:
    """Bootstrap samples in parts: how often each unit is drawn, shape (some draws, units); `count` draws in all."""
    chance = np.random.default_rng([seed, 1])
    at_once = max(1, _CELLS // max(1, units))
    for start in range(0, count, at_once):
        size = min(at_once, count - start)
        chosen = chance.integers(units, size=(size, units)) + np.arange(size)[:, None] * units
        yield np.bincount(chosen.ravel(), minlength=size * units).reshape(size, units).astype(float)


def bootstrap(stack: Stack, measures: Sequence[Measure], count: int = DRAWS, seed: int = 0) -> dict[str, Interval]:
    """Percentile intervals by drawing whole units with replacement.

    Source: Field and Welsh 2007 (cluster bootstrap: answers to one question are alike, so questions are drawn, not
    answers); Efron 1979 (percentile).

    Returns:
        Measure name -> interval.
    """
    found: dict[str, list[Floats]] = {m.name: [] for m in measures}
    for drawn in draws(stack.units, count, seed) if stack.units > 1 else ():
        sums = drawn @ stack.matrix
        for m in measures:
            found[m.name].append(stack.figure(m, sums))
    return {name: interval(np.concatenate(v) if v else np.zeros(0), stack.units) for name, v in found.items()}


def interval(drawn: Floats, units: int, confidence: float = 0.95) -> Interval:
    """The interval that drawn figures give.

    Source: Hesterberg 2015, "What Teachers Should Know About the Bootstrap", expanded percentile interval: with few
    units plain percentiles lie too close by what Student's t and n / (n - 1) mend for a mean, so ones further out are
    taken. Of 1,000 made-up runs the interval of kappa held the truth in 91, 94, 95 and 95 % with 5, 10, 20 and 40
    questions; plain percentiles in 82, 90, 94 and 94 %.

    Returns:
        nan twice for fewer than two units, or where the figure is not defined in more than a tenth of the draws.
    """
    known = drawn[~np.isnan(drawn)]
    if units < 2 or len(known) < 0.9 * len(drawn) or not len(known):
        return Interval(math.nan, math.nan, units)
    t = _student((1 + confidence) / 2, units - 1)
    tail = _NORMAL.cdf(-t * math.sqrt(units / (units - 1)))
    low, high = np.quantile(known, [tail, 1 - tail])
    return Interval(float(low), float(high), units)


def _student(share: float, freedom: int) -> float:
    """Quantile of Student's t; off by 1 % at 2 degrees of freedom, .1 % from 4 on.

    Source: Abramowitz and Stegun 1964, 26.7.5.
    """
    z = _NORMAL.inv_cdf(share)
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return z + math.fsum(term / float(freedom) ** power for power, term in enumerate(terms, 1))


def swaps(units: int, count: int, seed: int) -> Iterator[Floats]:
    """Ways of swapping two runs unit by unit, in parts: 1 where a unit is swapped, shape (some ways, units).

    Up to EXACT_UNITS units every way once, the unswapped one first; else `count` random ways.
    """
    if units <= EXACT_UNITS:
        yield (np.arange(2**units)[:, None] >> np.arange(units) & 1).astype(float)
        return
    chance = np.random.default_rng([seed, 2])
    at_once = max(1, _CELLS // units)
    for start in range(0, count, at_once):
        size = min(at_once, count - start)
        bits = np.frombuffer(chance.bytes(-(-size * units // 8)), dtype=np.uint8)
        yield np.unpackbits(bits, count=size * units).reshape(size, units).astype(float)


def p_value(observed: float, swapped: Floats, exact: bool) -> float:
    """Two-sided p: share of swappings whose difference is at least as large; an undefined one counts as large.

    Source: Phipson and Smyth 2010: with random swappings the observed one is counted among them, so p is never 0.

    Args:
        exact: `swapped` holds every way of swapping, the observed one included.

    Returns:
        nan where the observed difference is.
    """
    if math.isnan(observed):
        return math.nan
    large = int((~(np.abs(swapped) < abs(observed) * (1 - 1e-9) - 1e-15)).sum())
    return large / len(swapped) if exact else (large + 1) / (len(swapped) + 1)


def holm(p_values: Sequence[float]) -> tuple[float, ...]:
    """The p-values corrected for being many, so that one false alarm among all is as rare as for a single one.

    Source: Holm 1979, step-down. nan stays nan and does not count.
    """
    known = sorted((p, place) for place, p in enumerate(p_values) if not math.isnan(p))
    corrected, highest = [math.nan] * len(p_values), 0.0
    for rank, (p, place) in enumerate(known):
        highest = max(highest, min(1.0, p * (len(known) - rank)))
        corrected[place] = highest
    return tuple(corrected)
