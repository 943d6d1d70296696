"""The worst misses, worked out by hand and against sorting everything."""

import random
from dataclasses import replace

import pytest
from madeup import trials

from interviewer.flips import points_apart
from interviewer.misses import Misses, Repeated
from interviewer.rubric import LevelName
from interviewer.trial import CriterionTrial, Trial

Said = tuple[str, LevelName | None, LevelName | None, float | None]


def trial(example: str, *said: Said, number: int = 1, score: float | None = None, human: float | None = None) -> Trial:
    """One trial; `said` are (criterion, human, machine, probability of met)."""
    criteria = tuple(CriterionTrial(name, machine, p, label) for name, label, machine, p in said)
    return Trial(example, "q", "t", "concept", "", number, "graded", score, None, human, criteria, 10, 1.0)


def worst(most: int, *given: Trial) -> list[tuple[str, str, float]]:
    found = Misses(most)
    for t in given:
        found.add(t)
    return [(*m.place, m.apart) for m in found.worst()]


def test_farthest_apart_comes_first() -> None:
    one = trial(
        "e/1",
        ("half", "met", "partial", None),
        ("right", "met", "met", 0.1),
        ("believed", "contradicted", "met", None),
        ("overlooked", "met", "missed", None),
        ("harmless", "missed", "contradicted", None),
    )
    # points: met 1, partial .5, missed 0, contradicted -.5
    assert worst(9, one) in (
        [("e/1", "believed", 1.5), ("e/1", "overlooked", 1.0), ("e/1", "half", 0.5), ("e/1", "harmless", 0.5)],
        [("e/1", "believed", 1.5), ("e/1", "overlooked", 1.0), ("e/1", "harmless", 0.5), ("e/1", "half", 0.5)],
    )


def test_of_equals_the_surest_comes_first() -> None:
    given = [
        trial("e/1", ("a", "met", "missed", 0.4), ("b", "missed", "met", 0.95)),
        trial("e/2", ("a", "met", "missed", 0.01), ("b", "missed", "met", None)),
    ]
    assert [place[:2] for place in worst(9, *given)] == [("e/2", "a"), ("e/1", "b"), ("e/1", "a"), ("e/2", "b")]


@pytest.mark.parametrize(("human", "machine"), [(None, "met"), ("met", None), ("met", "met"), (None, None)])
def test_what_one_side_did_not_say_is_no_miss(human: LevelName | None, machine: LevelName | None) -> None:
    assert worst(9, trial("e", ("a", human, machine, 0.5))) == []


def test_whole_answers_count_where_nobody_labelled_criteria() -> None:
    bare = trial("e/1", ("a", None, "met", 0.9), score=0.75, human=0.25)
    labelled = trial("e/2", ("a", "met", "met", 0.9), score=1.0, human=0.0)
    ungraded = trial("e/3", human=0.5)
    equal = trial("e/4", score=0.5, human=0.5)
    assert worst(9, bare, labelled, ungraded, equal) == [("e/1", "", 0.5)]


def test_several_trials_of_a_miss_are_one_the_worst() -> None:
    given = [
        trial("e", ("a", "contradicted", "partial", None), number=1),
        trial("e", ("a", "contradicted", "met", None), number=2),
        trial("e", ("a", "contradicted", "met", None), number=3),
    ]
    for order in (given, given[::-1]):
        found = Misses(5)
        for t in order:
            found.add(t)
        (miss,) = found.worst()
        assert (miss.apart, miss.trial.trial) == (1.5, 2)


def test_it_keeps_what_sorting_everything_would_keep_and_no_more() -> None:
    given = list(trials(600, questions=9, repeats=3, seed=4))
    apart = {}
    for t in given:
        for c in t.criteria:
            if c.human and c.level and c.human != c.level:
                apart[t.example, c.id] = max(points_apart(c), apart.get((t.example, c.id), 0.0))
    every = Misses(10_000)
    few = Misses(40)
    for n, t in enumerate(random.Random(1).sample(given, len(given))):
        few.add(t)
        assert len(few._kept) <= 80 + 3, n
    for t in given:
        every.add(t)
    assert {m.place: m.apart for m in every.worst() if m.criterion} == apart
    assert few.worst() == every.worst()[:40]


def test_levels_are_counted_over_all_trials() -> None:
    first = trial("e", ("a", "met", "missed", None), ("b", "met", "met", None))
    given = [first, trial("e", ("a", "met", "met", None), number=2), trial("e", ("a", "met", None, None), number=3)]
    given += [replace(given[1], trial=4), trial("other", ("a", "met", "missed", None))]
    found = Misses(1)
    found.add(first)
    repeated = Repeated(found.worst())
    for t in given:
        repeated.add(t)
    assert repeated.counts() == {("e", "a"): {"missed": 1, "met": 2, None: 1}}
