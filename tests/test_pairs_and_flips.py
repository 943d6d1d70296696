"""Pairing two runs, and the criteria that they judge differently, worst first."""

from dataclasses import replace

import pytest

from interviewer.errors import InputError
from interviewer.example import Example
from interviewer.flips import flips, with_texts
from interviewer.item import Item
from interviewer.pairs import pair
from interviewer.rubric import Criterion, LevelName, Rubric
from interviewer.trial import CriterionTrial, Trial

Levels = dict[str, tuple[LevelName | None, LevelName | None]]


def trial(name: str, levels: Levels, number: int = 1) -> Trial:
    """`levels`: criterion -> (human, machine)."""
    criteria = tuple(CriterionTrial(c, m, None, h, (f"quote {c}",), f"reason {c}") for c, (h, m) in levels.items())
    question = name.partition("/")[0]
    return Trial(name, question, "nets", "concept", "", number, "graded", 0.5, None, 0.5, criteria, 9, 1.0)


ONE = trial("q/1", {"a": ("met", "met"), "b": ("missed", "met")})


def test_trials_are_paired_by_example_and_number() -> None:
    a = [trial("q/2", {}), trial("q/1", {}), trial("q/1", {}, 2)]
    b = [trial("q/1", {}, 2), trial("q/3", {}), trial("q/2", {})]
    found = pair(iter(a), iter(b))
    assert (
        [(t.example, t.trial) for t in found.a] == [(t.example, t.trial) for t in found.b] == [("q/1", 2), ("q/2", 1)]
    )
    assert found.unpaired_a == (("q/1", 1),)
    assert found.unpaired_b == (("q/3", 1),)


def test_criteria_that_only_one_run_has_are_left_out_and_counted() -> None:
    other = trial("q/1", {"b": ("missed", "missed"), "c": ("met", "met")})
    found = pair([ONE], [other])
    assert [c.id for c in found.a[0].criteria] == [c.id for c in found.b[0].criteria] == ["b"]
    assert found.unpaired_criteria == 2


def test_the_order_of_criteria_does_not_matter() -> None:
    found = pair([ONE], [replace(ONE, criteria=ONE.criteria[::-1])])
    assert found.a[0].criteria == found.b[0].criteria
    assert found.unpaired_criteria == 0


@pytest.mark.parametrize(
    ("a", "b", "said"),
    [
        ([ONE, ONE], [ONE], "trial 1 of q/1 is there twice in the first run"),
        ([ONE], [ONE, ONE], "is there twice in the second run"),
        ([ONE], [trial("q/1", {"a": ("missed", "met"), "b": ("missed", "met")})], "labels of q/1 differ"),
        ([ONE], [replace(ONE, human_score=0.7)], "run the older one again on the labels of today"),
        ([ONE], [replace(ONE, question="p")], "labels of q/1 differ"),
    ],
)
def test_what_cannot_be_paired_is_refused(a: list[Trial], b: list[Trial], said: str) -> None:
    with pytest.raises(InputError, match=said):
        pair(a, b)


BEFORE: Levels = {
    "gained": ("met", "missed"),
    "unlabelled": (None, "met"),
    "lost-by-half": ("met", "met"),
    "lost-far": ("met", "met"),
    "lost-contradicted": ("contradicted", "contradicted"),
    "dropped": ("missed", "missed"),
    "rescued": ("met", None),
    "farther": ("met", "partial"),
    "aside": ("partial", "met"),
    "closer": ("met", "missed"),
    "same": ("met", "partial"),
}
AFTER: dict[str, LevelName | None] = {
    "gained": "met",
    "unlabelled": "missed",
    "lost-by-half": "partial",
    "lost-far": "missed",
    "lost-contradicted": "met",
    "dropped": None,
    "rescued": "missed",
    "farther": "missed",
    "aside": "missed",
    "closer": "partial",
    "same": "partial",
}


def test_flips_come_worst_first() -> None:
    b = trial("q/1", {c: (human, AFTER[c]) for c, (human, _) in BEFORE.items()})
    found = flips([trial("q/1", BEFORE)], [b])
    assert [(f.change, f.criterion) for f in found] == [
        ("lost", "lost-contradicted"),  # a false claim called met: one and a half points
        ("lost", "lost-far"),
        ("lost", "lost-by-half"),
        ("dropped", "dropped"),
        ("farther", "farther"),
        ("aside", "aside"),
        ("closer", "closer"),
        ("rescued", "rescued"),
        ("gained", "gained"),
        ("unlabelled", "unlabelled"),
    ]


def test_a_flip_can_be_read_side_by_side() -> None:
    a = trial("q/1", {"a": ("met", "met")})
    b = replace(a, criteria=(CriterionTrial("a", "missed", None, "met", (), "nothing said"),))
    (found,) = flips([a], [b])
    assert (found.human, found.a, found.b) == ("met", "met", "missed")
    assert (found.quotes_a, found.quotes_b) == (("quote a",), ())
    assert (found.reason_a, found.reason_b) == ("reason a", "nothing said")
    rubric = Rubric("r", 1, (Criterion("a", "The claim.", 1, "says so", None),))
    item = Item("q", "nets", "concept", 1, "Title", "Why?", 60, "r")
    examples = {"q/1": Example("q/1", "golden", "dev", item, rubric, "Because.", {"a": "met"}, 1.0)}
    (told,) = with_texts([found], examples)
    assert (told.asked, told.claim, told.answer) == ("Why?", "The claim.", "Because.")
    assert with_texts([found], {}) == (found,)
