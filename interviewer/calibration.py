"""Whether a judge's probabilities mean what they say, and know when a person should be asked. Pure.

The event is that the human label is `met`; partial counts as not met.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from interviewer.agreement import Numbers, ratio
from interviewer.batches import Floats
from interviewer.rubric import LEVELS
from interviewer.sums import BINS, calibration_sums

DEFERRED = tuple(round(0.1 * n, 1) for n in range(10))


@dataclass(frozen=True, slots=True)
class Bin:
    """One bin of the reliability curve."""

    low: float
    high: float
    """Excluded, but for the last bin."""
    n: int
    probability: float
    """Mean P(met) in the bin; nan for an empty one."""
    met: float
    """Share of the bin that people called met; nan for an empty one."""


@dataclass(frozen=True, slots=True)
class TrustPoint:
    """Agreement on what is left when the least sure are handed to a person."""

    deferred: float
    """Share handed over, in [0, 1]."""
    agreement: float
    """Share of the rest where human and machine agree on met or not met."""
    n: float
    """Criteria left; not whole where equally sure ones are divided."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """nan: not defined on these rows."""

    n: int
    """Criteria with a label and a probability."""
    ece: float
    brier: float
    reliability: tuple[Bin, ...]
    trust: tuple[TrustPoint, ...]


def reliability(probabilities: Numbers, met: Sequence[bool]) -> tuple[Bin, ...]:
    """The reliability curve over ten bins of equal width.

    Source: Murphy and Winkler 1977; bins as Guo et al. 2017, section 2.

    Raises:
        ValueError: a number that is no probability; the two below too.
    """
    return bins_of(_sums(probabilities, met))


def expected_calibration_error(probabilities: Numbers, met: Sequence[bool]) -> float:
    """Mean over the bins, weighted by rows, of |share met - mean probability|, in [0, 1]; nan for no rows.

    Source: Naeini, Cooper and Hauskrecht 2015; Guo et al. 2017, equation 3, with the probability of `met` in the
    place of confidence. On few rows it is too high even for a perfect judge: chance alone bends a bin.
    """
    return ece_of(_sums(probabilities, met))


def brier(probabilities: Numbers, met: Sequence[bool]) -> float:
    """Mean squared difference of probability and outcome, in [0, 1]; nan for no rows.

    Source: Brier 1950, for two outcomes counted once (half of his sum).
    """
    return float(brier_of(_sums(probabilities, met)))


def trust(certainty: Numbers, agrees: Numbers, counts: Numbers | None = None) -> tuple[TrustPoint, ...]:
    """The deferral curve: agreement on the rest when the least certain 0, 10 .. 90 % are handed to a person.

    Source: El-Yaniv and Wiener 2010 (risk-coverage curve, here agreement = 1 - risk). Equally certain rows cannot be
    told apart: each is deferred in the same part.

    Args:
        certainty: higher is surer; |P(met) - 1/2| in a run.
        agrees: 1 where human and machine agree, else 0; anything between for rows taken together.
        counts: how often each row occurs; once where not given.

    Returns:
        Empty for no rows.
    """
    sure, right = np.asarray(certainty, dtype=float), np.asarray(agrees, dtype=float)
    n = np.ones(len(sure)) if counts is None else np.asarray(counts, dtype=float)
    if not n.sum():
        return ()
    _, group = np.unique(-sure, return_inverse=True)
    kept = np.concatenate([[0.0], np.cumsum(np.bincount(group, n))])
    agreed = np.concatenate([[0.0], np.cumsum(np.bincount(group, n * right))])
    left = [(1 - share) * kept[-1] for share in DEFERRED]
    points = zip(DEFERRED, left, strict=True)
    return tuple(TrustPoint(share, float(np.interp(k, kept, agreed)) / k, round(k, 6)) for share, k in points)


def _sums(probabilities: Numbers, met: Sequence[bool]) -> Floats:
    p = np.asarray(probabilities, dtype=float)
    if not ((p >= 0) & (p <= 1)).all():
        raise ValueError("probabilities from 0 to 1 expected")
    label = np.where(np.asarray(met, dtype=bool), LEVELS.index("met"), LEVELS.index("missed"))
    return np.asarray(calibration_sums(np.zeros(len(p), dtype=np.int64), 1, label, p)[0])


def bins_of(sums: Floats) -> tuple[Bin, ...]:
    """The reliability curve out of a `calibration` block."""
    bins = sums[: 3 * BINS].reshape(BINS, 3)
    p, met = ratio(bins[:, 1], bins[:, 0]), ratio(bins[:, 2], bins[:, 0])
    edges = [round(i / BINS, 3) for i in range(BINS + 1)]
    return tuple(Bin(edges[i], edges[i + 1], int(bins[i, 0]), float(p[i]), float(met[i])) for i in range(BINS))


def ece_of(sums: Floats) -> float:
    """Expected calibration error out of a `calibration` block."""
    bins = sums[: 3 * BINS].reshape(BINS, 3)
    n = bins[:, 0].sum()
    return float(np.abs(bins[:, 2] - bins[:, 1]).sum() / n) if n else math.nan


def brier_of(sums: Floats) -> Floats:
    """Brier score out of `calibration` blocks, one for each leading index."""
    return ratio(sums[..., -1], sums[..., 0 : 3 * BINS : 3].sum(-1))
