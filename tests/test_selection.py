"""The choice of questions: reproducible, spread over the topics, honest about a shortfall."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scripted import item

from interviewer.errors import InputError
from interviewer.item import Item
from interviewer.selection import MOST_QUESTIONS, Choice, choose

ITEMS = [item(f"{topic}-{n}", topic, difficulty=1 + n % 5) for topic in ("nets", "chance", "trees") for n in range(4)]
DRAFT = Item("draft", "nets", "concept", 1, "Draft", "Not yet?", 60, None)


def ids(choice: Choice, seed: int = 1) -> tuple[str, ...]:
    return choose([*ITEMS, DRAFT], choice, seed).items


def test_the_same_seed_gives_the_same_questions_whatever_the_order_of_the_bank() -> None:
    choice = Choice(count=5)
    assert choose(ITEMS, choice, 7) == choose(list(reversed(ITEMS)), choice, 7)
    assert len({ids(choice, seed) for seed in range(20)}) > 10


def test_drafts_are_never_asked() -> None:
    assert "draft" not in ids(Choice(count=MOST_QUESTIONS))


def test_topics_and_difficulties_are_respected() -> None:
    assert set(ids(Choice(topics=("nets",), easiest=2, hardest=3, count=9))) == {"nets-1", "nets-2"}


def test_easier_questions_come_first() -> None:
    difficulties = [int(item_id[-1]) + 1 for item_id in ids(Choice(count=8), seed=3)]
    assert difficulties == sorted(difficulties)


@pytest.mark.parametrize(
    ("choice", "said"),
    [
        (Choice(topics=("nets",), count=4), ""),
        (
            Choice(topics=("nets",), count=5),
            "You asked for 5; only 4 questions match, so the interview has 4.",
        ),
        (
            Choice(topics=("nets",), easiest=1, hardest=1, count=2),
            "You asked for 2; only 1 question matches, so the interview has 1.",
        ),
    ],
)
def test_a_shortfall_is_said(choice: Choice, said: str) -> None:
    assert choose(ITEMS, choice, 1).shortfall == said


@pytest.mark.parametrize(
    ("choice", "line"),
    [
        (Choice(topics=("no-such",)), "choose more topics"),
        (Choice(topics=("nets",), easiest=5), "choose more topics"),
        (Choice(count=0), "1 to 20"),
        (Choice(count=21), "1 to 20"),
        (Choice(easiest=4, hardest=2), "choose the range again"),
        (Choice(easiest=0), "choose the range again"),
        (Choice(hardest=6), "choose the range again"),
    ],
)
def test_a_choice_that_makes_no_sense_is_refused(choice: Choice, line: str) -> None:
    with pytest.raises(InputError, match=line):
        ids(choice)


@given(st.integers(0, 2**32), st.integers(1, MOST_QUESTIONS), st.sets(st.sampled_from(["nets", "chance", "trees"])))
def test_the_choice_is_a_fair_subset(seed: int, count: int, topics: set[str]) -> None:
    chosen = ids(Choice(topics=tuple(sorted(topics)), count=count), seed)
    allowed = [i for i in ITEMS if not topics or i.topic in topics]
    assert len(set(chosen)) == len(chosen) == min(count, len(allowed))
    assert set(chosen) <= {i.id for i in allowed}
    taken = Counter(item_id.rsplit("-", 1)[0] for item_id in chosen)
    # Every topic has four questions here, so the spread is even to one.
    assert max(taken.values()) - min(taken.get(topic, 0) for topic in {i.topic for i in allowed}) <= 1
