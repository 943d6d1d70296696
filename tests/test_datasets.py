"""Labelled answers from the golden set and from the external form; lines that cannot be used are named."""

import json
from pathlib import Path
from typing import Any

import pytest
import small_bank

from interviewer import datasets, library, textlines
from interviewer.bank import Bank
from interviewer.errors import InputError, LibraryError

ROW: dict[str, Any] = {
    "dataset": "exam",
    "question_id": "q1",
    "question": "What does dropout do?",
    "reference_answer": "It turns random units off. At test time all neurons take part.",
    "answer": "it silences units",
    "score": 1.5,
    "max_score": 2,
    "split": "test",
    "label_3way": "partial",
}
ITEMS = [
    {"id": "off", "text": "Units are off in training.", "weight": 3, "met": True},
    {"id": "on", "text": "All are on at test time.", "weight": 1, "met": False},
]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return small_bank.write(tmp_path / "bank")


@pytest.fixture
def bank(root: Path) -> Bank:
    return library.load(root)


def written(folder: Path, *rows: object, name: str = "exam.jsonl") -> Path:
    path = folder / name
    path.write_text("".join((r if isinstance(r, str) else json.dumps(r)) + "\n" for r in rows), encoding="utf-8")
    return path


def test_a_scored_row_is_graded_against_criteria_from_its_reference(tmp_path: Path) -> None:
    (example,) = datasets.external(written(tmp_path, ROW))
    assert (example.id, example.dataset, example.split) == ("exam/1", "exam", "test")
    assert example.score == 0.75
    assert dict(example.labels) == {}
    assert [c.claim for c in example.rubric.criteria] == ROW["reference_answer"].replace(". ", ".|").split("|")
    assert (example.item.id, example.item.topic, example.item.text) == ("q1", "exam", "What does dropout do?")
    assert example.item.draft, "a question from elsewhere can be graded, never asked"


def test_rubric_items_are_the_criteria_and_make_the_score(tmp_path: Path) -> None:
    row = {**ROW, "score": None, "rubric_items": ITEMS}
    (example,) = datasets.external(written(tmp_path, row))
    assert [(c.id, c.claim, c.weight, c.levels) for c in example.rubric.criteria] == [
        ("off", "Units are off in training.", 3, ("missed", "met")),
        ("on", "All are on at test time.", 1, ("missed", "met")),
    ]
    assert dict(example.labels) == {"off": "met", "on": "missed"}
    assert example.score == 0.75
    (given,) = datasets.external(written(tmp_path, {**row, "score": 0.5, "max_score": 1}))
    assert given.score == 0.5, "a score that is given wins over the sum of items"


def test_rows_may_lack_what_they_do_not_have(tmp_path: Path) -> None:
    least = {"question_id": 7, "question": "Why?", "answer": "", "rubric_items": [{"id": 1, "text": "A", "met": 1}]}
    (example,) = datasets.external(written(tmp_path, "", least, "  "))
    assert (example.id, example.item.id, example.dataset) == ("exam/2", "7", "exam")
    assert example.labels == {"1": "met"}
    unscored = {k: v for k, v in ROW.items() if k not in ("score", "max_score", "dataset", "split")}
    (other,) = datasets.external(written(tmp_path, unscored))
    assert other.score is None


def test_rows_may_say_that_nobody_labelled_them(tmp_path: Path) -> None:
    items = [{**ITEMS[0], "met": None}, {"id": "on", "text": "On.", "level": "partial"}, {**ITEMS[1], "id": "x"}]
    (example,) = datasets.external(written(tmp_path, {**ROW, "score": None, "rubric_items": items}))
    assert dict(example.labels) == {"on": "partial", "x": "missed"}
    assert example.score is None, "a score is not made of some labels alone"
    two = ("missed", "met")
    assert [c.levels for c in example.rubric.criteria] == [two, ("missed", "partial", "met"), two]
    whole = [{**ITEMS[0], "met": None, "level": "partial"}, ITEMS[1]]
    (scored,) = datasets.external(written(tmp_path, {**ROW, "score": None, "rubric_items": whole}))
    assert scored.score == 0.5 * 3 / 4


def test_rows_may_have_ids(tmp_path: Path) -> None:
    examples = datasets.external(written(tmp_path, {**ROW, "id": "a"}, ROW, {**ROW, "id": 7}))
    assert [e.id for e in examples] == ["exam/a", "exam/2", "exam/7"]
    with pytest.raises(LibraryError) as caught:
        datasets.external(written(tmp_path, {**ROW, "id": "a"}, {**ROW, "id": "b"}, {**ROW, "id": "a"}))
    (finding,) = caught.value.findings
    assert (finding.line, finding.field) == (3, "id") and "exam/a is that of exam.jsonl:1 too" in finding.expected


def test_a_mark_before_the_first_line_is_no_fault(tmp_path: Path) -> None:
    path = written(tmp_path, ROW, ROW)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert len(datasets.external(path)) == 2


def test_the_same_reference_gives_one_rubric(tmp_path: Path) -> None:
    one, other, third = datasets.external(written(tmp_path, ROW, ROW, {**ROW, "reference_answer": "Another one here."}))
    assert one.rubric is other.rubric
    assert third.rubric is not one.rubric


