"""Baseline files: what is written is what is read, a new one leaves a small diff, and a damaged one is refused."""

import difflib
import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from made_runs import RUN, Prompt, pair

from interviewer import baselines
from interviewer.baseline import Baseline, GateRules, Rises, kept
from interviewer.errors import InputError
from interviewer.trial import CriterionTrial

TRIALS = tuple(sorted(map(kept, pair(1, Prompt())[0]), key=lambda t: t.example))
RICH = kept(
    replace(
        TRIALS[0],
        trial=2,
        topic="“nets” | <b>",
        kind="concept",
        sort="partial",
        voice="chatty\u2028",
        difficulty=3,
        state="ungraded",
        score=None,
        expected=0.123456,
        human_score=1 / 3,
        invented_quotes=2,
        inflation=-0.25,
        criteria=(CriterionTrial("a", None, 0.98765, "met"), CriterionTrial("b", "contradicted", None, None)),
    )
)
RULES = GateRules({"items.kappa": 0.05}, 0.01, Rises(0.5, 0.25, 3, 1))
BASELINE = Baseline(RULES, RUN, {"items.kappa": 0.5, "scores.qwk": 0.25}, (RICH, *TRIALS[1:]))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    baselines.write(tmp_path / "evals" / "b.json", BASELINE)
    return tmp_path / "evals" / "b.json"


def test_what_is_written_is_read_back(path: Path) -> None:
    read = baselines.read(path)
    bare = tuple(replace(t, seconds=0.0) for t in BASELINE.trials)
    assert read == replace(BASELINE, trials=bare)
    assert read.trials[0].criteria[0].probability == 0.9877
    assert read.trials[0].human_score == 1 / 3  # people's scores are compared exactly
    assert [p.name for p in path.parent.iterdir()] == ["b.json"]


def test_a_figure_that_is_not_defined_is_null(tmp_path: Path) -> None:
    baselines.write(tmp_path / "b.json", replace(BASELINE, figures={"items.kappa": float("nan")}))
    assert json.loads((tmp_path / "b.json").read_text())["figures"] == {"items.kappa": None}
    assert str(baselines.read(tmp_path / "b.json").figures["items.kappa"]) == "nan"


def test_one_level_that_flips_is_one_line_of_diff(path: Path) -> None:
    before = path.read_text(encoding="utf-8").splitlines()
    changed = replace(TRIALS[5], criteria=(replace(TRIALS[5].criteria[0], level="partial"), *TRIALS[5].criteria[1:]))
    baselines.write(path, replace(BASELINE, trials=(*BASELINE.trials[:5], changed, *BASELINE.trials[6:])))
    diff = [
        line
        for line in difflib.unified_diff(before, path.read_text(encoding="utf-8").splitlines(), n=0)
        if line[0] in "+-" and line[:3] not in ("+++", "---")
    ]
    assert len(diff) == 2
    assert all(TRIALS[5].example in line for line in diff)


def test_it_is_small_and_its_rules_come_first(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    assert sum(line.startswith('  {"example"') for line in lines) == len(BASELINE.trials)
    assert lines[2:4] == [' "rules": {', '  "alpha": 0.01,']
    assert sum("invented_quotes" in line for line in lines) == 2  # the rule, and the one trial that has some
    assert path.stat().st_size < 600 * len(BASELINE.trials)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("main", "bank/evals/baselines/main.json"),
        ("rubric.v1", "bank/evals/baselines/rubric.v1.json"),
        ("main.json", "main.json"),
        ("somewhere/main", "somewhere/main"),
        ("./main", "main"),
        ("/tmp/x.json", "/tmp/x.json"),
    ],
)
def test_a_baseline_is_named_or_pathed(name: str, expected: str) -> None:
    assert baselines.path_of(name, Path("bank")) == Path(expected)


def edited(change: Callable[[dict[str, Any]], object]) -> Callable[[str], str]:
    def edit(text: str) -> str:
        content = json.loads(text)
        change(content)
        return json.dumps(content)

    return edit


