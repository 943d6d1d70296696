"""What a failed assertion says, on made-up trials: every figure can be told of, and what is told is that figure's."""

from dataclasses import replace

import pytest
from made_runs import RUN
from madeup import trials

from interviewer import failurewords, headlines
from interviewer.errors import InputError
from interviewer.failurewords import NAMES, not_so
from interviewer.figures import figures
from interviewer.trial import CriterionTrial, Trial

ALL = list(trials(60, seed=3))
FIGURES = figures(ALL, draws=100)


@pytest.mark.parametrize("name", NAMES)
def test_every_figure_can_be_asserted(name: str) -> None:
    failurewords.checked(name)
    said = not_so(RUN, FIGURES, ALL, name, "at least 2").splitlines()
    assert said[0] == f"{name} is {headlines.value(FIGURES, name):.6g}; wanted: at least 2"
    assert said[2] == "  small-model (rubric.v1) on made-up, 181 answers"
    known = name in FIGURES.intervals
    assert said[1].startswith("  95 % interval " if known else "  no 95 % interval")
    about_levels = name.startswith(("items", "scores", "expected", "calibration", "steadiness"))
    assert any(line == "  worst misses:" for line in said) == (about_levels and not name.endswith("unscored"))


@pytest.mark.parametrize("name", ["kappa", "items", "items.kapa", "cost.usd", "coverage.trials", ""])
def test_what_is_no_figure_is_refused(name: str) -> None:
    with pytest.raises(InputError, match=r"is no figure; choose among items\.kappa, "):
        failurewords.checked(name)


def test_answers_without_a_grade_are_told_of_with_their_reason() -> None:
    said = not_so(RUN, FIGURES, ALL, "coverage.ungraded_share", "at most 0")
    lost = sum(t.error == "no JSON" for t in ALL)
    assert f"\n  {lost} ungraded: no JSON" in said and "n = 120" in said


def test_a_miss_is_told_by_criterion_or_by_score() -> None:
    quote = "a long sentence of the answer, copied letter by letter, which goes on and on"
    criterion = CriterionTrial("early", "met", 0.87, "contradicted", (quote,))
    row = Trial("set/1", "q", "t", "concept", "", 1, "graded", 0.25, None, 1.0, (criterion,), 9, 0.1)
    bare = replace(row, example="set/2", criteria=())
    said = not_so(RUN, figures([row, bare], draws=0), [row, bare], "scores.mae", "at most 0.1").splitlines()
    assert said[4:] == [
        f"    1. early of set/1 · people: contradicted · grader: met (P(met) 0.87) · “{quote[:60]}…”",
        "    2. set/2 · people: 1 · grader: 0.25",
    ]
