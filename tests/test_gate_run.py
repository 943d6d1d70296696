"""`interviewer eval gate` and `eval accept` as CI meets them: four exit codes, three reports, a baseline's way."""

import json
import shlex
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Xml

import made_runs
import pytest
import yaml
from made_runs import Prompt, pair
from shell import ROOT, Said, Shell, refusal

from interviewer.trial import CriterionTrial, Trial

A, EQUAL = pair(1, Prompt())
_, WORSE = pair(1, Prompt(lost=0.05, lenient=0.2))


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    """A user with run `a`, accepted as `main`."""
    shell = Shell(tmp_path)
    made_runs.folder(tmp_path / "a", A)
    assert accept(shell, "a").code == 0
    return shell


def accept(shell: Shell, run: str, name: str = "./main.json") -> Said:
    return shell.run("eval", "accept", run, "--baseline", name)


def gate(shell: Shell, run: str, *words: str, name: str = "./main.json") -> Said:
    return shell.run("eval", "gate", run, "--baseline", name, *words)


def edit(shell: Shell, change: Callable[[dict[str, Any]], object]) -> None:
    path = shell.folder / "main.json"
    content = json.loads(path.read_text())
    change(content)
    path.write_text(json.dumps(content))


def test_an_equal_run_passes_and_a_worse_one_fails(shell: Shell) -> None:
    made_runs.folder(shell.folder / "equal", EQUAL)
    made_runs.folder(shell.folder / "worse", WORSE, grader_version="rubric.v2")
    same, equal, worse = (gate(shell, run) for run in ("a", "equal", "worse"))
    assert (same.code, equal.code, worse.code) == (0, 0, 1)
    assert same.err == equal.err == worse.err == ""
    assert "no regression" in same.out and "nothing it is made of has changed" in same.out
    assert "interviewer eval accept" not in same.out  # there is nothing to accept
    assert "Gate ./main.json: regression" in worse.out and "rubric.v2" in worse.out
    row = next(line for line in worse.out.splitlines() if "items.kappa" in line)
    assert "regression" in row and "lost" in row
    assert "Levels that flipped" in worse.out and "Slices that moved" in worse.out
    assert "interviewer eval accept worse --baseline ./main.json" in worse.out


def test_what_cannot_be_told_is_2(shell: Shell) -> None:
    made_runs.folder(shell.folder / "equal", EQUAL)
    edit(shell, lambda c: c["rules"].update(margins={"items.kappa": 0.001}))
    said = gate(shell, "equal")
    assert said.code == 2
    assert "Gate ./main.json: cannot tell" in said.out and "rows needed" in said.out


def test_json_has_every_ruling_and_the_command(shell: Shell) -> None:
    made_runs.folder(shell.folder / "worse it is", WORSE)
    said = gate(shell, "worse it is", "--json")
    assert (said.code, said.json["exit"], said.json["status"]) == (1, 1, "regression")
    assert [r["rule"] for r in said.json["rulings"]][-3:] == ["ungraded", "unscored", "invented_quotes"]
    assert {r["rule"]: r["status"] for r in said.json["rulings"]}["items.kappa"] == "regression"
    assert said.json["pairs"] == 181 and said.json["flips"] and said.json["warnings"] == []
    assert all(s["difference"]["verdict"] in ("improved", "worse") for s in said.json["slices_moved"])
    assert shlex.split(said.json["accept"])[3:] == ["worse it is", "--baseline", "./main.json"]


def test_the_command_it_names_accepts_the_run(shell: Shell) -> None:
    made_runs.folder(shell.folder / "worse it is", WORSE)
    command = gate(shell, "worse it is", "--json").json["accept"]
    said = shell.run_line(command)
    assert said.code == 0
    assert "items.kappa: 0." in said.err and "commit main.json" in said.err
    assert gate(shell, "worse it is").code == 0
    assert gate(shell, "a").code == 0  # the better one is no regression


