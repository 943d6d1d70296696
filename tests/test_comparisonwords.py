"""The words of a comparison: numbers, verdicts, warnings, and an answer marked with what was quoted."""

import math
from dataclasses import replace

import pytest
from made_runs import RUN, Prompt, pair

from interviewer import comparisonpage
from interviewer import comparisonwords as words
from interviewer.comparison import compare
from interviewer.differences import Difference
from interviewer.flips import Flip
from interviewer.trial import Run

MADE = Difference("f", 0.5, 0.5, 0, 0, 0, 1, "cannot tell", None, 100, 30, "question", "higher", 0.05, 0, 0.02)
FLIP = Flip(
    change="lost",
    example="q/1",
    question="q",
    topic="nets",
    trial=1,
    criterion="scaled",
    human="met",
    a="met",
    b=None,
    quotes_a=("one two", "four"),
    quotes_b=("two three",),
    reason_a="says so",
    reason_b="",
    asked="Why?",
    claim="It scales.",
    answer="one two three four.",
)
A, B = pair(5, Prompt(0.05))


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"verdict": "improved"}, "improved"),
        ({"verdict": "same within margin"}, "same within margin"),
        ({"rows_needed": 2345}, "cannot tell (about 2,345 rows needed)"),
        ({"rows_needed": 101}, "cannot tell (more than 100 rows needed)"),
        (
            {"rows_needed": 150, "units": 4, "unit": "answer"},
            "cannot tell (fewer than 6 answers; about 150 rows needed)",
        ),
        ({"difference": math.nan}, "cannot tell (not defined on these rows)"),
        ({}, "cannot tell"),
    ],
)
def test_a_verdict_says_what_it_would_take(changed: dict[str, object], said: str) -> None:
    assert words.verdict(replace(MADE, **changed)) == said  # type: ignore[arg-type]


def test_small_figures_have_more_places_and_undefined_ones_a_dash() -> None:
    money = replace(MADE, a=0.00021, b=0.00019, difference=-0.00002, low=-0.00003, high=0.00001)
    assert words.figures([money]).rows[0][1:5] == ("0.00021", "0.00019", "-2e-05", "-3e-05 to +1e-05")
    none = replace(MADE, a=math.nan, b=0.5, difference=math.nan, low=math.nan, high=math.nan, p=math.nan)
    assert words.figures([none]).rows[0][1:7] == ("–", "0.500", "–", "–", "0.050", "–")
    assert words.figures([replace(MADE, p=0.0001)]).rows[0][6] == "<0.001"
    assert words.figures([MADE]).rows[0] == (
        *("f", "0.500", "0.500", "0.000", "0.000 to 0.000", "0.050", "1.000", "cannot tell", "100", "30 questions"),
    )


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({}, []),
        ({"finished": None}, ["B is not finished"]),
        ({"data_digest": "ffff"}, ["the data differ (digests 0123456789ab and ffff)"]),
        ({"rubric_versions": {"q00": 1, "q01": 2}}, ["rubrics differ: q01;"]),
        ({"rubric_digests": {"q00": "x", "q01": "y"}}, ["rubrics differ: q00, q01;"]),
        ({"rubric_digests": {}}, []),  # a run of before they were kept
        ({"rubric_versions": {"other": 1}, "rubric_digests": {"other": "x"}}, []),
    ],
)
def test_a_reader_is_warned(changed: dict[str, object], said: list[str]) -> None:
    compared = compare(A, B, sliced=(), figures=["items.kappa"])
    found = words.warnings(RUN, replace(RUN, **changed), compared)  # type: ignore[arg-type]
    assert len(found) == len(said)
    assert all(warning.startswith(hint) for warning, hint in zip(found, said, strict=True))


def test_rows_without_labels_are_a_warning() -> None:
    bare = [replace(t, criteria=(), human_score=None) for t in A]
    assert words.warnings(RUN, RUN, compare(bare, bare)) == (
        "no answer of both has a label and a level: agreement with people is not defined",
    )


