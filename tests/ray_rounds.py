"""A Ray cluster of two workers, and calls on its workers that need no grader: a process of its own.

`python ray_rounds.py serve` prints the cluster's address and serves until standard input ends. `python ray_rounds.py
NAME ADDRESS FOLDER` prints, as JSON, what came of the calls of that name.
"""

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import scripted

from interviewer import evaluate
from interviewer.errors import InputError, InterviewerError, SettingsError
from interviewer.example import Example
from interviewer.grade import Grade
from interviewer.item import Item
from interviewer.rayengine import workers
from interviewer.rubric import Rubric
from interviewer.trial import Trial

CALLS, AT_ONCE = 60, 6


def serve() -> None:
    """The cluster, in processes of its own."""
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    from ray.cluster_utils import Cluster

    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 2, "include_dashboard": False})
    print(cluster.address, flush=True)
    sys.stdin.read()
    cluster.shutdown()


def busy(address: str, folder: Path) -> Any:
    """When and where each of many calls was made, and how many at once its worker was told."""

    def make(at_once: int) -> Any:
        async def call(number: int) -> list[float]:
            began = time.monotonic()
            await asyncio.sleep(0.02)
            return [number, at_once, os.getpid(), began, time.monotonic()]

        return call

    async def all_of(call: Any) -> list[Any]:
        numbers, found = iter(range(CALLS)), []

        async def work() -> None:
            found.extend([await call(number) for number in numbers])

        await asyncio.gather(*(work() for _ in range(AT_ONCE)))
        return found

    with workers(make, address, AT_ONCE) as call:
        return asyncio.run(all_of(call))


@dataclass(frozen=True)
class Deadly:
    """A grader that ends its process at one of the answers."""

    folder: Path
    always: bool

    async def grade(self, item: Item, raw: str, rubric: Rubric | None = None, trial: int = 1) -> Grade:
        with (self.folder / "tries").open("a") as tries:
            tries.write(raw + "\n")
        await asyncio.sleep(0.01)
        if raw == "deadly" and (self.always or (self.folder / "tries").read_text().split().count(raw) == 1):
            os.kill(os.getpid(), signal.SIGKILL)
        return scripted.grade_of("one", quote=raw)


def deadly(address: str, folder: Path, always: bool) -> Any:
    """Each trial of a run in which a worker is lost, and how often each was begun."""
    bank, kept = scripted.bank(), list[Trial]()
    one = Example("made/0", "made", "dev", bank.items["one"], bank.rubrics["one"], "deadly", {"a": "met"}, 0.5)
    examples = [one, *(replace(one, id=f"made/{n}", answer=f"answer{n}") for n in range(1, 9))]

    def make(at_once: int) -> evaluate.Make:
        return partial(evaluate.graded, Deadly(folder, always))

    with workers(make, address, 2) as call:
        asyncio.run(evaluate.run_by(call, examples, kept.append, evaluate.Plan(2)))
    tries = (folder / "tries").read_text().split()
    return [[t.example, t.state, t.error, tries.count(e.answer)] for e in examples for t in kept if t.example == e.id]


def refused(address: str, folder: Path) -> Any:
    """What is raised here for what is raised there: while a worker starts, in a call, and by a fault of the program."""

    def make(at_once: int) -> Any:
        raise InputError("no such version; install it")

    def makes(error: Exception) -> Any:
        async def call() -> None:
            raise error

        return lambda at_once: call

    def raised(make: Any) -> list[str]:
        try:
            with workers(make, address, 1) as call:
                asyncio.run(call())  # type: ignore[arg-type]
        except InterviewerError as error:
            return [type(error).__name__, str(error)]
        except Exception as error:  # noqa: BLE001
            return [str(isinstance(error, ValueError)), str(error)]
        return []

    return [raised(make), raised(makes(SettingsError("no price; set one"))), raised(makes(ValueError("a fault")))]


NAMED: dict[str, Callable[[str, Path], Any]] = {
    "busy": busy,
    "lost-once": partial(deadly, always=False),
    "lost-always": partial(deadly, always=True),
    "refused": refused,
}

if __name__ == "__main__":
    if sys.argv[1] == "serve":
        serve()
    else:
        print(json.dumps(NAMED[sys.argv[1]](sys.argv[2], Path(sys.argv[3]))))
