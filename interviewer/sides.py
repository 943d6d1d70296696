"""The sums of two runs on the same rows, unit by unit, ready to be drawn and swapped. Pure."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from interviewer.agreement import ratio
from interviewer.batches import Batch, Floats, Ints
from interviewer.measures import Measure
from interviewer.resampling import Stack
from interviewer.rubric import LEVELS, POINTS
from interviewer.sums import blocks, with_within, within_sums

Unit = Literal["question", "answer"]
_MET, _CONTRADICTED = LEVELS.index("met"), LEVELS.index("contradicted")
_POINTS = np.array([POINTS[level] for level in LEVELS])


@dataclass(frozen=True, slots=True)
class Sides:
    """Two runs, a row a unit."""

    a: Stack
    b: Stack
    by: Unit

    def fitting(self, measure: Measure) -> Measure:
        """The measure as it is made of these sums: with answers as units, r within questions needs all of them."""
        if self.by == "question" or not measure.block.endswith(".within"):
            return measure

        def within(sums: Floats) -> Floats:
            return np.asarray(within_sums(sums.reshape(*sums.shape[:-1], -1, 6)).sum(-2))

        return replace(
            measure,
            of=lambda sums: ratio(within(sums)[..., 0], within(sums)[..., 1]),
            rows=lambda sums: within(sums)[..., 1],
        )

    def rows(self, measure: Measure) -> int:
        """Rows of the measure that both have."""
        fitted = self.fitting(measure)
        return min(self.a.rows(fitted), self.b.rows(fitted))

    def units(self, measure: Measure) -> int:
        """Units with rows of the measure in both."""
        if self.by == "answer" and measure.block.endswith(".within"):
            measure = replace(measure, rows=lambda sums: sums[..., 0::6].sum(-1))
        return int(((self.a.of_units(measure) > 0) & (self.b.of_units(measure) > 0)).sum())


def stacks(a: Batch, b: Batch, by: Unit, wanted: Sequence[Measure]) -> Sides:
    """The sums of both runs that the measures need.

    A criterion or answer that either of the two left unscored is in no figure of agreement of either, so that a grader
    gains nothing by refusing the hard ones; the unscored shares themselves, and time, count every trial.
    """
    questions, question = _codes(a.question)
    answers, answer = _codes(a.example)
    units, count = (question, questions) if by == "question" else (answer, answers)
    names = sorted({m.block.removesuffix(".within") for m in wanted})
    within = sorted({m.block.removesuffix(".within") for m in wanted if m.block.endswith(".within")})
    found = []
    for whole, other in ((a, b), (b, a)):
        sums = blocks(_shared(whole, other), units, count, names)
        if "coverage" in names:
            sums |= blocks(whole, units, count, ["coverage"])
        spread = with_within(sums, within) if by == "question" else _spread(sums, within, question, units)
        found.append(Stack(spread))
    return Sides(found[0], found[1], by)


def _codes(names: object) -> tuple[int, Ints]:
    known, codes = np.unique(np.array(names), return_inverse=True)
    return len(known), codes


def _shared(batch: Batch, other: Batch) -> Batch:
    """The batch with everything absent that the other lacks."""
    parts: dict[str, Any] = {"level": np.where(other.level < 0, -1, batch.level)}
    for name in ("score", "expected", "probability", "input_tokens", "output_tokens", "cached_tokens", "cost_usd"):
        parts[name] = np.where(np.isnan(getattr(other, name)), np.nan, getattr(batch, name))
    return replace(batch, **parts)


def _spread(sums: dict[str, Floats], names: Sequence[str], question: Ints, units: Ints) -> dict[str, Floats]:
    """The blocks of answers, and the moments of each in columns of its question, where r can be defined."""
    of_unit = np.zeros(units.max() + 1, dtype=np.int64)
    of_unit[units] = question
    found = dict(sums)
    for name in names:
        moments = sums[name][:, :6]
        kept = np.flatnonzero(np.bincount(of_unit, moments[:, 0]) >= 3)
        block = np.zeros((len(of_unit), max(1, len(kept)), 6))
        for column, one in enumerate(kept.tolist()):
            block[of_unit == one, column] = moments[of_unit == one]
        found[f"{name}.within"] = block.reshape(len(of_unit), -1)
    return found


def effect(a: Batch, b: Batch, figure: str) -> float:
    """Of the rows on which the two runs differ, the share where B is better, less one half.

    Source: Cohen 1988, chapter 5 (g); the sign test's effect.

    Returns:
        In [-.5, .5]; nan where they differ on none.
    """
    before, after = _losses(_shared(a, b), a, figure), _losses(_shared(b, a), b, figure)
    nearer, farther = int((after < before - 1e-12).sum()), int((after > before + 1e-12).sum())
    return nearer / (nearer + farther) - 0.5 if nearer + farther else math.nan


def _losses(shared: Batch, whole: Batch, figure: str) -> Floats:
    """What each row lacks, in the figure's sense; nan where it does not count."""
    name, _, measure = figure.partition(".")
    label, level = shared.label, shared.level
    both = (label >= 0) & (level >= 0)
    if figure in ("items.unscored", "scores.unscored", "coverage.ungraded_share"):
        lacking = {"items": whole.level < 0, "scores": np.isnan(whole.score), "coverage": whole.ungraded > 0}[name]
        asked = {"items": label >= 0, "scores": ~np.isnan(whole.human), "coverage": np.isfinite(whole.words)}[name]
        return np.where(asked, lacking.astype(float), np.nan)
    if measure == "contradiction_recall":
        return np.where(both & (label == _CONTRADICTED), level != _CONTRADICTED, np.nan)
    if measure == "kappa":
        return np.where(both, (label == _MET) != (level == _MET), np.nan)
    if name == "items":
        return np.where(both, np.abs(_POINTS[label] - _POINTS[level]), np.nan)
    if name == "calibration":
        return np.where(label >= 0, (shared.probability - (label == _MET)) ** 2, np.nan)
    if name == "cost":
        columns = {"seconds_mean": "seconds", "usd_mean": "cost_usd"}
        return np.asarray(getattr(shared, columns.get(measure, measure)))
    return np.asarray(np.abs(getattr(shared, "score" if name == "scores" else name) - shared.human))