DAMAGE: dict[str, tuple[Callable[[str], str], str]] = {
    "empty": (lambda text: "", "Expecting value"),
    "cut off": (lambda text: text[: len(text) // 2], "line "),
    "a list": (lambda text: "[]", "valid dictionary"),
    "deep": (lambda text: "[" * 100_000, "no baseline"),
    "another version": (edited(lambda c: c.update(format=2)), "format"),
    "no trials": (edited(lambda c: c.update(trials=[])), "trials"),
    "no rules": (edited(lambda c: c.pop("rules")), "rules"),
    "unknown rule": (edited(lambda c: c["rules"].update(kappa=1)), "rules.kappa"),
    "unknown rise": (edited(lambda c: c["rules"]["rises"].update(costs=1)), "rules.rises.costs"),
    "negative margin": (edited(lambda c: c["rules"]["margins"].update({"items.kappa": -0.1})), "margins.items.kappa"),
    "margin that is no number": (edited(lambda c: c["rules"]["margins"].update({"items.kappa": "x"})), "margins"),
    "margin NaN": (edited(lambda c: c["rules"]["margins"].update({"items.kappa": float("nan")})), "margins"),
    "margin infinite": (edited(lambda c: c["rules"]["margins"].update({"items.kappa": float("inf")})), "margins"),
    "alpha 1": (edited(lambda c: c["rules"].update(alpha=1)), "rules.alpha"),
    "alpha 0": (edited(lambda c: c["rules"].update(alpha=0)), "rules.alpha"),
    "share over 1": (edited(lambda c: c["rules"]["rises"].update(ungraded=1.5)), "rules.rises.ungraded"),
    "half a quote": (edited(lambda c: c["rules"]["rises"].update(invented_quotes=0.5)), "invented_quotes"),
    "unknown level": (edited(lambda c: c["trials"][0]["criteria"].update(a=["good", None, None])), "criteria.a"),
    "score over 1": (edited(lambda c: c["trials"][0].update(score=2)), "trials.0.score"),
    "score NaN": (edited(lambda c: c["trials"][0].update(score=float("nan"))), "trials.0.score"),
    "trial 0": (edited(lambda c: c["trials"][0].update(trial=0)), "trials.0.trial"),
    "no run": (edited(lambda c: c.update(run={})), "grader"),
}


@pytest.mark.parametrize("name", DAMAGE)
def test_a_damaged_file_is_refused_with_what_is_wrong(path: Path, name: str) -> None:
    spoil, hint = DAMAGE[name]
    path.write_text(spoil(path.read_text(encoding="utf-8")), encoding="utf-8")
    with pytest.raises(InputError) as refused:
        baselines.read(path)
    said = str(refused.value)
    assert hint in said
    assert "b.json is no baseline of this version" in said
    assert said.endswith("mend it, take it back from git, or move it away and accept a run anew")


def test_a_file_that_is_not_utf8_is_refused(path: Path) -> None:
    path.write_bytes(b"\xff" + path.read_bytes())
    with pytest.raises(InputError, match="no baseline of this version"):
        baselines.read(path)


def test_where_there_is_none_it_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"there is no baseline .*x\.json; `interviewer eval accept RUN --baseline"):
        baselines.read(tmp_path / "x.json")


def test_a_folder_in_its_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.json").mkdir()
    with pytest.raises(InputError, match="cannot be read"):
        baselines.read(tmp_path / "x.json")
    with pytest.raises(InputError, match="cannot be written"):
        baselines.write(tmp_path / "x.json", BASELINE)
    assert [p.name for p in tmp_path.iterdir()] == ["x.json"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(InputError, match="cannot be written"):
        baselines.write(tmp_path / "b.json", BASELINE)


def test_a_file_written_by_hand_may_leave_out_what_has_a_default(path: Path) -> None:
    content = json.loads(path.read_text(encoding="utf-8"))
    content["rules"] = {"margins": {"items.kappa": 0.02}}
    path.write_text(json.dumps(content))
    assert baselines.read(path).rules == GateRules({"items.kappa": 0.02})
