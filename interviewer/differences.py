"""Whether a figure differs between two runs, measured on the same answers. Pure; chance comes from the seed alone.

**What is swapped.** Under "A and B are the same grader" the two trials of a pair could change places. But pairs are
not independent: the criteria of an answer come out of one reading, and a prompt may suit one question and not the next.
So a whole question is swapped at once, with all its answers, criteria and trials. That is valid also when a prompt has
its own effect on each question and these effects cancel out (questions are the sample, and the finding holds for
further questions of the kind). Swapping answer by answer is not: with such effects it gave 20 % false alarms at a
nominal 5, questions 5 (tests/test_simulations.py). The price is that nothing can be found on a handful of questions:
below six the smallest possible p is over .05. So where fewer than TOO_FEW_QUESTIONS questions have rows for a figure,
whole answers are swapped and drawn, and the finding holds for further answers to these questions only;
`Difference.unit` says which.

**What is decided.** The interval, against a margin: within it on both sides is "same within margin", even if
significant (a difference nobody minds). Otherwise a p of at most alpha makes it improved or worse. All else is "cannot
tell": not significant never means equal.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import NormalDist
from typing import Literal

import numpy as np

from interviewer.batches import Batch, Floats
from interviewer.measures import Better, Measure
from interviewer.resampling import DRAWS, EXACT_UNITS, SWAPS, Stack, draws, interval, p_value, swaps
from interviewer.sides import Unit, effect, stacks

Verdict = Literal["improved", "same within margin", "worse", "cannot tell"]
FEWEST_PAIRS = 6
TOO_FEW_QUESTIONS = 10
_Z = NormalDist().inv_cdf


@dataclass(frozen=True, slots=True)
class Rules:
    """How a comparison decides."""

    margins: Mapping[str, float]
    """By figure, in its own unit; for those not named the measure's own."""
    alpha: float = 0.05
    draws: int = DRAWS
    swaps: int = SWAPS
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Difference:
    """One figure of two runs on the same answers. nan: not defined there."""

    figure: str
    a: float
    b: float
    difference: float
    """b - a."""
    low: float
    """95 % interval of the difference."""
    high: float
    p: float
    """Two-sided, of the permutation test; nan where there are too few pairs to make it."""
    verdict: Verdict
    rows_needed: int | None
    """Where it cannot tell: rows at which two equal graders would be found the same within margin in four of five
    cases, other things as here. None where that cannot be said, or the verdict is another one."""
    n: int
    """Rows (criteria, or answers) that the figure is made of in both runs; those unscored in either are in none."""
    units: int
    """Units that have such rows."""
    unit: Unit
    better: Better
    margin: float
    effect: float
    """Of the rows on which the runs differ, the share where B is nearer to people (or cheaper), less one half; in
    [-.5, .5] (Cohen's g, 1988). nan where they differ on none."""
    deviation: float
    """Standard deviation of the difference over the draws."""
    p_holm: float = math.nan
    """p corrected for all slices of this figure; nan outside slices."""

    @property
    def gain(self) -> float:
        """The difference, above 0 where B is better."""
        return self.difference if self.better == "higher" else -self.difference

    @property
    def no_worse(self) -> bool:
        """B loses less than the margin, at 97.5 % confidence: the non-inferiority that a gate asks for.

        Source: Schuirmann 1987 and ICH E9 (1998), section 3.3.2: the interval's bad end is within the margin.
        """
        worst = self.low if self.better == "higher" else -self.high
        return self.units >= FEWEST_PAIRS and worst > -self.margin


