"""A run folder: what is written is what is read, and nothing is overwritten."""

import json
import re
import subprocess
from dataclasses import replace
from pathlib import Path

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


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    folder = runs.RunFolder(tmp_path / "new" / "run")
    failed = replace(TRIAL, example="dropout/02", state="ungraded", score=None, error="ModelTimeout: no reply")
    folder.append(TRIAL)
    folder.append(failed)
    folder.close(RUN, {"n": 2, "items": {"kappa": None}})
    assert list(runs.trials(folder.path)) == [TRIAL, failed]
    described = json.loads((folder.path / "run.json").read_text(encoding="utf-8"))
    assert described["figures"] == {"n": 2, "items": {"kappa": None}}
    assert described["data"] == "golden:dev"
    assert described["rubric_versions"] == {"dropout": 1}


def test_a_description_is_read_back_and_newer_keys_are_left_alone(tmp_path: Path) -> None:
    folder = runs.RunFolder(tmp_path)
    folder.close(replace(RUN, finished="2026-11-07T10:00:00"), {"n": 2})
    content = json.loads((tmp_path / "run.json").read_text(encoding="utf-8"))
    (tmp_path / "run.json").write_text(json.dumps({**content, "of_a_newer_version": [1]}), encoding="utf-8")
    assert runs.described(tmp_path) == replace(RUN, finished="2026-11-07T10:00:00")
    assert runs.described(tmp_path).finished and RUN.finished is None


@pytest.mark.parametrize("content", ["", "[]", '{"grader": "x"}', "\xff"])
def test_a_description_that_cannot_be_read_is_one_clear_line(tmp_path: Path, content: str) -> None:
    with pytest.raises(InputError, match=r"holds no run.*name the folder given to --out"):
        runs.described(tmp_path)
    (tmp_path / "run.json").write_bytes(content.encode("latin-1"))
    with pytest.raises(InputError, match=r"run\.json is not a run of this version; run again"):
        runs.described(tmp_path)


def test_each_trial_is_on_disk_as_soon_as_it_ends(tmp_path: Path) -> None:
    folder = runs.RunFolder(tmp_path)
    folder.append(TRIAL)
    assert list(runs.trials(tmp_path)) == [TRIAL]
    assert not (tmp_path / "run.json").exists()
    folder.close(RUN, {})


def test_a_folder_that_holds_a_run_is_never_written_again(tmp_path: Path) -> None:
    folder = runs.RunFolder(tmp_path)
    folder.append(TRIAL)
    with pytest.raises(InputError, match="holds a run already; name another folder with --out"):
        runs.RunFolder(tmp_path)
    folder.close(RUN, {})
    assert list(runs.trials(tmp_path)) == [TRIAL]


def test_a_file_in_the_way_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    for path in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(InputError, match="name another folder with --out"):
            runs.RunFolder(path)


def test_a_folder_without_a_run_says_so(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"holds no run.*name the folder given to --out"):
        list(runs.trials(tmp_path))


@pytest.mark.parametrize("line", ["not json", "{}", '{"example": "x"}', "[]"])
def test_a_line_that_is_no_trial_is_named(tmp_path: Path, line: str) -> None:
    folder = runs.RunFolder(tmp_path)
    folder.append(TRIAL)
    folder.close(RUN, {})
    with (tmp_path / "trials.jsonl").open("a", encoding="utf-8") as file:
        file.write(line + "\n")
    read = runs.trials(tmp_path)
    assert next(read) == TRIAL
    with pytest.raises(InputError, match=r"trials\.jsonl:2 is not a trial of this version; run again"):
        next(read)


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
