"""Every command of the command line does what it says, in a process of its own. `serve` has its tests in test_ui and
browser/; what goes wrong is in test_cli_misuse and test_cli_disk."""

import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from shell import ROOT, Said, Shell, small_bank

from interviewer.store import Store

ANGLE = "The hour hand stands at 97.5 degrees and the minute hand at 90, so the angle between them is 7.5 degrees."
GRADE_KEYS = {"state", "score", "criteria", "numeric", "flags", "provenance"}
CRITERION_KEYS = {"id", "level", "quotes", "reason", "notes"}
BANK_KEYS = {"id", "number", "topic", "kind", "difficulty", "company", "title", "text", "draft", "numeric"}
PROVENANCE_KEYS = {
    "grader",
    "grader_version",
    "rubric_id",
    "rubric_version",
    "rubric_digest",
    "code_version",
    "note_ids",
    "calls",
}


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    return Shell(tmp_path_factory.mktemp("user"))


@pytest.fixture(scope="module")
def graded(shell: Shell) -> Said:
    return shell.run("grade", "--question", "clock-hands-angle", "--json", stdin=ANGLE)


def test_bank_lists_every_question_in_the_agreed_form(shell: Shell) -> None:
    said = shell.run("bank", "--json")
    assert (said.code, said.err) == (0, "")
    questions = said.json
    seeds = json.loads((ROOT / "questions" / "neuraprep.sha256.json").read_text())["texts"]
    numbers = [q["number"] for q in questions if q["number"] is not None]
    assert sorted(numbers) == sorted(map(int, seeds)) and len(seeds) == 189
    assert all(q.keys() >= BANK_KEYS for q in questions)
    assert len({q["id"] for q in questions}) == len(questions)
    assert sum(not q["draft"] for q in questions) >= 24
    (angle,) = [q for q in questions if q["number"] == 10]
    assert (angle["id"], angle["topic"], angle["kind"]) == ("clock-hands-angle", "probability", "calculation")
    assert (angle["numeric"]["value"], angle["numeric"]["unit"], angle["draft"]) == (7.5, "degree", False)
    (two_numbers,) = [q for q in questions if q["number"] == 185]
    assert two_numbers["numeric"]["value"] == 16384 and len(two_numbers["numeric"]["others"]) == 1
    assert next(q for q in questions if q["number"] == 56)["numeric"] is None


def test_bank_is_a_table_for_people(shell: Shell) -> None:
    said = shell.run("bank")
    assert (said.code, said.err) == (0, "")
    assert "clock-hands-angle" in said.out and "can be asked" in said.out


def test_a_grade_has_the_agreed_form_and_its_evidence(graded: Said) -> None:
    assert (graded.code, graded.err) == (0, "")
    grade = graded.json
    assert grade.keys() >= GRADE_KEYS and grade["state"] == "provisional" and 0 < grade["score"] <= 1
    assert all(c.keys() >= CRITERION_KEYS for c in grade["criteria"])
    assert all(q in ANGLE for c in grade["criteria"] for q in c["quotes"])
    assert all(c["quotes"] for c in grade["criteria"] if c["level"] in ("partial", "met"))
    value = next(c for c in grade["criteria"] if c["id"] == "value")
    assert value["level"] == "met" and value["notes"]
    assert grade["numeric"]["match"] and grade["numeric"]["given"] == 7.5
    assert grade["provenance"].keys() >= PROVENANCE_KEYS
    assert grade["provenance"]["grader"] == "embedded" and grade["provenance"]["calls"] == []
    assert grade["provenance"]["rubric_id"] == "clock-hands-angle"
    assert grade["provenance"]["note_ids"] == [], "the embedded grader is shown no passages"


def test_a_grade_is_the_same_from_a_file_and_by_number_and_every_time(shell: Shell, graded: Said) -> None:
    (shell.folder / "answer.txt").write_text(ANGLE)
    again = shell.run("grade", "--question", "10", "--answer-file", "answer.txt", "--json").json
    first = graded.json
    assert again.pop("id") != first.pop("id")
    assert again == first


def test_show_gives_a_kept_grade_back(shell: Shell, graded: Said) -> None:
    grade = graded.json
    shown = shell.run("show", grade["id"], "--json").json
    assert shown.pop("answer") == ANGLE and shown == grade
    words = shell.run("show", grade["id"])
    assert words.code == 0 and "provisional" in words.out and "7.5 degrees" in words.out


def test_show_takes_an_id_that_begins_with_a_dash(shell: Shell, graded: Said) -> None:
    with sqlite3.connect(shell.home / "interviews.db") as kept:
        kept.execute(
            "INSERT INTO grades SELECT '-x_Y', session_id, item_id, at, answer, body FROM grades WHERE id = ?",
            (graded.json["id"],),
        )
    kept.close()
    assert shell.run("show", "-x_Y", "--json").json["score"] == graded.json["score"]


