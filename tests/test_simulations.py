"""Made-up runs by the hundred: how often the comparison cries wolf, and how often an interval holds the truth.

evals/power.py has the power. The bounds are those of the claim, or four standard errors of the simulation.
"""

import math
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from interviewer.agreement import kappa
from interviewer.batches import Batch, batch
from interviewer.comparison import compare
from interviewer.differences import Rules, differences
from interviewer.figures import of_tally
from interviewer.measures import MEASURES
from interviewer.rubric import LEVELS
from interviewer.sides import Unit
from interviewer.tally import Tally

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "evals"))
from planted import Plan, pair, said

KAPPA = [m for m in MEASURES if m.name == "items.kappa"]


def false_alarms(plan: Plan, rounds: int, unit: Unit | None = None, seed: int = 1) -> float:
    """Share of comparisons of equal graders with p <= .05."""
    chance = np.random.default_rng(seed)
    like, alarms = batch(pair(plan, chance)[0]), 0
    for number in range(rounds):
        human, *machines = said(plan, chance)
        a, b = (judged(like, human, machine) for machine in machines)
        (found,) = differences(a, b, KAPPA, Rules({}, draws=2, swaps=399, seed=number), unit)
        alarms += found.p <= 0.05
    return alarms / rounds


def judged(like: Batch, human: np.ndarray, machine: np.ndarray) -> Batch:
    """The batch with other levels: hundreds of them are made in the time of one made of trials."""
    label, level = (np.where(met.ravel(), LEVELS.index("met"), LEVELS.index("missed")) for met in (human, machine))
    return replace(like, label=label, level=level)


def test_without_a_difference_one_comparison_in_twenty_is_a_false_alarm() -> None:
    """2,500 comparisons of 500 criteria; seeds 1 to 4 gave .048 to .053."""
    assert false_alarms(Plan(alike=0.5, hard=0.1), 2500) == pytest.approx(0.05, abs=0.015)


def test_no_verdict_is_given_more_often_than_the_false_alarms() -> None:
    chance, told = np.random.default_rng(2), 0
    for number in range(400):
        a, b = pair(Plan(), chance)
        (found,) = compare(a, b, figures=["items.kappa"], sliced=(), draws=100, swaps=199, seed=number).differences
        told += found.verdict in ("improved", "worse")
    assert told / 400 <= 0.05 + 4 * math.sqrt(0.05 * 0.95 / 400)


def test_with_few_questions_answers_are_swapped_and_the_rate_holds() -> None:
    assert false_alarms(Plan(questions=4, answers=20), 800) == pytest.approx(0.05, abs=0.03)


def test_where_a_prompt_has_its_own_effect_on_each_question_only_whole_questions_may_be_swapped() -> None:
    """Why `differences` swaps questions: effects that cancel out are found too often answer by answer."""
    taste = Plan(questions=20, answers=10, criteria=4, taste=0.12)
    by_question, by_answer = (false_alarms(taste, 500, unit) for unit in ("question", "answer"))
    assert by_question == pytest.approx(0.05, abs=0.04)
    assert by_answer > 0.12


def coverage(plan: Plan, rounds: int, seed: int = 3) -> float:
    """Share of 95 % intervals of kappa that hold the kappa of a large population of the same questions."""
    chance = np.random.default_rng(seed)
    human, machine, _ = said(replace(plan, questions=20_000), chance)
    population = kappa(human.ravel(), machine.ravel(), 2)
    like, held = batch(pair(plan, chance)[0]), 0
    for number in range(rounds):
        tally = Tally()
        tally.add(judged(like, *said(plan, chance)[:2]))
        found = of_tally(tally, draws=500, seed=number, measures=KAPPA).intervals["items.kappa"]
        held += found.low <= population <= found.high
    return held / rounds


@pytest.mark.parametrize(("questions", "at_least"), [(40, 0.93), (10, 0.89)])
def test_intervals_hold_the_truth_as_often_as_they_say(questions: int, at_least: float) -> None:
    assert at_least <= coverage(Plan(questions=questions, hard=0.1), 400) <= 0.98
