"""A run of the harness killed at fifty random moments and resumed is, figure for figure, the one left alone."""

import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from interviewer import datasets, evaluate, library, settings
from interviewer.models import Ask, Reply, Usage
from interviewer.models.chosen import sampling
from interviewer.models.offline import Recorder, Scripted
from interviewer.recordings import Recordings
from interviewer.wiring import Wiring

KILLS, ROWS, SEED = 50, 400, 20261128
WORDS = "eval run --grader llm --prompt rubric-short.v1 --data set.jsonl --replay --recordings r.jsonl.gz".split()


def some(ask: Ask) -> Reply:
    """Misses or contradicts by the letters of what is asked; takes as many made-up seconds."""
    assert ask.schema is not None
    odd = hash_of(ask.about)
    judged = {name: {"quotes": [], "reason": "So.", "level": "missed"} for name in ask.schema["properties"]}
    return Reply(json.dumps(judged), "small", Usage(odd, 5), odd / 100, cost_usd=odd / 1000)


def hash_of(text: str) -> int:
    return sum(map(ord, text)) % 97


@pytest.fixture
async def folder(tmp_path: Path) -> Path:
    row = {"dataset": "made", "question": "Why?", "reference_answer": "It is so. It is also thus."}
    rows = [
        {**row, "question_id": f"q{n % 12}", "answer": f"Number {n} of it.", "score": n % 3 / 2} for n in range(ROWS)
    ]
    (tmp_path / "set.jsonl").write_text("".join(json.dumps(r) + "\n" for r in rows), encoding="utf-8")
    wiring = Wiring(settings.load(home=tmp_path / "home", model="small", prompt="rubric-short.v1", grader="llm"))
    recordings = Recordings(tmp_path / "r.jsonl.gz")
    model = Scripted([some] * ROWS, "small")
    wiring.__dict__["model"] = Recorder(model, recordings, sampling(wiring.settings), reuses=False)
    examples = datasets.external(tmp_path / "set.jsonl")
    await evaluate.run(wiring.grader("llm", in_run=True), examples, lambda trial: None)
    recordings.close()
    assert len(recordings) == ROWS and library.home().exists()
    return tmp_path


class Children:
    """Starts runs and kills them."""

    def __init__(self, folder: Path) -> None:
        root = Path(__file__).resolve().parent
        env = {"PYTHONPATH": f"{root.parent}", "PATH": os.environ["PATH"], "INTERVIEWER_HOME": str(folder / "home")}
        self._folder = folder
        self._process = subprocess.Popen(
            [sys.executable, str(root / "run_rounds.py")],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=env,
        )  # fmt: skip

    def run(self, out: str, *words: str, after_s: float | None = None) -> int:
        """Exit code; -9 where it was killed."""
        assert self._process.stdin and self._process.stdout
        request = {"words": [*WORDS, "--out", out, *words], "folder": str(self._folder), "after_s": after_s}
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def end(self) -> None:
        """No more."""
        assert self._process.stdin and self._process.stdout
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait(10)


@pytest.mark.slow
def test_fifty_kills_change_no_figure(folder: Path) -> None:
    children, chance = Children(folder), random.Random(SEED)
    try:
        started = time.monotonic()
        assert children.run("whole") == 0
        whole_s, whole = time.monotonic() - started, described(folder, "whole")
        kills, rounds, seen = 0, 0, set[int]()
        while kills < KILLS:
            rounds, out = rounds + 1, f"round{rounds}"
            while True:
                begun = (folder / out / "trials.jsonl").exists()
                words = ("--resume",) if begun and (folder / out / "run.json").exists() else ()
                code = children.run(out, *words, after_s=chance.uniform(0.05, 1.2) * whole_s)
                if code == 0:
                    break
                assert code == -9
                kills += 1
                seen.add(lines(folder / out / "trials.jsonl"))
            assert bytes_of(described(folder, out)) == bytes_of(whole)
            kept = (folder / out / "trials.jsonl").read_text(encoding="utf-8").splitlines()
            names = [json.loads(line)["example"] for line in kept]
            assert len(names) == len(set(names)) == ROWS, "no finished trial was made again"
    finally:
        children.end()
    assert len(seen) >= 10, f"kills must fall into different places of the run: {sorted(seen)}"


def described(folder: Path, out: str) -> dict[str, Any]:
    return json.loads((folder / out / "run.json").read_text(encoding="utf-8"))


def bytes_of(run: dict[str, Any]) -> str:
    return json.dumps(run["figures"])


def lines(path: Path) -> int:
    return path.read_bytes().count(b"\n") if path.exists() else 0