def test_what_was_asked_shows_the_parameters_that_differ() -> None:
    other: Run = replace(
        RUN,
        grader_version="rubric.v2",
        parameters={**RUN.parameters, "prompt": "rubric.v2", "prompt_digest": "bbbb", "temperature": 1},
    )
    rows = {row[0]: row[1:] for row in words.asked(RUN, other).rows}
    assert rows["version"] == ("rubric.v1", "rubric.v2")
    assert rows["prompt_digest"] == ("aaaa", "bbbb")
    assert rows["temperature"] == ("–", "1")
    assert "endpoint" not in rows
    assert "prompt_digest" in {row[0] for row in words.asked(RUN, RUN).rows}


def test_what_is_unpaired_is_counted_and_named() -> None:
    compared = compare(A[1:], B[:-8], sliced=(), figures=["items.kappa"])
    assert words.counted(compared) == (
        "172 pairs: 172 answers to 19 questions; 8 only in A (q18/01 #1, q18/02 #1, q18/03 #1, q18/04 #1, q18/05 #1 "
        "and 3 more); 1 only in B (q00/00 #1); what is unpaired is in no figure"
    )
    assert words.counted(compare(A, B, sliced=(), figures=["items.kappa"])).endswith("19 questions; nothing unpaired")


def test_only_slices_that_moved_are_shown() -> None:
    a, b = pair(1, Prompt(lost=0.5))
    half = [x if int(x.question[1:]) % 2 else y for x, y in zip(a, b, strict=True)]
    a, b = ([replace(t, topic=f"t{int(t.question[1:]) % 2}") for t in side] for side in (a, half))
    compared = compare(a, b, sliced=("topic",), headline=("items.kappa",))
    moved = words.moved(compared.slices)
    assert moved.title == "Slices that moved: 1 of 2 looked at"
    assert [(row[1], row[8]) for row in moved.rows] == [("t0", "worse")]
    assert comparisonpage.slices(compared).startswith("**Slices that moved")
    assert comparisonpage.slices(compare(a, a, sliced=())) == ""


def test_the_quotes_of_both_are_marked_in_the_answer() -> None:
    assert words.marked(FLIP) == (
        ("one ", "A"),
        ("two", "AB"),
        (" three", "B"),
        (" ", ""),
        ("four", "A"),
        (".", ""),
    )
    assert words.marked(replace(FLIP, quotes_a=("not there", ""), quotes_b=())) == (("one two three four.", ""),)
    assert words.marked(replace(FLIP, quotes_a=("one", "one two"), quotes_b=()))[0] == ("one two", "A")
    assert words.marked(replace(FLIP, answer="")) == ()


def test_a_flip_is_one_line_and_two_sides() -> None:
    assert words.flip_title(FLIP, 3) == "3. lost: scaled of q/1 · people: met · met → unscored"
    other = replace(FLIP, trial=2, human=None)
    assert words.flip_title(other, 1) == "1. lost: scaled of q/1, trial 2 · not labelled · met → unscored"
    assert words.flip_sides(FLIP).rows == (
        ("level", "met", "unscored"),
        ("quotes", "“one two” · “four”", "“two three”"),
        ("reason", "says so", "–"),
    )


def test_a_flip_in_a_pull_request() -> None:
    page = "\n\n".join(comparisonpage.flips([FLIP], 4))
    assert "**Levels that flipped: 4**, the worst 1 of them" in page
    assert "> <b>one</b><sup>A</sup> <b>two</b><sup>A</sup><sup>B</sup> <b>three</b><sup>B</sup>" in page
    assert "Question: Why?" in page and "Claim: It scales." in page
    bare = "\n\n".join(comparisonpage.flips([replace(FLIP, asked="", answer="")], 1))
    assert "Question" not in bare and "says so" in bare
    assert comparisonpage.flips([], 0) == ("No level flipped.",)
