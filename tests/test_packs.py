"""Packs: a bank from elsewhere, alone or on top of the own one; of a broken one the rest is served, and said."""

import json
import logging
from collections.abc import Callable
from pathlib import Path

import pytest
import small_bank
from shell import Shell, refusal
from small_bank import put, swap

from interviewer import checkup, library, packs, screen
from interviewer.errors import LibraryError
from interviewer.folders import Folders
from interviewer.ui import dress

ITEMS, NOTES, RUBRIC = "questions/food/items.yaml", "questions/food/notes.md", "rubrics/food/pasta.yaml"
GOLDEN, SPLIT = "evals/golden/food.v1.jsonl", "evals/golden/split.yaml"


def cooked(text: str) -> str:
    """The small bank's text with other ids."""
    for ours, theirs in (("dropout", "pasta"), ("relu", "rice"), ("nets", "food")):
        text = text.replace(ours, theirs)
    return text


RICE = """\
id: rice
version: 1
model_answer: It dies when its weights keep it below zero for each input.
criteria:
  - id: below
    claim: It is below zero for every input.
    weight: 1
    levels: {met: Says so.}
    accepts: [always negative, never above zero]
    notes: [pasta-off]
  - id: gradient
    claim: Its gradient is zero.
    weight: 1
    levels: {met: Says so.}
    accepts: [no gradient, nothing flows back]
    notes: [pasta-off]
  - id: stays
    claim: It cannot come back.
    weight: 1
    levels: {met: Says so.}
    accepts: [it stays dead, no way back]
    notes: [pasta-off]
"""
WHOLE = """\
    rubric: rice
    notes: [pasta-off]
    hints:
      - {text: Look at the sign., cost: 0.05}
      - {text: Look at the gradient., cost: 0.1}
      - {text: Neither changes., cost: 0.2}
    follow_ups: {below: When?, gradient: What flows?, stays: For good?}
    variant: {text: And with a leak?, model_answer: It comes back.}
"""


@pytest.fixture
def own(tmp_path: Path) -> Path:
    return small_bank.write(tmp_path / "own")


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """A second small bank, of two questions that can be asked."""
    root = tmp_path / "pack"
    for name, text in small_bank.FILES.items():
        put(root, cooked(name), cooked(text))
    swap(root, ITEMS, "    draft: true\n", WHOLE)
    put(root, "rubrics/food/rice.yaml", RICE)
    return root


def test_a_sound_pack_is_served_whole_alone_and_on_top(own: Path, pack: Path) -> None:
    alone, both = packs.load(Folders(None, pack)), packs.load(Folders(own, pack))
    assert list(alone.items) == ["pasta", "rice"] and list(alone.topics) == ["food"]
    assert list(both.items) == ["dropout", "relu", "pasta", "rice"] and list(both.topics) == ["nets", "food"]
    assert set(both.rubrics) == {"dropout", "pasta", "rice"} and len(both.notes) == 4
    assert alone.left_out == both.left_out == ()
    assert both.finding(("item", "pasta"), "x").file == f"{pack.as_posix()}/{ITEMS}"
    assert alone.finding(("item", "pasta"), "x").file == ITEMS


def test_the_golden_answers_and_the_split_are_those_of_both(own: Path, pack: Path) -> None:
    put(own, "evals/golden/slices.yaml", "few: [dropout/01]\n")
    put(pack, "evals/golden/slices.yaml", "few: [pasta/02]\nmore: [pasta/01]\n")
    folders = Folders(own, pack)
    found, left_out = packs.load_golden(folders, packs.load(folders))
    assert left_out == []
    assert [a.question for a in found.answers] == ["dropout"] * 6 + ["pasta"] * 6
    assert found.split == {"dropout": "train", "pasta": "train"}
    assert found.slices == {"few": {"dropout/01", "pasta/02"}, "more": {"pasta/01"}}


def change(name: str, old: str, new: str) -> Callable[[Path], None]:
    return lambda root: swap(root, name, old, new)


