"""Reading a bank folder: everything of it, and every error of every file at once, with its place."""

from pathlib import Path

import pytest
import small_bank
from small_bank import put, swap

from interviewer import library
from interviewer.errors import InterviewerError, LibraryError
from interviewer.item import Numeric

ITEMS, NOTES, RUBRIC = "questions/nets/items.yaml", "questions/nets/notes.md", "rubrics/nets/dropout.yaml"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return small_bank.write(tmp_path)


def test_a_sound_bank_is_read_whole(root: Path) -> None:
    bank = library.load(root)
    assert list(bank.items) == ["dropout", "relu"]
    assert bank.topics == {"nets": "Neural networks"}
    assert [item.id for item in bank.askable] == ["dropout"]
    item, draft = bank.items["dropout"], bank.items["relu"]
    assert (item.topic, item.kind, item.difficulty, item.number, item.source_list) == ("nets", "concept", 2, 1, "ours")
    assert item.numerics == (Numeric(2, 0.01, "factor", ("2x", "1/0.5"), "share"),)
    assert item.variant is not None
    assert item.variant.numerics[0].value == 4
    assert [hint.cost for hint in item.hints] == [0.05, 0.1, 0.2]
    assert dict(item.follow_ups)["scaled"] == "By what are they scaled?"
    assert draft.draft
    assert draft.company is None
    rubric = bank.rubric_of(item)
    assert [c.id for c in rubric.criteria] == ["unused", "scaled", "share"]
    assert rubric.criterion("unused").levels == ("missed", "partial", "met", "contradicted")
    assert rubric.criterion("scaled").levels == ("missed", "met")
    assert rubric.criterion("share").optional
    with pytest.raises(KeyError):
        rubric.criterion("nothing")
    with pytest.raises(KeyError):
        bank.rubric_of(draft)
    note = bank.notes["dropout-off"]
    assert (note.title, note.topic) == ("Dropout is off at inference", "nets")
    assert note.text.startswith("At inference dropout does nothing")
    assert "Sources" not in note.text
    assert note.sources == 'Srivastava et al., "Dropout", JMLR 15, 2014.'


def test_places_are_lines_of_the_files(root: Path) -> None:
    bank = library.load(root)

    def line_of(name: str, start: str) -> int:
        lines = (root / name).read_text(encoding="utf-8").splitlines()
        return next(n for n, line in enumerate(lines, 1) if line.strip().startswith(start))

    for place, name, start in [
        (("item", "dropout"), ITEMS, "- id: dropout"),
        (("item", "dropout", "kind"), ITEMS, "kind: concept"),
        (("item", "dropout", "hints", "1"), ITEMS, "- {text: Which units"),
        (("item", "relu", "draft"), ITEMS, "draft: true"),
        (("rubric", "dropout", "criteria", "scaled", "claim"), RUBRIC, "claim: Activations"),
        (("rubric", "dropout", "criteria", "scaled", "nowhere"), RUBRIC, "- id: scaled"),
        (("note", "dropout-scale"), NOTES, "## Scaling"),
    ]:
        finding = bank.finding(place, "something expected")
        assert (finding.file, finding.line) == (name, line_of(name, start)), place


def test_the_digest_follows_what_can_move_a_score_and_not_the_version(root: Path) -> None:
    before = library.load(root).rubrics["dropout"].digest
    swap(root, RUBRIC, "version: 1", "version: 2")
    assert library.load(root).rubrics["dropout"].digest == before
    swap(root, RUBRIC, "weight: 3", "weight: 4")
    after = library.load(root).rubrics["dropout"].digest
    assert after != before
    assert len(after) == 12


SPOILED = [
    (ITEMS, "kind: concept", "kind: riddle", 9, "items.0.kind", "'design'"),
    (ITEMS, "difficulty: 2", "difficulty: 7", 10, "items.0.difficulty", "less than or equal to 5"),
    (ITEMS, "difficulty: 2", "difficulty: hard", 10, "items.0.difficulty", "valid integer"),
    (ITEMS, "    kind: concept\n", "", 4, "items.0.kind", "Field required"),
    (ITEMS, "    kind: concept", "    mood: bad\n    kind: concept", 9, "items.0.mood", "no such key is known"),
    (ITEMS, "id: relu", "id: Dead ReLU", 27, "items.1.id", "match pattern"),
    (ITEMS, "id: relu", "id: dropout", 27, "items.1.id", "an id of its own expected; dropout is taken"),
    (ITEMS, "    draft: true\n", "", 27, "items.1", "rubric, notes, 3 hints"),
    (ITEMS, "draft: true", "draft: true\n    rubric: dropout", 27, "items.1", "a draft has no rubric"),
    (ITEMS, "topic: nets", "topic: trees", 1, "topic", "the folder's name expected: nets"),
    (ITEMS, "cost: 0.1}", "cost: 0}", 16, "items.0.hints.1.cost", "greater than 0"),
    (ITEMS, "tolerance: 0.01", "tolerance: -1", 25, "items.0.variant.numeric.tolerance", "or equal to 0"),
    (ITEMS, "{value: 2,", "{value: two,", 26, "items.0.numeric.value", "valid number"),
    (ITEMS, "text: When does a unit die?", "text: ' '", 30, "items.1.text", "match pattern"),
    (ITEMS, "title: Dead units", "title: A\n    title: B", 30, "items.1.title", "the key stands twice"),
    (ITEMS, "title: Dead units", "title: Dead: units", 29, "", "quote text that holds a colon"),
    (RUBRIC, "weight: 3", "weight: 0", 7, "criteria.0.weight", "greater than 0"),
    (RUBRIC, "id: dropout", "id: other", 1, "id", "the file's name expected: dropout"),
    (RUBRIC, "id: scaled", "id: unused", 1, "", "criterion ids expected once each; twice: unused"),
    (RUBRIC, "divide by p, inverted dropout", "divide by p", 16, "criteria.1.accepts", "at least 2 items"),
    (RUBRIC, "met: Gives 2.", "met: Gives 2., full: yes", 22, "criteria.2.levels.full", "no such key is known"),
    (NOTES, " {#dropout-off}", "", 3, "", "'## Title {#id}' expected"),
    (NOTES, "{#dropout-scale}", "{#dropout-off}", 14, "dropout-off", "an id of its own expected"),
]
WRITTEN = [
    (NOTES, b"\xff\xfe bad", 0, "", "a readable UTF-8 file expected"),
    (ITEMS, b"topic: \xe9", 0, "", "a readable UTF-8 file expected"),
    (RUBRIC, "[" * 9999, 0, "", "valid YAML 1.2 expected"),
    (RUBRIC, "", 1, "", "valid dictionary"),
    ("rubrics/other/dropout.yaml", small_bank.RUBRIC, 1, "id", "an id of its own expected; dropout is taken"),
    ("questions/zoo/items.yaml", small_bank.ITEMS.replace("topic: nets", "topic: zoo"), 4, "items.0.id", "is taken"),
    ("questions/zoo/notes.md", small_bank.NOTES, 3, "dropout-off", "an id of its own expected"),
]


