"""The page of a report: everything on it, nothing from elsewhere, and nothing that an answer could do to it."""

import re
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from madeup import trials
from reports import FAMILIES, RUN, Read, nasty_run, reported

from interviewer import runpage
from interviewer.example import Example
from interviewer.item import Item
from interviewer.report import LETTERS
from interviewer.rubric import Criterion, Rubric
from interviewer.trial import CriterionTrial, Trial


@cache
def usual() -> str:
    """Two runs of one set, one of them over attacks."""
    given = list(trials(90, questions=12, repeats=2))
    other = [t for t in trials(90, questions=12, repeats=2, seed=0, ungraded=0.3)]
    return runpage.page([reported(given), reported(other, "B", attacks=FAMILIES)])


SAID = {
    "figures": "Kappa, met or not",
    "scores": "The numbers, in five steps",
    "levels": "Precision and recall of each level",
    "certainty": "Trust curve",
    "slices": "Length of the answer",
    "attacks": "injection",
    "steadiness": "Krippendorff's alpha, ordinal",
    "coverage": "Why trials of run B are ungraded",
    "cost": "Seconds, 95th percentile",
    "misses": "People → machine",
}


@pytest.mark.parametrize("name", SAID)
def test_every_section_is_there_and_linked(name: str) -> None:
    page = usual()
    (section,) = re.findall(rf'<section id="{name}".*?</section>', page, re.S)
    assert SAID[name] in Read(section).said
    assert f'href="#{name}"' in page


def test_figures_intervals_and_rows_are_those_of_the_run() -> None:
    run = reported(list(trials(90, questions=12, repeats=1)))
    found = run.overview.figures
    assert found.items
    read = Read(runpage.page([run])).said
    span = found.intervals["items.kappa"]
    assert f"Grader {span.low:.3f} to {span.high:.3f} {found.items.kappa:.3f}" in read
    assert f"n = {found.items.n} criteria" in read


def test_nothing_is_asked_of_anybody() -> None:
    sources = [
        v for _, a in Read(usual()).tags for k, v in a.items() if k in ("src", "href", "action", "data", "poster")
    ]
    assert all(v is not None and v.startswith(("#", "data:")) for v in sources)
    assert "style=" not in usual() and " on" not in " ".join(k for _, a in Read(usual()).tags for k in a)


def test_pages_never_say_nan_none_or_inf() -> None:
    few = list(trials(4, questions=1, repeats=1))
    for page in (usual(), runpage.page([reported(few)])):
        assert not re.search(r"\b(?:nan|None|inf|NaN)\b", Read(page).said)
        assert not re.search(r'="[^"]*\bnan\b', page)


def test_ids_are_there_once() -> None:
    ids = [a["id"] for _, a in Read(usual()).tags if "id" in a]
    assert len(ids) == len(set(ids))


def test_what_others_wrote_is_never_markup() -> None:
    page = runpage.page([nasty_run(), replace(nasty_run(), letter="B")])
    read = Read(page)
    names = [name for name, _ in read.tags]
    assert names.count("script") == names.count("style") == 1
    assert not {"img", "iframe", "object", "embed", "base", "b&gt"} & set(names)
    assert not any(key.startswith("on") for _, a in read.tags for key in a)
    assert "\u202e" not in page and "\u2066" not in page
    assert read.said.count("<script>alert(1)</script>") > 10
    assert "evil.example" in read.said
    assert page.index("script-src") < page.index("alert(1)")


def test_quotes_are_marked_where_they_stand() -> None:
    (marked,) = set(re.findall(r'<mark class="for" title="Quoted for claim 1">alert\(1\)', runpage.page([nasty_run()])))
    assert marked


def miss_of(answer: str, quotes: tuple[str, ...] = (), **more: Any) -> str:
    """The page of one answer with one miss."""
    criterion = CriterionTrial("c", "met", None, "missed", quotes, "says so")
    trial = Trial("e", "q", "t", "concept", "", 1, "graded", 1.0, None, 0.0, (criterion,), 9, 1.0)
    item = Item("q", "t", "concept", 3, "q", "What is it?", 600, None)
    rubric = Rubric("r", 1, (Criterion("c", "It is so.", 1, "says so", None),))
    texts = {"e": Example("e", "d", "", item, rubric, answer, {}, 0.0)}
    return runpage.page([reported([trial], **{"texts": texts, **more})])