BAD: list[tuple[object, str, str]] = [
    ("not json", "", "Expecting value"),
    ("[]", "", "valid dictionary"),
    ({k: v for k, v in ROW.items() if k != "answer"}, "answer", "Field required"),
    ({**ROW, "score": "good"}, "score", "valid number"),
    ({**ROW, "score": 3}, "score", "a score of 0 to 2 (max_score) expected; got 3"),
    ({**ROW, "score": -1}, "score", "a score of 0 to 2 (max_score) expected; got -1"),
    ({**ROW, "max_score": 0}, "max_score", "greater than 0"),
    ({**ROW, "reference_answer": "  "}, "", "rubric_items or a reference_answer expected"),
    ({**ROW, "reference_answer": None}, "", "rubric_items or a reference_answer expected"),
    ({**ROW, "rubric_items": [{"id": "a", "text": "", "met": True}]}, "rubric_items.0.text", "at least 1"),
    ({**ROW, "rubric_items": [{**ITEMS[0], "weight": 0}]}, "rubric_items.0.weight", "greater than 0"),
    ({**ROW, "rubric_items": [{"id": "a", "text": "A"}]}, "rubric_items.0.met", "Field required"),
    ({**ROW, "rubric_items": [{**ITEMS[0], "level": "contradicted"}]}, "rubric_items.0.level", "'missed', 'partial'"),
    ({**ROW, "rubric_items": [ITEMS[0], ITEMS[0]]}, "", "rubric_items with an id of their own each expected"),
    (json.dumps(ROW).replace("1.5", "NaN"), "score", "finite number"),
    (json.dumps(ROW).replace("1.5", "Infinity"), "score", "finite number"),
    ("[" * 100_000, "", "recursion"),
    ('{"answer": "' + "x" * textlines.LONGEST_LINE + '"}', "", "a line of at most 1,000,000 bytes expected"),
]


@pytest.mark.parametrize(("row", "field", "expected"), BAD, ids=[field or what for _, field, what in BAD])
def test_a_line_that_cannot_be_used_is_named(tmp_path: Path, row: object, field: str, expected: str) -> None:
    with pytest.raises(LibraryError) as caught:
        datasets.external(written(tmp_path, ROW, row))
    (finding,) = caught.value.findings
    assert (finding.file, finding.line, finding.field) == ("exam.jsonl", 2, field)
    assert expected in finding.expected


def test_every_bad_line_is_named_at_once(tmp_path: Path) -> None:
    path = written(tmp_path, *(row for row, _, _ in BAD[:6]), ROW)
    path.write_bytes(path.read_bytes() + b'{"answer": "\xff"}\n')
    with pytest.raises(LibraryError) as caught:
        datasets.external(path)
    assert [f.line for f in caught.value.findings] == [1, 2, 3, 4, 5, 6, 8]
    assert "UTF-8 text expected" in caught.value.findings[-1].expected


def test_sets_are_chosen_by_name_split_or_path(root: Path, bank: Bank, tmp_path: Path) -> None:
    assert [e.id for e in datasets.load("golden", bank, root)] == [f"dropout/{n:02}" for n in range(1, 7)]
    assert len(datasets.load("golden:train", bank, root)) == 6
    path = written(tmp_path, ROW, {**ROW, "split": "dev"})
    assert len(datasets.load(str(path), bank, root)) == 2
    assert [e.id for e in datasets.load(f"{path}:dev", bank, root)] == ["exam/2"]
    odd = written(tmp_path, ROW, name="odd:name.jsonl")
    assert len(datasets.load(str(odd), bank, root)) == 1, "a path that exists is never cut at a colon"


@pytest.mark.parametrize("which", ["golden:dev", "golden:nothing", "gone.jsonl", "gone.jsonl:dev", "", "."])
def test_a_set_that_is_not_there(which: str, root: Path, bank: Bank) -> None:
    with pytest.raises(InputError) as caught:
        datasets.load(which, bank, root)
    assert "splits there: train" in str(caught.value) or "name golden[:split] or a file of answers" in str(caught.value)


def test_golden_answers_carry_what_was_settled_and_code_s_own_score(root: Path, bank: Bank) -> None:
    first = datasets.load("golden", bank, root)[0]
    assert (first.dataset, first.split, first.sort) == ("golden", "train", "partial")
    assert dict(first.labels) == {"unused": "met", "scaled": "met", "share": "met"}
    assert first.score == first.rubric.score(dict(first.labels)) == 1.0
    assert first.item is bank.items["dropout"]


def test_golden_answers_that_fit_no_rubric_are_named(root: Path, bank: Bank) -> None:
    rows = small_bank.golden_lines()
    rows[2]["question"] = "relu"
    rows[4]["author"] = {"unused": {"level": "missed"}}
    small_bank.put(root, "evals/golden/nets.v1.jsonl", "".join(json.dumps(row) + "\n" for row in rows))
    with pytest.raises(LibraryError) as caught:
        datasets.load("golden", bank, root)
    assert [(f.line, f.field) for f in caught.value.findings] == [(3, "labels"), (5, "labels")]


@pytest.mark.parametrize("name", ["digiklausur_mandatory", "saf_en", "scientsbank", "beetle"])
def test_the_shared_sets_are_read_as_they_are(name: str) -> None:
    path = library.home().parent / "shared" / "data" / f"{name}.jsonl"
    if not path.exists():
        pytest.skip("the human-scored sets lie beside the repository only where the project is developed")
    examples = datasets.external(path)
    assert len(examples) == sum(bool(line.strip()) for line in path.read_bytes().splitlines())
    assert all(e.score is None or 0 <= e.score <= 1 for e in examples)
    assert all(e.rubric.criteria for e in examples)