BROKEN: dict[str, tuple[Callable[[Path], None], list[str], list[tuple[str, int, str, str]]]] = {
    "rubric that is no YAML": (
        lambda root: put(root, RUBRIC, "id: [pasta\n"),
        ["rice"],
        [(RUBRIC, 2, "", "valid YAML"), (ITEMS, 12, "pasta.rubric", "a rubric expected; pasta is missing or broken")],
    ),
    "rubric with a wrong field": (
        change(RUBRIC, "weight: 3", "weight: -3"),
        ["rice"],
        [(RUBRIC, 7, "criteria.0.weight", "greater than 0"), (ITEMS, 12, "pasta.rubric", "missing or broken")],
    ),
    "rubric under another name": (
        change(RUBRIC, "id: pasta", "id: noodles"),
        ["rice"],
        [(RUBRIC, 1, "id", "the file's name expected"), (ITEMS, 12, "pasta.rubric", "missing or broken")],
    ),
    "rubric with a key that stands twice": (
        change(RUBRIC, "    weight: 3", "    weight: 3\n    weight: 1"),
        ["rice"],
        [(RUBRIC, 8, "criteria.0.weight", "the key stands twice"), (ITEMS, 12, "pasta.rubric", "missing or broken")],
    ),
    "rubric that is not there": (
        lambda root: (root / RUBRIC).unlink(),
        ["rice"],
        [(ITEMS, 12, "pasta.rubric", "missing or broken")],
    ),
    "one question of a file": (
        change(ITEMS, "kind: concept", "kind: riddle"),
        ["rice"],
        [(ITEMS, 9, "items.0.kind", "'design'")],
    ),
    "one question with a key that stands twice": (
        change(ITEMS, "    kind: concept\n", "    kind: concept\n    kind: design\n"),
        ["rice"],
        [(ITEMS, 10, "items.0.kind", "the key stands twice")],
    ),
    "two questions of one id": (
        change(ITEMS, "id: rice", "id: pasta"),
        ["pasta"],
        [(ITEMS, 27, "items.1.id", "an id of its own expected; pasta is taken")],
    ),
    "passage without an id": (
        change(NOTES, "{#pasta-scale}", ""),
        ["rice"],
        [(NOTES, 14, "", "'## Title {#id}' expected"),
         (ITEMS, 13, "pasta.notes", "existing passages expected; missing or broken: pasta-scale")],
    ),
    "criterion that rests on no passage": (
        change("rubrics/food/rice.yaml", "notes: [pasta-off]", "notes: [gone]"),
        ["pasta"],
        [(ITEMS, 35, "rice.notes", "missing or broken: gone")],
    ),
    "second file of questions": (
        lambda root: put(root, "questions/zoo/items.yaml", b"\xff"),
        ["pasta", "rice"],
        [("questions/zoo/items.yaml", 0, "", "a readable UTF-8 file expected")],
    ),
    "file of another topic": (
        lambda root: put(root, "questions/zoo/items.yaml", "topic: zoom\ntitle: Z\nitems: []\n"),
        ["pasta", "rice"],
        [("questions/zoo/items.yaml", 1, "topic", "the folder's name expected: zoo")],
    ),
}  # fmt: skip


@pytest.mark.parametrize("on_top", [False, True], ids=["alone", "on top"])
@pytest.mark.parametrize("name", BROKEN)
def test_what_is_broken_is_left_out_with_what_rests_on_it_and_said(
    own: Path, pack: Path, name: str, on_top: bool
) -> None:
    spoil, served, told = BROKEN[name]
    spoil(pack)
    bank = packs.load(Folders(own if on_top else None, pack))
    assert [i for i in bank.items if i not in ("dropout", "relu")] == served
    before = f"{pack.as_posix()}/" if on_top else ""
    assert [(f.file, f.line, f.field) for f in bank.left_out] == [(before + f, n, field) for f, n, field, _ in told]
    assert all(what in f.expected for f, (*_, what) in zip(bank.left_out, told, strict=True))
    assert (
        bank.notes["pasta-off"].text.startswith("At inference") and "Two remedies" not in bank.notes["pasta-off"].text
    )


def test_a_question_that_both_have_is_one_line_with_its_rubric(own: Path, pack: Path) -> None:
    (pack / RUBRIC).rename(pack / "rubrics/food/dropout.yaml")
    swap(pack, "rubrics/food/dropout.yaml", "id: pasta", "id: dropout")
    swap(pack, ITEMS, "id: pasta", "id: dropout")
    swap(pack, ITEMS, "rubric: pasta", "rubric: dropout")
    bank = packs.load(Folders(own, pack))
    assert list(bank.items) == ["dropout", "relu", "rice"]
    assert bank.items["dropout"].topic == "nets" and bank.rubrics["dropout"] == library.load(own).rubrics["dropout"]
    (clash,) = bank.left_out
    assert (clash.line, clash.field) == (4, "dropout")
    assert clash.expected == "an id of its own expected; the program's own bank has dropout too"


