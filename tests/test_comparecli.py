"""`interviewer eval compare` as a user meets it: three forms of one comparison, and what it says of bad input."""

import json
from dataclasses import replace
from pathlib import Path

import made_runs
import pytest
from made_runs import Prompt, pair
from shell import Shell, refusal

from interviewer.comparison import compare
from interviewer.trial import CriterionTrial, Trial

A, B = pair(1, Prompt(lost=0.1))
QUICK = ("--slices", "none", "--figure", "items.kappa")
HOSTILE = "| <script>alert(1)</script> [b]bold[/b] @everyone \x1b[31m``` one\nquoted p\u200bart\nend"


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path)


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """Runs `a` and `b` of made-up data that cannot be loaded any more."""
    shell = Shell(tmp_path_factory.mktemp("runs"))
    made_runs.folder(shell.folder / "a", A)
    made_runs.folder(shell.folder / "b", B, grader_version="rubric.v2", data_digest="ffff")
    return shell


def test_the_table_has_figures_verdicts_and_what_was_asked(two: Shell) -> None:
    said = two.run("eval", "compare", "a", "b", "--flips", "2")
    assert (said.code, said.err) == (0, "")
    for word in ("items.kappa", "scores.mae", "coverage.ungraded_share", "rubric.v2", "95 % interval", "worse"):
        assert word in said.out
    assert "181 pairs: 181 answers to 19 questions; nothing unpaired" in said.out
    assert "warning: the data differ (digests 0123456789ab and ffff)" in said.out
    assert "shown without text: it cannot be loaded (made-up cannot be read" in said.out
    assert "1. lost: " in said.out and "2. lost: " in said.out and "3. lost: " not in said.out
    assert "Slices that moved: " in said.out


def test_json_is_the_comparison(two: Shell) -> None:
    said = two.run("eval", "compare", "a", "b", "--json", "--flips", "3", "--margin", "items.kappa=.02")
    assert (said.code, said.err) == (0, "")
    expected = compare(A, B, {"items.kappa": 0.02})
    assert said.json["differences"] == json.loads(json.dumps(expected.as_dict()["differences"]))
    assert said.json["slices"] == expected.as_dict()["slices"]
    assert (said.json["flipped"], len(said.json["flips"])) == (len(expected.flips), 3)
    assert said.json["flips"][0]["change"] == "lost"
    assert (said.json["a"]["path"], said.json["b"]["grader_version"]) == ("a", "rubric.v2")
    assert len(said.json["warnings"]) == 2


def test_markdown_is_fit_for_a_pull_request(two: Shell) -> None:
    said = two.run("eval", "compare", "a", "b", "--markdown", "--flips", "1", *QUICK)
    assert (said.code, said.err) == (0, "")
    lines = said.out.splitlines()
    assert lines[0] == "### b against a"
    assert "| figure | A | B | difference | 95 % interval | margin | p | verdict | n | unit |" in lines
    assert sum(line.startswith("| items.kappa |") for line in lines) == 1
    assert "Slices" not in said.out
    assert said.out.count("<details>") == said.out.count("</details>") == 2


def test_only_the_figures_and_slices_asked_for(two: Shell) -> None:
    words = ("--figure", "items.kappa", "--figure", "scores.mae", "--slices", "topic,length")
    found = two.run("eval", "compare", "a", "b", "--json", "--flips", "0", *words).json
    assert [d["figure"] for d in found["differences"]] == ["items.kappa", "scores.mae"]
    assert {s["name"] for s in found["slices"]} == {"topic", "length"}
    assert {s["difference"]["figure"] for s in found["slices"]} == {"items.kappa", "scores.mae"}
    assert found["flips"] == [] and found["flipped"] > 0
    one = two.run("eval", "compare", "a", "b", "--json", "--flips", "0", "--figure", "items.qwk").json
    assert {s["difference"]["figure"] for s in one["slices"]} == {"items.qwk"}


