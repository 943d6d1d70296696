"""The pytest plugin as its users meet it: a test file of their own, run by a pytest of its own."""

import asyncio
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from model_server import ModelServer, in_thread
from model_server import says as model_says
from shell import ROOT, Shell

from interviewer import datasets, evaluate, settings
from interviewer.models import Ask, Reply, Usage
from interviewer.models.chosen import sampling
from interviewer.models.offline import Recorder, Scripted
from interviewer.recordings import Recordings
from interviewer.wiring import Wiring

QUESTIONS, ANSWERS = 14, 4
CASES = """
import pytest
from interviewer.errors import InterviewerError

LLM = {"grader": "llm", "data": "answers.jsonl", "recordings": "replies.jsonl.gz"}

def test_too_low(graded):
    graded(prompt="rubric-short.v1", **LLM).assert_at_least("items.kappa", 0.9)

def test_too_high(graded):
    graded(prompt="rubric-short.v1", **LLM).assert_at_most("scores.mae", 0.01)

def test_exactly(graded):
    run = graded(prompt="rubric-short.v1", **LLM)
    run.assert_at_least("items.kappa", run.figures.items.kappa)
    run.assert_at_most("items.kappa", run.figures.items.kappa)

def test_not_defined_is_not_at_least(graded):
    graded(prompt="rubric-short.v1", **LLM).assert_at_least("calibration.brier", -1)

def test_not_defined_is_not_at_most(graded):
    graded(prompt="rubric-short.v1", **LLM).assert_at_most("steadiness.flip_rate", 1)

def test_no_such_figure(graded):
    graded(prompt="rubric-short.v1", **LLM).assert_at_least("items.kapa", 0)

def test_worse(graded):
    graded(prompt="token.v1", **LLM).assert_not_worse_than(graded(prompt="rubric-short.v1", **LLM))

def test_worse_but_minded_less(graded):
    margins = {"items.kappa": 2, "scores.mae": 1}
    graded(prompt="token.v1", **LLM).assert_not_worse_than(graded(prompt="rubric-short.v1", **LLM), margins)

def test_no_such_baseline(graded):
    graded(prompt="rubric-short.v1", **LLM).assert_not_worse_than("nobody.json")

def test_not_recorded(graded):
    graded(prompt="token.v2", **LLM)

def test_no_model_for_the_embedded(graded):
    graded("embedded", model="small")

async def test_made_once_also_where_a_loop_runs(graded):
    from pathlib import Path
    run = graded("llm", Path("answers.jsonl"), "rubric-short.v1", recordings=Path("replies.jsonl.gz"))
    assert run is graded(prompt="rubric-short.v1", **LLM) and len(run.trials) == run.run.n == 56
    assert run is not graded(prompt="rubric-short.v2", **LLM)
"""


def says(ask: Ask) -> Reply:
    """Right in five of six criteria when asked for a rubric; always yes when asked for one word."""
    text = ask.messages[-1].content
    if ask.schema is None:
        return Reply("yes", "small", Usage(1, 1), 0.1)
    said = re.search(r"begins\]\n(.*)\n\[", text, re.DOTALL)
    assert said
    judged = {}
    for name in ask.schema["properties"]:
        right = f"says {name}" in said[1]
        met = right != (sum(map(ord, said[1] + name)) % 6 == 0)
        judged[name] = {"quotes": [said[1]] if met else [], "reason": "So.", "level": "met" if met else "missed"}
    return Reply(json.dumps(judged), "small", Usage(100, 20), 0.1)


def row(question: int, answer: int) -> dict[str, object]:
    said = [name for name, bit in (("a", 1), ("b", 2)) if answer & bit]
    items = [{"id": name, "text": f"The weight says {name} of {question}.", "met": name in said} for name in "ab"]
    text = f"Weight {question} number {answer} " + " and ".join(f"says {name}" for name in said or ["nothing"])
    return {"question_id": f"q{question:02}", "question": "What is it?", "answer": text, "rubric_items": items}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with labelled answers and what a model replied to three prompts."""
    folder = tmp_path_factory.mktemp("project")
    rows = [row(q, a) for q in range(QUESTIONS) for a in range(ANSWERS)]
    (folder / "answers.jsonl").write_text("".join(json.dumps(r) + "\n" for r in rows), encoding="utf-8")
    recordings = Recordings(folder / "replies.jsonl.gz")
    for prompt in ("rubric-short.v1", "rubric-short.v2", "token.v1"):
        wiring = Wiring(settings.load(home=folder, model="small", prompt=prompt, grader="llm"))
        model = Scripted([says] * 1_000, "small")
        wiring.__dict__["model"] = Recorder(model, recordings, sampling(wiring.settings), reuses=False)
        examples = datasets.external(folder / "answers.jsonl")
        asyncio.run(evaluate.run(wiring.grader("llm"), examples, lambda trial: None))
    recordings.close()
    return folder


def outcomes(folder: Path, source: str, sockets: str = "--disable-socket --allow-unix-socket", **env: str) -> Any:
    """Test -> what it failed with (empty where it passed), by a pytest in that folder."""
    (folder / "test_it.py").write_text(source, encoding="utf-8")
    (folder / "pytest.ini").write_text(
        "[pytest]\nasyncio_mode=auto\nfilterwarnings=error\nasyncio_default_fixture_loop_scope=function\n",
        encoding="utf-8",
    )
    words = f"-m pytest -p interviewer.pytest_plugin -p no:cacheprovider {sockets}"
    words += " --junitxml out.xml -o junit_logging=no test_it.py"
    seen = Shell(folder).environment(**env)
    done = subprocess.run([sys.executable, *words.split()], cwd=folder, env=seen, capture_output=True, text=True)
    assert done.returncode in (0, 1), done.stdout + done.stderr
    cases = ElementTree.parse(folder / "out.xml").iter("testcase")
    return {case.attrib["name"]: "".join(part.text or "" for part in case) for case in cases}


@pytest.mark.slow
def test_the_example_of_the_documentation_holds(folder: Path) -> None:
    page = (ROOT / "docs" / "pytest.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    assert len(example.splitlines()) <= 10
    said = outcomes(folder, example)
    assert said == {
        "test_the_embedded_grader_agrees_with_people": "",
        "test_the_new_prompt_is_no_worse": "",
    }


@pytest.fixture(scope="module")
def failures(folder: Path) -> dict[str, str]:
    return outcomes(folder, CASES)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        (
            "test_too_low",
            r"""AssertionError: items.kappa is 0\.\d+; wanted: at least 0\.9