def test_reports_are_written_for_a_pull_request_and_for_ci(shell: Shell) -> None:
    made_runs.folder(shell.folder / "worse", WORSE)
    said = gate(shell, "worse", "--junit", "out/gate.xml", "--markdown", "out/gate.md")
    assert said.code == 1
    whole = Xml.parse(shell.folder / "out" / "gate.xml").getroot()
    cases = {case.get("name"): [e.tag for e in case] for case in whole.iter("testcase")}
    assert cases["items.kappa"] == ["failure"] and cases["ungraded"] == ["system-out"]
    assert int(whole.get("failures", "")) == sum("failure" in tags for tags in cases.values())
    page = (shell.folder / "out" / "gate.md").read_text(encoding="utf-8")
    assert page.startswith("### ❌ Gate ./main.json: regression\n")
    assert "| items.kappa | 0." in page and "**Levels that flipped: " in page
    assert "```sh\ninterviewer eval accept worse --baseline ./main.json\n```" in page


def test_hostile_texts_break_no_report(shell: Shell) -> None:
    evil = "]]> <script>x</script> | @all ``` \x00\x1b[31m [b]"

    def spoilt(trials: list[Trial], level: str) -> list[Trial]:
        one = CriterionTrial(evil, level, None, "met", (evil,), evil)  # type: ignore[arg-type]
        return [replace(t, example=f"{n} {evil}", topic=evil, criteria=(one,)) for n, t in enumerate(trials)]

    made_runs.folder(shell.folder / "x", spoilt(A, "met"), grader=evil)
    made_runs.folder(shell.folder / "y", spoilt(A, "missed"), grader=evil)
    assert accept(shell, "x").code == 0
    edit(shell, lambda c: c["rules"].update(margins={"items.accuracy": 0.01}))
    said = gate(shell, "y", "--junit", "j.xml", "--markdown", "m.md")
    assert said.code == 1
    assert "\x1b" not in said.out and "\x00" not in said.out
    Xml.parse(shell.folder / "j.xml")
    page = (shell.folder / "m.md").read_text(encoding="utf-8")
    assert "<script" not in page and "@all" not in page and "\x1b" not in page


def test_rules_are_the_users_and_survive_a_new_baseline(shell: Shell) -> None:
    rules = {
        "alpha": 0.01,
        "margins": {"items.accuracy": 0.2},
        "rises": {"ungraded": 0.5, "unscored": 0.5, "invented_quotes": 7, "attack_success": 1},
    }
    edit(shell, lambda c: c.update(rules=rules))
    made_runs.folder(shell.folder / "worse", WORSE)
    assert gate(shell, "worse").code == 0
    assert accept(shell, "worse").code == 0
    kept = json.loads((shell.folder / "main.json").read_text())
    assert kept["rules"] == rules
    assert gate(shell, "a", "--json").json["rulings"][0]["rule"] == "items.accuracy"


def test_a_name_is_a_file_of_the_bank(shell: Shell) -> None:
    bank = {"INTERVIEWER_BANK": shell.folder / "bank"}
    said = shell.run("eval", "accept", "a", "--baseline", "main", **bank)
    assert said.code == 0
    assert (shell.folder / "bank" / "evals" / "baselines" / "main.json").is_file()
    assert shell.run("eval", "gate", "a", "--baseline", "main", **bank).code == 0


def test_an_invented_quote_an_attack_or_a_lost_grade_is_a_regression(shell: Shell) -> None:
    changed = {
        "invented": [replace(A[0], invented_quotes=1), *A[1:]],
        "attacked": [replace(A[0], inflation=0.5), *A[1:]],
        "ungraded": [*(replace(t, state="ungraded", score=None, error="ModelTimeout: x") for t in A[:5]), *A[5:]],
    }
    for name, trials in changed.items():
        made_runs.folder(shell.folder / name, trials)
        said = gate(shell, name, "--json")
        assert said.code == 1, name
        assert len([r for r in said.json["rulings"] if r["status"] == "regression"]) == 1


def stale(trials: list[Trial]) -> list[Trial]:
    error = "RecordingStale: the prompt changed; `interviewer eval run --record new` records it"
    return [replace(trials[0], state="ungraded", score=None, error=error), *trials[1:]]


