"""How well a grader agrees with people. Pure arithmetic on numbers; knows nothing of files or graders.

nan means "not defined on these numbers" (too few, or constant) and is never replaced by a number. scikit-learn and
scipy are the tests' oracles, not imports: a replayed run must not wait a second for them. These functions take whole
lists and are what each figure means; `sums` has the same figures out of summed statistics, for a million rows and for
resampling, and a test holds the two equal.
"""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Numbers = Sequence[float] | NDArray[np.float64]
Array = NDArray[np.float64]
TINY = 1e-12
"""A variance up to this share of max(1, mean squared) is a constant: sums of floats cannot tell it from one."""


def accuracy(human: Sequence[int], machine: Sequence[int]) -> float:
    """Share of equal levels, in [0, 1]; nan for no rows."""
    return float(np.mean(np.asarray(human) == np.asarray(machine))) if len(human) else math.nan


def adjacent(human: Sequence[int], machine: Sequence[int]) -> float:
    """Share of levels at most one step apart, equal ones included, in [0, 1]; nan for no rows."""
    return float(np.mean(np.abs(np.asarray(human) - np.asarray(machine)) <= 1)) if len(human) else math.nan


def confusion(human: Sequence[int], machine: Sequence[int], levels: int) -> Array:
    """How often each pair of levels occurs: a row a human level, a column a machine level.

    Raises:
        ValueError: a label outside 0 .. levels-1, or sequences of different length.
    """
    a, b = np.asarray(human, dtype=int), np.asarray(machine, dtype=int)
    if a.shape != b.shape or (a.size and (min(a.min(), b.min()) < 0 or max(a.max(), b.max()) >= levels)):
        raise ValueError(f"two equally long rows of labels 0 .. {levels - 1} expected")
    return np.bincount(a * levels + b, minlength=levels * levels).reshape(levels, levels).astype(float)


def kappa(human: Sequence[int], machine: Sequence[int], levels: int, weights: str = "none") -> float:
    """Cohen's kappa over levels 0 .. levels-1, in [-1, 1]; nan where chance agreement is complete or there is no row.

    Source: Cohen 1960 (weights="none"); Cohen 1968 with squared distances (weights="quadratic", QWK). The levels are
    given, never inferred from what happens to occur. Where one side is constant it is 0 whatever the other says: by its
    definition nothing beyond chance can be agreed on then.

    Raises:
        ValueError: a label outside the levels, or sequences of different length.

    Example:
        >>> kappa([0, 0, 1, 1], [0, 1, 1, 1], levels=2)
        0.5
    """
    return float(kappa_of(confusion(human, machine, levels), weights))


def kappa_of(tables: Array, weights: str = "none") -> Array:
    """Cohen's kappa of confusion tables, one for each leading index; nan where it is not defined.

    Source: as `kappa`: 1 - sum(cost * observed) / sum(cost * expected), expected from the table's own margins.

    Args:
        tables: shape (..., levels, levels), human level first.
    """
    levels = tables.shape[-1]
    rows, columns = np.indices((levels, levels))
    cost = (rows - columns) ** 2 / (levels - 1) ** 2 if weights == "quadratic" else (rows != columns).astype(float)
    chance = ((tables.sum(-1) @ cost) * tables.sum(-2)).sum(-1)
    flat = tables.reshape(*tables.shape[:-2], -1)
    return np.asarray(1.0 - ratio((flat @ cost.ravel()) * flat.sum(-1), chance))


def ratio(part: Array, whole: Array) -> Array:
    """part / whole, nan where the whole is not above 0."""
    part, whole = np.asarray(part, dtype=float), np.asarray(whole, dtype=float)
    shape = np.broadcast(part, whole).shape
    return np.asarray(np.divide(part, whole, out=np.full(shape, math.nan), where=whole > 0))


def pearson(human: Numbers, machine: Numbers) -> float:
    """Pearson's r, in [-1, 1]; nan for fewer than two rows or a constant one.

    Source: Pearson 1895, covariance over the product of the standard deviations.
    """
    a, b = np.asarray(human, dtype=float), np.asarray(machine, dtype=float)
    if len(a) < 2 or _constant(a) or _constant(b):
        return math.nan
    a, b = a - a.mean(), b - b.mean()
    return float((a * b).sum() / np.sqrt((a * a).sum() * (b * b).sum()))