def test_the_same_run_twice_is_the_same(two: Shell) -> None:
    found = two.run("eval", "compare", "a", "a", "--json").json
    assert {d["verdict"] for d in found["differences"]} == {"same within margin"}
    assert (found["warnings"], found["flips"]) == ([], [])


@pytest.mark.parametrize(
    ("words", "hints"),
    [
        (["a"], ["'b'", "--help"]),
        (["a", "nowhere"], ["nowhere", "holds no run"]),
        (["a", "b", "--figure", "items.cappa"], ["items.cappa", "items.kappa"]),
        (["a", "b", "--margin", "items.cappa=.1"], ["items.cappa", "items.kappa"]),
        (["a", "b", "--margin", "items.kappa"], ["FIGURE=AMOUNT", "items.kappa=.03"]),
        (["a", "b", "--margin", "items.kappa=-1"], ["FIGURE=AMOUNT"]),
        (["a", "b", "--margin", "items.kappa=nan"], ["FIGURE=AMOUNT"]),
        (["a", "b", "--margin", "items.kappa=inf"], ["FIGURE=AMOUNT"]),
        (["a", "b", "--slices", "colour"], ["colour", "topic"]),
        (["a", "b", "--flips", "-1"], ["--flips"]),
        (["a", "b", "--json", "--markdown"], ["choose one"]),
        (["a", "b", "--colour"], ["--colour"]),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_misuse_is_one_line(two: Shell, words: list[str], hints: list[str]) -> None:
    line = refusal(two.run("eval", "compare", *words))
    assert all(hint in line for hint in hints), line


def test_a_run_that_cannot_be_compared_is_refused(two: Shell, shell: Shell) -> None:
    (shell.folder / "a").symlink_to(two.folder / "a")
    made_runs.folder(shell.folder / "empty", [])
    made_runs.folder(shell.folder / "other", [replace(t, example=f"x{t.example}") for t in A])
    made_runs.folder(shell.folder / "relabelled", [replace(t, human_score=0.123) for t in A])
    made_runs.folder(shell.folder / "twice", [*A, A[0]])
    made_runs.folder(shell.folder / "torn", A[:3])
    (shell.folder / "torn" / "trials.jsonl").write_text("{")
    made_runs.folder(shell.folder / "odd", A[:3])
    (shell.folder / "odd" / "run.json").write_text("{}")
    for name, hint in {
        "empty": "empty holds no trial yet; let the run finish first",
        "other": "compare runs on the same set",
        "relabelled": "run the older one again on the labels of today",
        "twice": "there twice in the second run",
        "torn": "trials.jsonl:1 is not a trial of this version",
        "odd": "run.json is not a run of this version",
    }.items():
        assert hint in refusal(shell.run("eval", "compare", "a", name))


@pytest.mark.parametrize("number", [1, 2])
def test_an_unfinished_run_is_compared_as_far_as_it_is_and_says_so(shell: Shell, number: int) -> None:
    made_runs.folder(shell.folder / "a", A)
    made_runs.folder(shell.folder / "b", B[: 20 * number], finished=None)
    found = shell.run("eval", "compare", "a", "b", "--json", *QUICK).json
    assert "B is not finished" in found["warnings"]
    assert (found["pairs"], len(found["unpaired_a"])) == (20 * number, 181 - 20 * number)


def bare(trials: list[Trial]) -> list[Trial]:
    return [replace(t, criteria=(), human_score=None) for t in trials]


def constant(trials: list[Trial]) -> list[Trial]:
    return [
        replace(t, score=0.5, criteria=tuple(replace(c, human="met", level="met") for c in t.criteria)) for t in trials
    ]


def test_what_is_not_defined_is_said_and_never_a_number(shell: Shell) -> None:
    made_runs.folder(shell.folder / "bare", bare(A))
    found = shell.run("eval", "compare", "bare", "bare", "--json").json
    assert {d["figure"] for d in found["differences"]} == {"coverage.ungraded_share", "cost.seconds_mean"}
    assert found["warnings"] == ["no answer of both has a label and a level: agreement with people is not defined"]
    made_runs.folder(shell.folder / "constant", constant(A))
    said = shell.run("eval", "compare", "constant", "constant", "--figure", "items.kappa", "--slices", "none")
    row = next(line for line in said.out.splitlines() if "items.kappa" in line)
    assert row.count("–") == 5 and "cannot tell (not defined on these rows)" in row
    made_runs.folder(shell.folder / "one", A[:1])
    said = shell.run("eval", "compare", "one", "one", "--figure", "items.accuracy", "--slices", "none")
    assert "cannot tell (fewer than 6 answers; about 36 rows needed)" in said.out


def external(shell: Shell, answer: str) -> None:
    """Runs `a` and `b` of one answer of an external set that is there."""
    row = {
        "question_id": "q",
        "question": "What is quoted?",
        "answer": answer,
        "rubric_items": [{"id": "said", "text": "It is said.", "met": True}],
    }
    (shell.folder / "set.jsonl").write_text(json.dumps(row) + "\n")
    one = CriterionTrial("said", "met", None, "met", ("quoted part",), "reason of a")
    trial = Trial("set/1", "q", "set", "concept", "", 1, "graded", 1.0, None, 1.0, (one,), 9, 0.1)
    other = replace(trial, criteria=(replace(one, level="missed", quotes=(), reason="reason | of <b>"),))
    made_runs.folder(shell.folder / "a", [trial], data="set.jsonl")
    made_runs.folder(shell.folder / "b", [other], data="set.jsonl")


def test_a_flip_is_shown_with_its_question_claim_and_answer(shell: Shell) -> None:
    external(shell, HOSTILE)
    found = shell.run("eval", "compare", "a", "b", "--json").json
    (flip,) = found["flips"]
    assert (flip["asked"], flip["claim"]) == ("What is quoted?", "It is said.")
    assert "quoted part" in flip["answer"]
    assert found["warnings"] == ["set.jsonl has changed since a run: the texts shown are those of today"]
    page = shell.run("eval", "compare", "a", "b", "--markdown").out
    assert "> <b>quoted part</b><sup>A</sup>" in page
    assert "<script" not in page and "@everyone" not in page and "\x1b" not in page
    assert "reason &#124; of &lt;b&gt;" in page
    shown = shell.run("eval", "compare", "a", "b").out
    assert "What is quoted?" in shown and "[b]bold[/b]" in shown and "\x1b" not in shown
    assert "reason of a" in shown and "reason | of <b>" in shown


def test_an_answer_that_says_nothing_is_still_shown_with_its_question(shell: Shell) -> None:
    external(shell, "")
    assert "Question: What is quoted?" in shell.run("eval", "compare", "a", "b", "--markdown").out


def test_a_set_that_lost_the_answer_says_so(shell: Shell) -> None:
    external(shell, "quoted part")
    made = shell.folder / "set.jsonl"
    made.write_text("\n" + made.read_text())  # ids are lines
    found = shell.run("eval", "compare", "a", "b", "--json").json
    assert found["flips"][0]["answer"] == ""
    assert found["warnings"][0].startswith("set.jsonl has changed since a run")
    assert found["warnings"][-1] == "1 of the flips shown have no text: their answers are no longer in the data"


def test_real_runs_of_one_grader_are_the_same(shell: Shell) -> None:
    rows = [
        {"question_id": f"q{n // 2}", "question": "Why scale?", "reference_answer": "It keeps the mean.",
         "score": n % 2, "answer": "It keeps the mean of the input." if n % 2 else "No idea, sorry."}
        for n in range(12)
    ]  # fmt: skip
    (shell.folder / "set.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    for name in ("a", "b"):
        assert shell.run("eval", "run", "--data", "set.jsonl", "--out", name, "--json").code == 0
    found = shell.run("eval", "compare", "a", "b", "--json", "--slices", "none").json
    assert found["warnings"] == []
    assert found["a"]["finished"] >= found["a"]["started"]
    told = {d["figure"]: d["verdict"] for d in found["differences"]}
    assert told["scores.mae"] == "same within margin"
