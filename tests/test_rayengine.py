"""`--engine ray`: the same run as here, made by the workers of a Ray cluster."""

import asyncio
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from model_server import ModelServer, in_thread, says
from ray_rounds import AT_ONCE, CALLS
from shell import ROOT, Said, Shell, refusal

from interviewer import datasets, evaluate, settings
from interviewer.models import Ask, Reply, Usage
from interviewer.models.chosen import sampling
from interviewer.models.offline import Recorder, Scripted
from interviewer.recordings import Recordings
from interviewer.wiring import Wiring

ROUNDS = Path(__file__).with_name("ray_rounds.py")
needs_ray = pytest.mark.skipif(
    importlib.util.find_spec("ray") is None, reason="Ray is not installed: pip install 'rubric-interviewer[ray]'"
)
TOKEN = {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": "0123456789abcdef" * 4}
REPLAY = "eval run --grader llm --prompt rubric.v1 --data golden:recorded --replay --recordings r.jsonl.gz".split()


def environment(**env: str) -> dict[str, str]:
    path = os.pathsep.join(map(str, (ROOT, ROOT / "tests")))
    return {**os.environ, "PYTHONPATH": path, **env}


@pytest.fixture(scope="module")
def cluster() -> Iterator[dict[str, str]]:
    """Two workers that run already; yields what makes a process use them."""
    with tempfile.TemporaryDirectory(prefix="ray") as folder:  # a short path: sockets are made in it
        pipe, env = subprocess.PIPE, environment(**TOKEN, RAY_TMPDIR=folder)
        serving = subprocess.Popen([sys.executable, str(ROUNDS), "serve"], stdin=pipe, stdout=pipe, text=True, env=env)
        assert serving.stdin and serving.stdout
        address = serving.stdout.readline().strip()
        assert address, "no cluster has started"
        yield {"RAY_ADDRESS": address, **TOKEN}
        serving.stdin.close()
        serving.stdout.close()
        serving.wait(60)


def called(name: str, cluster: dict[str, str], folder: Path) -> Any:
    """What came of the calls of that name; see `ray_rounds`."""
    words = [sys.executable, str(ROUNDS), name, cluster["RAY_ADDRESS"], str(folder)]
    done = subprocess.run(words, capture_output=True, text=True, env=environment(**cluster))
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def some(ask: Ask) -> Reply:
    """Credits words of the answer, or nothing, by the letters of what is asked."""
    assert ask.schema is not None
    said = ask.messages[-1].content.partition(" begins]\n")[2].split("\n[")[0]
    judged = {}
    for n, name in enumerate(ask.schema["properties"]):
        met = (sum(map(ord, ask.about)) + n) % 3 == 0
        quote = [" ".join(said.split(" ")[:8])] if met else []
        judged[name] = {"quotes": quote, "reason": "So.", "level": "met" if met else "missed"}
    odd = sum(map(ord, ask.about)) % 97
    return Reply(json.dumps(judged), "small", Usage(odd, 5), odd / 100, cost_usd=0.01)


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """Where replies to golden:recorded, asked with notes, are recorded, and one run of them was made in one process."""
    folder = tmp_path_factory.mktemp("ray")
    wiring = Wiring(
        settings.load(home=folder / "home", model="small", prompt="rubric.v1", grader="llm", retrieval="words")
    )
    recordings = Recordings(folder / "r.jsonl.gz")
    model = Scripted([some] * 400, "small")
    wiring.__dict__["model"] = Recorder(model, recordings, sampling(wiring.settings), reuses=False)
    examples = datasets.load("golden:recorded", wiring.bank, wiring.root)
    asyncio.run(evaluate.run(wiring.grader("llm", in_run=True), examples, lambda trial: None))
    recordings.close()
    shell = Shell(folder)
    here = shell.run(*REPLAY, "--out", "here", "--json")
    assert here.code == 0, here.err
    assert len(examples) == len(trials(shell, "here")) > 70
    return shell


def trials(shell: Shell, out: str) -> list[dict[str, Any]]:
    lines = (shell.folder / out / "trials.jsonl").read_text(encoding="utf-8").splitlines()
    return sorted((json.loads(line) for line in lines), key=lambda t: (t["example"], t["trial"]))


def untimed(shell: Shell, out: str) -> tuple[str, str]:
    """Trials and figures of a run, as bytes, without what a clock made."""
    made = [{k: v for k, v in t.items() if k != "seconds"} for t in trials(shell, out)]
    figures = described(shell, out)["figures"]
    del figures["seconds_median"], figures["intervals"]["cost.seconds_mean"]
    figures["cost"] = {k: v for k, v in figures["cost"].items() if not k.startswith("seconds")}
    return json.dumps(made), json.dumps(figures)


def described(shell: Shell, out: str) -> dict[str, Any]:
    return json.loads((shell.folder / out / "run.json").read_text(encoding="utf-8"))


@needs_ray
@pytest.mark.service
@pytest.mark.slow
class TestOnACluster:
    """Needs two workers, which take some seconds to start."""

    def test_replayed_trials_and_figures_are_those_of_one_process(self, shell: Shell, cluster: dict[str, str]) -> None:
        there = shell.run(*REPLAY, "--out", "there", "--engine", "ray", "--json", **cluster)
        assert (there.code, there.err) == (0, ""), there.err
        assert untimed(shell, "there") == untimed(shell, "here")
        assert described(shell, "there")["parameters"] == described(shell, "here")["parameters"]
        assert any(t["criteria"][0]["level"] == "met" for t in trials(shell, "there"))

    def test_errors_are_rows(self, shell: Shell, cluster: dict[str, str]) -> None:
        stale = [w.replace("rubric.v1", "rubric-short.v1") for w in REPLAY]
        here = shell.run(*stale, "--out", "stale-here")
        there = shell.run(*stale, "--out", "stale-there", "--engine", "ray", **cluster)
        assert (here.code, there.code) == (1, 1) and len(there.err.splitlines()) == 1, there.err
        assert "changed since: messages" in there.err
        assert untimed(shell, "stale-there") == untimed(shell, "stale-here")

    def test_a_run_stops_at_its_cost_and_goes_on_without_making_a_trial_twice(
        self, shell: Shell, cluster: dict[str, str]
    ) -> None:
        words = (*REPLAY, "--out", "parts", "--engine", "ray", "--concurrency", "4")
        first = shell.run(*words, "--max-cost", "0.2", **cluster)
        before = trials(shell, "parts")
        assert first.code == 1 and "raise --max-cost and add --resume" in first.err
        assert 20 <= len(before) <= 24 and described(shell, "parts")["finished"] is None
        rest = shell.run(*words, "--resume", **cluster)
        assert rest.code == 0, rest.err
        counts = Counter(t["example"] for t in trials(shell, "parts"))
        assert set(counts.values()) == {1}
        assert untimed(shell, "parts") == untimed(shell, "here")

    def test_no_more_calls_are_under_way_than_asked_and_both_workers_share_them(
        self, cluster: dict[str, str], tmp_path: Path
    ) -> None:
        calls = called("busy", cluster, tmp_path)
        assert sorted(number for number, *_ in calls) == list(range(CALLS))
        assert {share for _, share, *_ in calls} == {AT_ONCE // 2}
        by_worker = Counter(pid for _, _, pid, *_ in calls)
        assert len(by_worker) == 2 and min(by_worker.values()) >= CALLS // 4
        peak = [sum(b <= began < e for *_, b, e in calls) for *_, began, _ in calls]
        assert AT_ONCE // 2 < max(peak) <= AT_ONCE

    def test_what_a_lost_worker_was_doing_is_made_again_and_kept_once(
        self, cluster: dict[str, str], tmp_path: Path
    ) -> None:
        rows = called("lost-once", cluster, tmp_path)
        assert [row[:3] for row in rows] == [[f"made/{n}", "graded", ""] for n in range(9)]
        assert rows[0][3] == 2

    def test_a_trial_that_is_always_lost_is_a_row(self, cluster: dict[str, str], tmp_path: Path) -> None:
        rows = called("lost-always", cluster, tmp_path)
        assert [row[0] for row in rows] == [f"made/{n}" for n in range(9)]
        (_, state, error, tries), *others = rows
        assert state == "ungraded" and "lost with its worker 4 times" in error and tries == 4
        assert sum(row[1] == "graded" for row in others) >= 6

    def test_what_is_raised_there_is_raised_here(self, cluster: dict[str, str], tmp_path: Path) -> None:
        starting, calling, fault = called("refused", cluster, tmp_path)
        assert starting == ["InputError", "no such version; install it"]
        assert calling == ["SettingsError", "no price; set one"]
        assert fault[0] == "True" and "Traceback" not in fault[1].splitlines()[0] and "ray_rounds.py" in fault[1]


@needs_ray
@pytest.mark.service
@pytest.mark.slow
def test_a_cluster_of_its_own_needs_nothing_and_tells_nobody(tmp_path: Path) -> None:
    key, shell = "sk-never-in-a-log-0123456789", Shell(tmp_path)
    row = {"dataset": "made", "question_id": "q", "question": "Why?", "reference_answer": "It is so.", "score": 1}
    rows = [json.dumps({**row, "answer": f"It is number {n}."}) for n in range(12)]
    (tmp_path / "set.jsonl").write_text("\n".join(rows), encoding="utf-8")
    with tempfile.TemporaryDirectory(prefix="ray") as folder, in_thread(ModelServer(lambda body: says("no"))) as server:
        words = "eval run --grader llm --prompt token.v1 --data set.jsonl --out o --engine ray --json".split()
        to = {"INTERVIEWER_MODEL": "small", "INTERVIEWER_BASE_URL": server.url, "OPENAI_API_KEY": key}
        said = shell.run(*words, **to, RAY_TMPDIR=folder, HOME=tmp_path / "home")
        assert (said.code, said.err) == (0, ""), said.err
        assert said.json["n"] == len(server.bodies) == len(rows) and set(server.keys) == {f"Bearer {key}"}
        files = [p for p in Path(folder).rglob("*") if p.is_file() and not p.is_symlink()]
        assert any(p.suffix == ".log" for p in files)
        assert [p for p in files if key.encode() in p.read_bytes()] == []
    assert not (tmp_path / "home" / ".ray").exists(), "the token of the cluster is kept nowhere"


def test_without_ray_one_line_says_what_to_install(tmp_path: Path) -> None:
    (tmp_path / "ray.py").write_text("raise ModuleNotFoundError(\"No module named 'ray'\")", encoding="utf-8")
    line = "interviewer eval run --data golden:recorded --out o --engine ray"
    said = Shell(tmp_path).run_line(line, PYTHONPATH=os.pathsep.join([str(tmp_path), str(ROOT)]))
    assert refusal(said) == "interviewer: Ray is not installed; pip install 'rubric-interviewer[ray]'"
    assert not (tmp_path / "o").exists()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--record", "new", "--grader", "llm"], "record with --engine local"),
        (["--engine", "spark"], "--engine"),
    ],
)
def test_misuse_is_one_line(tmp_path: Path, words: list[str], told: str) -> None:
    assert told in refusal(run(Shell(tmp_path), *words))


@needs_ray
@pytest.mark.service
@pytest.mark.parametrize("address", ["127.0.0.1:9", "nowhere", "127.0.0.1:port"])
def test_a_cluster_that_is_not_there_is_one_line_at_once(tmp_path: Path, address: str) -> None:
    told = refusal(run(Shell(tmp_path), "--ray-address", address))
    assert f"the Ray cluster at {address} cannot be used" in told and "RAY_ADDRESS" in told


def run(shell: Shell, *words: str) -> Said:
    return shell.run("eval", "run", "--data", "golden:recorded", "--out", "o", "--engine", "ray", *words)
