"""Figures by name: every name of the glossary leads somewhere, and n, baseline and ceiling are the right ones."""

import math
from dataclasses import fields, replace

import pytest
from madeup import trials

from interviewer.figures import Figures, figures
from interviewer.glossary import ENTRIES, GROUPS, HEADLINE
from interviewer.headlines import interval, marks, rows, value
from interviewer.measures import MEASURES
from interviewer.rubric import LevelName
from interviewer.trial import CriterionTrial, Trial

WHOLE = figures(list(trials(80, seed=1)), draws=200)


def trial(example: str, said: list[tuple[LevelName | None, LevelName | None]], **more: object) -> Trial:
    criteria = tuple(CriterionTrial(f"c{n}", machine, None, human) for n, (human, machine) in enumerate(said))
    whole = Trial(example, "q", "t", "concept", "", 1, "graded", 0.5, None, 0.5, criteria, 10, 1.0)
    return replace(whole, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ENTRIES)
def test_every_name_leads_to_a_figure_with_rows(name: str) -> None:
    assert not math.isnan(value(WHOLE, name))
    assert rows(WHOLE, name) > 0


def test_every_figure_that_is_compared_has_words() -> None:
    said = {name.partition(".")[2] for name in ENTRIES}
    left_out = {"seconds_mean", "ungraded_share"}  # the median and its share are shown; coverage has a table of its own
    assert {m.name.partition(".")[2] for m in MEASURES} - said == left_out
    assert set(HEADLINE) <= set(ENTRIES)
    assert len(ENTRIES) == sum(len(group) for group in GROUPS.values())
    for entry in ENTRIES.values():
        assert entry.means.endswith(".") and entry.misleads.endswith("."), entry.name


def test_values_and_intervals_are_those_of_the_figures() -> None:
    assert WHOLE.items is not None
    assert value(WHOLE, "items.kappa") == WHOLE.items.kappa
    assert interval(WHOLE, "items.kappa") == WHOLE.intervals["items.kappa"]
    assert math.isnan(interval(WHOLE, "scores.spearman").low)


def test_rows_are_counted_by_hand() -> None:
    given = [
        trial("a", [("contradicted", "met"), ("met", "met"), ("met", None)]),
        trial("b", [("contradicted", None), (None, "met")], state="ungraded", score=None, error="x"),
        trial("c", [("missed", "met")], cost_usd=0.5, seconds=2.0, input_tokens=5),
    ]
    found = figures(given, draws=0)
    assert rows(found, "items.kappa") == 3
    assert rows(found, "items.contradiction_recall") == 1
    assert rows(found, "items.unscored") == 5
    assert rows(found, "scores.mae") == 2
    assert rows(found, "scores.unscored") == 3
    assert rows(found, "cost.usd_total") == 1
    assert rows(found, "cost.seconds_p50") == 3
    assert rows(found, "cost.output_tokens") == 0
    assert rows(found, "steadiness.flip_rate") == 0
    assert rows(found, "calibration.ece") == 0


def test_nothing_there_is_not_a_number() -> None:
    bare = figures([trial("a", [], score=None, human_score=None, state="ungraded")], draws=0)
    for name in ENTRIES:
        if not name.startswith("cost.seconds"):
            assert math.isnan(value(bare, name)), name
            assert rows(bare, name) == 0, name
            assert marks(bare, name) == (), name


def test_what_a_figure_is_measured_against() -> None:
    def labels(found: Figures, name: str) -> dict[str, float]:
        return {mark.label: mark.value for mark in marks(found, name)}

    assert WHOLE.length and WHOLE.ceiling and WHOLE.ceiling_scores
    both = {"Length alone": WHOLE.length.within_question, "Second rater": WHOLE.ceiling_scores.within_question}
    assert labels(WHOLE, "scores.within_question") == both
    assert labels(WHOLE, "scores.mae") == {"Second rater": WHOLE.ceiling_scores.mae}
    assert labels(WHOLE, "items.kappa") == {"Second rater": WHOLE.ceiling.kappa}
    assert labels(WHOLE, "calibration.ece") == {}
    # People said met twice, missed once and contradicted once, which earns what missed earns: 2 of 4 either way.
    given = [trial("a", [("met", "met"), ("met", "missed"), ("missed", "met"), ("contradicted", "met")])]
    assert labels(figures(given, draws=0), "items.accuracy") == {"Commonest level": 0.5}
    assert labels(
        figures([trial("a", [("met", "met"), ("met", "met"), ("partial", "met")])], draws=0), "items.accuracy"
    )["Commonest level"] == pytest.approx(2 / 3)


def test_the_parts_of_figures_are_where_names_say() -> None:
    assert {name.partition(".")[0] for name in ENTRIES} <= {f.name for f in fields(Figures)}
