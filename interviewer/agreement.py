"""How well a grader agrees with people. Pure arithmetic on numbers; knows nothing of files or graders.

nan means "not defined on these numbers" (too few, or constant) and is never replaced by a number. scikit-learn and
scipy are the tests' oracles, not imports: a replayed run must not wait a second for them.
"""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Numbers = Sequence[float] | NDArray[np.float64]


def accuracy(human: Sequence[int], machine: Sequence[int]) -> float:
    """Share of equal levels, in [0, 1]; nan for no rows."""
    return float(np.mean(np.asarray(human) == np.asarray(machine))) if len(human) else math.nan


def kappa(human: Sequence[int], machine: Sequence[int], levels: int, weights: str = "none") -> float:
    """Cohen's kappa over levels 0 .. levels-1, in [-1, 1]; nan where chance agreement is complete or there is no row.

    Source: Cohen 1960 (weights="none"); Cohen 1968 with squared distances (weights="quadratic", QWK). The levels are
    given, never inferred from what happens to occur.

    Raises:
        ValueError: a label outside the levels, or sequences of different length.

    Example:
        >>> kappa([0, 0, 1, 1], [0, 1, 1, 1], levels=2)
        0.5
    """
    a, b = np.asarray(human, dtype=int), np.asarray(machine, dtype=int)
    if a.shape != b.shape or (a.size and (min(a.min(), b.min()) < 0 or max(a.max(), b.max()) >= levels)):
        raise ValueError(f"two equally long rows of labels 0 .. {levels - 1} expected")
    if not a.size:
        return math.nan
    table = np.zeros((levels, levels))
    np.add.at(table, (a, b), 1.0)
    rows, columns = np.indices((levels, levels))
    cost = (rows - columns) ** 2 / (levels - 1) ** 2 if weights == "quadratic" else (rows != columns).astype(float)
    chance = np.outer(table.sum(1), table.sum(0)) / a.size
    expected = float((cost * chance).sum())
    return 1.0 - float((cost * table).sum()) / expected if expected > 0 else math.nan


def pearson(human: Numbers, machine: Numbers) -> float:
    """Pearson's r, in [-1, 1]; nan for fewer than two rows or a constant one."""
    a, b = np.asarray(human, dtype=float), np.asarray(machine, dtype=float)
    if len(a) < 2:
        return math.nan
    a, b = a - a.mean(), b - b.mean()
    size = float(np.sqrt((a * a).sum() * (b * b).sum()))
    return float((a * b).sum()) / size if size > 1e-12 else math.nan


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
        if at.sum() < 3 or np.ptp(a[at]) == 0:
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


def steps(scores: Numbers, count: int = 5) -> list[int]:
    """Scores in [0, 1] as levels 0 .. count-1, to the nearest step, halves up: what QWK of scores is computed on.

    Example:
        >>> steps([0.0, 0.2, 0.5, 0.875, 1.0])
        [0, 1, 2, 4, 4]
    """
    return [math.floor(s * (count - 1) + 0.5) for s in scores]
