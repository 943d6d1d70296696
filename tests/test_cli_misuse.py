"""What a user can do wrong at the command line: one line that says what to do, exit 2, no traceback, nothing lost."""

import asyncio
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from model_server import ModelServer, refuses
from shell import Shell, refusal, small_bank

GRADE = ("grade", "--question", "10", "--json")


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path)


@pytest.mark.parametrize(
    ("words", "hints"),
    [
        (["grade", "--question", "clock-hand-angle"], ["clock-hands-angle"]),
        (["grade", "--question", "quantum gravity"], ["interviewer bank"]),
        (["grade", "--question", "190"], ["interviewer bank"]),
        (["grade"], ["--question", "--help"]),
        (["grade", "--question", "10", "--grader", "nonsense"], ["--grader", "nonsense", "embedded", "llm"]),
        (["grade", "--question", "10", "--grader", "llm"], ["INTERVIEWER_MODEL"]),
        (["grade", "--question", "10", "--colour"], ["--colour", "--help"]),
        (["gradee"], ["gradee", "--help"]),
        (["ask", "--topic", "cooking"], ["cooking", "probability"]),
        (["ask", "--questions", "0"], ["--questions"]),
        (["serve", "--port", "99999"], ["PORT", "65535"]),
        (["show", "no-such-grade"], ["no-such-grade", "interviewer history"]),
        (["eval", "run", "--out", "o", "--data", "nonsense"], ["nonsense", "golden"]),
        (["eval", "run", "--out", "o", "--data", "golden:nonsense"], ["golden:nonsense", "dev", "test", "train"]),
        (["eval", "run", "--out", "o", "--prompt", "rubric"], ["--grader llm"]),
        (["eval", "run", "--out", "o", "--grader", "auto"], ["--grader", "embedded", "llm"]),
        (["eval", "run"], ["--out"]),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_misuse_is_refused_with_what_to_do(shell: Shell, words: list[str], hints: list[str]) -> None:
    line = refusal(shell.run(*words, stdin="an answer"))
    assert all(hint in line for hint in hints), line
    assert not (shell.folder / "o").exists()


def test_a_draft_is_listed_and_cannot_be_graded(shell: Shell) -> None:
    bank = small_bank(shell.folder / "bank", "probability")
    items = bank / "questions" / "probability" / "items.yaml"
    items.write_text(items.read_text().replace("    rubric: clock-hands-angle\n", "    draft: true\n"))
    listed = {q["id"]: q["draft"] for q in shell.run("bank", "--json", INTERVIEWER_BANK=bank).json}
    assert listed["clock-hands-angle"] and not listed["unfair-coin-posterior"]
    assert "clock-hands-angle (draft)" in shell.run("bank", INTERVIEWER_BANK=bank).out
    line = refusal(shell.run("grade", "--question", "10", INTERVIEWER_BANK=bank))
    assert "clock-hands-angle is a draft" in line and "interviewer bank" in line


MODEL = {"INTERVIEWER_MODEL": "small", "INTERVIEWER_BASE_URL": "http://127.0.0.1:9/v1"}


@pytest.mark.parametrize(
    ("env", "hints"),
    [
        ({"PORT": "abc"}, ["PORT"]),
        ({"INTERVIEWER_PORT": "0"}, ["INTERVIEWER_PORT"]),
        ({"INTERVIEWER_GRADER": "human"}, ["INTERVIEWER_GRADER", "embedded"]),
        ({"INTERVIEWER_RETRIEVAL": "magic"}, ["INTERVIEWER_RETRIEVAL", "hybrid"]),
        ({"INTERVIEWER_TEMPERATURE": "-1", "INTERVIEWER_MAX_TOKENS": "x"}, ["TEMPERATURE", "MAX_TOKENS"]),
        ({"INTERVIEWER_GRADER": "llm"}, ["INTERVIEWER_MODEL"]),
        ({**MODEL, "INTERVIEWER_BASE_URL": "here"}, ["INTERVIEWER_BASE_URL"]),
        ({**MODEL, "INTERVIEWER_PROMPT": "nonsense"}, ["nonsense", "rubric.v1"]),
        ({**MODEL, "INTERVIEWER_PRICE_IN": "1"}, ["INTERVIEWER_PRICE_OUT"]),
        ({"INTERVIEWER_MODEL": "gpt-4o-mini"}, ["OPENAI_API_KEY"]),
        ({"INTERVIEWER_BANK": "nowhere"}, ["nowhere", "INTERVIEWER_BANK"]),
    ],
    ids=lambda value: " ".join(f"{k}={v}" for k, v in value.items()) if isinstance(value, dict) else "",
)
def test_a_bad_setting_is_named_as_it_was_given(shell: Shell, env: dict[str, str], hints: list[str]) -> None:
    line = refusal(shell.run(*GRADE, stdin="7.5 degrees", **env))
    assert all(hint in line for hint in hints), line


def test_an_empty_setting_is_no_setting(shell: Shell) -> None:
    said = shell.run(*GRADE, PORT="", INTERVIEWER_BANK="", INTERVIEWER_GRADER="", INTERVIEWER_PRICE_IN="")
    assert said.code == 0 and said.json["score"] == 0


def test_settings_come_from_dotenv_too(shell: Shell) -> None:
    dotenv = shell.folder / ".env"
    dotenv.write_text("INTERVIEWER_GRADER=human\n")
    assert "INTERVIEWER_GRADER" in refusal(shell.run("bank"))
    dotenv.write_bytes(b"\xff\xfe\x00")
    assert ".env" in refusal(shell.run("bank"))


def test_the_grader_setting_holds_where_no_option_is_given(shell: Shell) -> None:
    said = shell.run(*GRADE, stdin="7.5 degrees", **MODEL, INTERVIEWER_GRADER="embedded")
    assert said.json["provenance"]["grader"] == "embedded"


def too_long(path: Path) -> None:
    path.write_text("x" * 20_001)


def utf16(path: Path) -> None:
    path.write_text("7.5 degrees", encoding="utf-16")


FILES: dict[str, tuple[Callable[[Path], object], list[str]]] = {
    "absent": (lambda path: None, ["No such file", "standard input"]),
    "folder": (lambda path: path.mkdir(), ["directory", "text file"]),
    "too long": (too_long, ["20,000", "shorten"]),
    "far too long": (lambda path: path.write_bytes(b"x" * 5_000_000), ["20,000", "shorten"]),
    "endless": (lambda path: path.symlink_to("/dev/zero"), ["20,000", "shorten"]),
    "binary": (lambda path: path.write_bytes(bytes(range(256))), ["UTF-8"]),
    "utf-16": (utf16, ["UTF-8"]),
    "latin-1": (lambda path: path.write_bytes(b"caf\xe9"), ["UTF-8", "byte 3"]),
    "NUL": (lambda path: path.write_bytes(b"7.5\x00"), ["NUL", "UTF-8"]),
}


@pytest.mark.parametrize("name", FILES)
def test_an_answer_file_that_is_no_answer(shell: Shell, name: str) -> None:
    make, hints = FILES[name]
    make(shell.folder / "answer")
    line = refusal(shell.run(*GRADE, "--answer-file", "answer"))
    assert all(hint in line for hint in ["answer", *hints]), line
    assert not shell.home.exists()  # refused before anything was kept


@pytest.mark.parametrize(("given", "hint"), [(b"x" * 20_001, "20,000"), (b"\xff", "UTF-8"), (b"\x00", "NUL")])
def test_standard_input_that_is_no_answer(shell: Shell, given: bytes, hint: str) -> None:
    line = refusal(shell.run(*GRADE, stdin=given))
    assert "standard input" in line and hint in line


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_an_answer_file_that_may_not_be_read(shell: Shell) -> None:
    (shell.folder / "answer").touch(0o000)
    assert "Permission denied" in refusal(shell.run(*GRADE, "--answer-file", "answer"))


ITEMS = "questions/probability/items.yaml"
BANKS: dict[str, tuple[Callable[[Path], object], str]] = {
    "broken YAML": (lambda bank: (bank / ITEMS).write_text("items: [a, {b"), "YAML"),
    "no YAML at all": (lambda bank: (bank / ITEMS).write_text(""), "valid dictionary"),
    "no UTF-8": (lambda bank: (bank / ITEMS).write_bytes(b"\xff"), "UTF-8"),
    "too deep": (lambda bank: (bank / ITEMS).write_text("[" * 100_000), "YAML"),
    "no question": (lambda bank: (bank / ITEMS).write_text("topic: probability\ntitle: T\nitems: [a, b]"), "items.0"),
}


@pytest.mark.parametrize("name", BANKS)
def test_a_bank_of_which_nothing_is_left_is_named_by_file_and_line(shell: Shell, name: str) -> None:
    bank = small_bank(shell.folder / "bank", "probability")
    spoil, hint = BANKS[name]
    spoil(bank)
    said = shell.run(*GRADE, stdin="7.5 degrees", INTERVIEWER_BANK=bank)
    assert said.code == 2 and "Traceback" not in said.err and not said.raw
    lines = said.err.splitlines()
    assert 1 <= len(lines) <= 5 and lines[-1].endswith("; mend that and try again")
    assert hint in lines[0] and ITEMS in lines[0], lines
    linted = shell.run("lint", INTERVIEWER_BANK=bank)
    assert linted.code == 1 and "Traceback" not in linted.err and hint in linted.out


@pytest.mark.parametrize("made", [True, False], ids=["empty folder", "no folder"])
def test_an_empty_bank_is_said_to_be_one(shell: Shell, made: bool) -> None:
    if made:
        small_bank(shell.folder / "bank")
    for words in (["bank", "--json"], ["ask"], ["eval", "run", "--out", "o"]):
        line = refusal(shell.run(*words, INTERVIEWER_BANK="bank"))
        assert "INTERVIEWER_BANK" in line and ("empty bank" if made else "no such folder") in line
    assert shell.run("lint", INTERVIEWER_BANK="bank").code == 1


@pytest.mark.parametrize(
    ("lines", "hints"),
    [
        ([b"{"], ["set.jsonl:1", "mend"]),
        ([b'{"question_id": 1}'], ["set.jsonl:1", "answer"]),
        ([b"\xff"], ["set.jsonl:1", "mend"]),
        ([b"[]"] * 7, ["set.jsonl:1"]),
        ([], ["no labelled answers"]),
    ],
    ids=["no JSON", "keys missing", "no UTF-8", "many lines", "empty"],
)
def test_a_broken_set_is_named_by_line_and_no_run_is_begun(shell: Shell, lines: list[bytes], hints: list[str]) -> None:
    (shell.folder / "set.jsonl").write_bytes(b"\n".join(lines))
    said = shell.run("eval", "run", "--data", "set.jsonl", "--out", "o")
    told = said.err.splitlines()
    assert said.code == 2 and "Traceback" not in said.err and len(told) <= 5
    assert all(hint in told[0] for hint in hints[:1]) and not (shell.folder / "o").exists()
    assert hints[-1] in told[-1] or len(lines) > 5
    assert ("and 2 more" in told[-1]) == (len(lines) == 7)


def test_golden_answers_that_do_not_fit_the_bank_are_named(shell: Shell) -> None:
    bank = small_bank(shell.folder / "bank", "probability")
    row = {"id": "lost/01", "question": "lost", "sort": "full", "voice": "plain", "answer": "x", "author": {}}
    (bank / "evals" / "golden").mkdir(parents=True)
    (bank / "evals" / "golden" / "probability.v1.jsonl").write_text(json.dumps(row) + "\n")
    said = shell.run("eval", "run", "--data", "golden", "--out", "o", INTERVIEWER_BANK=bank)
    left_out, refused = said.err.splitlines()
    assert said.code == 2 and left_out.startswith("left out: evals/golden/probability.v1.jsonl:1: sort: ")
    assert refused.startswith("interviewer: golden holds no labelled answers")


def test_a_run_folder_in_use_is_left_alone(shell: Shell) -> None:
    (shell.folder / "used").mkdir()
    (shell.folder / "used" / "trials.jsonl").write_text("mine\n")
    (shell.folder / "file").touch()
    row = {"question_id": "q", "question": "Q?", "reference_answer": "R.", "answer": "A.", "score": 1}
    (shell.folder / "set.jsonl").write_text(json.dumps(row))
    for out in ("used", "file", "file/below"):
        line = refusal(shell.run("eval", "run", "--data", "set.jsonl", "--out", out))
        assert out in line and "--out" in line
    assert (shell.folder / "used" / "trials.jsonl").read_text() == "mine\n"


def test_output_that_nobody_reads_to_the_end_is_no_error(shell: Shell) -> None:
    said = shell.run_line("interviewer bank --json | head -c 20")
    assert len(said.out) == 20 and said.err == ""


def test_a_closed_standard_input_is_an_empty_answer_and_no_interview(shell: Shell) -> None:
    assert shell.run_line("interviewer grade --question 10 --json <&-").json["flags"] == ["gate:empty"]
    assert "standard input" in refusal(shell.run_line("interviewer ask <&-"))


KEY = "sk-very-secret-0123456789"


async def test_a_refused_key_is_explained_and_written_nowhere(shell: Shell) -> None:
    refused = refuses(401, f"Incorrect API key provided: {KEY}.")
    row = {"question_id": "q", "question": "Q?", "reference_answer": "ReLU is zero below zero.", "score": 1}
    (shell.folder / "set.jsonl").write_text(json.dumps({**row, "answer": "ReLU is zero for negative inputs."}))
    async with ModelServer(refused) as server:
        for words in (
            ["grade", "--question", "10", "--json"],
            ["doctor"],
            ["eval", "run", "--grader", "llm", "--data", "set.jsonl", "--out", "out"],
            ["ask", "--questions", "1"],
        ):
            env = {"INTERVIEWER_MODEL": "small", "INTERVIEWER_BASE_URL": server.url, "OPENAI_API_KEY": KEY}
            said = await asyncio.to_thread(shell.run, *words, stdin="It is 7.5 degrees.\n.\n", **env)
            assert "Traceback" not in said.err and KEY not in said.err + said.out
            assert "OPENAI_API_KEY" in said.err + said.out, (words, said)
            if words[0] == "grade":
                assert (said.code, said.json["state"], said.json["score"]) == (0, "ungraded", None)
        assert server.keys and set(server.keys) == {f"Bearer {KEY}"}
    written = [p for p in shell.folder.rglob("*") if p.is_file()]
    assert {"interviews.db", "run.json"} <= {p.name for p in written}
    assert not any(KEY.encode() in p.read_bytes() for p in written)