def refused_runs(shell: Shell) -> dict[str, str]:
    """Name of a run -> what is said of it."""
    folder = shell.folder
    made_runs.folder(folder / "empty", [])
    made_runs.folder(folder / "unfinished", A[:50], finished=None)
    made_runs.folder(folder / "stale", stale(A))
    made_runs.folder(folder / "twice", [*A, A[0]])
    made_runs.folder(folder / "torn", A)
    (folder / "torn" / "trials.jsonl").write_text('{"example": ')
    (folder / "no description").mkdir()
    (folder / "no description" / "trials.jsonl").touch()
    return {
        "nowhere": "nowhere holds no run",
        "empty": "empty holds no trial; run it again",
        "unfinished": "unfinished is not finished (50 trials so far)",
        "stale": "1 of 181 answers have no usable recording, first q00/00: RecordingStale: the prompt changed",
        "twice": "holds trial 1 of q00/00 twice",
        "torn": "trials.jsonl:1 is not a trial of this version",
        "no description": "no description holds no run",
    }


def test_a_run_that_cannot_be_used_is_3_for_the_gate_and_2_to_accept(shell: Shell) -> None:
    before = (shell.folder / "main.json").read_bytes()
    for name, hint in refused_runs(shell).items():
        assert hint in refusal(gate(shell, name), code=3)
        assert hint in refusal(accept(shell, name))
    assert (shell.folder / "main.json").read_bytes() == before


def test_a_run_on_other_data_is_3(shell: Shell) -> None:
    runs = {
        "other": ({"data_digest": "ffff", "data": "golden:test"}, A, "the baseline was made on made-up"),
        "rubric": ({"data_digest": "ffff", "rubric_versions": {"q00": 2}}, A, "changed rubrics: q00"),
        "part": ({}, A[3:], "lacks 3 of the baseline's 181 trials"),
        "relabelled": ({}, [replace(t, human_score=0.123) for t in A], "people's labels"),
    }
    for name, (changed, trials, hint) in runs.items():
        made_runs.folder(shell.folder / name, trials, **changed)
        assert hint in refusal(gate(shell, name), code=3)


