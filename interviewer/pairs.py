"""The trials of two runs, side by side: the same answer, the same number of trial. Judges nothing."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from interviewer.errors import InputError
from interviewer.trial import Trial

Key = tuple[str, int]
"""Example and number of the trial."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """Trials of A and B at the same places, sorted by example and number; each two have the same criteria."""

    a: tuple[Trial, ...]
    b: tuple[Trial, ...]
    unpaired_a: tuple[Key, ...]
    """Only in A."""
    unpaired_b: tuple[Key, ...]
    unpaired_criteria: int
    """Criteria of paired trials that only one of the two has, because the rubric changed; they are left out."""


def pair(a: Iterable[Trial], b: Iterable[Trial]) -> Pairs:
    """The pairs of two runs; holds both.

    Raises:
        InputError: a trial that a run has twice; or people said different things of one answer in the two runs.
    """
    left, right = _by_key(a, "first"), _by_key(b, "second")
    pairs, dropped = [], 0
    for key in sorted(left.keys() & right.keys()):
        x, y = left[key], right[key]
        if [c.id for c in x.criteria] != [c.id for c in y.criteria]:
            shared = {c.id for c in x.criteria} & {c.id for c in y.criteria}
            dropped += len(x.criteria) + len(y.criteria) - 2 * len(shared)
            x, y = _only(x, shared), _only(y, shared)
        if _said(x) != _said(y):
            raise InputError(
                f"people's labels of {key[0]} differ between the two runs, so they cannot be compared; "
                "run the older one again on the labels of today"
            )
        pairs.append((x, y))
    return Pairs(
        tuple(x for x, _ in pairs),
        tuple(y for _, y in pairs),
        tuple(sorted(left.keys() - right.keys())),
        tuple(sorted(right.keys() - left.keys())),
        dropped,
    )


def _by_key(trials: Iterable[Trial], which: str) -> dict[Key, Trial]:
    found: dict[Key, Trial] = {}
    for t in trials:
        if (t.example, t.trial) in found:
            place = f"trial {t.trial} of {t.example}"
            raise InputError(f"{place} is there twice in the {which} run; give each example an id of its own")
        found[t.example, t.trial] = t
    return found


def _only(trial: Trial, ids: set[str]) -> Trial:
    return replace(trial, criteria=tuple(sorted((c for c in trial.criteria if c.id in ids), key=lambda c: c.id)))


def _said(trial: Trial) -> tuple[object, ...]:
    return (trial.question, trial.human_score, [c.human for c in trial.criteria])