E +95 % interval 0\.\d+ to 0\.\d+ over 14 questions, n = 112
E +small \(rubric-short\.v1\) on answers\.jsonl, 56 answers
E +worst misses:
E +1\. [ab] of answers/\d+ · people: (met · grader: missed|missed · grader: met · “Weight.*”)
""",
        ),
        ("test_too_high", r"scores\.mae is 0\.\d+; wanted: at most 0\.01\nE +95 % interval .*n = 56\n"),
        ("test_exactly", r"^$"),
        ("test_not_defined_is_not_at_least", r"calibration\.brier is not defined on these rows; wanted: at least -1\n"),
        ("test_not_defined_is_not_at_most", r"steadiness\.flip_rate is not defined on these rows; wanted: at most 1\n"),
        ("test_no_such_figure", r"InputError: items\.kapa is no figure; choose among items\.kappa, "),
        (
            "test_worse",
            r"""AssertionError: not shown to be no worse: regression
E +before: small \(rubric-short\.v1\) on answers\.jsonl, 56 answers
E +now: small \(token\.v1\) on answers\.jsonl, 56 answers
E +items\.kappa: regression, 0\.\d+ -> .*significant.*112 rows, 14 questions
(.*\n)*E +1\. lost: [ab] of answers/\d+ · people: missed · missed → met
""",
        ),
        ("test_worse_but_minded_less", r"^$"),
        ("test_no_such_baseline", r"InputError: there is no baseline nobody\.json; `interviewer eval accept"),
        ("test_not_recorded", r"InputError: the run of llm on answers\.jsonl: 56 of 56 answers .*first answers/1"),
        ("test_no_model_for_the_embedded", r"InputError: a prompt, a model and recordings are for a language model"),
        ("test_made_once_also_where_a_loop_runs", r"^$"),
    ],
)
def test_what_fails_says_why(failures: dict[str, str], name: str, told: str) -> None:
    assert re.search(told, failures[name]), failures[name]
    assert "graded.py" not in failures[name] and "failurewords.py" not in failures[name], "only the user's own lines"


def test_every_case_is_looked_at(failures: dict[str, str]) -> None:
    asked = test_what_fails_says_why.pytestmark[0].args[1]  # type: ignore[attr-defined]
    assert set(failures) == {case[0] for case in asked}


LIVE = """
def test_live(graded):
    run = graded("llm", "answers.jsonl", "token.v2", "small", recordings="live.jsonl", replay=False)
    run.assert_at_most("coverage.ungraded_share", 0)
"""


def test_a_model_is_asked_and_recorded_where_that_is_wanted(folder: Path) -> None:
    with in_thread(ModelServer(lambda body: model_says("yes"))) as server:
        where = {"INTERVIEWER_BASE_URL": server.url}
        assert outcomes(folder, LIVE, sockets="", **where) == {"test_live": ""}
        asked = len(server.bodies)
        assert asked == 2 * QUESTIONS * ANSWERS == len((folder / "live.jsonl").read_bytes().splitlines())
        assert outcomes(folder, LIVE, sockets="", **where) == {"test_live": ""}
        assert len(server.bodies) == asked, "what is recorded is not asked again"
    assert outcomes(folder, LIVE.replace("replay=False", "replay=True")) == {"test_live": ""}


def test_the_plugin_costs_nothing_where_it_is_not_used() -> None:
    code = (
        "import pytest, sys, time; before, t = set(sys.modules), time.process_time(); import interviewer.pytest_plugin;"
        "print(time.process_time() - t, *sorted(set(sys.modules) - before))"
    )
    done = [
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True
        ).stdout.split()
        for _ in range(3)
    ]
    assert done[0][1:] == ["interviewer", "interviewer.pytest_plugin"]
    assert min(float(seconds) for seconds, *_ in done) < 0.005
