"""Whether a grader says the same of the same answer again: over repeated trials, criterion by criterion. Pure."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from interviewer.agreement import ratio
from interviewer.batches import Batch, Floats, Ints
from interviewer.errors import InputError
from interviewer.rubric import LEVELS

ORDER = tuple(LEVELS.index(level) for level in ("contradicted", "missed", "partial", "met"))
"""The levels as steps, worst first: what the ordinal alpha measures distance on."""


@dataclass(frozen=True, slots=True)
class Steadiness:
    """nan: not defined on these trials."""

    units: int
    """Criteria of answers that were judged in two trials or more; the others say nothing here."""
    judgements: int
    """Of these criteria."""
    flip_rate: float
    changing: float
    """Share of the criteria that did not get the same level in every trial; grows with the number of trials."""
    alpha_nominal: float
    alpha_ordinal: float


def steadiness(counts: Ints) -> Steadiness:
    """The figures of repeated trials.

    Args:
        counts: a row a criterion of an answer, a column a level of `rubric.LEVELS`: in how many trials it got it.
    """
    repeated = counts[counts.sum(1) >= 2]
    return Steadiness(
        units=len(repeated),
        judgements=int(repeated.sum()),
        flip_rate=flip_rate(repeated),
        changing=float((repeated.max(1) < repeated.sum(1)).mean()) if len(repeated) else math.nan,
        alpha_nominal=alpha(repeated),
        alpha_ordinal=alpha(repeated[:, ORDER], "ordinal"),
    )


def flip_rate(counts: Ints) -> float:
    """Chance that two trials of the same criterion differ, in [0, 1]; does not grow with the number of trials.

    Source: 1 - the agreement P_i of Fleiss 1971, averaged over criteria; those with one trial are left out.

    Returns:
        nan where no criterion was judged twice.
    """
    n = counts.sum(1).astype(float)
    pairs = n * (n - 1)
    agreeing = (counts * (counts - 1.0)).sum(1)
    return float(np.mean(1 - ratio(agreeing, pairs)[pairs > 0])) if (pairs > 0).any() else math.nan


def alpha(counts: Ints, metric: Literal["nominal", "ordinal"] = "nominal") -> float:
    """Krippendorff's alpha with the trials as raters; missing judgements are no hindrance.

    Source: Krippendorff 2011, "Computing Krippendorff's Alpha-Reliability": coincidences, and its nominal and ordinal
    differences.

    Args:
        counts: a row a unit, a column a level; for "ordinal" the columns ascend.

    Returns:
        At most 1, 0 for chance; nan where only one level occurs, or no unit was judged twice.
    """
    c = counts[counts.sum(1) >= 2].astype(float)
    shares = c / (c.sum(1, keepdims=True) - 1)
    coincidences = shares.T @ c - np.diag(shares.sum(0))
    n = coincidences.sum(1)
    distance = _distance(n, metric)
    chance = float((np.outer(n, n) * distance).sum())
    apart = float((coincidences * distance).sum())
    return 1 - float(n.sum() - 1) * apart / chance if chance > 0 else math.nan


def _distance(n: Floats, metric: Literal["nominal", "ordinal"]) -> Floats:
    if metric == "nominal":
        return 1.0 - np.eye(len(n))
    middle = np.cumsum(n) - n / 2
    return np.asarray((middle[:, None] - middle[None, :]) ** 2)


class Repeats:
    """The levels that each criterion of each answer got, over any number of batches; refuses a trial that comes twice.

    Memory: per answer its id and three numbers, per criterion of it eight bytes.
    """

    def __init__(self) -> None:
        self._rows: dict[str, int] = {}
        self._shapes: dict[tuple[str, ...], int] = {}
        self._offset, self._shape = np.zeros(64, np.int64), np.zeros(64, np.int64)
        self._seen: list[int] = []
        self._counts = np.zeros((256, len(LEVELS)), np.uint16)
        self._used = 0

    def add(self, batch: Batch) -> None:
        """Counts a batch.

        Raises:
            InputError: the same trial of an example twice, or trials of one example with different criteria.
        """
        rows = [self._row(*place) for place in zip(batch.example, batch.trial.tolist(), batch.criteria, strict=True)]
        if self._used > len(self._counts):
            self._counts = _grown(self._counts, self._used)
        lengths = np.array([len(ids) for ids in batch.criteria], dtype=np.int64)
        within = np.arange(len(batch.row)) - (np.cumsum(lengths) - lengths)[batch.row]
        judged = batch.level >= 0
        unit = self._offset[np.array(rows, dtype=np.int64)][batch.row] + within
        np.add.at(self._counts, (unit[judged], batch.level[judged]), 1)

    def counts(self) -> Ints:
        """A row a criterion of an answer judged twice or more, a column a level: in how many trials it got it."""
        used = self._counts[: self._used]
        return np.asarray(used[used.sum(1) >= 2], dtype=np.int64)

    def _row(self, example: str, trial: int, criteria: tuple[str, ...]) -> int:
        shape = self._shapes.get(criteria)
        if shape is None:
            if len(set(criteria)) < len(criteria):
                raise InputError(f"trial of {example}: a criterion is there twice; mend its rubric and run again")
            shape = self._shapes[criteria] = len(self._shapes)
        row = self._rows.get(example)
        if row is None:
            return self._new(example, trial, shape, len(criteria))
        if self._seen[row] >> trial & 1:
            raise InputError(f"trial {trial} of {example} is there twice; give each example an id of its own")
        if self._shape[row] != shape:
            raise InputError(f"the trials of {example} have different criteria; run them all with one rubric")
        self._seen[row] |= 1 << trial
        return row

    def _new(self, example: str, trial: int, shape: int, criteria: int) -> int:
        row = self._rows[example] = len(self._rows)
        if row == len(self._offset):
            self._offset, self._shape = _grown(self._offset, row + 1), _grown(self._shape, row + 1)
        self._offset[row], self._shape[row] = self._used, shape
        self._seen.append(1 << trial)
        self._used += criteria
        return row


def _grown(array: NDArray[Any], rows: int) -> NDArray[Any]:
    """The array with room for so many rows and some more; new ones are zero."""
    larger = np.zeros((rows * 5 // 4 + 8, *array.shape[1:]), array.dtype)
    larger[: len(array)] = array
    return larger


def repeats(batches: Iterable[Batch]) -> Ints:
    """The counts of all batches together; as `Repeats.counts`."""
    seen = Repeats()
    for batch in batches:
        seen.add(batch)
    return seen.counts()
