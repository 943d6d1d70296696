"""A run as CSV and as JSONL: nothing lost, nothing made up, nothing that a spreadsheet would run."""

import csv
import io
import json
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import madeup
import pytest
from hypothesis import given
from hypothesis import strategies as some
from shell import Shell, refusal

from interviewer import exported, runs
from interviewer.trial import CriterionTrial, Run, Trial

RUN = Run("embedded", "v1", "=cmd", "abc", {}, {}, "0.1", "", "2026-11-07", 1.5, 2, finished="2026-11-07")
CRITERION = CriterionTrial("off", "met", 0.9, "partial", ("-all stay", "a “b”"), "@sum", "missed")
(TRIAL,) = madeup.trials(1, repeats=1, ungraded=0)
TRIAL = replace(TRIAL, criteria=(CRITERION, CriterionTrial("on", None, None, None, reason="left out")), flags=("f",))


def table(*trials: Trial) -> list[dict[str, str]]:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(exported.COLUMNS)
    for trial in trials:
        writer.writerows(exported.as_rows(RUN, trial))
    return list(csv.DictReader(io.StringIO(out.getvalue(), newline="")))


def test_the_table_has_a_row_a_criterion_and_its_trial_repeated() -> None:
    first, second = table(TRIAL)
    assert {k: v for k, v in first.items() if k in exported.OF_CRITERION} == {
        "criterion": "off",
        "level": "met",
        "human_level": "partial",
        "second_level": "missed",
        "probability": "0.9",
        "quotes": '["-all stay", "a “b”"]',
        "criterion_reason": "'@sum",
    }
    assert (second["criterion"], second["level"], second["probability"], second["quotes"]) == ("on", "", "", "")
    shared = [*exported.OF_RUN, *exported.OF_TRIAL]
    assert [first[name] for name in shared] == [second[name] for name in shared]
    assert (first["grader"], first["data"], first["flags"]) == ("embedded", "'=cmd", '["f"]')
    for name in exported.OF_TRIAL:
        value = getattr(TRIAL, name)
        assert first[name] == ('["f"]' if name == "flags" else "" if value is None else str(value)), name


def test_every_field_of_a_trial_is_exported() -> None:
    assert {f.name for f in fields(Trial)} - {"criteria"} == set(exported.OF_TRIAL)
    assert len(set(exported.COLUMNS)) == len(exported.COLUMNS)


def test_what_is_not_defined_is_empty_and_null() -> None:
    bare = replace(TRIAL, score=None, expected=float("nan"), human_score=None, cost_usd=None, criteria=(), flags=())
    (row,) = table(bare)
    assert all(row[n] == "" for n in ("score", "expected", "human_score", "cost_usd", "flags", "criterion", "level"))
    found = exported.as_object(RUN, bare)
    assert found["expected"] is None and found["score"] is None and found["criteria"] == []


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://x","y")', "'=1"])
def test_no_cell_begins_like_a_formula(text: str) -> None:
    row = table(replace(TRIAL, error=text, criteria=(replace(CRITERION, reason=text, id=text, quotes=(text,)),)))[0]
    assert row["error"] == row["criterion_reason"] == row["criterion"] == f"'{text}"
    assert row["quotes"][0] == "[" and json.loads(row["quotes"]) == [text]
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in row.values())


@given(some.text(), some.lists(some.text(), max_size=3), some.floats(allow_nan=False, allow_infinity=False))
def test_texts_and_numbers_come_back_as_they_were(text: str, quotes: list[str], number: float) -> None:
    trial = replace(TRIAL, error=text, seconds=number, criteria=(replace(CRITERION, quotes=tuple(quotes)),))
    (row,) = table(trial)
    assert row["error"].removeprefix("'") == text or row["error"] == text
    assert (row["error"][1:] if row["error"].startswith("'") else row["error"]) == text
    assert json.loads(row["quotes"] or "[]") == quotes
    assert float(row["seconds"]) == number


def folder(path: Path, *trials: Trial, finished: str | None = "2026-11-07") -> Path:
    written = runs.RunFolder(path, replace(RUN, finished=None))
    for trial in trials:
        written.append(trial)
    written.close(1.0, finished, {})
    return path


def test_a_run_is_exported_to_files_and_to_standard_output(tmp_path: Path) -> None:
    shell, trials = Shell(tmp_path), list(madeup.trials(20, ungraded=0.3))
    odd = replace(TRIAL, error="line\nend; “Größe”\u2028")
    folder(tmp_path / "run", *trials, odd)
    assert shell.run("eval", "export", "run", "--csv", "t.csv", "--jsonl", "t.jsonl").code == 0
    with (tmp_path / "t.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows == table(*trials, odd)
    objects = [json.loads(line) for line in (tmp_path / "t.jsonl").read_text(encoding="utf-8").split("\n")[:-1]]
    assert objects == json.loads(json.dumps([exported.as_object(RUN, t) for t in (*trials, odd)]))
    assert [o["error"] for o in objects] == [t.error for t in (*trials, odd)]
    for form, name in (("--csv", "t.csv"), ("--jsonl", "t.jsonl")):
        said = shell.run("eval", "export", "run", form, "-", PYTHONIOENCODING="ascii")
        assert said.raw == (tmp_path / name).read_bytes() and said.err == ""


def test_a_reader_who_has_seen_enough_is_no_error(tmp_path: Path) -> None:
    folder(tmp_path / "run", *madeup.trials(3000))
    said = Shell(tmp_path).run_line("interviewer eval export run --csv - | head -1; echo ${PIPESTATUS[0]}")
    assert said.err == "" and said.out.splitlines()[-1] == "0"


def test_a_run_that_goes_on_is_exported_as_far_as_it_is(tmp_path: Path) -> None:
    said = Shell(tmp_path).run("eval", "export", folder(tmp_path / "run", TRIAL, finished=None), "--jsonl", "-")
    assert said.code == 0 and "is not finished" in said.err and len(said.out.splitlines()) == 1


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("run",), "name a file with --csv or --jsonl"),
        (("run", "--csv", "-", "--jsonl", "-"), "name two places"),
        (("gone", "--csv", "-"), "holds no run"),
        (("run", "--csv", "no/such/place.csv"), "no/such/place.csv: No such file or directory"),
    ],
)
def test_misuse_is_one_line(tmp_path: Path, words: tuple[Any, ...], told: str) -> None:
    folder(tmp_path / "run", TRIAL)
    assert told in refusal(Shell(tmp_path).run("eval", "export", *words))
