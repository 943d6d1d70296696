"""Files the program keeps that are damaged, may not be written, or find no space: one line, and nothing lost."""

import json
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from shell import ROOT, Shell, refusal

GRADE = ("grade", "--question", "10", "--json")
ANGLE = "The angle between the hands is 7.5 degrees."


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path)


def another_program(path: Path) -> None:
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE songs (title TEXT)")
    database.close()


@pytest.mark.parametrize("kind", ["no database", "cut off", "of another program", "a folder"])
def test_a_database_that_cannot_be_used_costs_no_grade(shell: Shell, kind: str) -> None:
    path = shell.home / "interviews.db"
    if kind == "cut off":
        shell.run(*GRADE)
        sqlite3.connect(path).execute("PRAGMA journal_mode = DELETE")  # all of it in one file
        path.write_bytes(path.read_bytes()[:5000])
    else:
        shell.home.mkdir()
        {
            "no database": lambda: path.write_bytes(b"\x00\xffnot a database" * 500),
            "of another program": lambda: another_program(path),
            "a folder": path.mkdir,
        }[kind]()
    before = path.read_bytes() if path.is_file() else None
    said = shell.run(*GRADE, stdin=ANGLE)
    assert "interviews.db" in refusal(said) and said.json["score"] > 0
    assert (path.read_bytes() if path.is_file() else None) == before
    for words in (["history"], ["show", "x"]):
        line = refusal(shell.run(*words))
        assert "INTERVIEWER_HOME" in line or "another folder" in line


@pytest.fixture(scope="module")
def indexed(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    shell = Shell(tmp_path_factory.mktemp("indexed"))
    assert shell.run("index", INTERVIEWER_RETRIEVAL="vectors").code == 0
    return shell


@pytest.mark.parametrize("kind", ["damaged vectors", "no mark"])
def test_a_damaged_index_is_built_again_under_way(indexed: Shell, tmp_path: Path, kind: str) -> None:
    shutil.copytree(indexed.home, tmp_path / "home")
    shell = Shell(tmp_path)
    if kind == "no mark":
        (shell.home / "index" / "current").write_text("passages-")
    for file in shell.home.glob("index/passages-*/*/data_level0.bin") if kind != "no mark" else ():
        file.write_bytes(os.urandom(file.stat().st_size))
    said = shell.run("eval", "retrieval", "--json")
    assert said.code == 0 and said.json["vectors"]["overall"]["recall_at_3"] > 0.5
    assert len(said.err.splitlines()) == 1 and "building the passage index" in said.err
    assert shell.run("eval", "retrieval").err == ""


def test_a_home_below_a_file_is_refused(shell: Shell) -> None:
    (shell.folder / "file").touch()
    for words in (["history"], ["index"]):
        line = refusal(shell.run(*words, INTERVIEWER_HOME="file/home", INTERVIEWER_RETRIEVAL="vectors"))
        assert "file/home" in line and "INTERVIEWER_HOME" in line


def mounted(folder: Path, *options: str) -> Iterator[Path]:
    folder.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", *options, "none", folder], capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"no small disk can be mounted here: {done.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    if os.geteuid() or not shutil.which("mount"):
        pytest.skip("only root can mount a small disk")
    yield from mounted(tmp_path / "disk", "-o", "size=256k")


def test_a_home_that_is_read_only_is_refused_and_the_grade_is_shown(shell: Shell, small_disk: Path) -> None:
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    said = shell.run(*GRADE, stdin=ANGLE, INTERVIEWER_HOME=small_disk)
    assert "INTERVIEWER_HOME" in refusal(said) and said.json["score"] > 0
    assert "INTERVIEWER_HOME" in refusal(shell.run("index", INTERVIEWER_HOME=small_disk, INTERVIEWER_RETRIEVAL=""))
    doctor = shell.run("doctor", INTERVIEWER_HOME=small_disk)
    assert doctor.code == 1 and "FAIL home: " in doctor.out


def fill(disk: Path) -> None:
    with (disk / "filler").open("wb", buffering=0) as file:
        for size in (4096, 1):
            try:
                while file.write(b"0" * size):
                    pass
            except OSError:
                continue


def test_a_full_disk_loses_nothing_that_was_kept(shell: Shell, small_disk: Path) -> None:
    on_disk = {"INTERVIEWER_HOME": small_disk / "home"}
    kept = shell.run(*GRADE, stdin=ANGLE, **on_disk).json
    fill(small_disk)
    said = shell.run(*GRADE, stdin=ANGLE * 400, **on_disk)
    assert "space" in refusal(said) and said.json["score"] > 0
    refusal(shell.run("index", INTERVIEWER_RETRIEVAL="vectors", **on_disk))
    refusal(shell.run("ask", stdin="an answer\n.\n", **on_disk))
    (small_disk / "filler").unlink()
    assert shell.run("show", kept["id"], "--json", **on_disk).json["score"] == kept["score"]
    assert shell.run(*GRADE, stdin=ANGLE, **on_disk).code == 0


def test_a_run_that_finds_no_space_says_so(shell: Shell, small_disk: Path) -> None:
    row = {"question_id": "q", "question": "Q?", "reference_answer": "R.", "answer": "A.", "score": 1}
    (shell.folder / "set.jsonl").write_text(f"{json.dumps(row)}\n" * 2)
    fill(small_disk)
    line = refusal(shell.run("eval", "run", "--data", "set.jsonl", "--out", small_disk / "run"))
    assert "space" in line


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize("words", ["bank --json", "bank", "grade --question 10 --json"])
def test_output_to_a_full_disk_is_one_line(shell: Shell, words: str) -> None:
    assert "no space left" in refusal(shell.run_line(f"interviewer {words} > /dev/full"))


def test_nothing_is_written_into_the_program_or_the_working_folder(shell: Shell) -> None:
    shell.run(*GRADE, stdin=ANGLE)
    assert [p.name for p in shell.folder.iterdir()] == ["home"]
    assert not (ROOT / "interviews.db").exists()
