"""`interviewer eval report` as a user meets it."""

import dataclasses
import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import pytest
from madeup import trials
from reports import Read
from shell import Shell, refusal

from interviewer import runs
from interviewer.trial import Run, Trial

RUN = Run("llm", "v1", "gone.jsonl", "abc", {}, {}, "0.1", "", "2026-11-07T10:00:00", 1.5, 60)
RUN = dataclasses.replace(RUN, finished="2026-11-07T10:02:00")
GIVEN = list(trials(60, questions=12))


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path)


def run_folder(path: Path, given: Iterable[Trial] = GIVEN, **more: object) -> Path:
    run = dataclasses.replace(RUN, **more)  # type: ignore[arg-type]
    folder = runs.RunFolder(path, run)
    for t in given:
        folder.append(t)
    folder.close(0.0, run.finished, {})
    return path


def test_one_run_and_several(shell: Shell, tmp_path: Path) -> None:
    one, two = run_folder(tmp_path / "one"), run_folder(tmp_path / "two", trials(60, questions=12, seed=2))
    said = shell.run("eval", "report", one)
    assert (said.code, said.raw) == (0, b""), said.err
    assert said.err.startswith("report.html: 1 run, ")
    assert "Grader" in Read((tmp_path / "report.html").read_text(encoding="utf-8")).said
    said = shell.run("eval", "report", one, two, "--out", "new/both.html", "--worst", "3")
    assert said.code == 0, said.err
    page = Read((tmp_path / "new" / "both.html").read_text(encoding="utf-8"))
    assert "6 misses, worst first" in page.said
    assert [p.name for p in (tmp_path / "new").iterdir()] == ["both.html"]


def test_a_real_run_shows_its_answers_and_tells_when_the_set_changed(shell: Shell, tmp_path: Path) -> None:
    assert shell.run("eval", "run", "--data", "golden:dev", "--out", "dev").code == 0
    assert shell.run("eval", "report", "dev").code == 0
    page = Read((tmp_path / "report.html").read_text(encoding="utf-8"))
    assert sum(name == "mark" for name, _ in page.tags) > 10
    assert sum(a.get("class") == "answer" for _, a in page.tags) > 10
    assert "not exactly what this run graded" not in page.said and "not finished" not in page.said
    described = json.loads((tmp_path / "dev" / "run.json").read_text(encoding="utf-8"))
    changed = {**described, "data_digest": "0" * 12}
    (tmp_path / "dev" / "run.json").write_text(json.dumps(changed), encoding="utf-8")
    assert shell.run("eval", "report", "dev").code == 0
    assert (
        "golden:dev as it is now, which is not exactly what this run graded"
        in Read((tmp_path / "report.html").read_text(encoding="utf-8")).said
    )
    assert shell.run("eval", "report", "dev", "--no-texts").code == 0
    page = Read((tmp_path / "report.html").read_text(encoding="utf-8"))
    assert not {"mark", "q"} & {name for name, _ in page.tags}
    assert "left out on purpose" in page.said


def test_a_set_that_is_gone_costs_the_answers_only(shell: Shell, tmp_path: Path) -> None:
    run_folder(tmp_path / "one")
    assert shell.run("eval", "report", "one").code == 0
    said = Read((tmp_path / "report.html").read_text(encoding="utf-8")).said
    assert "answers and claims are not shown: gone.jsonl cannot be loaded from here" in said
    assert "The worst misses" in said


def test_an_unfinished_run_is_reported_as_one(shell: Shell, tmp_path: Path) -> None:
    run_folder(tmp_path / "one", finished=None)
    assert shell.run("eval", "report", "one").code == 0
    said = Read((tmp_path / "report.html").read_text(encoding="utf-8")).said
    assert "Run A (one) is not finished: its figures are those of the 120 trials so far." in said


def written(name: str, content: bytes) -> Callable[[Path], None]:
    """Breaks a file of run `one`."""

    def write(folder: Path) -> None:
        (folder / "one" / name).write_bytes(content)

    return write


def bad(given: Sequence[Trial]) -> Callable[[Path], None]:
    """Makes a run `bad`."""

    def make(folder: Path) -> None:
        run_folder(folder / "bad", given)

    return make


def nothing(folder: Path) -> None:
    """Breaks nothing: the command itself cannot be carried out."""


@pytest.mark.parametrize(
    ("breaks", "words", "said"),
    [
        (nothing, "nowhere", "holds no run"),
        (nothing, "one/run.json", "holds no run"),
        (bad([]), "bad", "the run holds no trial; run it again"),
        (written("run.json", b'{"grader": "x"}'), "one", "run.json is not a run of this version; run again"),
        (
            written("trials.jsonl", b'{"example": 1}\n'),
            "one",
            "trials.jsonl:1 is not a trial of this version; run again",
        ),
        (written("trials.jsonl", b"\xff\xfe\n"), "one", "trials.jsonl:1 is not a trial of this version; run again"),
        (written("attacks.json", b"{}"), "one", "attacks.json is not of this version; run the attacks again"),
        (bad([dataclasses.replace(GIVEN[0], seconds=-1.0)]), "bad", "seconds is -1.0, a number of 0 or more expected"),
        (bad([GIVEN[0], GIVEN[0]]), "bad", "is there twice; give each example an id of its own"),
        (nothing, "one one/../one", "a run is named twice; name each folder once"),
        (nothing, "1 2 3 4 5 6 7 8 9", "9 runs do not fit side by side; name at most 8"),
        (nothing, "one --out one/trials.jsonl", "one/trials.jsonl is no name of a page; end it in .html"),
        (nothing, "one --out one/run.json/report.html", "name another folder"),
    ],
)
def test_what_cannot_be_reported_is_one_clear_line(
    shell: Shell, tmp_path: Path, breaks: Callable[[Path], None], words: str, said: str
) -> None:
    run_folder(tmp_path / "one")
    breaks(tmp_path)
    before = (tmp_path / "one" / "trials.jsonl").read_bytes()
    assert said in refusal(shell.run("eval", "report", *words.split()))
    assert (tmp_path / "one" / "trials.jsonl").read_bytes() == before
    assert not (tmp_path / "report.html").exists()
