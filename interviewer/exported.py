"""A run as a table for spreadsheets and data frames, or as one object a trial. Pure: opens no file.

Columns keep their names and order from one version to the next; new ones are added at the end of their group.
"""

import json
import math
from collections.abc import Iterator
from typing import Any

from interviewer.trial import CriterionTrial, Run, Trial

OF_RUN = ("grader", "grader_version", "data")
OF_TRIAL = (
    *("example", "question", "topic", "kind", "sort", "voice", "family", "difficulty", "trial", "state"),
    *("score", "expected", "human_score", "second_score", "answer_words", "seconds"),
    *("input_tokens", "output_tokens", "cached_tokens", "cost_usd", "flags", "error", "digest"),
    *("invented_quotes", "inflation"),
)
"""As in `trial.Trial`, where each is explained."""
OF_CRITERION = ("criterion", "level", "human_level", "second_level", "probability", "quotes", "criterion_reason")
COLUMNS = (*OF_RUN, *OF_TRIAL, *OF_CRITERION)
"""Of the table: one row a criterion, the columns of its run and its trial repeated."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "'")


def as_object(run: Run, trial: Trial) -> dict[str, Any]:
    """A trial with what explains it, its criteria as a list of objects; what is not defined is None."""
    whole = {name: getattr(run, name) for name in OF_RUN} | {name: getattr(trial, name) for name in OF_TRIAL}
    criteria = [dict(zip(OF_CRITERION, map(_plain, _criterion(c)), strict=True)) for c in trial.criteria]
    return {**{name: _plain(value) for name, value in whole.items()}, "criteria": criteria}


def as_rows(run: Run, trial: Trial) -> Iterator[tuple[str, ...]]:
    """The rows of a trial in the table, in the order of COLUMNS; one with empty criterion columns where it has none.

    What is not defined is an empty cell. Flags and quotes are JSON lists. A text that a spreadsheet would take for a
    formula (it begins with = + - @, a tab or a carriage return) gets an apostrophe before it, and so does one that
    begins with an apostrophe, so that taking one off gives back every text as it was. Numbers are never changed.

    Source: OWASP, "CSV Injection".
    """
    shared = [getattr(run, name) for name in OF_RUN] + [getattr(trial, name) for name in OF_TRIAL]
    for criterion in trial.criteria or (None,):
        own = _criterion(criterion) if criterion else (None,) * len(OF_CRITERION)
        yield tuple(map(_cell, (*shared, *own)))


def _criterion(c: CriterionTrial) -> tuple[Any, ...]:
    return (c.id, c.level, c.human, c.second, c.probability, c.quotes, c.reason)


def _plain(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _cell(value: Any) -> str:
    """One cell.

    Example:
        >>> [_cell(v) for v in ("=1+1", -0.5, None, float("nan"), ("a", "b"), "'tis")]
        ["'=1+1", '-0.5', '', '', '["a", "b"]', "''tis"]
    """
    value = _plain(value)
    if isinstance(value, str):
        return f"'{value}" if value.startswith(_FORMULA) else value
    if isinstance(value, tuple):
        return json.dumps(value, ensure_ascii=False) if value else ""
    return "" if value is None else str(value)
