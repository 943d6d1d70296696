"""Trials as columns of numbers, some thousand at a time: what figures are summed from. Computes nothing.

In the columns nan (numbers) and -1 (levels) mean "absent". A nan or an impossible number in a trial is an error here,
so that it never reaches a figure.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from itertools import islice
from operator import attrgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from interviewer.errors import InputError
from interviewer.rubric import LEVELS
from interviewer.trial import Trial

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
CODES: dict[str | None, int] = {None: -1, **{level: code for code, level in enumerate(LEVELS)}}
BATCH = 10_000
MOST_TRIALS = 10_000


@dataclass(frozen=True, slots=True)
class Batch:
    """Some trials, column by column. Length of a column: trials, or criteria of all trials from `row` on."""

    example: Sequence[str]
    question: Sequence[str]
    error: Sequence[str]
    criteria: Sequence[tuple[str, ...]]
    """Ids of each trial's criteria."""
    trial: Ints
    ungraded: Floats
    """1 or 0."""
    human: Floats
    score: Floats
    expected: Floats
    second_score: Floats
    words: Floats
    seconds: Floats
    input_tokens: Floats
    output_tokens: Floats
    cached_tokens: Floats
    cost_usd: Floats
    row: Ints
    """Of each criterion: its trial's place in this batch."""
    label: Ints
    """Human level, as its place in `rubric.LEVELS`."""
    level: Ints
    """Machine's level."""
    second: Ints
    probability: Floats

    def where(self, chosen: NDArray[np.bool_]) -> "Batch":
        """The batch of the chosen trials alone.

        Args:
            chosen: one truth a trial.
        """
        places, kept = np.cumsum(chosen) - 1, chosen[self.row]
        parts: dict[str, Any] = {}
        for name in (f.name for f in fields(self)):
            column = getattr(self, name)
            if name in _OF_CRITERIA:
                parts[name] = column[kept]
            elif isinstance(column, np.ndarray):
                parts[name] = column[chosen]
            else:
                parts[name] = [value for value, taken in zip(column, chosen, strict=True) if taken]
        return replace(self, **{**parts, "row": places[parts["row"]]})


_OF_CRITERIA = ("row", "label", "level", "second", "probability")
_SHARES = ("human", "score", "expected", "second_score", "probability")
_NAMED = {"human": "human_score", "words": "answer_words"}
_COUNTS = ("words", "seconds", "input_tokens", "output_tokens", "cached_tokens", "cost_usd")
_OPTIONAL = ("input_tokens", "output_tokens", "cached_tokens", "cost_usd")


def batches(trials: Iterable[Trial], size: int = BATCH) -> Iterator[Batch]:
    """The trials in batches of at most `size`; holds one batch at a time.

    Raises:
        InputError: a level that is none, or a number that cannot be; names the example.
    """
    for some in parts(trials, size):
        yield batch(some)


def parts(trials: Iterable[Trial], size: int = BATCH) -> Iterator[list[Trial]]:
    """The trials in lists of at most `size`."""
    rest = iter(trials)
    while some := list(islice(rest, size)):
        yield some


def batch(trials: Sequence[Trial]) -> Batch:
    """The trials as one batch.

    Raises:
        InputError: as `batches`.
    """
    flat = [c for t in trials for c in t.criteria]
    row = np.repeat(np.arange(len(trials)), [len(t.criteria) for t in trials])
    for t in trials:
        if not 1 <= t.trial <= MOST_TRIALS:
            raise InputError(f"trial of {t.example}: number {t.trial}; number its trials from 1 to {MOST_TRIALS}")
    try:
        levels: dict[str, Any] = {
            "label": np.array([CODES[c.human] for c in flat], dtype=np.int64),
            "level": np.array([CODES[c.level] for c in flat], dtype=np.int64),
            "second": np.array([CODES[c.second] for c in flat], dtype=np.int64),
        }
    except (KeyError, TypeError) as error:
        raise _unknown_level(trials) from error
    numbers: dict[str, list[Any]] = {"probability": [c.probability for c in flat]}
    for name in _SHARES[:4] + _COUNTS:
        numbers[name] = list(map(attrgetter(_NAMED.get(name, name)), trials))
    columns: dict[str, Any] = {name: _column(name, values, trials, row) for name, values in numbers.items()}
    return Batch(
        example=[t.example for t in trials],
        question=[t.question for t in trials],
        error=[t.error for t in trials],
        criteria=[tuple([c.id for c in t.criteria]) for t in trials],
        trial=np.array([t.trial for t in trials], dtype=np.int64),
        ungraded=np.array([t.state == "ungraded" for t in trials], dtype=float),
        row=row,
        **levels,
        **columns,
    )


def _column(name: str, values: list[Any], trials: Sequence[Trial], row: Ints) -> Floats:
    """The values as numbers, None as nan; anything else that is no number of its range is refused."""
    column = np.array(values, dtype=float)
    highest = 1.0 if name in _SHARES else math.inf
    wrong = ~((column >= 0) & (column <= highest) & (column < math.inf))
    absent = values.count(None) if name in _SHARES + _OPTIONAL else 0
    if int(wrong.sum()) != absent:
        may = name in _SHARES + _OPTIONAL
        at = next(i for i in np.flatnonzero(wrong).tolist() if not (may and values[i] is None))
        example = trials[int(row[at]) if name == "probability" else at].example
        field = _NAMED.get(name, name)
        span = "0 to 1" if name in _SHARES else "0 or more"
        raise InputError(f"trial of {example}: {field} is {values[at]}, a number of {span} expected; run it again")
    return column


def _unknown_level(trials: Sequence[Trial]) -> InputError:
    for t in trials:
        for c in t.criteria:
            for level in (c.human, c.level, c.second):
                if not isinstance(level, str | None) or level not in CODES:
                    known = ", ".join(LEVELS)
                    return InputError(f"trial of {t.example}, criterion {c.id}: no level {level!r}; use one of {known}")
    return InputError("a trial has a level that is none; run it again")
