"""`interviewer eval run`: grades labelled answers, or attacks, into a run folder."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from interviewer.commandline import finished, printed, wired

if TYPE_CHECKING:
    from interviewer.evaluate import Make, Plan, Progress
    from interviewer.example import Example
    from interviewer.recorded import Recorded
    from interviewer.runs import RunFolder
    from interviewer.trial import Run, Trial
    from interviewer.wiring import Wiring

Only = Literal["failed", "changed"]
Engine = Literal["local", "ray"]
_IN_MEMORY_BYTES = 100_000_000
"""Of trials.jsonl, up to which the figures are made of a sorted list and so do not depend on the order of trials."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a run is asked to do."""

    out: Path
    grader: str
    data: str
    attacks: bool
    resume: bool
    only: Only | None
    engine: Engine = "local"
    ray_address: str = ""
    recorded: "Recorded | None" = None


def run(
    out: Annotated[Path, typer.Option(help="Folder for run.json and trials.jsonl.")],
    grader: Annotated[Literal["embedded", "llm"], typer.Option(help="Who judges.")] = "embedded",
    data: Annotated[str, typer.Option(help="golden, golden:dev, golden:<slice>, or a file of answers.")] = "golden:dev",
    prompt: Annotated[str | None, typer.Option(help="Prompt name, version (rubric.v1) or file; for llm.")] = None,
    model: Annotated[str | None, typer.Option(help="In place of INTERVIEWER_MODEL; for llm.")] = None,
    trials: Annotated[int, typer.Option(min=1, max=1000, help="Times that each answer is graded.")] = 1,
    concurrency: Annotated[int, typer.Option(min=1, max=4096, help="Answers graded at once.")] = 8,
    max_cost: Annotated[float | None, typer.Option(min=0, help="USD after which no answer is begun.")] = None,
    resume: Annotated[bool, typer.Option(help="Go on with the run that is in the folder.")] = False,
    only: Annotated[Only | None, typer.Option(help="Of the run in the folder, make these trials again.")] = None,
    attacks: Annotated[bool, typer.Option(help="Grade evals/attacks in place of --data.")] = False,
    record: Annotated[Literal["new", "all"] | None, typer.Option(help="Record replies: missing or all.")] = None,
    replay: Annotated[bool, typer.Option(help="Use recorded replies only; ask nobody.")] = False,
    recordings: Annotated[Path | None, typer.Option(help="File of recorded replies (.jsonl or .jsonl.gz).")] = None,
    engine: Annotated[Engine, typer.Option(help="Where trials are made: here, or on a Ray cluster.")] = "local",
    ray_address: Annotated[str, typer.Option(envvar="RAY_ADDRESS", help="Of the cluster; none: one here.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="JSON on standard output.")] = False,
) -> None:
    """Grades every labelled answer of a set and prints the agreement with its labels."""
    from interviewer.evaluate import Plan

    if grader != "llm" and (prompt or model or record or replay or recordings):
        raise typer.BadParameter("a prompt, a model and recordings are for a language model; add --grader llm")
    if record and replay:
        raise typer.BadParameter("--record asks a model, --replay asks nobody; choose one of the two")
    if recordings and not (record or replay):
        raise typer.BadParameter("add --record new to write to the recordings, or --replay to read them")
    if record and engine == "ray":
        raise typer.BadParameter("many workers cannot write to one file of recordings; record with --engine local")
    use = use_of(record, replay, recordings, prompt, model, data)
    wiring = wired(use, concurrency, grader=grader, prompt=prompt, model=model)
    wanted = Wanted(out, grader, data, attacks, resume, only, engine, ray_address, use)
    show(wanted, *made(wiring, wanted, Plan(concurrency, trials, max_cost)), as_json)


def use_of(
    record: Literal["new", "all"] | None,
    replay: bool,
    path: Path | None,
    prompt: str | None,
    model: str | None,
    data: str,
) -> "Recorded | None":
    """What is done with recorded replies, as the options say it; None: nothing."""
    from interviewer import settings
    from interviewer.recorded import Recorded

    use: Literal["new", "all", "replay"] | None = "replay" if replay else record
    if use is None:
        return None
    path = path or settings.load().home / "recordings" / "replies.jsonl"
    named = f"--prompt {prompt or 'rubric'} --model {model or 'NAME'} --data {data} --recordings {path}"
    return Recorded(path, use, f"interviewer eval run --grader llm {named} --record new --out NEW")


def made(wiring: "Wiring", wanted: Wanted, plan: "Plan") -> tuple["Progress", dict[str, Any]]:
    """Makes what is left of the run; how far it got and its figures."""
    from interviewer import evaluate, runs

    examples = answers(wiring, wanted)
    if not wanted.attacks and (bare := sum(e.score is None and not e.labels for e in examples)):
        told = f"{bare} of {len(examples)} answers carry no human score or label"
        typer.echo(f"{told}; they are graded, and count in no agreement", err=True)
    goes_on = wanted.resume or wanted.only is not None
    run = described(wiring, wanted, examples, plan.trials)
    with _engine(wanted, wiring, examples, plan) as make:
        folder = runs.RunFolder(wanted.out, run, goes_on, on_other_data=wanted.only == "changed")
        started = time.perf_counter()
        try:
            if wanted.only:
                _drop(folder, wanted.only, examples)
            progress, done = _before(folder, len(examples) * plan.trials)
            with _shown(progress) as keep:
                work = evaluate.run_by(make, examples, lambda trial: keep(folder, trial), plan, done, progress)
                finished(wiring, work)
            figures = _figures(folder, wanted.attacks)
            ended = None if progress.is_out_of_money else datetime.now(UTC).isoformat(timespec="seconds")
            folder.close(time.perf_counter() - started, ended, figures)
        finally:
            folder.release()
    return progress, figures


@contextmanager
def _engine(wanted: Wanted, wiring: "Wiring", examples: "list[Example]", plan: "Plan") -> "Iterator[Make]":
    """What makes the trials."""
    if wanted.engine == "ray":
        from interviewer import handover, rayengine

        given = handover.of(wiring, wanted.recorded, wanted.grader, examples)
        with rayengine.workers(given, wanted.ray_address, plan.concurrency) as make:
            yield make
        return
    from interviewer import evaluate

    yield partial(evaluate.graded, wiring.grader(wanted.grader, in_run=True))


def described(wiring: "Wiring", wanted: Wanted, examples: "list[Example]", trials: int) -> "Run":
    """The description of the run that is wanted."""
    from interviewer import evaluate, runs

    judge, named = wiring.judge(wanted.grader), "attacks" if wanted.attacks else wanted.data
    parameters = wiring.parameters(wanted.grader)
    run = evaluate.describe(judge.name, judge.version, parameters, named, examples, trials)
    return replace(run, git_commit=runs.git_commit())


def answers(wiring: "Wiring", wanted: Wanted) -> "list[Example]":
    """The answers that are wanted."""
    from interviewer import datasets

    if wanted.attacks:
        return datasets.attacks(wiring.bank, wiring.folders)
    return datasets.load(wanted.data, lambda: wiring.bank, wiring.folders)


def _drop(folder: "RunFolder", only: Only, examples: "list[Example]") -> None:
    now = {e.id: e.digest for e in examples}

    def is_stale(trial: "Trial") -> bool:
        return trial.state == "ungraded" if only == "failed" else now.get(trial.example) != trial.digest

    typer.echo(f"{folder.drop(is_stale)} trials are made again", err=True)


def _before(folder: "RunFolder", total: int) -> tuple["Progress", set[tuple[str, int]]]:
    """What an earlier part of the run has done."""
    from interviewer import evaluate, runs

    progress, done = evaluate.Progress(total), set[tuple[str, int]]()
    for trial in runs.trials(folder.path):
        progress.add(trial)
        done.add((trial.example, trial.trial))
    return progress, done


def _figures(folder: "RunFolder", attacks: bool) -> dict[str, Any]:
    """The figures of the whole run; of attacks their own, kept in attacks.json too."""
    from interviewer import figures, runs

    kept = runs.trials(folder.path)
    is_small = (folder.path / runs.TRIALS).stat().st_size <= _IN_MEMORY_BYTES
    if not attacks:
        return figures.figures(list(kept) if is_small else kept).as_dict()
    from interviewer import attackfigures

    found = attackfigures.of(kept)
    gains = found.gains()
    folder.rewrite(lambda trial: replace(trial, inflation=gains.get(trial.example)))
    folder.write("attacks.json", found.as_dict())
    return found.as_dict()


@contextmanager
def _shown(progress: "Progress") -> Iterator[Any]:
    """A progress bar on standard error, where that is a terminal; yields what keeps a trial."""
    import sys

    if not sys.stderr.isatty():
        yield lambda folder, trial: folder.append(trial)
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[told]}"))
    with Bar(*columns, TimeElapsedColumn(), TimeRemainingColumn(), console=Console(stderr=True)) as bar:
        task, started, before = bar.add_task("", total=progress.total, told=""), time.perf_counter(), progress.done

        def keep(folder: "RunFolder", trial: "Trial") -> None:
            folder.append(trial)
            done, failed = progress.done + 1, progress.ungraded + (trial.state == "ungraded")
            rate = (done - before) / max(1e-9, time.perf_counter() - started)
            cost = progress.cost_usd + (trial.cost_usd or 0.0)
            bar.update(task, completed=done, told=f"{rate:.1f}/s · {failed} ungraded · USD {cost:.4f}")

        yield keep


def show(wanted: Wanted, progress: "Progress", figures: dict[str, Any], as_json: bool) -> None:
    """Prints the figures of a run and what is wrong with it.

    Raises:
        Exit: with 1 where it stopped at its cost, or replies are missing.
    """
    from interviewer import runs

    run = runs.described(wanted.out)
    if as_json:
        printed({"run": str(wanted.out), **figures})
    else:
        from interviewer import terminal

        title = f"{run.grader} ({run.grader_version}) on {run.data}"
        terminal.show_attacks(figures, title) if wanted.attacks else terminal.show_figures(figures, title)
    failed = [t for t in runs.trials(wanted.out) if t.state == "ungraded"] if progress.ungraded else []
    if failed:
        first = f"first: {failed[0].example}, {failed[0].error}"
        typer.echo(f"{len(failed)} of {progress.done} ungraded; {first}", err=True)
    if progress.is_out_of_money:
        left = f"{progress.total - progress.done} trials are left; raise --max-cost and add --resume"
        typer.echo(f"stopped at USD {progress.cost_usd:.4f}: {left}", err=True)
    if progress.is_out_of_money or any(t.error.startswith("NotRecorded") for t in failed):
        raise typer.Exit(1)
