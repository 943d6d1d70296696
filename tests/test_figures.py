"""The figures of a run, worked out by hand on a few trials."""

import json
import math
import random
from dataclasses import replace

import pytest

from interviewer.agreement import kappa, pearson, steps, within_question
from interviewer.figures import figures
from interviewer.rubric import LevelName
from interviewer.trial import CriterionTrial, Trial

Row = tuple[LevelName | None, LevelName | None]


def trial(
    name: str,
    score: float | None,
    human: float | None,
    rows: tuple[Row, ...] = (),
    words: int = 10,
    seconds: float = 1.0,
    expected: float | None = None,
) -> Trial:
    """One trial; `rows` are (human, machine) levels."""
    criteria = tuple(CriterionTrial(f"c{n}", machine, None, said) for n, (said, machine) in enumerate(rows))
    state = "ungraded" if score is None else "graded"
    question = name.partition("/")[0]
    return Trial(name, question, "t", "concept", "", 1, state, score, expected, human, criteria, words, seconds)


TRIALS = [
    trial("q/01", 1.0, 1.0, (("met", "met"), ("missed", "missed")), words=40, seconds=1),
    trial("q/02", 0.5, 0.5, (("met", "partial"), ("partial", "partial")), words=20, seconds=2),
    trial("q/03", 0.0, 0.0, (("contradicted", "missed"), ("missed", "met")), words=10, seconds=3),
    trial("p/01", None, 0.5, (("met", None), ("missed", None)), words=30, seconds=4),
]


def test_figures_on_criteria_worked_by_hand() -> None:
    items = figures(TRIALS).items
    assert items is not None
    # (human, machine) on missed 0, partial 1, met 2; contradicted earns what missed earns:
    # (2,2) (0,0) (2,1) (1,1) (0,0) (0,2)
    assert items.n == 6
    assert items.accuracy == pytest.approx(4 / 6)
    assert items.qwk == pytest.approx(kappa([2, 0, 2, 1, 0, 0], [2, 0, 1, 1, 0, 2], 3, "quadratic"))
    # met / not met: human met in rows 1 and 3, machine in rows 1 and 6: observed 4/6, by chance
    # (2*2 + 4*4) / 36 = 20/36; kappa = (24/36 - 20/36) / (16/36) = .25
    assert items.kappa == pytest.approx(0.25)
    assert items.unscored == pytest.approx(2 / 8)


def test_figures_on_answers_worked_by_hand() -> None:
    scores = figures(TRIALS).scores
    assert scores is not None
    assert scores.n == 3
    assert scores.unscored == pytest.approx(1 / 4)
    assert (scores.mae, scores.rmse, scores.pearson, scores.within_question) == pytest.approx((0, 0, 1, 1))
    assert scores.qwk == pytest.approx(1)
    off = figures([replace(t, human_score=h) for t, h in zip(TRIALS, (0.5, 0.5, 0.25, 0), strict=True)]).scores
    assert off is not None
    assert off.mae == pytest.approx((0.5 + 0 + 0.25) / 3)
    assert off.rmse == pytest.approx(math.sqrt((0.25 + 0 + 0.0625) / 3))


def test_length_is_the_baseline() -> None:
    length = figures(TRIALS).length
    assert length is not None
    human, words = [1.0, 0.5, 0.0, 0.5], [1.0, 0.5, 0.25, 0.75]  # over the longest answer's 40
    assert length.n == 4
    assert length.pearson == pytest.approx(pearson(human, words))
    assert length.qwk == pytest.approx(kappa(steps(human), steps(words), 5, "quadratic"))
    assert length.within_question == pytest.approx(within_question(human[:3], words[:3], ["q"] * 3))


def test_what_nobody_labelled_or_scored_has_no_figures() -> None:
    bare = figures([replace(t, human_score=None, criteria=()) for t in TRIALS])
    assert (bare.items, bare.scores, bare.length, bare.expected) == (None, None, None, None)
    assert bare.n == 4
    assert figures(TRIALS).expected is None


def test_the_expected_score_is_measured_beside_the_score() -> None:
    trials = [replace(t, expected=None if t.score is None else 1 - t.score) for t in TRIALS]
    found = figures(trials)
    assert found.expected is not None
    assert found.scores is not None
    assert found.expected.pearson == pytest.approx(-1)
    assert found.scores.pearson == pytest.approx(1)


def test_an_ungraded_answer_is_in_no_figure_but_its_share() -> None:
    def without_it() -> list[Trial]:
        return [t for t in TRIALS if t.score is not None]

    whole, kept = figures(TRIALS), figures(without_it())
    assert whole.scores is not None
    assert kept.scores is not None
    assert (whole.scores.mae, whole.scores.pearson) == (kept.scores.mae, kept.scores.pearson)
    assert kept.scores.unscored == 0


def test_constant_scores_are_not_a_number_and_json_says_null() -> None:
    flat = figures([replace(t, score=0.5, human_score=0.5) for t in TRIALS[:3]])
    assert flat.scores is not None
    assert math.isnan(flat.scores.pearson)
    assert math.isnan(flat.scores.qwk)
    as_json = json.loads(json.dumps(flat.as_dict(), allow_nan=False))
    assert as_json["scores"]["pearson"] is None
    assert as_json["scores"]["mae"] == 0
    assert as_json["n"] == 3


def test_no_trials_at_all() -> None:
    nothing = figures([])
    assert (nothing.items, nothing.scores, nothing.n) == (None, None, 0)
    assert math.isnan(nothing.seconds_median)


def test_the_order_of_trials_does_not_matter() -> None:
    draw = random.Random(5)
    levels: list[LevelName] = ["missed", "partial", "met"]
    rows = [
        trial(f"q{n % 7}/{n:03}", draw.random(), draw.random(), ((draw.choice(levels), draw.choice(levels)),), n + 1)
        for n in range(60)
    ]
    shuffled = draw.sample(rows, len(rows))
    assert figures(rows).as_dict() == figures(shuffled).as_dict()
