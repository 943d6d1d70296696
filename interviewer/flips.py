"""The criteria that two runs judged differently, worst first. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

from interviewer.example import Example
from interviewer.rubric import POINTS, LevelName
from interviewer.trial import CriterionTrial, Trial

Change = Literal["lost", "dropped", "farther", "aside", "closer", "rescued", "gained", "unlabelled"]
"""lost: A agreed with people and B does not · dropped: A had a level and B has none · farther / aside / closer: neither
agrees, and B is farther from, as far from or closer to what people said · rescued: A had no level · gained: B agrees
and A did not · unlabelled: nobody said what is right."""
_ORDER = {change: place for place, change in enumerate(get_args(Change))}
_HUMAN: dict[LevelName | None, int] = {"contradicted": 0, "met": 1, "missed": 2, "partial": 3, None: 4}
"""Clear-cut labels first: a partial one is where people differ too."""


@dataclass(frozen=True, slots=True)
class Flip:
    """One criterion of one answer that got another level."""

    change: Change
    example: str
    question: str
    topic: str
    trial: int
    criterion: str
    human: LevelName | None
    a: LevelName | None
    """None: left unscored."""
    b: LevelName | None
    quotes_a: tuple[str, ...]
    quotes_b: tuple[str, ...]
    reason_a: str
    reason_b: str
    asked: str = ""
    """Text of the question; this and the next two are empty until `with_texts`."""
    claim: str = ""
    answer: str = ""


def flips(a: Sequence[Trial], b: Sequence[Trial]) -> tuple[Flip, ...]:
    """Every criterion with another level in B than in A.

    Args:
        a: trials that `pair` put at the same places as those of b.

    Returns:
        Worst first: in the order of `Change`; within it the larger loss of points, then by what people said.
    """
    found = [
        (_severity(x, y), _flip(s, x, y))
        for s, t in zip(a, b, strict=True)
        for x, y in zip(s.criteria, t.criteria, strict=True)
        if x.level != y.level
    ]
    return tuple(flip for _, flip in sorted(found, key=lambda f: (*f[0], f[1].example, f[1].criterion, f[1].trial)))


def with_texts(flips: Sequence[Flip], examples: Mapping[str, Example]) -> tuple[Flip, ...]:
    """The flips with question, claim and answer, for reading side by side.

    Args:
        examples: by id; a flip of an example that is not there stays as it is.
    """
    return tuple(_told(flip, examples[flip.example]) if flip.example in examples else flip for flip in flips)


def _told(flip: Flip, example: Example) -> Flip:
    claims = {c.id: c.claim for c in example.rubric.criteria}
    return replace(flip, asked=example.item.text, claim=claims.get(flip.criterion, ""), answer=example.answer)


def _flip(trial: Trial, x: CriterionTrial, y: CriterionTrial) -> Flip:
    place = (trial.example, trial.question, trial.topic, trial.trial, x.id)
    return Flip(_change(x, y), *place, x.human, x.level, y.level, x.quotes, y.quotes, x.reason, y.reason)


def _change(x: CriterionTrial, y: CriterionTrial) -> Change:
    if x.human is None:
        return "unlabelled"
    if y.level is None:
        return "dropped"
    if x.level is None:
        return "rescued"
    if x.human in (x.level, y.level):
        return "lost" if x.human == x.level else "gained"
    before, after = points_apart(x), points_apart(y)
    return "farther" if after > before else "closer" if after < before else "aside"


def points_apart(criterion: CriterionTrial) -> float:
    """Points between what people and the machine said, 0 where one of them said nothing.

    A contradicted criterion counts as half a point below a missed one: to believe a false claim is worse than to miss.
    """
    human, level = criterion.human, criterion.level
    if human is None or level is None:
        return 0.0
    return abs(_place(human) - _place(level))


def _place(level: LevelName) -> float:
    return -0.5 if level == "contradicted" else POINTS[level]


def _severity(x: CriterionTrial, y: CriterionTrial) -> tuple[int, float, int]:
    return _ORDER[_change(x, y)], points_apart(x) - points_apart(y), _HUMAN[x.human]
