"""What figures are summed from, unit by unit, and the figures out of such sums. Pure arithmetic on arrays.

A unit is what is drawn or swapped as a whole when figures are resampled: a question, or an answer. Each block has a row
a unit and adds up: over batches, over units, over draws. Every `*_of` function works on the last axis (or axes) and
keeps the others, so that one call gives the figure of 2,000 draws. nan: not defined. What each figure means, and its
source, stands at the function of its name in `agreement` or `calibration`; a test holds the two equal.
"""

from collections.abc import Iterable, Sequence

import numpy as np

from interviewer.agreement import TINY, ratio
from interviewer.batches import Batch, Floats, Ints
from interviewer.rubric import LEVELS, POINTS

WIDTHS = {
    "items": 16,  # human level x machine level
    "ceiling": 16,  # human level x second rater's level
    "scores": 8,  # n; sums of human, machine score; of their squares; of their product; of |difference|; of its square
    "scores.steps": 25,  # human step x machine step
    "expected": 8,
    "expected.steps": 25,
    "ceiling_scores": 8,
    "ceiling_scores.steps": 25,
    "length": 8,  # as scores, of human score and words
    "calibration": 31,  # ten bins of (n, sum of p, n met), then the sum of (p - met) squared
    "coverage": 6,  # trials, ungraded; labelled criteria, unscored; scored answers, without a machine's score
    "cost": 11,  # trials, seconds; (n known, sum) of input, output, cached tokens, money; input where cached known
}
WITHIN = ("scores", "expected", "ceiling_scores", "length")
STEPS = 5
BINS = 10
_MET = LEVELS.index("met")
_STEP = np.array([round(2 * POINTS[level]) for level in LEVELS])
_THREE = np.kron(np.eye(3)[_STEP], np.eye(3)[_STEP])
_TWO = np.kron(np.eye(2)[(_STEP == 2).astype(int)], np.eye(2)[(_STEP == 2).astype(int)])
"""Four-level tables, flat, into three- and two-level ones: a row a cell, a column the cell it falls into."""


def blocks(batch: Batch, units: Ints, count: int, names: Iterable[str] = WIDTHS) -> dict[str, Floats]:
    """The sums of a batch.

    Args:
        units: of each trial its unit, 0 .. count-1.
        names: which blocks, of WIDTHS.

    Returns:
        Block name -> shape (count, width).
    """
    own, first = units[batch.row], batch.trial == 1
    machines = {"scores": batch.score, "expected": batch.expected, "length": batch.words}
    machines["ceiling_scores"] = np.where(first, batch.second_score, np.nan)

    def block(name: str) -> Floats:
        kind, _, steps = name.partition(".")
        if kind in machines:
            return (_steps_table if steps else _moments)(units, count, batch.human, machines[kind])
        if kind in ("items", "ceiling"):
            level = batch.level if kind == "items" else np.where(first[batch.row], batch.second, -1)
            return _tables(own, count, batch.label, level, len(LEVELS))
        if kind == "calibration":
            return calibration_sums(own, count, batch.label, batch.probability)
        return _coverage(batch, units, own, count) if kind == "coverage" else _cost(batch, units, count)

    return {name: block(name) for name in names}


def _columns(units: Ints, count: int, *values: Floats) -> Floats:
    return np.stack([np.bincount(units, v, count) for v in values], axis=1)


def _tables(units: Ints, count: int, a: Ints, b: Ints, levels: int) -> Floats:
    there = (a >= 0) & (b >= 0)
    cell = (units[there] * levels + a[there]) * levels + b[there]
    return np.bincount(cell, minlength=count * levels * levels).reshape(count, -1).astype(float)


def _moments(units: Ints, count: int, a: Floats, b: Floats) -> Floats:
    there = ~(np.isnan(a) | np.isnan(b))
    return _columns(units[there], count, *_products(a[there], b[there]))


def _products(a: Floats, b: Floats) -> tuple[Floats, ...]:
    return np.ones(len(a)), a, b, a * a, b * b, a * b, np.abs(a - b), (a - b) ** 2


def pair_sums(a: Floats, b: Floats, counts: Floats) -> dict[str, Floats]:
    """The two blocks of `scores`, a row each, of pairs that occur `counts` times each."""
    moments = np.array([float((column * counts).sum()) for column in _products(a, b)])
    cells = np.bincount(_steps(a) * STEPS + _steps(b), counts, STEPS * STEPS)
    return {"scores": moments[None], "scores.steps": cells[None]}


def _steps_table(units: Ints, count: int, human: Floats, machine: Floats) -> Floats:
    return _tables(units, count, _steps(human), _steps(machine), STEPS)


def _steps(scores: Floats) -> Ints:
    """As `agreement.steps`; -1 for nan."""
    return np.floor(np.where(np.isnan(scores), -1.0, scores) * (STEPS - 1) + 0.5).clip(-1).astype(np.int64)