def test_a_grade_for_people_says_how_to_see_it_again(shell: Shell) -> None:
    said = shell.run("grade", "--question", "10", stdin="[b]7.5[/b] \x1b[31mdegrees")
    assert said.code == 0 and "provisional" in said.out and "100%" not in said.err
    assert "[b]7.5" in said.out and "\x1b" not in said.out
    name = said.err.split("`interviewer show ")[1].split("`")[0]
    again = shell.run("show", name)
    assert "[b]7.5[/b]" in again.out and "\x1b" not in again.out


@pytest.mark.parametrize("answer", [b"", b" \n\t ", b"\xef\xbb\xbf"], ids=["nothing", "blanks", "byte order mark"])
def test_an_empty_answer_is_graded_0_by_the_gate(shell: Shell, answer: bytes) -> None:
    grade = shell.run("grade", "--question", "10", "--json", stdin=answer).json
    assert (grade["state"], grade["score"], grade["flags"]) == ("provisional", 0, ["gate:empty"])
    assert {c["level"] for c in grade["criteria"]} == {"missed"} and grade["numeric"]["status"] == "absent"


def test_the_longest_answer_is_graded(shell: Shell) -> None:
    (shell.folder / "long.txt").write_bytes(("7.5 degrees é " * 1429)[:20_000].encode())
    assert shell.run("grade", "--question", "10", "--answer-file", "long.txt", "--json").json["score"] is not None


