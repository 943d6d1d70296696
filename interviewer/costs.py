"""What a run cost, and what of it has no figure. Pure."""

from dataclasses import dataclass

from interviewer.agreement import ratio
from interviewer.batches import Floats
from interviewer.bounded import quantile

SHOWN_REASONS = 20


@dataclass(frozen=True, slots=True)
class Coverage:
    """What could be judged. nan: nothing there to judge."""

    trials: int
    ungraded: int
    ungraded_share: float
    labelled_criteria: int
    unscored_criteria: int
    """Labelled ones without a level."""
    reasons: tuple[tuple[str, int], ...]
    """Why trials are ungraded (at most 200 characters of it) and how many, most frequent first; at most twenty."""


@dataclass(frozen=True, slots=True)
class Cost:
    """Tokens, money and time. nan: reported by no trial."""

    input_tokens: float
    """Mean of the trials that report them, as the two below."""
    output_tokens: float
    cached_share: float
    """Of the input tokens, over the trials that report cached ones."""
    usd_total: float
    """Of the trials whose price is known."""
    usd_mean: float
    priced: int
    """Trials whose price is known; the others may have cost money too."""
    seconds_mean: float
    seconds_p50: float
    seconds_p95: float


def coverage_of(sums: Floats, reasons: tuple[tuple[str, int], ...]) -> Coverage:
    """The coverage out of one row of the `coverage` block."""
    trials, ungraded, labelled, unscored = (int(n) for n in sums[:4])
    return Coverage(trials, ungraded, float(ratio(sums[1], sums[0])), labelled, unscored, reasons[:SHOWN_REASONS])


def cost_of(sums: Floats, seconds: tuple[Floats, Floats]) -> Cost:
    """The cost out of one row of the `cost` block.

    Args:
        seconds: seconds a trial, ascending, and how often each occurs.
    """
    priced = int(sums[8])
    return Cost(
        input_tokens=float(ratio(sums[3], sums[2])),
        output_tokens=float(ratio(sums[5], sums[4])),
        cached_share=float(ratio(sums[7], sums[10])),
        usd_total=float(sums[9]) if priced else float("nan"),
        usd_mean=float(ratio(sums[9], sums[8])),
        priced=priced,
        seconds_mean=float(ratio(sums[1], sums[0])),
        seconds_p50=quantile(*seconds, 0.5),
        seconds_p95=quantile(*seconds, 0.95),
    )