@pytest.mark.parametrize(("name", "old", "new", "line", "field", "expected"), SPOILED)
def test_one_error_with_file_line_field_and_what_was_expected(
    root: Path, name: str, old: str, new: str, line: int, field: str, expected: str
) -> None:
    swap(root, name, old, new)
    _first_finding(root, name, line, field, expected)


@pytest.mark.parametrize(("name", "text", "line", "field", "expected"), WRITTEN)
def test_a_file_that_is_wrong_as_a_whole(
    root: Path, name: str, text: str | bytes, line: int, field: str, expected: str
) -> None:
    put(root, name, text)
    _first_finding(root, name, line, field, expected)


def _first_finding(root: Path, name: str, line: int, field: str, expected: str) -> None:
    with pytest.raises(LibraryError) as caught:
        library.load(root)
    finding = caught.value.findings[0]
    assert (finding.file, finding.line, finding.field) == (name, line, field)
    assert expected in finding.expected
    assert str(finding) in str(caught.value)
    assert isinstance(caught.value, InterviewerError)


def test_all_errors_of_all_files_come_at_once(root: Path) -> None:
    swap(root, ITEMS, "kind: concept", "kind: riddle")
    swap(root, ITEMS, "difficulty: 2", "difficulty: 7")
    swap(root, ITEMS, "difficulty: 3", "mood: 3")
    swap(root, RUBRIC, "weight: 3", "weight: -1")
    swap(root, RUBRIC, "weight: 2", "wait: 2")
    swap(root, NOTES, " {#dropout-off}", "")
    with pytest.raises(LibraryError) as caught:
        library.load(root)
    found = {(f.file, f.field) for f in caught.value.findings}
    assert found == {
        (ITEMS, "items.0.kind"),
        (ITEMS, "items.0.difficulty"),
        (ITEMS, "items.1.difficulty"),
        (ITEMS, "items.1.mood"),
        (RUBRIC, "criteria.0.weight"),
        (RUBRIC, "criteria.1.weight"),
        (RUBRIC, "criteria.1.wait"),
        (NOTES, ""),
    }
    assert len(str(caught.value).splitlines()) == len(caught.value.findings) == 8


@pytest.mark.parametrize(
    ("numeric", "problems"),
    [
        ("[{value: x, tolerance: 1, unit: a, criterion: share}]", [("items.0.numeric.0.value", "valid number")]),
        ("seven", [("items.0.numeric", "one entry or a list of entries expected")]),
        ("{value: 1}", [(f"items.0.numeric.{k}", "Field required") for k in ("tolerance", "unit", "criterion")]),
    ],
)
def test_one_or_many_gives_no_double_reports(root: Path, numeric: str, problems: list[tuple[str, str]]) -> None:
    text = (root / ITEMS).read_text(encoding="utf-8").splitlines()
    at = max(n for n, line in enumerate(text) if line.startswith("    numeric:"))
    put(root, ITEMS, "\n".join([*text[:at], f"    numeric: {numeric}", *text[at + 1 :]]))
    _, findings = library.read(root)
    assert [f.field for f in findings] == [field for field, _ in problems]
    assert all(what in f.expected for f, (_, what) in zip(findings, problems, strict=True))


def test_an_empty_or_missing_folder_says_what_to_do(tmp_path: Path) -> None:
    for folder, what in ((tmp_path, "an empty bank"), (tmp_path / "nowhere", "no such folder")):
        with pytest.raises(LibraryError, match=f"{what}.*INTERVIEWER_BANK"):
            library.load(folder)


def test_a_question_whose_rubric_is_missing_cannot_be_asked(root: Path) -> None:
    (root / RUBRIC).unlink()
    with pytest.raises(LibraryError, match="an existing rubric expected; there is no dropout"):
        library.load(root)


def test_the_bank_beside_the_program_is_found_and_loads() -> None:
    bank = library.load(library.home())
    assert len(bank.items) == 189
    assert len(bank.askable) >= 24
    assert sorted(i.number for i in bank.items.values() if i.number is not None) == list(range(1, 190))


def test_reading_never_raises_for_a_file_cut_anywhere(root: Path) -> None:
    for name, text in small_bank.FILES.items():
        for cut in range(0, len(text), 37):
            put(root, name, text[:cut])
            library.read(root)
        put(root, name, text)
    assert library.read(root)[1] == []