def differences(
    a: Batch, b: Batch, measures: Sequence[Measure], rules: Rules, unit: Unit | None = None
) -> tuple[Difference, ...]:
    """The differences of those measures that have rows in both runs.

    Args:
        a: the first run; row by row the same trials and criteria as b.
        unit: what is swapped and drawn; None to choose for each measure as the module says.
    """
    found: dict[str, Difference] = {}
    left = list(measures)
    for by in (unit,) if unit else ("question", "answer"):
        if not left:
            break
        side = stacks(a, b, by, left)
        here = [side.fitting(m) for m in left if side.rows(m)]
        if unit is None and by == "question":
            here = [m for m in here if side.units(m) >= TOO_FEW_QUESTIONS]
        drawn, swapped = _drawn(side.a, side.b, here, rules), _swapped(side.a, side.b, here, rules)
        for m in here:
            found[m.name] = _difference(m, side.a, side.b, side.units(m), by, drawn[m.name], swapped[m.name], rules)
        left = [m for m in left if m.name not in found]
    return tuple(replace(found[m.name], effect=effect(a, b, m.name)) for m in measures if m.name in found)


def _drawn(a: Stack, b: Stack, measures: Sequence[Measure], rules: Rules) -> dict[str, Floats]:
    """The difference of each measure in every bootstrap draw: the same units of both runs."""
    found: dict[str, list[Floats]] = {m.name: [] for m in measures}
    for times in draws(a.units, rules.draws, rules.seed):
        left, right = times @ a.matrix, times @ b.matrix
        for m in measures:
            found[m.name].append(b.figure(m, right) - a.figure(m, left))
    return {name: np.concatenate(parts) for name, parts in found.items()}


def _swapped(a: Stack, b: Stack, measures: Sequence[Measure], rules: Rules) -> dict[str, Floats]:
    """The difference of each measure in every way of swapping."""
    found: dict[str, list[Floats]] = {m.name: [] for m in measures}
    left, right, apart = a.matrix.sum(0), b.matrix.sum(0), b.matrix - a.matrix
    for ways in swaps(a.units, rules.swaps, rules.seed):
        moved = ways @ apart
        for m in measures:
            found[m.name].append(b.figure(m, right - moved) - a.figure(m, left + moved))
    return {name: np.concatenate(parts) for name, parts in found.items()}


def _difference(
    m: Measure, a: Stack, b: Stack, units: int, by: Unit, drawn: Floats, swapped: Floats, rules: Rules
) -> Difference:
    before, after = (float(side.figure(m, side.matrix.sum(0))) for side in (a, b))
    margin = rules.margins.get(m.name, m.margin) * (abs(before) if m.relative else 1.0)
    span, known = interval(drawn, units), drawn[~np.isnan(drawn)]
    enough = units >= FEWEST_PAIRS
    found = Difference(
        figure=m.name,
        a=before,
        b=after,
        difference=after - before,
        low=span.low,
        high=span.high,
        p=p_value(after - before, swapped, exact=a.units <= EXACT_UNITS) if enough else math.nan,
        verdict="cannot tell",
        rows_needed=None,
        n=min(a.rows(m), b.rows(m)),
        units=units,
        unit=by,
        better=m.better,
        margin=margin,
        effect=math.nan,
        deviation=float(known.std()) if len(known) else math.nan,
    )
    return decided(found, found.p, rules.alpha)


def decided(found: Difference, p: float, alpha: float) -> Difference:
    """The difference with its verdict.

    Args:
        p: the p-value to decide by; corrected where there are many.
    """
    if found.units >= FEWEST_PAIRS and not math.isnan(found.difference):
        if found.low >= -found.margin and found.high <= found.margin:
            return replace(found, verdict="same within margin", rows_needed=None)
        if p <= alpha:
            return replace(found, verdict="improved" if found.gain > 0 else "worse", rows_needed=None)
    return replace(found, verdict="cannot tell", rows_needed=_rows_needed(found))


def _rows_needed(found: Difference) -> int | None:
    """n such that an interval around no difference lies within the margin with a chance of .8.

    Source: Julious 2004, equivalence of two means that are equal: z(.975) + z(.9) deviations are to fit in the margin,
    and the deviation falls with the root of n.
    """
    if found.units < FEWEST_PAIRS:
        return math.ceil(found.n * FEWEST_PAIRS / max(1, found.units))
    if math.isnan(found.deviation) or not found.margin > 0:
        return None
    share = ((_Z(0.975) + _Z(0.9)) * found.deviation / found.margin) ** 2
    return max(found.n + 1, math.ceil(found.n * share))
