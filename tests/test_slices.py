"""The parts of a run: which trials are in them, and that each has the figures of its trials."""

import json
from dataclasses import replace

import madeup
import pytest
from hypothesis import given
from hypothesis import strategies as st

from interviewer.errors import InputError
from interviewer.figures import figures
from interviewer.slices import MOST_VALUES, SLICES, bands, by_slice, values

TRIALS = list(madeup.trials(answers=60))


@given(st.lists(st.integers(0, 500), min_size=1, max_size=100))
def test_bands_leave_at_most_a_third_above_and_below(words: list[int]) -> None:
    short, middle = bands(words)
    assert short <= middle
    assert sum(w <= short for w in words) >= len(words) / 3 - 1e-9
    assert sum(w < short for w in words) <= len(words) / 3
    assert sum(w <= middle for w in words) >= 2 * len(words) / 3 - 1e-9


def test_no_answers_have_no_bands() -> None:
    with pytest.raises(InputError, match="grade some first"):
        bands([])


def test_a_trial_has_a_value_in_each_slice_that_says_something() -> None:
    trial = replace(TRIALS[0], topic="nets", answer_words=50, difficulty=3, sort="partial", voice="terse")
    assert values(trial, (50, 90)) == {
        "topic": "nets",
        "kind": "concept",
        "difficulty": "3",
        "length": "1: up to 50 words",
        "sort": "partial",
        "voice": "terse",
    }
    bare = replace(trial, answer_words=91, difficulty=None, sort="", voice="")
    assert values(bare, (50, 90)) == {"topic": "nets", "kind": "concept", "length": "3: over 90 words"}


def test_each_slice_has_the_figures_of_its_trials() -> None:
    found = by_slice(TRIALS)
    assert [s.name for s in found] == sorted((s.name for s in found), key=SLICES.index)
    lengths = bands(t.answer_words for t in TRIALS)
    for part in found:
        inside = [t for t in TRIALS if values(t, lengths).get(part.name) == part.value]
        direct = figures(inside)
        assert repr(part.figures.items) == repr(direct.items)  # nan is not equal to itself
        assert repr(part.figures.scores) == repr(direct.scores)
        assert part.figures.intervals["items.kappa"] == direct.intervals["items.kappa"]
    for name in ("topic", "kind", "difficulty", "length"):
        assert sum(s.figures.n for s in found if s.name == name) == len(TRIALS)
    assert json.loads(json.dumps(found[0].as_dict(), allow_nan=False))["figures"]["n"] == found[0].figures.n


def test_a_stream_gives_the_same_once_its_bands_are_known() -> None:
    lengths = bands(t.answer_words for t in TRIALS)
    assert [s.as_dict() for s in by_slice(iter(TRIALS), lengths)] == [s.as_dict() for s in by_slice(TRIALS)]
    with pytest.raises(ValueError, match="bands of its lengths"):
        by_slice(iter(TRIALS))


def test_too_many_values_share_a_slice() -> None:
    trials = [replace(TRIALS[0], example=f"e{n}", topic=f"t{n:04}") for n in range(MOST_VALUES + 30)]
    topics = [s for s in by_slice(trials, draws=0) if s.name == "topic"]
    assert len(topics) == MOST_VALUES + 1
    assert topics[0].value == "other values"
    assert topics[0].figures.n == 30