def test_a_rubric_that_both_have_takes_its_question_along(own: Path, pack: Path) -> None:
    (pack / RUBRIC).rename(pack / "rubrics/food/dropout.yaml")
    swap(pack, "rubrics/food/dropout.yaml", "id: pasta", "id: dropout")
    swap(pack, ITEMS, "rubric: pasta", "rubric: dropout")
    bank = packs.load(Folders(own, pack))
    assert list(bank.items) == ["dropout", "relu", "rice"]
    assert [f.field for f in bank.left_out] == ["dropout", "pasta.rubric"]
    assert bank.left_out[1].expected == "a rubric expected; the id dropout is taken"


def test_a_passage_that_both_have_takes_the_questions_along_that_rest_on_it(own: Path, pack: Path) -> None:
    for path in (ITEMS, NOTES, RUBRIC):
        text = (pack / path).read_text()
        put(pack, path, text.replace("pasta-scale", "dropout-scale"))
    bank = packs.load(Folders(own, pack))
    assert list(bank.items) == ["dropout", "relu", "rice"] and bank.notes["dropout-scale"].topic == "nets"
    assert [f.field for f in bank.left_out] == ["dropout-scale", "pasta.notes"]
    assert bank.left_out[1].expected == "passages of its own expected; the id is taken: dropout-scale"


def test_a_pack_may_rest_on_passages_of_the_own_bank(own: Path, pack: Path) -> None:
    text = (pack / ITEMS).read_text()
    put(pack, ITEMS, text.replace("pasta-scale", "dropout-scale"))
    put(pack, RUBRIC, (pack / RUBRIC).read_text().replace("pasta-scale", "dropout-scale"))
    assert packs.load(Folders(own, pack)).left_out == ()
    assert [f.field for f in packs.load(Folders(None, pack)).left_out] == ["pasta.notes"]


def test_the_own_bank_stays_whole_or_nothing(own: Path, pack: Path) -> None:
    swap(own, "rubrics/nets/dropout.yaml", "weight: 3", "weight: -3")
    for folders in (Folders(own), Folders(own, pack)):
        with pytest.raises(LibraryError, match=r"rubrics/nets/dropout\.yaml:7: criteria\.0\.weight"):
            packs.load(folders)


@pytest.mark.parametrize("on_top", [False, True], ids=["alone", "on top"])
def test_a_pack_without_anything_to_ask_is_an_error(own: Path, pack: Path, tmp_path: Path, on_top: bool) -> None:
    first = own if on_top else None
    put(pack, ITEMS, "topic: food\n")
    with pytest.raises(LibraryError, match=r"questions/food/items\.yaml:1: title: Field required"):
        packs.load(Folders(first, pack))
    (pack / ITEMS).unlink()
    with pytest.raises(LibraryError, match=r"an empty bank: .*--bank or INTERVIEWER_BANK"):
        packs.load(Folders(first, pack))
    with pytest.raises(LibraryError, match="no such folder"):
        packs.load(Folders(first, tmp_path / "nowhere"))


def test_the_own_bank_does_not_lie_on_top_of_itself(own: Path) -> None:
    with pytest.raises(LibraryError, match=r"another folder than the program's own bank expected; leave [+] away"):
        packs.load(Folders(own, own / ".." / "own"))


def golden_of(pack: Path, own: Path | None = None) -> tuple[list[str], list[tuple[int, str]]]:
    folders = Folders(own, pack)
    found, left_out = packs.load_golden(folders, packs.load(folders))
    return [a.id for a in found.answers], [(f.line, f.field) for f in left_out]


def test_golden_answers_that_cannot_be_used_are_left_out(pack: Path) -> None:
    lines = (pack / GOLDEN).read_text().splitlines()
    lines[1] = "{"
    lines[2] = lines[2].replace('"question": "pasta"', '"question": "soup"')
    row = json.loads(lines[3])
    del row["author"]["unused"]
    lines[3] = json.dumps(row)
    put(pack, GOLDEN, "\n".join(lines))
    assert golden_of(pack) == (["pasta/01", "pasta/05", "pasta/06"], [(2, ""), (3, "question"), (4, "labels")])


def test_golden_answers_to_a_question_that_is_left_out_are_one_line(pack: Path) -> None:
    put(pack, RUBRIC, "")
    assert golden_of(pack) == ([], [(1, "question")])


def test_golden_answers_that_both_have_are_one_line(own: Path, pack: Path) -> None:
    put(pack, GOLDEN, small_bank.FILES["evals/golden/nets.v1.jsonl"])
    ids, left_out = golden_of(pack, own)
    assert ids == [f"dropout/{n:02}" for n in range(1, 7)] and left_out == [(1, "id")]


