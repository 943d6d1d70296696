"""Two runs on the same answers: what moved, where, whether it is noise. Pure; chance comes from the seed alone.

`differences` says how it is decided.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from interviewer.batches import Batch, batch
from interviewer.differences import Difference, Rules, decided, differences
from interviewer.errors import InputError
from interviewer.flips import Flip, flips
from interviewer.measures import COMPARED, Measure
from interviewer.pairs import Key, pair
from interviewer.plainvalues import plain
from interviewer.resampling import DRAWS, SWAPS, holm
from interviewer.slices import SLICES, bands, values
from interviewer.trial import Trial

HEADLINE = ("items.kappa", "scores.mae")
"""What slices are compared on."""


@dataclass(frozen=True, slots=True)
class SliceDifference:
    """One figure of two runs on the answers that share a value."""

    name: str
    """One of `slices.SLICES`."""
    value: str
    pairs: int
    difference: Difference
    """Its verdict goes by `p_holm`."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Run B against run A."""

    pairs: int
    """Trials that both have."""
    answers: int
    questions: int
    differences: tuple[Difference, ...]
    """Every figure that both have rows for."""
    slices: tuple[SliceDifference, ...]
    flips: tuple[Flip, ...]
    """Criteria that got another level, worst first."""
    unpaired_a: tuple[Key, ...]
    """Trials that only A has; they are in no figure."""
    unpaired_b: tuple[Key, ...]
    unpaired_criteria: int
    """Criteria of paired trials that only one run has; they are in no figure."""
    alpha: float
    draws: int
    swaps: int
    seed: int

    def of(self, figure: str) -> Difference | None:
        """The difference in that figure; None where it has no rows in both."""
        return next((d for d in self.differences if d.figure == figure), None)

    def as_dict(self) -> dict[str, Any]:
        """Plain values; nan becomes None."""
        found = plain(self)
        return found if isinstance(found, dict) else {}


def compare(
    a: Iterable[Trial],
    b: Iterable[Trial],
    margins: Mapping[str, float] | None = None,
    figures: Sequence[str] | None = None,
    sliced: Sequence[str] = SLICES,
    headline: Sequence[str] = HEADLINE,
    alpha: float = 0.05,
    draws: int = DRAWS,
    swaps: int = SWAPS,
    seed: int = 0,
) -> Comparison:
    """What changed from run A to run B. Holds both runs.

    Args:
        margins: by figure, the loss that does not matter, in its own unit (time, tokens and money: as a share of A's);
            for the rest `measures` has one.
        figures: which to compare; None for all.
        sliced: which slices to look at; empty for none. Their p-values are corrected together, figure by figure.
        headline: the figures of slices.
        seed: 0 or more.

    Raises:
        InputError: nothing to pair, labels that differ, a trial that comes twice, a figure or slice there is none of.
    """
    pairs = pair(a, b)
    if not pairs.a:
        raise InputError("the two runs have no trial of the same answer; compare runs on the same set")
    rules = Rules(margins or {}, alpha, draws, swaps, seed)
    known = [m.name for m in COMPARED]
    chosen = _measures(known if figures is None else figures, known)
    _measures(tuple(rules.margins), known)
    left, right = batch(pairs.a), batch(pairs.b)
    return Comparison(
        pairs=len(pairs.a),
        answers=len(set(left.example)),
        questions=len(set(left.question)),
        differences=differences(left, right, chosen, rules),
        slices=_slices(pairs.a, left, right, _measures(headline, known), sliced, rules),
        flips=flips(pairs.a, pairs.b),
        unpaired_a=pairs.unpaired_a,
        unpaired_b=pairs.unpaired_b,
        unpaired_criteria=pairs.unpaired_criteria,
        alpha=alpha,
        draws=draws,
        swaps=swaps,
        seed=seed,
    )


def _measures(names: Sequence[str], known: Sequence[str]) -> list[Measure]:
    for name in names:
        if name not in known:
            raise InputError(f"{name} is no figure that runs are compared on; choose among {', '.join(known)}")
    return [m for m in COMPARED if m.name in names]


def _slices(
    trials: Sequence[Trial], a: Batch, b: Batch, measures: Sequence[Measure], names: Sequence[str], rules: Rules
) -> tuple[SliceDifference, ...]:
    for name in names:
        if name not in SLICES:
            raise InputError(f"{name} is no slice; choose among {', '.join(SLICES)}")
    lengths = bands(t.answer_words for t in trials)
    of_each = [values(t, lengths) for t in trials]
    found = []
    for name in names:
        column = np.array([value.get(name, "") for value in of_each])
        for value in sorted(set(column.tolist()) - {""}):
            here = column == value
            parts = differences(a.where(here), b.where(here), measures, rules)
            found += [SliceDifference(name, value, int(here.sum()), part) for part in parts]
    return _corrected(found, rules.alpha)


def _corrected(found: Sequence[SliceDifference], alpha: float) -> tuple[SliceDifference, ...]:
    """The slices with p-values corrected for all of one figure."""
    corrected: dict[int, float] = {}
    for figure in {s.difference.figure for s in found}:
        places = [place for place, s in enumerate(found) if s.difference.figure == figure]
        corrected |= zip(places, holm([found[place].difference.p for place in places]), strict=True)
    return tuple(
        replace(s, difference=decided(replace(s.difference, p_holm=corrected[place]), corrected[place], alpha))
        for place, s in enumerate(found)
    )
