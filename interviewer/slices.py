"""Parts of a run by what kind of answer it is: topic, kind, difficulty, length, sort, voice. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from interviewer.batches import batch, parts
from interviewer.errors import InputError
from interviewer.figures import Figures, of_tally
from interviewer.measures import MEASURES
from interviewer.plainvalues import plain
from interviewer.resampling import DRAWS
from interviewer.tally import Tally
from interviewer.trial import Trial

SLICES = ("topic", "kind", "difficulty", "length", "sort", "voice")
LIMIT = 2_000
"""Different values counted exactly in a slice; there are many slices."""
MOST_VALUES = 200
_WITH_INTERVAL = [m for m in MEASURES if m.name.endswith((".kappa", ".accuracy", ".mae", ".within_question"))]
"""There are dozens of slices, and not all of their figures are looked at."""
Bands = tuple[int, int]
"""Words up to which an answer is short, and up to which it is of middle length."""


@dataclass(frozen=True, slots=True)
class Slice:
    """The trials that share one value, and their figures."""

    name: str
    """One of SLICES."""
    value: str
    figures: Figures

    def as_dict(self) -> dict[str, Any]:
        """Plain values."""
        return {"name": self.name, "value": self.value, "figures": plain(self.figures)}


def bands(words: Iterable[int]) -> Bands:
    """The bounds that divide answers into three parts as equal as their lengths allow; counts, and holds no answer.

    Args:
        words: of each answer.

    Raises:
        InputError: there are none.

    Example:
        >>> bands([10, 20, 30, 40, 50, 60])
        (20, 40)
    """
    counted = sorted(Counter(words).items())
    if not counted:
        raise InputError("no answers to divide by length; grade some first")
    ends = np.cumsum([n for _, n in counted])
    short, middle = (counted[int(np.searchsorted(ends, ends[-1] * third / 3 - 1e-9))][0] for third in (1, 2))
    return short, middle


def values(trial: Trial, lengths: Bands) -> dict[str, str]:
    """The value that a trial has in each slice; a slice that says nothing of it is left out."""
    short, middle = lengths
    length = f"1: up to {short} words" if trial.answer_words <= short else f"2: up to {middle} words"
    if trial.answer_words > middle:
        length = f"3: over {middle} words"
    found = {"topic": trial.topic, "kind": trial.kind, "length": length, "sort": trial.sort, "voice": trial.voice}
    found["difficulty"] = "" if trial.difficulty is None else str(trial.difficulty)
    return {name: found[name] for name in SLICES if found[name]}


def by_slice(trials: Iterable[Trial], lengths: Bands | None = None, draws: int = DRAWS) -> tuple[Slice, ...]:
    """The figures of every slice, in the order of SLICES and then of values; without steadiness.

    Intervals: of kappa, accuracy, mean absolute error and correlation within questions.

    Args:
        trials: taken once where `lengths` is given, else twice (so a list, or anything that can be gone over again).
        lengths: as `bands` gives them; None to take them from the trials.
    """
    if isinstance(trials, Sequence):
        trials = sorted(trials, key=lambda t: (t.example, t.trial))
    if lengths is None:
        if iter(trials) is trials:
            raise ValueError("a stream can be gone over once; give it the bands of its lengths")
        lengths = bands(t.answer_words for t in trials)
    tallies: dict[tuple[str, str], Tally] = {}
    for some in parts(trials):
        columns, of_each = batch(some), [values(t, lengths) for t in some]
        for name in SLICES:
            column = np.array([found.get(name, "") for found in of_each])
            for value in dict.fromkeys(column.tolist()):
                if value:
                    _tally(tallies, name, value).add(columns.where(column == value))
    order = sorted(tallies, key=lambda place: (SLICES.index(place[0]), place[1]))
    return tuple(Slice(*place, of_tally(tallies[place], draws=draws, measures=_WITH_INTERVAL)) for place in order)


def _tally(tallies: dict[tuple[str, str], Tally], name: str, value: str) -> Tally:
    """The tally of a value; the values of a slice beyond MOST_VALUES share one."""
    if (name, value) not in tallies and sum(known == name for known, _ in tallies) >= MOST_VALUES:
        value = "other values"
    return tallies.setdefault((name, value), Tally(LIMIT))
