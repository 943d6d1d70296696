"""Golden answers and their split: read whole, or every fault named with its line."""

import json
from pathlib import Path

import pytest
import small_bank
from small_bank import put

from interviewer import golden, library
from interviewer.errors import LibraryError
from interviewer.labels import GoldenAnswer, Label

FILE, SPLIT = "evals/golden/nets.v1.jsonl", "evals/golden/split.yaml"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return small_bank.write(tmp_path)


def lines(changes: dict[int, dict[str, object]]) -> str:
    rows = [{**row, **changes.get(n, {})} for n, row in enumerate(small_bank.golden_lines(), 1)]
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def test_a_sound_set_is_read_whole(root: Path) -> None:
    found = golden.load(root)
    assert [a.id for a in found.answers] == [f"dropout/{n:02}" for n in range(1, 7)]
    assert found.places["dropout/03"] == (FILE, 3)
    assert found.split == {"dropout": "train"}
    first = found.answers[0]
    assert first.labels["unused"] == Label(level="met", quotes=["no unit is dropped"])
    assert first.blind is None


def test_what_was_settled_holds_over_what_the_author_said() -> None:
    row = small_bank.golden_lines()[0]
    settled = {"scaled": {"level": "missed", "quotes": [], "why": "the factor is not said"}}
    answer = GoldenAnswer.model_validate({**row, "blind": {"scaled": "missed"}, "settled": settled})
    assert answer.labels["scaled"].level == "missed"
    assert answer.labels["unused"].level == "met"
    assert answer.author["scaled"].level == "met"


def test_a_bank_without_golden_answers_has_none(tmp_path: Path) -> None:
    found = golden.load(tmp_path)
    assert (found.answers, found.places, found.split) == ((), {}, {})


def test_blank_lines_and_rare_line_ends_inside_answers_are_no_faults(root: Path) -> None:
    put(
        root,
        FILE,
        "\n" + lines({2: {"answer": "Well,\u2028no unit is dropped;\x85 divided by p in training."}}) + "\n  \n",
    )
    found = golden.load(root)
    assert len(found.answers) == 6
    assert found.places["dropout/02"] == (FILE, 3)


@pytest.mark.parametrize(
    ("line", "field", "expected"),
    [
        ("{", "", "one JSON object a line expected"),
        ("[]", "", "valid dictionary"),
        ('"text"', "", "valid dictionary"),
        ('{"id": "x"}', "id", "match pattern"),
        (json.dumps({**small_bank.golden_lines()[0], "mood": 1}), "mood", "Extra inputs"),
        (json.dumps({**small_bank.golden_lines()[0], "id": "dropout/1"}), "id", "match pattern"),
        (json.dumps({**small_bank.golden_lines()[0], "sort": "odd"}), "sort", "'excellent'"),
        (
            json.dumps({**small_bank.golden_lines()[0], "author": {"unused": {"level": "good"}}}),
            "author.unused.level",
            "",
        ),
        (json.dumps({**small_bank.golden_lines()[0], "blind": {"unused": "half"}}), "blind.unused", "'met'"),
        (json.dumps(small_bank.golden_lines()[0]), "id", "an id of its own expected; dropout/01 is taken"),
    ],
)
def test_a_line_that_cannot_be_used_is_named(root: Path, line: str, field: str, expected: str) -> None:
    put(root, FILE, lines({}) + line + "\n" + "not json either\n")
    with pytest.raises(LibraryError) as caught:
        golden.load(root)
    findings = caught.value.findings
    assert (findings[0].file, findings[0].line, findings[0].field) == (FILE, 7, field)
    assert expected in findings[0].expected
    assert findings[-1].line == 8, "all faults come at once"
    answers, _ = golden.read(root)
    assert len(answers.answers) == 6, "the rest is still read"


@pytest.mark.parametrize(
    ("text", "line", "field", "expected"),
    [
        ("train: [a]\ndev: []\n", 1, "test", "Field required"),
        ("train: [a]\ndev: []\ntest: []\nall: []\n", 4, "all", "no such key is known"),
        ("[train, dev, test]", 1, "", "Input should be a valid dictionary"),
        ("train: [a]\ndev: [b]\ntest: [c, a]\n", 3, "test.1", "one split a question expected; a is in two"),
        ("train: [a]\ndev: abc\ntest: []\n", 2, "dev", "valid list"),
        ("train: [a]\ndev: [{b: c}]\ntest: []\n", 2, "dev.0", "valid string"),
        ("train: [a\n", 2, "", "valid YAML 1.2 expected"),
        (b"\xff", 0, "", "a readable UTF-8 file expected"),
    ],
)
def test_a_split_that_cannot_be_used(root: Path, text: str | bytes, line: int, field: str, expected: str) -> None:
    put(root, SPLIT, text)
    with pytest.raises(LibraryError) as caught:
        golden.load(root)
    finding = caught.value.findings[0]
    assert (finding.file, finding.line, finding.field) == (SPLIT, line, field)
    assert expected in finding.expected


@pytest.mark.parametrize(
    ("text", "line", "field", "expected"),
    [
        ("[a]", 1, "", "valid dictionary"),
        ("few: a", 1, "few", "valid list"),
        ("few:\n  - dropout/01\n  - dropout/99\n", 3, "few.1", "there is no dropout/99"),
        ("few: [dropout/01\n", 2, "", "valid YAML 1.2 expected"),
    ],
)
def test_slices_that_cannot_be_used(root: Path, text: str, line: int, field: str, expected: str) -> None:
    put(root, "evals/golden/slices.yaml", text)
    found, (finding,) = golden.read(root)
    assert (finding.file, finding.line, finding.field) == ("evals/golden/slices.yaml", line, field)
    assert expected in finding.expected and len(found.answers) == 6


def test_a_split_may_name_nothing(root: Path) -> None:
    put(root, SPLIT, "train: [dropout]\ndev:\ntest: []\n")
    assert golden.load(root).split == {"dropout": "train"}


def test_an_unreadable_file_is_one_finding(root: Path) -> None:
    put(root, FILE, b"\xff\xfe")
    with pytest.raises(LibraryError, match="a readable UTF-8 file expected"):
        golden.load(root)


def test_the_golden_answers_of_the_program() -> None:
    found, bank = golden.load(library.home()), library.load(library.home())
    by_question: dict[str, int] = {}
    for answer in found.answers:
        by_question[answer.question] = by_question.get(answer.question, 0) + 1
        assert answer.id.startswith(f"{answer.question}/")
    assert set(by_question) == {item.id for item in bank.askable} == set(found.split)
    assert min(by_question.values()) >= 6
    assert {"train", "dev", "test"} == set(found.split.values())
