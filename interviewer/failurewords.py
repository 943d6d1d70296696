"""What a failed assertion on a run says: the figure with its interval and rows, and the worst misses. Pure."""

import math
from collections.abc import Sequence

from interviewer import headlines
from interviewer.comparisonwords import flip_title, number
from interviewer.errors import InputError
from interviewer.figures import Figures
from interviewer.glossary import ENTRIES
from interviewer.measures import MEASURES
from interviewer.misses import Miss, Misses
from interviewer.regression import Gate
from interviewer.trial import Run, Trial

NAMES = tuple(dict.fromkeys((*ENTRIES, *(m.name for m in MEASURES))))
"""The figures that can be asserted."""
SHOWN = 5
"""Misses, flips or reasons."""
_QUOTED = 60
"""Letters of a quote."""
_ABOUT_LEVELS = ("items", "scores", "expected", "calibration", "steadiness")
_SPOILT = ("lost", "dropped", "farther")


def checked(name: str) -> None:
    """Refuses what is no figure.

    Raises:
        InputError: it is none.
    """
    if name not in NAMES:
        raise InputError(f"{name} is no figure; choose among {', '.join(NAMES)}")


def not_so(run: Run, figures: Figures, trials: Sequence[Trial], name: str, wanted: str) -> str:
    """A figure that is not what it should be.

    Args:
        wanted: "at least 0.35".
    """
    found, around = headlines.value(figures, name), headlines.interval(figures, name)
    said = f"{name} is not defined on these rows" if math.isnan(found) else f"{name} is {found:.6g}"
    span = "no 95 % interval"
    if not math.isnan(around.low):
        span = f"95 % interval {number(around.low)} to {number(around.high)} over {around.units:,} questions"
    n = "" if name in headlines.UNCOUNTED else f", n = {headlines.rows(figures, name):,}"
    return "\n".join([f"{said}; wanted: {wanted}", f"  {span}{n}", f"  {_of(run)}", *_why(figures, trials, name)])


def worse(before: Run, after: Run, found: Gate) -> str:
    """A run that is worse than one before, or not shown not to be."""
    lines = [f"not shown to be no worse: {found.status}", f"  before: {_of(before)}", f"  now: {_of(after)}"]
    lines += [
        f"  {r.rule}: {r.status}, {number(r.before)} -> {number(r.after)}; {r.reason}"
        for r in found.rulings
        if r.status != "fine"
    ]
    flips = [f for f in found.compared.flips if f.change in _SPOILT]
    if flips:
        lines.append(f"  worst of {len(flips):,} levels that are farther from what people said:")
        lines += [f"    {flip_title(flip, place)}" for place, flip in enumerate(flips[:SHOWN], 1)]
    return "\n".join(lines)


def _of(run: Run) -> str:
    return f"{run.grader} ({run.grader_version}) on {run.data}, {run.n:,} answers"


def _why(figures: Figures, trials: Sequence[Trial], name: str) -> list[str]:
    lines = [f"  {n:,} ungraded: {reason}" for reason, n in figures.coverage.reasons[:SHOWN]]
    worst = Misses(SHOWN)
    if name.partition(".")[0] in _ABOUT_LEVELS and not name.endswith("unscored"):
        for trial in trials:
            worst.add(trial)
    misses = [f"    {place}. {_miss(miss)}" for place, miss in enumerate(worst.worst(), 1)]
    return lines + (["  worst misses:", *misses] if misses else [])


def _miss(miss: Miss) -> str:
    t, c = miss.trial, miss.criterion
    if c is None:
        return f"{t.example} · people: {t.human_score:.3g} · grader: {t.score:.3g}"
    sure = "" if c.probability is None else f" (P(met) {c.probability:.2f})"
    quote = c.quotes[0] if c.quotes else ""
    shown = quote if len(quote) <= _QUOTED else f"{quote[:_QUOTED]}…"
    said = f" · “{shown}”" if shown else ""
    return f"{c.id} of {t.example} · people: {c.human} · grader: {c.level}{sure}{said}"
