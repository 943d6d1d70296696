"""A run folder: what is written is what is read, and nothing is overwritten."""

import json
import re
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from interviewer import runs
from interviewer.errors import InputError
from interviewer.trial import CriterionTrial, Run, Trial

TRIAL = Trial(
    example="dropout/01",
    question="dropout",
    topic="nets",
    kind="concept",
    sort="partial",
    trial=1,
    state="graded",
    score=0.75,
    expected=None,
    human_score=0.5,
    criteria=(
        CriterionTrial("off", "met", 0.9, "partial", ("all stay", "“naïve” 学习\u2028")),
        CriterionTrial("on", None, None, None),
    ),
    answer_words=12,
    seconds=0.25,
    flags=("bidi-controls",),
)
RUN = Run("embedded", "v1", "golden:dev", "abc", {"dropout": 1}, {"weights": "v1"}, "0.1", "", "2026-11-07", 1.5, 2)


FIGURES = {"n": 2, "items": {"kappa": None}}


def trial(number: int, **changes: Any) -> Trial:
    return replace(TRIAL, example=f"dropout/{number:02}", **changes)


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    folder = runs.RunFolder(tmp_path / "new" / "run", RUN)
    failed = trial(2, state="ungraded", score=None, error="ModelTimeout: no reply")
    folder.append(TRIAL)
    folder.append(failed)
    closed = folder.close(1.5, "2026-11-07T10:00:00+00:00", FIGURES)
    assert list(runs.trials(folder.path)) == [TRIAL, failed]
    assert runs.described(folder.path) == closed == replace(RUN, seconds=3.0, finished="2026-11-07T10:00:00+00:00")
    assert json.loads((folder.path / "run.json").read_text(encoding="utf-8"))["figures"] == FIGURES


def test_each_trial_is_on_disk_as_soon_as_it_ends_and_the_run_from_its_first_moment(tmp_path: Path) -> None:
    folder = runs.RunFolder(tmp_path, RUN)
    folder.append(TRIAL)
    assert list(runs.trials(tmp_path)) == [TRIAL]
    assert runs.described(tmp_path) == RUN and RUN.finished is None
    folder.release()


def test_a_folder_that_holds_a_run_is_never_begun_again(tmp_path: Path) -> None:
    folder = runs.RunFolder(tmp_path, RUN)
    folder.append(TRIAL)
    folder.close(0, None, {})
    with pytest.raises(InputError, match="holds a run already; add --resume to go on with it, or name another"):
        runs.RunFolder(tmp_path, RUN)
    assert list(runs.trials(tmp_path)) == [TRIAL]


def test_two_cannot_write_to_one_folder(tmp_path: Path) -> None:
    folder = runs.RunFolder(tmp_path, RUN)
    with pytest.raises(InputError, match="another process writes to"):
        runs.RunFolder(tmp_path, RUN, resumes=True)
    folder.release()
    runs.RunFolder(tmp_path, RUN, resumes=True).release()


@pytest.mark.parametrize("torn", [b"", b'{"example": "dropout/02", "qu', b"x" * 200_000])
def test_half_a_line_that_a_kill_left_is_taken_off_when_the_run_goes_on(tmp_path: Path, torn: bytes) -> None:
    folder = runs.RunFolder(tmp_path, RUN)
    folder.append(TRIAL)
    folder.release()
    with (tmp_path / "trials.jsonl").open("ab") as file:
        file.write(torn)
    assert list(runs.trials(tmp_path)) == [TRIAL], "a reader passes over it"
    folder = runs.RunFolder(tmp_path, replace(RUN, started="later", seconds=0.0), resumes=True)
    folder.append(trial(2))
    closed = folder.close(2.0, "then", {})
    assert list(runs.trials(tmp_path)) == [TRIAL, trial(2)]
    assert (closed.started, closed.seconds) == (RUN.started, RUN.seconds + 2.0), "both parts are one run"


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"data_digest": "other"}, "data_digest"),
        ({"grader_version": "v2", "parameters": {}}, "grader_version, parameters"),
        ({"trials": 3}, "trials"),
        ({"rubric_versions": {"dropout": 2}}, "rubric_versions"),
    ],
)
def test_another_run_is_not_gone_on_with(tmp_path: Path, changes: dict[str, Any], named: str) -> None:
    folder = runs.RunFolder(tmp_path, RUN)
    folder.append(TRIAL)
    folder.release()
    with pytest.raises(InputError, match=rf"holds another run \({named} differ\)"):
        runs.RunFolder(tmp_path, replace(RUN, **changes), resumes=True)
    assert list(runs.trials(tmp_path)) == [TRIAL]
    runs.RunFolder(tmp_path, replace(RUN, code_version="0.2", git_commit="abc"), resumes=True).release()


def test_trials_that_are_made_again_are_kept_beside(tmp_path: Path) -> None:
    folder = runs.RunFolder(tmp_path, RUN)
    failed = trial(2, state="ungraded", score=None)
    for one in (TRIAL, failed, trial(3)):
        folder.append(one)
    assert folder.drop(lambda t: t.state == "ungraded") == 1
    folder.append(trial(2))
    assert list(runs.trials(tmp_path)) == [TRIAL, trial(3), trial(2)]
    assert json.loads((tmp_path / "dropped.jsonl").read_text(encoding="utf-8"))["state"] == "ungraded"
    folder.release()


def test_nothing_to_resume_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"holds no run.*--out"):
        runs.RunFolder(tmp_path, RUN, resumes=True)


def test_a_file_in_the_way_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    for path in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(InputError, match="name another folder with --out"):
            runs.RunFolder(path, RUN)


def test_a_folder_without_a_run_says_so(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"holds no run.*name the folder given to --out"):
        list(runs.trials(tmp_path))


@pytest.mark.parametrize("line", ["not json", "{}", '{"example": "x"}', "[]"])
def test_a_line_that_is_no_trial_is_named(tmp_path: Path, line: str) -> None:
    folder = runs.RunFolder(tmp_path, RUN)
    folder.append(TRIAL)
    folder.close(0, None, {})
    with (tmp_path / "trials.jsonl").open("a", encoding="utf-8") as file:
        file.write(line + "\n")
    read = runs.trials(tmp_path)
    assert next(read) == TRIAL
    with pytest.raises(InputError, match=r"trials\.jsonl:2 is not a trial of this version; run again"):
        next(read)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"grader": 1}', "\\xff"])
def test_a_run_of_another_version_is_named(tmp_path: Path, text: str) -> None:
    with pytest.raises(InputError, match="holds no run"):
        runs.described(tmp_path)
    (tmp_path / "run.json").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"run\.json is not a run of this version; run again"):
        runs.described(tmp_path)


def test_the_commit_is_that_of_the_checkout() -> None:
    commit = runs.git_commit()
    here = Path(runs.__file__).parent
    asked = subprocess.run(["git", "rev-parse", "--short=12", "HEAD"], cwd=here, capture_output=True, text=True)
    if asked.returncode:
        assert commit == ""
    else:
        assert re.fullmatch(r"[0-9a-f]{12}\+?", commit)
        assert commit.rstrip("+") == asked.stdout.strip()


def test_without_git_there_is_no_commit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert runs.git_commit() == ""
