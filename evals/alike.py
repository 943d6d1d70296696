"""Made-up runs of the size of golden:dev (181 answers to 19 questions, 1,111 labels), for the margins of the gate."""

from dataclasses import dataclass

import numpy as np

from interviewer.rubric import LEVELS, POINTS
from interviewer.trial import CriterionTrial, Trial

ANSWERS = [10] * 10 + [9] * 9
CRITERIA = [6] * 8 + [5] * 2 + [7] * 5 + [6] * 4
LABELS = sum(a * c for a, c in zip(ANSWERS, CRITERIA, strict=True))
SHARES = {"missed": 0.364, "partial": 0.111, "met": 0.412, "contradicted": 0.113}
"""Of people's labels in golden:dev."""
MISSED, PARTIAL, MET, CONTRADICTED = range(4)
Levels = np.ndarray


@dataclass(frozen=True)
class Prompt:
    """What a prompt does to the levels of a grader."""

    flips: float = 0.02
    """Share of levels that become another one by chance."""
    lost: float = 0.0
    """Share of rightly met criteria that are called missed."""
    lenient: float = 0.0
    """Share of rightly missed or contradicted criteria that are called met."""


def human(chance: np.random.Generator) -> Levels:
    """People's labels."""
    return chance.choice(len(LEVELS), LABELS, p=[SHARES[level] for level in LEVELS])


def other(levels: Levels, share: float, chance: np.random.Generator) -> Levels:
    """The levels, that share of them replaced by another one."""
    moved = (levels + chance.integers(1, len(LEVELS), len(levels))) % len(LEVELS)
    return np.where(chance.random(len(levels)) < share, moved, levels)


def graded(said: Levels, levels: Levels, prompt: Prompt, chance: np.random.Generator) -> list[Trial]:
    """The trials of a grader with those levels, under a prompt."""
    drawn, right = chance.random(len(levels)), said == levels
    levels = np.where(right & (levels == MET) & (drawn < prompt.lost), MISSED, levels)
    wrong = np.isin(said, (MISSED, CONTRADICTED)) & right
    levels = other(np.where(wrong & (drawn < prompt.lenient), MET, levels), prompt.flips, chance)
    names = [f"q{q:02}/{a:02}" for q, answers in enumerate(ANSWERS) for a in range(answers)]
    ends = np.cumsum([c for c, answers in zip(CRITERIA, ANSWERS, strict=True) for _ in range(answers)])
    spans = zip(names, [0, *ends[:-1]], ends, strict=True)
    return [_trial(name, said[start:end].tolist(), levels[start:end].tolist()) for name, start, end in spans]


def _trial(name: str, said: list[int], levels: list[int]) -> Trial:
    pairs = enumerate(zip(said, levels, strict=True))
    criteria = tuple(CriterionTrial(f"c{n}", LEVELS[m], None, LEVELS[h]) for n, (h, m) in pairs)
    people, machine = (sum(POINTS[LEVELS[x]] for x in side) / len(side) for side in (said, levels))
    return Trial(name, name[:3], "made-up", "concept", "", 1, "graded", machine, None, people, criteria, 50, 0.1)
