"""Figures by their name, with interval and rows, and what each is to be measured against. Pure."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from interviewer.figures import Figures
from interviewer.resampling import Interval
from interviewer.sums import three_levels

_BY_LENGTH = ("pearson", "spearman", "within_question")
"""What the length of an answer can be compared on; errors would depend on how words are made into a score."""
UNCOUNTED = ("cost.input_tokens", "cost.output_tokens", "cost.cached_share")
"""Figures of the trials that report something; how many these are is not kept."""
_CEILING = {"items": "ceiling", "scores": "ceiling_scores"}


@dataclass(frozen=True, slots=True)
class Mark:
    """A figure to set beside the grader's."""

    label: str
    value: float
    interval: Interval


def value(figures: Figures, name: str) -> float:
    """The figure of a name of `glossary`; nan where it is not defined, or there is nothing to make it of."""
    part, _, figure = name.partition(".")
    found = getattr(figures, part)
    return math.nan if found is None else float(getattr(found, figure))


def interval(figures: Figures, name: str) -> Interval:
    """Its 95 % interval over questions; nan where it has none."""
    return figures.intervals.get(name, Interval(math.nan, math.nan, figures.questions))


def rows(figures: Figures, name: str) -> int:
    """Rows that it is made of: criteria, answers or trials; of UNCOUNTED ones at most so many."""
    part, _, figure = name.partition(".")
    if name == "scores.unscored":  # every scored answer has a length, also one that got no score
        return figures.length.n if figures.length else 0
    found = getattr(figures, part)
    if found is None:
        return 0
    if figure == "contradiction_recall":
        return int(found.levels["contradicted"].human)
    if name == "items.unscored":
        return figures.coverage.labelled_criteria
    if part == "steadiness":
        return int(found.units)
    if part == "coverage":
        return figures.n
    if part == "cost":
        known = figures.cost.priced if figure.startswith("usd") else figures.n
        return 0 if math.isnan(value(figures, name)) else known
    return int(found.n)


def marks(figures: Figures, name: str) -> tuple[Mark, ...]:
    """What there is to compare the figure with: a baseline that knows nothing, a second rater who knows all."""
    part, _, figure = name.partition(".")
    found = []
    if part == "scores" and figure in _BY_LENGTH:
        found.append(_mark(figures, "Length alone", f"length.{figure}"))
    if name == "items.accuracy" and figures.items and figures.items.n:
        found.append(Mark("Commonest level", _commonest(figures.items.confusion), Interval(math.nan, math.nan, 0)))
    if part in _CEILING:
        found.append(_mark(figures, "Second rater", f"{_CEILING[part]}.{figure}"))
    return tuple(mark for mark in found if not math.isnan(mark.value))


def _mark(figures: Figures, label: str, name: str) -> Mark:
    return Mark(label, value(figures, name), interval(figures, name))


def _commonest(confusion: Sequence[Sequence[int]]) -> float:
    """Share of rows that always saying the people's commonest level would get right; over missed, partial, met."""
    human = three_levels(np.array(confusion, dtype=float).reshape(-1)).sum(1)
    return float(human.max() / human.sum())