def test_a_broken_split_leaves_the_answers_without_one(pack: Path) -> None:
    put(pack, SPLIT, "train: pasta\n")
    ids, left_out = golden_of(pack)
    assert len(ids) == 6 and left_out == [(1, "train"), (1, "dev"), (1, "test")]


def test_lint_of_a_pack_on_top_sees_what_both_have(own: Path, pack: Path) -> None:
    assert checkup.findings(Folders(None, pack)) != []  # rice has no golden answers
    swap(own, "questions/nets/items.yaml", "cost: 0.2}", "cost: 0.01}")
    put(pack, GOLDEN, small_bank.FILES["evals/golden/nets.v1.jsonl"])
    found = [str(f) for f in checkup.findings(Folders(own, pack))]
    assert found[0].startswith("questions/nets/items.yaml:14: dropout.hints")
    assert any(f"{GOLDEN}:1: id: an id of its own expected" in line for line in found)
    assert any("it repeats dropout-off" in line for line in found)
    assert sum("golden answers expected" in line for line in found) == 2  # pasta and rice, nothing of the own bank
    assert len(found) == len(set(found))


def test_a_pack_without_golden_answers_is_not_asked_for_them(own: Path, pack: Path) -> None:
    (pack / GOLDEN).unlink()
    (pack / SPLIT).unlink()
    assert checkup.findings(Folders(None, pack)) == []
    assert not any("golden" in f.expected for f in checkup.findings(Folders(own, pack)))


def test_only_so_many_lines_are_told(caplog: pytest.LogCaptureFixture, pack: Path) -> None:
    put(pack, RUBRIC, "")
    bank = packs.load(Folders(None, pack))
    with caplog.at_level(logging.WARNING):
        packs.tell(bank.left_out * 15)
    assert len(caplog.messages) == packs.MOST_TOLD + 1
    assert caplog.messages[0] == f"left out: {RUBRIC}:1: Input should be a valid dictionary"
    assert caplog.messages[-1] == "left out: 10 more; `interviewer lint` names them all"


def test_the_start_screen_says_in_one_line_that_something_is_left_out(pack: Path) -> None:
    def line() -> str:
        opening = screen.opening(packs.load(Folders(None, pack)), "embedded", "provisional").opening
        assert opening is not None
        assert (opening.left_out_line in dress.welcome(opening)) and dress.welcome(opening).count("<p") == (
            3 if opening.left_out_line else 2
        )
        return opening.left_out_line

    assert line() == ""
    swap(pack, ITEMS, "kind: diagnosis", "kind: riddle")
    assert line() == f"Part of this bank is left out: {ITEMS}:31. `interviewer doctor` says why."
    put(pack, "questions/zoo/items.yaml", b"\xff")
    assert line() == f"Part of this bank is left out: {ITEMS}:31 and 1 more. `interviewer doctor` says why."


@pytest.mark.parametrize(
    ("setting", "own_too", "folder"),
    [("", True, None), ("some/folder", False, "some/folder"), ("+some/folder", True, "some/folder"),
     ("++x", True, "+x"), ("./+x", False, "./+x"), ("+", True, None)],
)  # fmt: skip
def test_the_setting_names_folders(setting: str, own_too: bool, folder: str | None) -> None:
    assert library.chosen(setting) == Folders(library.home() if own_too else None, Path(folder) if folder else None)


def test_a_home_in_the_setting_is_found() -> None:
    assert library.chosen("+~/bank").pack == Path.home() / "bank"


def test_each_pack_has_an_index_of_its_own(tmp_path: Path) -> None:
    home, own, pack = tmp_path / "home", tmp_path / "own", tmp_path / "pack"
    places = [f.kept_in(home) for f in (Folders(own), Folders(None, pack), Folders(own, pack), Folders(None, own))]
    assert places[0] == home and len(set(places)) == 4
    assert Folders(None, pack / ".." / "pack").kept_in(home) == places[1]


def test_what_is_made_for_a_bank_is_kept_with_it(tmp_path: Path) -> None:
    assert Folders(tmp_path / "own").home == tmp_path / "own"
    assert Folders(tmp_path / "own", tmp_path / "pack").home == tmp_path / "pack"
    with pytest.raises(ValueError, match="a folder expected"):
        Folders(None).home  # noqa: B018  # reading it is the test


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path)


