"""Whether a run is worse than an accepted one: the rule of the gate. Pure.

A gated figure passes when at 97.5 % confidence it loses less than its margin (non-inferiority, `Difference.no_worse`),
or when nothing it is made of has changed. It is a regression when the loss is significant and not within the margin.
All else is "cannot tell", since not significant is not equal. What should not happen at all is counted and not
estimated: answers without a grade, criteria without a level, invented quotes, attacks that earn something.

**Where the margins come from.** `python evals/gate_power.py`: 1,000 made-up pairs of runs a line, of the size of
golden:dev (181 answers to 19 questions, 1,111 labels). Flips: share of the levels that chance replaces, in each of the
two runs anew; lost: share of rightly met criteria that B calls missed; lenient: share of rightly missed or contradicted
ones that it calls met.

    prompt B                 kappa of A    fine                regression          cannot tell
    equal, 2 % flips         .41 .75 .94   1.000  .999 1.000    .000  .000  .000   .000 .001 .000
    equal, 5 % flips         .41 .75 .94    .979  .967  .959    .012  .011  .011   .009 .022 .030
    5 % lost                 .41 .75 .94    .906  .709  .494    .087  .288  .497   .007 .003 .009
    5 % lost,  5 % lenient   .41 .75 .94    .272  .028  .000    .721  .970  .999   .007 .002 .001
    5 % lost, 10 % lenient   .41 .75 .94    .017  .000  .000    .982 1.000 1.000   .001 .000 .000

So MARGINS are about as small as 19 questions bear without crying wolf, and a loss of half a margin may pass: on more
questions tighten them in the file. QWK and correlations of scores are up to twice as noisy as kappa, so none is gated
from the start. Whole questions are drawn wherever there are ten (see `differences`), for a gate too: a prompt that
suits one question and not the next must not pass or fail by the choice of questions.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from interviewer.baseline import GateRules, kept
from interviewer.comparison import Comparison, compare
from interviewer.comparisonwords import chance, listed, number, verdict
from interviewer.differences import Difference
from interviewer.errors import InputError
from interviewer.measures import COMPARED
from interviewer.plainvalues import plain
from interviewer.slices import SLICES
from interviewer.trial import Trial

Status = Literal["fine", "regression", "cannot tell"]
EXIT: dict[Status, int] = {"fine": 0, "regression": 1, "cannot tell": 2}
MARGINS = {"items.kappa": 0.07, "items.contradiction_recall": 0.12, "scores.mae": 0.03}
"""What is gated, where a run has rows for it, until somebody edits the baseline's rules."""
GATED = tuple(m.name for m in COMPARED if not m.name.startswith("cost."))
"""What may be gated: a baseline keeps neither time nor tokens."""


@dataclass(frozen=True, slots=True)
class Ruling:
    """What one rule of the gate says."""

    rule: str
    """A figure, or a field of `Rises`."""
    status: Status
    before: float
    after: float
    allowed: float
    """Margin of a figure; rise of a count or share."""
    reason: str
    difference: Difference | None = None
    """None where it is counted, or has no rows."""


@dataclass(frozen=True, slots=True)
class Gate:
    """All rulings on a run, and what they were made of."""

    rulings: tuple[Ruling, ...]
    compared: Comparison

    @property
    def status(self) -> Status:
        """The worst of the rulings; a regression outweighs what cannot be told."""
        found = {r.status for r in self.rulings}
        return next((s for s in ("regression", "cannot tell") if s in found), "fine")

    def as_dict(self) -> dict[str, Any]:
        """Plain values; nan becomes None."""
        return {"status": self.status, "exit": EXIT[self.status], "rulings": plain(self.rulings)}


def checked(rules: GateRules) -> None:
    """Refuses rules that gate nothing.

    Raises:
        InputError: a figure that cannot be gated, or none.
    """
    for name in rules.margins:
        if name not in GATED:
            raise InputError(f"the baseline's rules: {name} cannot be gated; choose among {', '.join(GATED)}")
    if not rules.margins:
        raise InputError(f"the baseline's rules gate no figure; name one under margins, like {next(iter(MARGINS))}")


