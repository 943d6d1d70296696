"""Which questions an interview asks: a reproducible choice, spread over the topics. Pure; chance comes in as a seed."""

import random
from collections.abc import Iterable
from dataclasses import dataclass

from interviewer.errors import InputError
from interviewer.item import Item

MOST_QUESTIONS = 20
"""Longest interview that can be asked for."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What the candidate wants to be asked."""

    topics: tuple[str, ...] = ()
    """Topic ids; empty for every topic."""
    easiest: int = 1
    hardest: int = 5
    """Difficulties from `easiest` to `hardest`, both included, 1 to 5."""
    count: int = 5


@dataclass(frozen=True, slots=True)
class Selection:
    """The questions that were chosen."""

    items: tuple[str, ...]
    """Item ids in the order of asking: easier ones first, topics mixed."""
    shortfall: str = ""
    """One sentence when there are fewer than were asked for; empty otherwise."""


def choose(items: Iterable[Item], choice: Choice, seed: int) -> Selection:
    """Questions for one interview; the same choice, seed and items give the same ones.

    Every topic gives one question before any gives a second. Drafts are never chosen.

    Raises:
        InputError: the choice makes no sense, or nothing matches it.
    """
    _check(choice)
    chance = random.Random(seed)  # noqa: S311  # a reproducible choice, not a secret
    by_topic: dict[str, list[Item]] = {}
    for item in sorted(items, key=lambda item: item.id):
        if _matches(item, choice):
            by_topic.setdefault(item.topic, []).append(item)
    if not by_topic:
        raise InputError("no question matches; choose more topics or a wider range of difficulty")
    piles = list(by_topic.values())
    for pile in piles:
        chance.shuffle(pile)
    chance.shuffle(piles)
    rounds = [pile[n] for n in range(max(map(len, piles))) for pile in piles if n < len(pile)]
    chosen = sorted(rounds[: choice.count], key=lambda item: item.difficulty)
    return Selection(tuple(item.id for item in chosen), _shortfall(len(chosen), choice.count))


def _check(choice: Choice) -> None:
    if not 1 <= choice.count <= MOST_QUESTIONS:
        raise InputError(f"an interview has 1 to {MOST_QUESTIONS} questions; choose a number in between")
    if not 1 <= choice.easiest <= choice.hardest <= 5:
        raise InputError("difficulty goes from 1 to 5, the easiest first; choose the range again")


def _matches(item: Item, choice: Choice) -> bool:
    wanted = not choice.topics or item.topic in choice.topics
    return not item.draft and wanted and choice.easiest <= item.difficulty <= choice.hardest


def _shortfall(got: int, wanted: int) -> str:
    if got == wanted:
        return ""
    questions = "only 1 question matches" if got == 1 else f"only {got} questions match"
    return f"You asked for {wanted}; {questions}, so the interview has {got}."