def test_the_option_may_stand_before_and_behind_the_command_and_is_the_setting(shell: Shell, pack: Path) -> None:
    forms = [
        ("--bank", pack, "bank", "--json"),
        ("bank", "--json", "--bank", pack),
        ("bank", f"--bank={pack}", "--json"),
    ]
    asked = [shell.run(*words) for words in forms] + [shell.run("bank", "--json", INTERVIEWER_BANK=pack)]
    assert {said.raw for said in asked} == {asked[0].raw} and [q["id"] for q in asked[0].json] == ["pasta", "rice"]
    over = shell.run("bank", "--json", "--bank", pack, INTERVIEWER_BANK="nowhere")
    assert over.raw == asked[0].raw, "the option wins over the environment"
    (shell.folder / ".env").write_text("INTERVIEWER_BANK=nowhere\n")
    assert shell.run("--bank", pack, "bank", "--json").raw == asked[0].raw


@pytest.mark.parametrize(
    ("words", "hints"),
    [
        (("bank", "--bank"), ["--bank"]),
        (("--bank", "nowhere", "bank"), ["nowhere", "no such folder", "--bank"]),
        (("--bank", "+nowhere", "bank"), ["nowhere", "no such folder"]),
        (("show", "--", "--bank"), ["--bank", "interviewer history"]),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_a_bank_that_is_no_bank_is_one_line(shell: Shell, words: tuple[str, ...], hints: list[str]) -> None:
    line = refusal(shell.run(*words))
    assert all(hint in line for hint in hints), line


def test_every_command_serves_the_rest_of_a_broken_pack_and_says_so(shell: Shell, pack: Path) -> None:
    put(pack, RUBRIC, "id: [pasta\n")
    told = [
        f"left out: {RUBRIC}:2: valid YAML 1.2 expected: did not find expected ',' or ']'",
        f"left out: {ITEMS}:12: pasta.rubric: a rubric expected; pasta is missing or broken",
    ]
    listed = shell.run("--bank", pack, "bank", "--json")
    assert listed.code == 0 and [q["id"] for q in listed.json] == ["rice"] and listed.err.splitlines() == told
    graded = shell.run(
        "--bank", pack, "grade", "--question", "rice", "--json", stdin="It stays below zero for each input."
    )
    assert graded.code == 0 and graded.json["question"] == "rice" and graded.err.splitlines() == told
    asked = shell.run("--bank", pack, "ask", "--questions", "1", stdin="It is dead.\n.\ne\n")
    assert asked.code == 0 and "When does a unit die?" in asked.out and asked.err.splitlines() == told
    gone = shell.run("--bank", pack, "grade", "--question", "pasta")
    assert gone.code == 2 and gone.err.splitlines()[:2] == told and "no question 'pasta'" in gone.err
    doctor = shell.run("--bank", pack, "doctor")
    assert doctor.code == 0 and doctor.err == ""
    assert [line.replace("warn left out", "left out") for line in doctor.out.splitlines()[1:3]] == told
    linted = shell.run("--bank", pack, "lint")
    assert linted.code == 1 and told[0].removeprefix("left out: ") in linted.out


def test_runs_and_retrieval_see_both_banks(shell: Shell, pack: Path) -> None:
    on_top = ("--bank", f"+{pack}")
    run = shell.run(*on_top, "eval", "run", "--data", "golden:train", "--out", "both", "--json")
    assert run.code == 0, run.err
    trials = (shell.folder / "both" / "trials.jsonl").read_text().splitlines()
    questions = {json.loads(line)["question"] for line in trials}
    assert {"pasta", "dropout-inference"} <= questions
    measured = shell.run(*on_top, "eval", "retrieval", "--json", INTERVIEWER_RETRIEVAL="words").json
    assert {"food", "probability"} <= measured["words"]["by_topic"].keys()
    assert (shell.home / "packs").is_dir() and not (shell.home / "index").exists()


def test_a_pack_cut_anywhere_is_served_in_part_or_refused_in_words(own: Path, pack: Path) -> None:
    names = [path.relative_to(pack).as_posix() for path in pack.rglob("*") if path.is_file()]
    for name in names:
        text = (pack / name).read_text()
        for cut in range(0, len(text), 131):
            put(pack, name, text[:cut])
            folders = Folders(own, pack)
            checkup.findings(folders)
            try:
                bank = packs.load(folders)
            except LibraryError as refused:
                assert refused.findings
                continue
            found, _ = packs.load_golden(folders, bank)
            assert all(bank.rubric_of(bank.items[answer.question]) for answer in found.answers)
            assert all(note in bank.notes for item in bank.askable for note in item.notes)
        put(pack, name, text)
    assert packs.load(Folders(own, pack)).left_out == ()
