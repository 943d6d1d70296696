"""Times the harness: python evals/bench.py [--million] (`make bench`). A row is the median of ROUNDS whole processes.

500 gradings against ../shared/bench/mock_openai.py (100 ms, 32 at once), in turn with ../shared/bench/reference.py, the
bare SDK loop: read the ratio, the machine may be busy. Then a replay of them, a real model's recorded replies, and the
resumption of a run with 100,000 trials; with --million also figures and report of 1,000,000 made-up trials.
"""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from itertools import islice
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared" / "bench"
sys.path.insert(0, str(ROOT / "tests"))
HOME = Path(tempfile.mkdtemp())
ROUNDS = 5
INTERVIEWER = [sys.executable, "-m", "interviewer.cli", "eval"]
ENV = {**os.environ, "INTERVIEWER_HOME": str(HOME / "home"), "INTERVIEWER_BASE_URL": "http://127.0.0.1:8911/v1"}
ENV.pop("PYTHONDONTWRITEBYTECODE", None)  # it doubles every start-up
LLM = [*INTERVIEWER, "run", "--grader", "llm", "--model", "mock", "--data", f"{HOME}/500.jsonl", "--concurrency", "32"]
TAPE = ROOT / "evals" / "recordings" / "qwen2.5-coder-1.5b.jsonl.gz"


def timed(words: list[str], out: str = "") -> tuple[float, float, float]:
    """Wall seconds, CPU seconds and MB of one process that starts with nothing in the folder `out`."""
    started = time.perf_counter()
    shutil.rmtree(HOME / (out or "none"), ignore_errors=True)
    child = subprocess.Popen([*words, *(["--out", f"{HOME}/{out}"] if out else [])], env=ENV, stdout=subprocess.DEVNULL)
    _, _, used = os.wait4(child.pid, 0)
    return time.perf_counter() - started, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def told(name: str, *ways: list[str], rounds: int = ROUNDS) -> None:
    """One row a way, the ways in turn, so that they share whatever else the machine does."""
    measured = [[timed(way[:-1], way[-1]) for way in ways] for _ in range(rounds)]
    for n, label in enumerate(name.split(" | ")):
        wall, cpu, memory = (statistics.median(column) for column in zip(*(r[n] for r in measured), strict=True))
        ratio = statistics.median(r[n][0] / r[0][0] for r in measured)
        print(f"| {label} | {wall:.2f} | {ratio:.2f} | {cpu:.2f} | {memory:.0f} | {rounds} |", flush=True)


def rows(count: int, name: str) -> None:
    """A set of made-up answers."""
    row = {"reference_answer": "Bias falls with complexity. Variance grows with it.", "max_score": 1}
    with (HOME / name).open("w", encoding="utf-8") as file:
        for n in range(count):
            asked = {"question_id": f"q{n % 20}", "question": f"What is trade-off {n % 20}?", "score": n % 3 / 2}
            file.write(json.dumps({**row, **asked, "answer": f"Number {n}: bias against variance."}) + "\n")


def resumed(count: int) -> float:
    """Seconds from the start of a process to its first new trial in a run that has `count` of them already."""
    rows(count + 50, "many.jsonl")
    run = [*INTERVIEWER, "run", "--data", f"{HOME}/many.jsonl", "--out", f"{HOME}/many", "--concurrency", "1"]
    trials, seen = HOME / "many" / "trials.jsonl", 0
    first = subprocess.Popen(run, env=ENV, stdout=subprocess.DEVNULL)
    while seen < 40:
        time.sleep(0.2)
        seen = trials.read_bytes().count(b"\n") if trials.exists() else 0
    first.kill()
    first.wait()
    line = json.loads(trials.read_bytes().split(b"\n")[0])
    with trials.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps({**line, "example": f"many/{n}"}) + "\n" for n in range(1, count + 1))
    size, started = trials.stat().st_size, time.perf_counter()
    second = subprocess.Popen([*run, "--resume"], env=ENV, stdout=subprocess.DEVNULL)
    while trials.stat().st_size == size:
        time.sleep(0.01)
    waited = time.perf_counter() - started
    second.kill()
    second.wait()
    return waited


def million() -> None:
    """Figures, in the report, of a run with 1,000,000 trials."""
    import madeup
    from pydantic import TypeAdapter

    from interviewer.trial import Trial

    folder, adapter = HOME / "million", TypeAdapter(Trial)
    folder.mkdir()
    with (folder / "trials.jsonl").open("wb") as file:
        made = madeup.trials(500_000, 2_000, 2, 0, 0.05)
        while part := list(islice(made, 10_000)):
            file.writelines(adapter.dump_json(trial) + b"\n" for trial in part)
    described = json.loads((HOME / "b" / "run.json").read_text())
    (folder / "run.json").write_text(json.dumps({**described, "data": "made-up"}))
    told(
        "figures and report of 1,000,000 trials",
        [*INTERVIEWER, "report", str(folder), "--no-texts", "out.html"],
        rounds=1,
    )


def main() -> None:
    """Prints the table."""
    mock = subprocess.Popen([sys.executable, str(SHARED / "mock_openai.py"), "--port", "8911", "--latency-ms", "100"])
    try:
        for _ in range(100):
            try:
                urllib.request.urlopen("http://127.0.0.1:8911/stats", timeout=1).close()
                break
            except OSError:
                time.sleep(0.1)
        rows(500, "500.jsonl")
        rows(100, "100.jsonl")
        print("| what | wall s | to the first of its group | CPU s | MB | rounds |\n|---|---|---|---|---|---|")
        replay = ["--recordings", f"{HOME}/500.jsonl.gz"]
        timed([*LLM, "--record", "new", *replay], "recorded")
        told(
            "500 gradings, bare SDK loop | 500 gradings, `eval run` | 500 replayed, `eval run --replay` | 100 gradings",
            [sys.executable, str(SHARED / "reference.py"), ""],
            [*LLM, "b"],
            [*LLM, "--replay", *replay, "c"],
            [*LLM, "--data", f"{HOME}/100.jsonl", "e"],
        )
        real = [*INTERVIEWER, "run", "--grader", "llm", "--prompt", "token.v2", "--data", "golden:recorded", "--replay"]
        told("76 golden answers of a real model, 468 replies replayed", [*real, "--recordings", str(TAPE), "d"])
        print(f"| first new trial of a resumed run of 100,000 | {resumed(100_000):.2f} | – | – | – | 1 |", flush=True)
        if "--million" in sys.argv:
            million()
    finally:
        mock.kill()


if __name__ == "__main__":
    main()