def test_one_trial_makes_a_whole_page() -> None:
    said = Read(miss_of("It is.", ("It is",))).said
    for part in (
        "What is it?",
        "It is so.",
        "people ○ Missed",
        "machine ✓ Met",
        "Quoted: It is",
        "says so",
        "not defined",
    ):
        assert part in said, part
    assert "People's score 0.000" in said and "machine's 1.000" in said


def test_hidden_characters_are_shown_beside_what_was_judged() -> None:
    page = miss_of("It\u200b is\u202e.", ("It is",))
    assert "It is" in re.findall(r"<mark.*?</mark>", page)[0]
    assert "ItU+200B isU+202E." in Read(page).said
    assert "As it was typed" in page
    assert "As it was typed" not in miss_of("It is.\r\nCafe\u0301.")


@pytest.mark.parametrize("answer", ["x\0y", "a\ud800b", "long " * 9_000])
def test_an_answer_that_nobody_could_grade_is_shown_all_the_same(answer: str) -> None:
    page = miss_of(answer)
    assert Read(page).said.count(answer[:1]) > 0
    assert len(page.encode("utf-8", "replace")) < 150_000
    assert ("characters more)" in page) is (len(answer) > 6_000)


def test_where_texts_are_left_out_no_word_of_an_answer_is_left() -> None:
    page = miss_of("It is secret.", ("secret",), texts={}, with_texts=False, texts_note="left out on purpose.")
    assert "secret" not in page and "says so" not in page
    assert "Run A: left out on purpose." in Read(page).said
    assert "This answer is not in the set any more." in Read(miss_of("", texts={})).said


def test_whole_answers_are_missed_where_nobody_labelled_criteria() -> None:
    given = [
        Trial(f"e{n}", f"q{n % 3}", "t", "concept", "", 1, "graded", n / 9, None, 1 - n / 9, (), 5 + n, 0.1)
        for n in range(9)
    ]
    read = Read(runpage.page([reported(given, worst=3)]))
    assert sum(a.get("data-pair") == "score" for _, a in read.tags) == 3
    assert "Kappa, met or not" not in read.said and "Mean error of a score" in read.said


def test_runs_of_different_sets_are_named_as_such() -> None:
    given = list(trials(30, questions=12))
    page = runpage.page([reported(given), reported(given, "B", run=replace(RUN, data_digest="def"))])
    said = Read(page).said
    assert "The runs are of different sets" in said
    assert "Second rater (A)" in said and "Second rater (B)" in said
    assert "Length alone" in Read(runpage.page([reported(given)])).said


def test_a_page_of_many_runs_stays_small() -> None:
    given = list(trials(400, questions=40))
    page = runpage.page([reported(given, letter) for letter in LETTERS])
    assert len(page.encode()) < 3_000_000
    once = len(runpage.page([reported(given)]).encode())
    more = len(runpage.page([reported(list(trials(4_000, questions=40)))]).encode())
    assert more < 1.3 * once


def odd(kind: str) -> list[Trial]:
    """Runs in which something is not as usual."""
    given = list(trials(30, questions=4, repeats=2))
    lost = {"state": "ungraded", "score": None, "expected": None, "error": "timed out"}
    changes: dict[str, dict[str, Any]] = {
        "all ungraded": lost,
        "no labels": {"human_score": None, "criteria": (), "second_score": None},
        "constant": {"score": 0.5, "human_score": 0.5, "expected": 0.5},
        "no names": {"topic": "", "kind": "", "sort": "", "voice": "", "difficulty": None},
        "no words": {"answer_words": 0, "seconds": 0.0},
    }
    if kind == "all ungraded":
        return [
            replace(t, **lost, criteria=tuple(replace(c, level=None, probability=None) for c in t.criteria))
            for t in given
        ]
    if kind == "always met":
        return [replace(t, criteria=tuple(replace(c, level="met", human="met") for c in t.criteria)) for t in given]
    return [replace(t, **changes[kind]) for t in given]


@pytest.mark.parametrize("kind", ["all ungraded", "no labels", "constant", "no names", "no words", "always met"])
def test_odd_runs_make_a_page_too(kind: str) -> None:
    page = runpage.page([reported(odd(kind)), reported(odd("no names"), "B")])
    assert not re.search(r"\b(?:nan|None|inf|NaN)\b", Read(page).said)
    alone = Read(runpage.page([reported(odd(kind))])).said
    if kind == "all ungraded":
        assert "60 (100\u00a0%)" in alone and "not defined" in alone
    if kind == "no labels":
        assert "Nobody labelled" in alone
    if kind == "always met":
        assert "Machine and people never differ here." in alone
