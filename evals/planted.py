"""Runs of made-up graders whose agreement with people is planted, for power and for the tests of the statistics."""

from dataclasses import dataclass

import numpy as np

from interviewer.trial import CriterionTrial, Trial


@dataclass(frozen=True)
class Plan:
    """Two graders on the same answers; half of all criteria are met."""

    questions: int = 25
    answers: int = 4
    """To each question."""
    criteria: int = 5
    """Of each answer."""
    right_a: float = 0.8
    """Chance that A gives the human level; kappa is 2 * right - 1."""
    right_b: float = 0.8
    alike: float = 0.0
    """Share of B's judgements that are A's again: two prompts of one model make many of the same mistakes."""
    hard: float = 0.0
    """Standard deviation over questions of both graders' chance to be right."""
    taste: float = 0.0
    """Standard deviation over questions of what B's prompt adds to its own chance; its mean is 0."""


def pair(plan: Plan, chance: np.random.Generator) -> tuple[list[Trial], list[Trial]]:
    """The trials of A and of B."""
    human, a, b = said(plan, chance)
    return _trials(human, a), _trials(human, b)


def said(plan: Plan, chance: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Whether a person, A and B call each criterion met; shape (questions, answers, criteria)."""
    shape = (plan.questions, plan.answers, plan.criteria)
    human = chance.random(shape) < 0.5
    hard = chance.normal(0, plan.hard, (plan.questions, 1, 1))
    taste = chance.normal(0, plan.taste, (plan.questions, 1, 1))
    right_a = chance.random(shape) < plan.right_a + hard
    own = (plan.right_b - plan.alike * plan.right_a) / (1 - plan.alike)
    fresh = chance.random(shape) < own + hard + taste
    right_b = np.where(chance.random(shape) < plan.alike, right_a, fresh)
    return human, human == right_a, human == right_b


def _trials(human: np.ndarray, machine: np.ndarray) -> list[Trial]:
    places = np.ndindex(human.shape[:2])
    return [_trial(f"q{q}", f"q{q}/{a}", human[q, a].tolist(), machine[q, a].tolist()) for q, a in places]


def _trial(question: str, example: str, human: list[bool], machine: list[bool]) -> Trial:
    level = {True: "met", False: "missed"}
    pairs = enumerate(zip(human, machine, strict=True))
    criteria = tuple(CriterionTrial(f"c{c}", level[m], None, level[h]) for c, (h, m) in pairs)
    score, said = sum(machine) / len(machine), sum(human) / len(human)
    return Trial(example, question, "made-up", "concept", "", 1, "graded", score, None, said, criteria, 50, 0.1)