def _constant(values: Array) -> bool:
    return not float(values.var()) > TINY * max(1.0, float(values.mean()) ** 2)


def spearman(human: Numbers, machine: Numbers) -> float:
    """Spearman's rank correlation, in [-1, 1]; nan for fewer than two rows, a constant one or a nan among them.

    Source: Spearman 1904 with mid-ranks for ties (Kendall 1945): Pearson's r of the ranks.
    """
    a, b = np.asarray(human, dtype=float), np.asarray(machine, dtype=float)
    return spearman_of(a, b, np.ones(len(a)))


def spearman_of(human: Array, machine: Array, counts: Array) -> float:
    """Spearman's rank correlation of pairs that occur `counts` times each; as `spearman` otherwise."""
    if np.isnan(human).any() or np.isnan(machine).any() or counts.sum() < 2:
        return math.nan
    a, b = _midranks(human, counts), _midranks(machine, counts)
    n = counts.sum()
    a, b = a - (a * counts).sum() / n, b - (b * counts).sum() / n
    size = float(np.sqrt((a * a * counts).sum() * (b * b * counts).sum()))
    return float((a * b * counts).sum()) / size if size > 0 else math.nan


def _midranks(values: Array, counts: Array) -> Array:
    """Rank of each value among all, equal values sharing the mean of their places."""
    _, at = np.unique(values, return_inverse=True)
    size = np.bincount(at, counts)
    return np.asarray((np.cumsum(size) - (size - 1) / 2)[at], dtype=float)


def within_question(human: Numbers, machine: Numbers, questions: Sequence[str]) -> float:
    """Mean over questions of Pearson's r, weighted by answers; the pooled r flatters a grader that knows the questions.

    Questions with fewer than 3 answers or a constant human score say nothing and are left out; a constant machine score
    where the human one varies counts as 0.

    Returns:
        In [-1, 1]; nan where no question is left.
    """
    a, b, q = np.asarray(human, dtype=float), np.asarray(machine, dtype=float), np.asarray(questions)
    total, size = 0.0, 0
    for question in dict.fromkeys(questions):
        at = q == question
        if at.sum() < 3 or _constant(a[at]):
            continue
        r = pearson(a[at], b[at])
        total += (0.0 if math.isnan(r) else r) * int(at.sum())
        size += int(at.sum())
    return total / size if size else math.nan


def mean_absolute_error(human: Numbers, machine: Numbers) -> float:
    """Mean |human - machine|; nan for no rows."""
    return float(np.mean(np.abs(np.asarray(human) - np.asarray(machine)))) if len(human) else math.nan


def root_mean_squared_error(human: Numbers, machine: Numbers) -> float:
    """Root of the mean squared difference; nan for no rows."""
    return float(np.sqrt(np.mean((np.asarray(human) - np.asarray(machine)) ** 2))) if len(human) else math.nan


def standardised_mean_difference(human: Numbers, machine: Numbers) -> float:
    """Bias: mean machine - mean human score in standard deviations; above 0 the machine is lenient.

    Source: Williamson, Xi and Breyer 2012, who ask for |SMD| <= .15: the deviation is the root of the mean of the two
    sample variances (n - 1).

    Returns:
        nan for fewer than two rows, or where both are constant.
    """
    a, b = np.asarray(human, dtype=float), np.asarray(machine, dtype=float)
    if len(a) < 2 or (_constant(a) and _constant(b)):
        return math.nan
    return float((b.mean() - a.mean()) / np.sqrt((a.var(ddof=1) + b.var(ddof=1)) / 2))


def steps(scores: Numbers, count: int = 5) -> list[int]:
    """Scores in [0, 1] as levels 0 .. count-1, to the nearest step, halves up: what QWK of scores is computed on.

    Raises:
        ValueError: a nan among them.

    Example:
        >>> steps([0.0, 0.2, 0.5, 0.875, 1.0])
        [0, 1, 2, 4, 4]
    """
    return [math.floor(s * (count - 1) + 0.5) for s in scores]
