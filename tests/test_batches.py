"""Trials as columns: what may not become a number is refused, with the name of the example."""

import math
from dataclasses import replace

import madeup
import numpy as np
import pytest

from interviewer.batches import batch, batches
from interviewer.errors import InputError
from interviewer.trial import Trial

TRIALS = list(madeup.trials(answers=9, repeats=1))
TRIAL = next(t for t in TRIALS if t.state == "graded")
FIRST = TRIAL.criteria[0]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (replace(TRIAL, score=math.nan), "score is nan, a number of 0 to 1 expected"),
        (replace(TRIAL, score=1.5), "score is 1.5"),
        (replace(TRIAL, human_score=math.nan), "human_score is nan"),
        (replace(TRIAL, human_score=-0.1), "human_score is -0.1"),
        (replace(TRIAL, expected=math.inf), "expected is inf"),
        (replace(TRIAL, seconds=math.nan), "seconds is nan, a number of 0 or more expected"),
        (replace(TRIAL, seconds=-1.0), "seconds is -1.0"),
        (replace(TRIAL, cost_usd=math.inf), "cost_usd is inf"),
        (replace(TRIAL, input_tokens=-5), "input_tokens is -5"),
        (replace(TRIAL, trial=0), "number its trials from 1"),
        (replace(TRIAL, criteria=(replace(FIRST, probability=math.nan),)), "probability is nan"),
        (replace(TRIAL, criteria=(replace(FIRST, human="excellent"),)), "no level 'excellent'; use one of missed"),  # type: ignore[arg-type]
        (replace(TRIAL, criteria=(replace(FIRST, level="Met"),)), "no level 'Met'"),  # type: ignore[arg-type]
        (replace(TRIAL, criteria=(replace(FIRST, level=["met"]),)), r"no level \['met'\]"),  # type: ignore[arg-type]
    ],
)
def test_a_number_or_level_that_cannot_be_is_refused(wrong: Trial, said: str) -> None:
    with pytest.raises(InputError, match=f"trial of {TRIAL.example}.*{said}"):
        batch([*TRIALS[:3], wrong])


def test_what_is_absent_is_absent() -> None:
    found = batch([replace(TRIAL, score=None, human_score=None, cost_usd=None, criteria=(replace(FIRST, level=None),))])
    assert np.isnan([found.score[0], found.human[0], found.cost_usd[0]]).all()
    assert found.level.tolist() == [-1]


def test_batches_hold_all_trials_in_order() -> None:
    sizes = [len(b.example) for b in batches(iter(TRIALS), 4)]
    assert sizes == [4, 4, 1]
    assert [e for b in batches(iter(TRIALS), 4) for e in b.example] == [t.example for t in TRIALS]
    assert list(batches([])) == []


def test_a_part_of_a_batch_is_the_batch_of_the_part() -> None:
    chosen = np.array([n % 3 != 1 for n in range(len(TRIALS))])
    part = batch(TRIALS).where(chosen)
    direct = batch([t for t, taken in zip(TRIALS, chosen, strict=True) if taken])
    for name in ("example", "question", "error", "criteria"):
        assert getattr(part, name) == getattr(direct, name)
    for name in ("trial", "human", "score", "expected", "words", "row", "label", "level", "second", "probability"):
        np.testing.assert_array_equal(getattr(part, name), getattr(direct, name))