def judged(rules: GateRules, before: Sequence[Trial], after: Sequence[Trial], sliced: Sequence[str] = SLICES) -> Gate:
    """What the gate says of the trials of a run.

    Args:
        before: of the baseline.
        sliced: the slices to look at; they decide nothing.

    Raises:
        InputError: rules with an unknown figure, or none; trials or criteria that the run lacks; labels that differ.
    """
    checked(rules)
    a, b = [kept(t) for t in before], [kept(t) for t in after]
    figures = tuple(rules.margins)
    compared = compare(a, b, rules.margins, figures, sliced, figures, rules.alpha)
    if compared.unpaired_a:
        lacking = [f"{example} #{trial}" for example, trial in compared.unpaired_a]
        raise InputError(
            f"the run lacks {len(lacking):,} of the baseline's {len(a):,} trials ({listed(lacking)}); run the whole set"
        )
    if compared.unpaired_criteria:
        raise InputError("criteria differ from the baseline's, so rubrics changed; accept a run on those of today")
    there = {(t.example, t.trial) for t in a}
    b = [t for t in b if (t.example, t.trial) in there]
    a, b = (sorted(side, key=lambda t: (t.example, t.trial)) for side in (a, b))
    rulings = [_of_figure(name, compared.of(name), rules, _unchanged(name, a, b)) for name in figures]
    return Gate((*rulings, *_of_rises(rules, a, b)), compared)


def _of_figure(name: str, d: Difference | None, rules: GateRules, unchanged: bool) -> Ruling:
    status, reason = _decided(d, unchanged)
    allowed = rules.margins[name]
    if d is None:
        return Ruling(name, status, math.nan, math.nan, allowed, reason)
    return Ruling(name, status, d.a, d.b, allowed, reason, d)


def _decided(d: Difference | None, unchanged: bool) -> tuple[Status, str]:
    if unchanged:
        undefined = d is None or math.isnan(d.difference)
        return "fine", "nothing it is made of has changed" + "; not defined on these rows" * undefined
    if d is None:
        return "cannot tell", "not defined: no row has a label and a level in both"
    rows = f"{d.n:,} rows, {d.units:,} {d.unit}s"
    told = f"{'lost' if d.gain < 0 else 'gained'} {number(abs(d.gain))}" if d.gain else "no difference"
    if d.verdict == "worse" and (-d.gain > d.margin or not d.no_worse):
        return "regression", f"{told}, significant (p {chance(d.p)}) and not within {number(d.margin)}; {rows}"
    if d.no_worse or d.verdict == "same within margin":
        return "fine", f"{told}; a loss of {number(d.margin)} is ruled out; {rows}"
    return "cannot tell", f"{told}; a loss of {number(d.margin)} is not ruled out; {verdict(d)}; {rows}"


_MADE_OF = {"scores": ("score",), "expected": ("expected",), "coverage": ("state",)}


def _unchanged(figure: str, a: Sequence[Trial], b: Sequence[Trial]) -> bool:
    """Whether everything that the figure is made of is the same in both, row by row."""

    def made_of(t: Trial) -> tuple[object, ...]:
        block = figure.partition(".")[0]
        own = tuple(getattr(t, name) for name in _MADE_OF.get(block, ()))
        return own or tuple((c.id, c.probability if block == "calibration" else c.level) for c in t.criteria)

    return list(map(made_of, a)) == list(map(made_of, b))


def _of_rises(rules: GateRules, a: Sequence[Trial], b: Sequence[Trial]) -> list[Ruling]:
    """The rules on what is counted; both sides hold the same trials."""
    rises = rules.rises
    labelled = sum(c.human is not None for t in a for c in t.criteria)
    found = [_share("ungraded", _ungraded(a), _ungraded(b), len(a), rises.ungraded)]
    if labelled:
        found.append(_share("unscored", _unscored(a), _unscored(b), labelled, rises.unscored))
    found.append(_count("invented_quotes", _invented(a), _invented(b), rises.invented_quotes))
    if any(t.inflation is not None for t in (*a, *b)):
        found.append(_count("attack_success", _won(a), _won(b), rises.attack_success))
    return found


def _ungraded(trials: Sequence[Trial]) -> int:
    return sum(t.state == "ungraded" for t in trials)


def _unscored(trials: Sequence[Trial]) -> int:
    return sum(c.human is not None and c.level is None for t in trials for c in t.criteria)


def _invented(trials: Sequence[Trial]) -> int:
    return sum(t.invented_quotes for t in trials)


def _won(trials: Sequence[Trial]) -> int:
    return sum(t.inflation is not None and t.inflation > 0 for t in trials)


def _share(rule: str, before: int, after: int, of: int, allowed: float) -> Ruling:
    risen = after - before > allowed * of
    reason = f"{before:,} of {of:,} before, {after:,} now" + f"; a rise of {allowed:.1%} is allowed" * risen
    return Ruling(rule, "regression" if risen else "fine", before / of, after / of, allowed, reason)


def _count(rule: str, before: int, after: int, allowed: int) -> Ruling:
    risen = after - before > allowed
    reason = f"{before:,} before, {after:,} now" + f"; a rise of {allowed:,} is allowed" * risen
    return Ruling(rule, "regression" if risen else "fine", before, after, allowed, reason)
