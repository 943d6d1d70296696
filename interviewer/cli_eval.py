"""`interviewer eval ...`: runs a grader over labelled answers and prints how well it agrees with people."""

import asyncio
import json
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from interviewer import settings as settings_module

app = typer.Typer(no_args_is_help=True, help="Measures graders and retrieval, offline.")
AsJson = Annotated[bool, typer.Option("--json", help="JSON on standard output.")]


@app.command()
def run(
    out: Annotated[Path, typer.Option(help="New folder for run.json and trials.jsonl.")],
    grader: Annotated[str, typer.Option(help="embedded or llm.")] = "embedded",
    data: Annotated[str, typer.Option(help="golden, golden:dev, or a JSONL file of the external form.")] = "golden:dev",
    prompt: Annotated[str | None, typer.Option(help="Prompt name, version (rubric.v1) or file.")] = None,
    concurrency: Annotated[int, typer.Option(min=1, max=256)] = 8,
    as_json: AsJson = False,
) -> None:
    """Grades every labelled answer of a set and prints the agreement with its labels."""
    from interviewer import datasets, evaluate, figures, runs, terminal
    from interviewer.wiring import Wiring

    wiring = Wiring(settings_module.load(grader=grader, **({"prompt": prompt} if prompt else {})))
    examples = datasets.load(data, wiring.bank, wiring.root)
    judge = wiring.grader(grader, in_run=True)
    folder = runs.RunFolder(out)
    started = time.perf_counter()
    trials = asyncio.run(evaluate.run(judge, examples, folder.append, concurrency))
    described = evaluate.describe(judge.name, judge.judge.version, wiring.parameters(grader), data, examples)
    seconds = time.perf_counter() - started
    measured = figures.figures(trials)
    folder.close(replace(described, seconds=seconds, git_commit=runs.git_commit()), measured.as_dict())
    if as_json:
        print(json.dumps({"run": str(out), **measured.as_dict()}, indent=1))
    else:
        terminal.show_figures(measured, f"{judge.name} ({judge.judge.version}) on {data}")
    ungraded = [t for t in trials if t.state == "ungraded"]
    if ungraded:
        print(f"{len(ungraded)} of {len(trials)} ungraded; first: {ungraded[0].error}", file=sys.stderr)


@app.command()
def retrieval(as_json: AsJson = False) -> None:
    """Prints recall@1, recall@3 and MRR of the gold passages for each way of retrieval, by topic."""
    from interviewer import retrieval as measure
    from interviewer import terminal
    from interviewer.wiring import Wiring

    wiring = Wiring(settings_module.load())
    measured: dict[str, Any] = {}
    for mode in ("vectors", "words", "hybrid"):
        measured[mode] = measure.evaluate(wiring.bank, wiring.index_of(mode).search)
    if as_json:
        print(json.dumps({mode: found.as_dict() for mode, found in measured.items()}, indent=1))
    else:
        terminal.show_retrieval(measure.side_by_side(measured))