def test_a_baseline_that_cannot_be_used_is_3_and_says_what_to_do(shell: Shell) -> None:
    line = refusal(gate(shell, "a", name="./none.json"), code=3)
    assert "there is no baseline none.json" in line and "interviewer eval accept" in line
    edit(shell, lambda c: c["rules"].update(margins={"items.cappa": 0.1}))
    assert "items.cappa cannot be gated; choose among" in refusal(gate(shell, "a"), code=3)
    assert "items.cappa cannot be gated" in refusal(accept(shell, "a"))
    edit(shell, lambda c: c["rules"].update(margins={"items.kappa": -1}))
    assert "rules.margins.items.kappa" in refusal(gate(shell, "a"), code=3)
    edit(shell, lambda c: c.update(format=99))
    assert "no baseline of this version" in refusal(gate(shell, "a"), code=3)
    (shell.folder / "main.json").write_text("<<<<<<< HEAD\n")
    before = (shell.folder / "main.json").read_bytes()
    assert "take it back from git" in refusal(gate(shell, "a"), code=3)
    assert "take it back from git" in refusal(accept(shell, "a"))  # the rules in it may still be saved
    assert (shell.folder / "main.json").read_bytes() == before


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        ([], "'run'"),
        (["a"], "--baseline"),
        (["a", "--baseline", "./main.json", "--colour"], "--colour"),
        (["a", "b", "--baseline", "./main.json"], "unexpected"),
        (["a", "--baseline", "./main.json", "--junit", "a"], "directory"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_misuse_is_3(shell: Shell, words: list[str], hint: str) -> None:
    assert hint in refusal(shell.run("eval", "gate", *words), code=3)


def test_a_bad_setting_is_3(shell: Shell) -> None:
    said = shell.run("eval", "gate", "a", "--baseline", "./main.json", INTERVIEWER_PORT="x")
    assert "INTERVIEWER_PORT" in refusal(said, code=3)


def test_what_could_not_be_judged_is_in_the_reports_too(shell: Shell) -> None:
    refusal(gate(shell, "nowhere", "--junit", "j.xml", "--markdown", "m.md"), code=3)
    (case,) = Xml.parse(shell.folder / "j.xml").getroot().iter("testcase")
    assert case[0].tag == "error" and "nowhere holds no run" in str(case[0].text)
    page = (shell.folder / "m.md").read_text(encoding="utf-8")
    assert "not judged" in page and "nowhere holds no run" in page


def test_help_is_no_misuse(shell: Shell) -> None:
    said = shell.run("eval", "gate", "--help")
    assert said.code == 0 and "--baseline" in said.out


def test_what_nobody_labelled_cannot_be_gated(shell: Shell) -> None:
    made_runs.folder(shell.folder / "bare", [replace(t, criteria=(), human_score=None) for t in A])
    assert "none of the gated figures is defined on this run" in refusal(accept(shell, "bare"))
    assert "nothing can be gated; label answers" in refusal(accept(shell, "bare", "./bare.json"))
    assert not (shell.folder / "bare.json").exists()


def test_what_is_not_defined_is_said_on_accepting_and_by_the_gate(shell: Shell) -> None:
    """Constant raters: kappa is 0 / 0; the rules of before gate it all the same."""

    def constant(level: str) -> list[Trial]:
        return [
            replace(t, criteria=tuple(replace(c, human="met", level=level) for c in t.criteria))  # type: ignore[arg-type]
            for t in A
        ]

    made_runs.folder(shell.folder / "constant", constant("met"))
    made_runs.folder(shell.folder / "flipped", [*constant("partial")[:1], *constant("met")[1:]])
    assert "items.kappa is gated and not defined on this run" in accept(shell, "constant").err
    assert gate(shell, "constant").code == 0
    said = gate(shell, "flipped", "--json")
    kappa = next(r for r in said.json["rulings"] if r["rule"] == "items.kappa")
    assert (kappa["before"], kappa["status"]) == (None, "cannot tell")
    assert said.code == 2


def test_one_question_is_gated_by_its_answers(shell: Shell) -> None:
    one = [t for t in A if t.question == "q00"]
    worse = [replace(t, score=1 - (t.human_score or 0)) for t in one]
    made_runs.folder(shell.folder / "one", one)
    made_runs.folder(shell.folder / "worse", worse)
    assert accept(shell, "one", "./one.json").code == 0
    assert gate(shell, "one", name="./one.json").code == 0
    found = gate(shell, "worse", "--json", name="./one.json")
    mae = next(r for r in found.json["rulings"] if r["rule"] == "scores.mae")
    assert (mae["difference"]["unit"], mae["difference"]["units"]) == ("answer", 10)
    assert found.code in (1, 2) and mae["status"] != "fine"


def test_a_full_disk_is_3(shell: Shell) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full here")
    said = shell.run_line("interviewer eval gate a --baseline ./main.json --json > /dev/full")
    assert said.code == 3 and "no space left" in said.err


def test_the_example_for_github_does_what_it_says(shell: Shell) -> None:
    workflow = yaml.safe_load((ROOT / "docs" / "gate.github.yml").read_text(encoding="utf-8"))
    steps = {step["name"]: step["run"] for step in workflow["jobs"]["gate"]["steps"] if "name" in step}
    assert steps["Run"].split()[:3] == ["interviewer", "eval", "run"]
    bank, summary = shell.folder / "bank", shell.folder / "summary.md"
    assert shell.run("eval", "accept", "a", "--baseline", "embedded", INTERVIEWER_BANK=bank).code == 0
    for trials, margin, code, said in (
        (A, 0.07, 0, "no regression"),
        (EQUAL, 0.001, 0, "::notice::"),
        (WORSE, 0.07, 1, "regression"),
    ):
        path = bank / "evals" / "baselines" / "embedded.json"
        content = json.loads(path.read_text())
        path.write_text(json.dumps({**content, "rules": {"margins": {"items.kappa": margin}}}))
        shutil.rmtree(shell.folder / "runs", ignore_errors=True)
        made_runs.folder(shell.folder / "runs" / "pr", trials)
        done = shell.run_line(f"set -e; {steps['Gate']}", INTERVIEWER_BANK=bank, GITHUB_STEP_SUMMARY=summary)
        assert (done.code, said in done.out) == (code, True)
        assert summary.read_text(encoding="utf-8").endswith((shell.folder / "gate.md").read_text(encoding="utf-8"))
        Xml.parse(shell.folder / "gate.xml")
