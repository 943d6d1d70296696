"""What may become a baseline or be held against one, and what a new one says of itself. Pure."""

import math
import re
from collections.abc import Mapping, Sequence

from interviewer.baseline import DIGITS, Baseline, GateRules
from interviewer.comparisonwords import listed, number, rubrics_changed
from interviewer.errors import InputError
from interviewer.figures import figures
from interviewer.regression import GATED, MARGINS
from interviewer.trial import Run, Trial

_NO_RECORDING = re.compile("recording", re.IGNORECASE)


def usable(run: Run, trials: Sequence[Trial], name: str) -> None:
    """Refuses what no gate can be made or passed with.

    Raises:
        InputError: an empty or unfinished run, a trial that comes twice, replayed answers without their recording.
    """
    if not trials:
        raise InputError(f"{name} holds no trial; run it again")
    if run.finished is None:
        raise InputError(f"{name} is not finished ({len(trials):,} trials so far); finish that run first")
    lost = [t for t in trials if _NO_RECORDING.search(t.error)]
    if lost:
        raise InputError(
            f"{name}: {len(lost):,} of {len(trials):,} answers have no usable recording, first {lost[0].example}: "
            f"{lost[0].error}; record them and run again"
        )
    seen = set[tuple[str, int]]()
    for t in trials:
        if (t.example, t.trial) in seen:
            raise InputError(f"{name} holds trial {t.trial} of {t.example} twice; give each example an id of its own")
        seen.add((t.example, t.trial))


def same_data(baseline: Baseline, run: Run) -> None:
    """Refuses a run on other data than the baseline's.

    Raises:
        InputError: other answers, rubrics or human scores.
    """
    before = baseline.run
    if before.data_digest != run.data_digest:
        changed = rubrics_changed(before, run)
        what = f"changed rubrics: {listed(changed)}" if changed else f"{before.n:,} answers there, {run.n:,} here"
        raise InputError(
            f"the baseline was made on {before.data} with digest {before.data_digest}, this run on {run.data} with "
            f"{run.data_digest} ({what}); run the baseline's data, or accept this run as the new baseline"
        )


def values(trials: Sequence[Trial]) -> dict[str, float]:
    """The figures that may be gated, in the order of their names; nan where not defined."""
    measured = figures(trials, draws=0)
    found = {}
    for name in sorted(GATED):
        block, _, figure = name.partition(".")
        found[name] = round(getattr(getattr(measured, block), figure, math.nan), DIGITS)
    return found


def default_rules(measured: Mapping[str, float]) -> GateRules:
    """The rules of a new baseline: those of `regression.MARGINS` that are defined on the run.

    Raises:
        InputError: none is.
    """
    margins = {name: margin for name, margin in MARGINS.items() if not math.isnan(measured[name])}
    if not margins:
        raise InputError(f"none of {', '.join(MARGINS)} is defined on this run, so nothing can be gated; label answers")
    return GateRules(margins)


def measurable(rules: GateRules, measured: Mapping[str, float]) -> None:
    """Refuses a baseline that its own rules could not measure anything against.

    Raises:
        InputError: none of the gated figures is defined on the run.
    """
    if all(math.isnan(measured[name]) for name in rules.margins):
        raise InputError(
            f"none of the gated figures is defined on this run ({', '.join(rules.margins)}); grade answers"
        )


def changes(rules: GateRules, before: Mapping[str, float], after: Mapping[str, float]) -> list[str]:
    """What accepting a run changes, a line a gated figure."""
    told = []
    for name, margin in rules.margins.items():
        now = after[name]
        if math.isnan(now):
            told.append(f"{name} is gated and not defined on this run: the gate will not be able to tell")
        else:
            told.append(f"{name}: {number(before.get(name, math.nan))} -> {number(now)}, margin {margin:g}")
    return told
