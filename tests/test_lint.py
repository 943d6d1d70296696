"""Checks across the whole bank: each trips on exactly its own fault, and the bank that ships has none."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest
import small_bank
from small_bank import put, swap
from stopwatch import cpu_seconds

from interviewer import golden, library, lint
from interviewer.checkup import SEEDS
from interviewer.checkup import findings as checkup
from interviewer.errors import Finding
from interviewer.folders import Folders

ITEMS, NOTES, RUBRIC = "questions/nets/items.yaml", "questions/nets/notes.md", "rubrics/nets/dropout.yaml"
GOLDEN = "evals/golden/nets.v1.jsonl"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return small_bank.write(tmp_path)


def check(root: Path) -> list[Finding]:
    bank, broken = library.read(root)
    answers, torn = golden.read(root)
    assert broken == torn == []
    return lint.check(bank, answers)


def test_the_sound_bank_has_no_finding(root: Path) -> None:
    assert check(root) == []
    assert checkup(Folders(root)) == checkup(Folders(None, root)) == []


def relabel(number: int, **changes: object) -> Callable[[Path], None]:
    def change(root: Path) -> None:
        rows = [{**row, **(changes if n == number else {})} for n, row in enumerate(small_bank.golden_lines(), 1)]
        put(root, GOLDEN, "".join(json.dumps(row) + "\n" for row in rows))

    return change


def change(name: str, old: str, new: str) -> Callable[[Path], None]:
    return lambda root: swap(root, name, old, new)


def labels(**changes: object) -> dict[str, object]:
    row = small_bank.golden_lines()[0]["author"]
    assert isinstance(row, dict)
    return {**row, **changes}


def fewer(kept: int) -> Callable[[Path], None]:
    rows = small_bank.golden_lines()[:kept]
    return lambda root: put(root, GOLDEN, "".join(json.dumps(row) + "\n" for row in rows))


def all_met(root: Path) -> None:
    rows = small_bank.golden_lines()
    for row in rows:
        row["answer"] = "no unit is dropped; " + str(row["answer"])
        assert isinstance(row["author"], dict)
        row["author"] = {**row["author"], "unused": {"level": "met", "quotes": ["no unit is dropped"]}}
    put(root, GOLDEN, "".join(json.dumps(row) + "\n" for row in rows))


def another_note(root: Path) -> None:
    text = (root / NOTES).read_text(encoding="utf-8")
    twin = text[text.index("## Scaling") :].replace("#dropout-scale", "#dropout-again")
    put(root, NOTES, f"{text}\n{twin}")


PADDING = "word " * 200
FAULTS: dict[str, tuple[Callable[[Path], None], list[tuple[str, int, str, str]]]] = {
    "rubric missing": (
        change(ITEMS, "rubric: dropout", "rubric: gone"),
        [
            *[(GOLDEN, n, "question", "a question with a rubric expected; got dropout") for n in range(1, 7)],
            (ITEMS, 12, "dropout.rubric", "an existing rubric expected; there is no gone"),
            (RUBRIC, 1, "dropout.id", "a question that uses this rubric expected"),
        ],
    ),
    "item rests on a missing passage": (
        change(ITEMS, "notes: [dropout-off, dropout-scale]", "notes: [dropout-off, dropout-scale, gone]"),
        [(ITEMS, 13, "dropout.notes", "an existing passage expected; there is no gone")],
    ),
    "item does not list a criterion's passage": (
        change(ITEMS, "notes: [dropout-off, dropout-scale]", "notes: [dropout-off]"),
        [(ITEMS, 13, "dropout.notes", "the passage dropout-scale expected; a criterion rests on it")],
    ),
    "criterion rests on a missing passage": (
        change(RUBRIC, "notes: [dropout-off]", "notes: [dropout-off, gone]"),
        [
            (ITEMS, 13, "dropout.notes", "the passage gone expected; a criterion rests on it"),
            (RUBRIC, 11, "dropout.criteria.unused.notes", "an existing passage expected; there is no gone"),
        ],
    ),
    "follow-up missing": (
        change(ITEMS, "      scaled: By what are they scaled?\n", ""),
        [(ITEMS, 18, "dropout.follow_ups", "a follow-up for criterion scaled expected")],
    ),
    "follow-up for no criterion": (
        change(ITEMS, "      scaled: By", "      gone: Why?\n      scaled: By"),
        [(ITEMS, 18, "dropout.follow_ups", "a criterion of the rubric expected; there is no gone")],
    ),
    "hints get cheaper": (
        change(ITEMS, "cost: 0.2}", "cost: 0.01}"),
        [(ITEMS, 14, "dropout.hints", "costs that rise from hint to hint expected")],
    ),
    "numeric for no criterion": (
        change(ITEMS, '"1/0.5"], criterion: share', '"1/0.5"], criterion: gone'),
        [(ITEMS, 26, "dropout.numeric.criterion", "a criterion of the rubric expected; there is no gone")],
    ),
    "accepted spelling of another value": (
        change(ITEMS, '"1/0.5"', '"1/0.4"'),
        [(ITEMS, 26, "dropout.numeric.accepted", "a spelling of 2 expected; '1/0.4' is 2.5")],
    ),
    "accepted spelling of another value in a variant": (
        change(ITEMS, '["4x"]', '["8/3"]'),
        [(ITEMS, 25, "dropout.variant.numeric.accepted", "a spelling of 4 expected; '8/3' is 2.66667")],
    ),
    "model answer without its number": (
        change(RUBRIC, ", a factor of 2", ""),
        [(RUBRIC, 3, "dropout.model_answer", "the outcome 2 factor expected; code reads the number as absent")],
    ),
    "model answer of a variant with another number": (
        change(ITEMS, "The factor is 4", "The factor is 5"),
        [(ITEMS, 24, "dropout.variant.model_answer", "the outcome 4 factor expected; code reads")],
    ),
    "compound claim": (
        change(RUBRIC, "claim: No unit is dropped at inference.", "claim: None is dropped; sums are scaled."),
        [(RUBRIC, 6, "dropout.criteria.unused.claim", "one claim expected: 'None is dropped; sums are scaled.'")],
    ),
    "wording stands twice": (
        change(RUBRIC, "accepts: [all units stay, it is off]", "accepts: [it is off, it is off]"),
        [(RUBRIC, 9, "dropout.criteria.unused.accepts", "different wordings expected; one stands twice")],
    ),
    "rubric that no question uses": (
        lambda root: put(root, "rubrics/nets/lone.yaml", small_bank.RUBRIC.replace("id: dropout", "id: lone", 1)),
        [("rubrics/nets/lone.yaml", 1, "lone.id", "a question that uses this rubric expected")],
    ),
    "passage too long": (
        change(NOTES, "At inference dropout", f"{PADDING}At inference dropout"),
        [(NOTES, 3, "dropout-off", "80 to 250 words expected; the passage has 3")],
    ),
    "passage too short": (
        lambda root: put(root, NOTES, _shortened()),
        [(NOTES, 3, "dropout-off", "80 to 250 words expected; the passage has 3")],
    ),
    "passage without sources": (
        change(NOTES, 'Sources: Srivastava et al., "Dropout", JMLR 15, 2014.\n\n##', "##"),
        [(NOTES, 3, "dropout-off", "a last line 'Sources: ...' expected")],
    ),
    "formula that does not parse": (
        change(NOTES, r"\frac{1}{2}", r"\frac{1}{2"),
        [(NOTES, 3, "dropout-off", "LaTeX that parses expected: a closing '}' is missing")],
    ),
    "passages that say the same": (
        another_note,
        [(NOTES, 26, "dropout-again", "a passage of its own expected; it repeats dropout-scale")],
    ),
    "too few golden answers": (
        fewer(5),
        [(ITEMS, 4, "dropout", "6 golden answers expected; 5 found")],
    ),
    "criterion without a counter-example": (
        all_met,
        [(RUBRIC, 5, "dropout.criteria.unused", "at least two golden answers with it not met expected; 0 found")],
    ),
    "no answer with the right number by a wrong way": (
        relabel(3, sort="partial"),
        [(ITEMS, 26, "dropout.numeric", "a golden answer of sort right-number-wrong-way expected; none found")],
    ),
    "no answer with a wrong number by the right way": (
        relabel(2, sort="partial"),
        [(ITEMS, 26, "dropout.numeric", "a golden answer of sort wrong-number-right-way expected; none found")],
    ),
    "split of a question that is not there": (
        lambda root: put(root, "evals/golden/split.yaml", "train: [dropout]\ndev:\n  - gone\ntest: []\n"),
        [("evals/golden/split.yaml", 3, "gone", "an existing question expected")],
    ),
    "question in no split": (
        lambda root: put(root, "evals/golden/split.yaml", "train: [relu]\ndev: []\ntest: []\n"),
        [(ITEMS, 4, "dropout", "a place in evals/golden/split.yaml expected")],
    ),
    "golden answer to no question": (
        lambda root: put(root, GOLDEN, small_bank.FILES[GOLDEN] + json.dumps(
            {**small_bank.golden_lines()[0], "id": "relu/01", "question": "relu"}) + "\n"),
        [(GOLDEN, 7, "question", "a question with a rubric expected; got relu")],
    ),
    "criterion without a label": (
        relabel(1, author={k: v for k, v in labels().items() if k != "share"}),
        [(GOLDEN, 1, "author", "every criterion of the rubric once expected; missing or unknown: share")],
    ),
    "blind label for no criterion": (
        relabel(1, blind={"unused": "met", "scaled": "met", "share": "met", "gone": "met"}),
        [(GOLDEN, 1, "blind", "every criterion of the rubric once expected; missing or unknown: gone")],
    ),
    "level that the criterion does not have": (
        relabel(1, author=labels(scaled={"level": "partial", "quotes": ["divided by p"]})),
        [(GOLDEN, 1, "scaled", "one of missed, met expected; got partial")],
    ),
    "credit without a quote": (
        relabel(1, author=labels(scaled={"level": "met", "quotes": []})),
        [(GOLDEN, 1, "scaled", "a quote that earns met expected")],
    ),
    "quote that is not in the answer": (
        relabel(1, author=labels(scaled={"level": "met", "quotes": ["Divided by p"]})),
        [(GOLDEN, 1, "scaled", "a quote that occurs in the answer expected; got 'Divided by p'")],
    ),
    "settled quote that is not in the answer": (
        relabel(1, settled={"scaled": {"level": "met", "quotes": ["gone"], "why": "so"}}),
        [(GOLDEN, 1, "scaled", "a quote that occurs in the answer expected; got 'gone'")],
    ),
    "overruled quote that is not in the answer": (
        relabel(1, author=labels(scaled={"level": "met", "quotes": ["gone"]}),
                settled={"scaled": {"level": "missed", "why": "so"}}),
        [(GOLDEN, 1, "scaled", "a quote that occurs in the answer expected; got 'gone'")],
    ),
    "id of another question": (
        relabel(1, id="relu/01"),
        [(GOLDEN, 1, "id", "dropout/ and a number expected; got relu/01")],
    ),
    "label against the number": (
        relabel(1, author=labels(share={"level": "missed"})),
        [(GOLDEN, 1, "share", "met expected: code reads the number as match")],
    ),
    "credit for a number that is not there": (
        relabel(5, author=labels(unused={"level": "missed"}, scaled={"level": "missed"},
                                 share={"level": "met", "quotes": ["it learns features"]})),
        [(GOLDEN, 5, "share", "another level than met expected: code reads the number as absent")],
    ),
    "disagreement that is not settled": (
        relabel(1, blind={"unused": "partial", "scaled": "met", "share": "met"}),
        [(GOLDEN, 1, "settled.unused", "what holds expected: author met, blind partial")],
    ),
    "blind level that the criterion does not have": (
        relabel(1, blind={"unused": "met", "scaled": "partial", "share": "met"},
                settled={"scaled": {"level": "met", "quotes": ["divided by p"], "why": "so"}}),
        [(GOLDEN, 1, "blind.scaled", "one of missed, met expected; got partial")],
    ),
    "settled without a reason": (
        relabel(1, settled={"scaled": {"level": "met", "quotes": ["divided by p"]}}),
        [(GOLDEN, 1, "settled.scaled", "a reason (why) expected")],
    ),
    "settled for no criterion": (
        relabel(1, settled={"gone": {"level": "missed", "why": "so"}}),
        [(GOLDEN, 1, "settled.gone", "a criterion of the rubric expected")],
    ),
    "answer that nobody could grade": (
        relabel(6, answer="it learns features; " * 1_100),
        [(GOLDEN, 6, "answer", "a text that can be graded expected: the answer has 22,000 characters")],
    ),
}  # fmt: skip


def _shortened() -> str:
    start, end = small_bank.NOTES.index("At inference"), small_bank.NOTES.index("\n\nSources:")
    return small_bank.NOTES[:start] + "It is off." + small_bank.NOTES[end:]


@pytest.mark.parametrize("name", FAULTS)
def test_each_check_finds_exactly_its_fault(name: str, root: Path) -> None:
    spoil, expected = FAULTS[name]
    spoil(root)
    found = check(root)
    assert [(f.file, f.line, f.field) for f in found] == [(file, line, field) for file, line, field, _ in expected]
    for finding, (*_, what) in zip(found, expected, strict=True):
        assert what in finding.expected
        assert finding.warning == (name == "compound claim")


def test_the_source_list_is_held_number_by_number(root: Path) -> None:
    bank, answers = library.load(root), golden.load(root)
    texts = {item.number: item.text for item in bank.items.values() if item.number}
    seeds = {number: lint.seed_digest(text) for number, text in texts.items()}
    assert lint.check(bank, answers, seeds) == []
    changed = lint.check(bank, answers, {**seeds, 2: lint.seed_digest("another text")})
    assert [(f.file, f.line, f.field) for f in changed] == [(ITEMS, 30, "relu.text")]
    assert "the text of number 2 in the source list expected" in changed[0].expected
    (missing,) = lint.check(bank, answers, {**seeds, 3: "digest"})
    assert missing.expected == "number 3 once expected; found 0"
    swap(root, ITEMS, "number: 2", "number: 1")
    found = [f.expected for f in lint.check(library.load(root), answers, seeds)]
    assert "number 1 once expected; found 2" in found
    assert "number 2 once expected; found 0" in found


def test_findings_are_in_order_of_place_and_none_stands_twice(root: Path) -> None:
    for name in ("hints get cheaper", "passage without sources", "credit without a quote", "wording stands twice"):
        FAULTS[name][0](root)
    found = check(root)
    assert found == sorted(set(found), key=lambda f: (f.file, f.line, f.field, f.expected))
    assert [f.file for f in found] == [GOLDEN, ITEMS, NOTES, RUBRIC]


def test_the_real_bank_is_clean_and_soon_checked() -> None:
    found: list[Finding] = []
    assert cpu_seconds(lambda: found.extend(checkup(Folders(library.home())))) < 5
    assert [str(f) for f in found if not f.warning] == []


def test_the_real_bank_s_texts_are_those_of_the_source_list() -> None:
    digests = json.loads((library.home() / SEEDS).read_text(encoding="utf-8"))["texts"]
    items = {item.number: item for item in library.load(library.home()).items.values()}
    assert set(map(int, digests)) == set(items) == set(range(1, 190))
    for number, digest in digests.items():
        assert hashlib.sha256(items[int(number)].text.encode()).hexdigest() == digest


def test_the_real_bank_s_texts_equal_the_seed() -> None:
    seed = library.home().parent / "shared" / "seed" / "questions.json"
    if not seed.exists():
        pytest.skip("the seed list lies beside the repository only where the project is developed")
    rows = json.loads(seed.read_text(encoding="utf-8"))
    questions = rows if isinstance(rows, list) else rows["questions"]
    items = {item.number: item for item in library.load(library.home()).items.values()}
    assert len(questions) == len(items) == 189
    for row in questions:
        item = items[row["number"]]
        assert (item.text, item.title, item.company) == (row["text"], row["title"], row.get("company"))
