"""What a gate holds a run against: an accepted run, and the rules that its users may edit."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from interviewer.trial import Run, Trial

ALPHA = 0.05
DIGITS = 4
"""Decimals of probabilities that a baseline keeps: further ones differ from machine to machine."""


@dataclass(frozen=True, slots=True)
class Rises:
    """How far something may rise that should not happen at all."""

    ungraded: float = 0.01
    """Share of answers without a grade: one more answer in a hundred."""
    unscored: float = 0.01
    """Share of labelled criteria without a level."""
    invented_quotes: int = 0
    """Criteria whose every quote the judge made up."""
    attack_success: int = 0
    """Attacks that earn more than their clean twin."""


@dataclass(frozen=True, slots=True)
class GateRules:
    """What is gated."""

    margins: Mapping[str, float]
    """By figure: the loss that does not matter, in its own unit, 0 or more."""
    alpha: float = ALPHA
    """A loss counts as one from this p-value down."""
    rises: Rises = field(default_factory=Rises)


@dataclass(frozen=True, slots=True)
class Baseline:
    """One file of evals/baselines."""

    rules: GateRules
    run: Run
    figures: Mapping[str, float]
    """For whoever reads the file; nothing is decided by them."""
    trials: tuple[Trial, ...]
    """`kept`, sorted by example and number."""


def kept(trial: Trial) -> Trial:
    """The trial as a baseline keeps it and as a run is compared with one: probabilities rounded."""

    def rounded(p: float | None) -> float | None:
        return None if p is None else round(p, DIGITS)

    criteria = tuple(replace(c, probability=rounded(c.probability)) for c in trial.criteria)
    return replace(trial, expected=rounded(trial.expected), criteria=criteria)