def test_json_survives_a_terminal_that_is_not_utf8(shell: Shell) -> None:
    poor = {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    said = shell.run_line("interviewer grade --question 10 --json", "7.5° … – the angle é", **poor)
    assert (said.code, said.err) == (0, "") and said.raw.isascii()
    assert any("°" in q for c in said.json["criteria"] for q in c["quotes"])
    assert shell.run_line("interviewer bank", **poor).code == 0


def test_lint_passes_a_sound_bank_and_names_each_fault_of_another(shell: Shell, tmp_path: Path) -> None:
    bank = small_bank(tmp_path / "bank", "probability")
    rubric = bank / "rubrics" / "probability" / "clock-hands-angle.yaml"
    text = rubric.read_text()
    rubric.write_text(text.replace("version: ", "extra: 1\nversion: x", 1))
    said = shell.run("lint", "--json", INTERVIEWER_BANK=bank)
    assert said.code == 1 and said.err.endswith("warnings\n")
    mine = [f for f in said.json if f["file"] == "rubrics/probability/clock-hands-angle.yaml"]
    assert {f["field"] for f in mine} >= {"extra", "version"}
    assert all(f["line"] > 0 and f["expected"] for f in mine)
    words = shell.run("lint", INTERVIEWER_BANK=bank)
    assert words.code == 1 and f"{mine[0]['file']}:{mine[0]['line']}: " in words.out


def test_the_bank_that_comes_with_the_program_passes_lint(shell: Shell) -> None:
    said = shell.run("lint")
    assert said.code == 0, said.out
    assert said.err.startswith("0 wrong")


def test_doctor_finds_nothing_wrong_where_nothing_is_configured(shell: Shell) -> None:
    said = shell.run("doctor", "--json")
    assert (said.code, said.err) == (0, "")
    assert [c["name"] for c in said.json] == ["bank", "home", "vocabulary", "model"]
    assert all(c["ok"] and c["line"] for c in said.json)


def test_doctor_says_why_a_model_cannot_be_reached(shell: Shell) -> None:
    said = shell.run("doctor", INTERVIEWER_MODEL="small", INTERVIEWER_BASE_URL="http://127.0.0.1:9/v1")
    assert said.code == 1 and said.err == ""
    assert "FAIL model: " in said.out and "INTERVIEWER_BASE_URL" in said.out


def test_index_is_built_and_built_again_when_asked(shell: Shell) -> None:
    current = shell.home / "index" / "current"
    first = shell.run("index", INTERVIEWER_RETRIEVAL="vectors")
    assert first.code == 0 and "passages in" in first.err
    name = current.read_text()
    assert shell.run("index", "--rebuild", INTERVIEWER_RETRIEVAL="vectors").code == 0 and current.read_text() != name


def test_eval_retrieval_measures_three_ways_on_the_same_questions(shell: Shell) -> None:
    measured = shell.run("eval", "retrieval", "--json").json
    assert set(measured) == {"vectors", "words", "hybrid"}
    assert {m["overall"]["n"] for m in measured.values()} == {measured["words"]["overall"]["n"]}
    assert all(0.5 < m["overall"]["recall_at_3"] <= 1 for m in measured.values())


@pytest.fixture
def rows(tmp_path: Path) -> Path:
    row = {"dataset": "made", "question": "What does ReLU do?", "reference_answer": "It sets negative inputs to zero."}
    answers = [("It zeroes every negative input.", 1.0), ("It is a kind of tree.", 0.0), ("x" * 20_001, 0.0)]
    lines = [json.dumps({**row, "question_id": "q1", "answer": a, "score": s}) for a, s in answers]
    (tmp_path / "made.jsonl").write_text("\n".join(lines) + "\n")
    return tmp_path / "made.jsonl"


def test_eval_run_writes_every_trial_and_goes_on_past_an_answer_it_cannot_read(shell: Shell, rows: Path) -> None:
    out = shell.folder / "runs" / "one"
    said = shell.run("eval", "run", "--grader", "embedded", "--data", rows, "--out", out, "--json")
    assert said.code == 0 and said.err.startswith("1 of 3 ungraded") and "20,000" in said.err
    assert said.json["n"] == 3 and said.json["scores"]["n"] == 2
    trials = [json.loads(line) for line in (out / "trials.jsonl").read_text().splitlines()]
    assert [(t["state"], t["score"] is None) for t in sorted(trials, key=lambda t: t["example"])] == [
        ("provisional", False),
        ("provisional", False),
        ("ungraded", True),
    ]
    run = json.loads((out / "run.json").read_text())
    assert run["n"] == 3 and run["grader"] == "embedded" and run["figures"]["n"] == 3 and run["data_digest"]
    words = shell.run("eval", "run", "--data", rows, "--out", shell.folder / "runs" / "two")
    assert words.code == 0 and "score mae" in words.out


def test_an_interview_goes_from_the_first_question_to_the_summary(shell: Shell) -> None:
    keys = ["7.5 degrees", ".", "m", "a", "", "x" * 20_001, ".", "It depends.", ".", "", ".", "", ""]
    said = shell.run("ask", "--topic", "probability", "--questions", "3", stdin="\n".join(keys) + "\n")
    assert (said.code, said.err) == (0, "")
    assert [said.out.count(f"Question {n} of 3") for n in (1, 2, 3)] == [1, 1, 1]
    assert "A full answer" in said.out and "20,000" in said.out and "Type it again" in said.out
    assert said.out.count("provisional") >= 4  # graded, graded again, and the other two
    (session,) = [s for s in shell.run("history", "--json").json if len(s["questions"]) == 3]
    assert [g["state"] for g in session["grades"]] == ["provisional"] * 4
    assert [g["question"] for g in session["grades"]] == [session["questions"][n] for n in (0, 0, 1, 2)]
    assert session["grades"][-1]["score"] == 0
    assert shell.run("show", "--json", "--", session["grades"][0]["id"]).json["answer"] == "7.5 degrees"
    table = shell.run("history").out
    assert session["questions"][2] in table and session["grades"][0]["id"] in table


@pytest.mark.parametrize(
    ("keys", "kept"),
    [
        pytest.param(b"/end\n", 0, id="ended at once"),
        pytest.param(b"half an answer", 1, id="end of input while typing"),
        pytest.param(b"caf\xe9\n.\na\x00b\n.\nan answer\n.\ne\n", 1, id="not UTF-8, then NUL, then an answer"),
    ],
)
def test_an_interview_can_be_left_at_any_point(tmp_path: Path, keys: bytes, kept: int) -> None:
    shell = Shell(tmp_path)
    said = shell.run("ask", "--questions", "2", stdin=keys)
    assert (said.code, said.err) == (0, "")
    (session,) = Store(shell.home / "interviews.db").history()
    assert len(session.grades) == kept


HEAVY = {"numpy", "rich.table", "sqlalchemy", "chromadb", "langchain_core", "openai", "gradio", "wordllama", "tiktoken"}


@pytest.mark.parametrize(
    ("words", "unneeded"),
    [
        (["bank", "--json"], HEAVY | {"bm25s"}),
        (["grade", "--question", "10", "--json"], HEAVY - {"numpy", "sqlalchemy"}),
        (["history", "--json"], HEAVY - {"sqlalchemy", "rich.table"}),
        (["lint", "--json"], HEAVY),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_a_command_imports_only_what_it_needs(tmp_path: Path, words: list[str], unneeded: set[str]) -> None:
    """`grade` here is of an empty answer, which neither words nor passages are needed for."""
    program = (
        "import sys; from interviewer import cli; sys.argv[1:] = {words!r}\n"
        "try: cli.main()\nexcept SystemExit: print(*sys.modules, file=sys.stderr)"
    )
    shell = Shell(tmp_path)
    done = subprocess.run(
        [sys.executable, "-c", program.format(words=words)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        env=shell.environment(),
        cwd=tmp_path,
    )
    loaded = set(done.stderr.split())
    assert "interviewer.cli" in loaded and not loaded & unneeded


def test_help_is_there_for_every_command(shell: Shell) -> None:
    listed: Callable[[str], bool] = shell.run("--help").out.__contains__
    assert all(listed(name) for name in "serve ask grade bank lint doctor index history show eval".split())
    assert shell.run().code == 2
    assert shell.run_line("interviewer eval --help").code == 0