def calibration_sums(units: Ints, count: int, label: Ints, probability: Floats) -> Floats:
    """The `calibration` block of criteria that have a label and a probability."""
    there = (label >= 0) & ~np.isnan(probability)
    p, met = probability[there], (label[there] == _MET).astype(float)
    cells = units[there] * BINS + np.minimum((p * BINS).astype(np.int64), BINS - 1)
    bins = _columns(cells, count * BINS, np.ones(len(p)), p, met).reshape(count, -1)
    return np.hstack([bins, _columns(units[there], count, (p - met) ** 2)])


def _coverage(batch: Batch, units: Ints, own: Ints, count: int) -> Floats:
    labelled, scored = (batch.label >= 0).astype(float), (~np.isnan(batch.human)).astype(float)
    trials = _columns(units, count, np.ones(len(units)), batch.ungraded)
    criteria = _columns(own, count, labelled, labelled * (batch.level < 0))
    return np.hstack([trials, criteria, _columns(units, count, scored, scored * np.isnan(batch.score))])


def _cost(batch: Batch, units: Ints, count: int) -> Floats:
    parts = [np.ones(len(units)), batch.seconds]
    for column in (batch.input_tokens, batch.output_tokens, batch.cached_tokens, batch.cost_usd):
        parts += [(~np.isnan(column)).astype(float), np.nan_to_num(column)]
    both = ~(np.isnan(batch.cached_tokens) | np.isnan(batch.input_tokens))
    return _columns(units, count, *parts, np.where(both, np.nan_to_num(batch.input_tokens), 0.0))


def four_levels(sums: Floats) -> Floats:
    """Confusion tables over missed, partial, met, contradicted out of an `items` block; shape (..., 4, 4)."""
    return sums.reshape(*sums.shape[:-1], len(LEVELS), len(LEVELS))


def three_levels(sums: Floats) -> Floats:
    """The same over missed, partial, met: a contradicted criterion earns what a missed one earns."""
    return np.asarray(sums @ _THREE).reshape(*sums.shape[:-1], 3, 3)


def two_levels(sums: Floats) -> Floats:
    """The same over not met, met: partial counts as not met."""
    return np.asarray(sums @ _TWO).reshape(*sums.shape[:-1], 2, 2)


def score_steps(sums: Floats) -> Floats:
    """Confusion tables over the five steps out of a block of steps; shape (..., 5, 5)."""
    return sums.reshape(*sums.shape[:-1], STEPS, STEPS)


def accuracy_of(tables: Floats, apart: int = 0) -> Floats:
    """Share of pairs at most `apart` steps apart."""
    rows, columns = np.indices(tables.shape[-2:])
    return ratio((tables * (np.abs(rows - columns) <= apart)).sum((-2, -1)), tables.sum((-2, -1)))


def recall_of(tables: Floats, level: int) -> Floats:
    """Share of the human's rows of that level that the machine gives it too."""
    return ratio(tables[..., level, level], tables[..., level, :].sum(-1))


def _spread(moments: Floats, which: int) -> tuple[Floats, Floats]:
    """Mean and variance (by n) of one side; the variance of a constant is 0 exactly."""
    mean = ratio(moments[..., which], moments[..., 0])
    variance = ratio(moments[..., which + 2], moments[..., 0]) - mean**2
    return mean, np.where(variance > TINY * np.maximum(1.0, mean**2), variance, 0.0)


def pearson_of(moments: Floats) -> Floats:
    """Pearson's r."""
    (mean_a, a), (mean_b, b) = _spread(moments, 1), _spread(moments, 2)
    covariance = ratio(moments[..., 5], moments[..., 0]) - mean_a * mean_b
    return np.asarray(ratio(covariance, np.sqrt(a * b)).clip(-1.0, 1.0))


def within_sums(moments: Floats) -> Floats:
    """Of each question: Pearson's r times its answers, and its answers; zeros for one that says nothing."""
    _, a = _spread(moments, 1)
    n = np.where((moments[..., 0] >= 3) & (a > 0), moments[..., 0], 0.0)
    return np.stack([np.nan_to_num(pearson_of(moments)) * n, n], -1)


def with_within(sums: dict[str, Floats], names: Sequence[str] = WITHIN) -> dict[str, Floats]:
    """The blocks, and beside them those of the within-question correlations; each row must be a question."""
    return {**sums, **{f"{name}.within": within_sums(sums[name]) for name in names if name in sums}}


def difference_of(moments: Floats) -> Floats:
    """Standardised mean difference."""
    (mean_a, a), (mean_b, b) = _spread(moments, 1), _spread(moments, 2)
    n = moments[..., 0]
    return ratio(mean_b - mean_a, np.sqrt((a + b) / 2 * np.where(n > 1, ratio(n, n - 1), 0.0)))
