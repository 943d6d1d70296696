"""`interviewer eval ...`: runs a grader over labelled answers and prints how well it agrees with people."""

import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from interviewer.cli_report import report
from interviewer.commandline import finished, printed, wired

app = typer.Typer(no_args_is_help=True, help="Measures graders and retrieval, offline.")
AsJson = Annotated[bool, typer.Option("--json", help="JSON on standard output.")]


@app.command()
def run(
    out: Annotated[Path, typer.Option(help="New folder for run.json and trials.jsonl.")],
    grader: Annotated[Literal["embedded", "llm"], typer.Option(help="Who judges.")] = "embedded",
    data: Annotated[str, typer.Option(help="golden, golden:dev, or a JSONL file of the external form.")] = "golden:dev",
    prompt: Annotated[str | None, typer.Option(help="Prompt name, version (rubric.v1) or file; for llm.")] = None,
    concurrency: Annotated[int, typer.Option(min=1, max=256)] = 8,
    as_json: AsJson = False,
) -> None:
    """Grades every labelled answer of a set and prints the agreement with its labels."""
    from interviewer import datasets, evaluate, figures, runs

    if prompt and grader != "llm":
        raise typer.BadParameter("only a language model is prompted; add --grader llm", param_hint="'--prompt'")
    wiring = wired(grader=grader, prompt=prompt)
    examples = datasets.load(data, wiring.bank, wiring.root)
    judge = wiring.grader(grader, in_run=True)
    folder = runs.RunFolder(out)
    started = time.perf_counter()
    trials = finished(wiring, evaluate.run(judge, examples, folder.append, concurrency))
    described = evaluate.describe(judge.name, judge.judge.version, wiring.parameters(grader), data, examples)
    seconds = time.perf_counter() - started
    measured = figures.figures(trials)
    now = datetime.now(UTC).isoformat(timespec="seconds")
    described = replace(described, seconds=seconds, git_commit=runs.git_commit(), finished=now)
    folder.close(described, measured.as_dict())
    if as_json:
        printed({"run": str(out), **measured.as_dict()})
    else:
        from interviewer import terminal

        terminal.show_figures(measured, f"{judge.name} ({judge.judge.version}) on {data}")
    ungraded = [t for t in trials if t.state == "ungraded"]
    if ungraded:
        typer.echo(f"{len(ungraded)} of {len(trials)} ungraded; first: {ungraded[0].error}", err=True)


app.command()(report)


@app.command()
def retrieval(as_json: AsJson = False) -> None:
    """Prints recall@1, recall@3 and MRR of the gold passages for each way of retrieval, by topic."""
    from interviewer import retrieval as measure

    wiring = wired()
    measured: dict[str, Any] = {}
    for mode in ("vectors", "words", "hybrid"):
        measured[mode] = measure.evaluate(wiring.bank, wiring.index_of(mode).search)
    if as_json:
        printed({mode: found.as_dict() for mode, found in measured.items()})
    else:
        from interviewer import terminal

        terminal.show_retrieval(measure.side_by_side(measured))
