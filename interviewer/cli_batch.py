"""`interviewer eval batch ...`: a run over OpenAI's Batch API, at half the price and within a day.

Three steps on one run folder: write the requests, submit them, collect the replies.
"""

import asyncio
import shlex
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from interviewer import cli_run
from interviewer.commandline import finished, wired

if TYPE_CHECKING:
    from interviewer.batchfolder import BatchFolder, RequestFile, Sent
    from interviewer.models.openai_batch import OpenAIBatch
    from interviewer.wiring import Wiring

app = typer.Typer(no_args_is_help=True, help="A run over OpenAI's Batch API: write, submit, collect.")
Folder = Annotated[Path, typer.Argument(metavar="FOLDER", help="The run's folder.")]
_FOUND = 1
"""Exit code: not all has come back, or something failed."""


@app.command()
def write(
    out: Annotated[Path, typer.Option(help="Folder of the run; new or empty.")],
    data: Annotated[str, typer.Option(help="golden, golden:dev, golden:<slice>, or a file of answers.")] = "golden:dev",
    prompt: Annotated[str | None, typer.Option(help="Prompt name, version (rubric.v1) or file.")] = None,
    model: Annotated[str | None, typer.Option(help="In place of INTERVIEWER_MODEL.")] = None,
    trials: Annotated[int, typer.Option(min=1, max=1000, help="Times that each answer is graded.")] = 1,
    attacks: Annotated[bool, typer.Option(help="Grade evals/attacks in place of --data.")] = False,
) -> None:
    """Writes the requests of a run into files; asks nobody."""
    from interviewer import batching, runs
    from interviewer.batchfolder import BatchFolder, Sent

    folder = BatchFolder(out)
    wiring = _wired(folder, prompt, model)
    wanted = cli_run.Wanted(out, "llm", data, attacks, resume=False, only=None)
    examples = cli_run.answers(wiring, wanted)
    judge, settings = wiring.grader("llm", in_run=True), wiring.settings
    runs.RunFolder(out, cli_run.described(wiring, wanted, examples, trials)).release()
    model_asked = _model(wiring)
    lines = (model_asked.line(ask) async for ask in batching.asks(judge, examples, trials))
    files = finished(wiring, folder.write(lines))
    folder.save(
        Sent(data=data, attacks=attacks, prompt=settings.prompt, model=settings.model, trials=trials, files=files)
    )
    asked, size = sum(f.requests for f in files), sum(folder.requests(f).stat().st_size for f in files)
    told = f"{asked} requests for {len(examples) * trials} trials in {len(files)} file{'s' * (len(files) != 1)}"
    typer.echo(f"{told} ({size / 1e3:,.0f} kB); send them: interviewer eval batch submit {out}", err=True)


@app.command()
def submit(
    folder: Folder,
    again: Annotated[bool, typer.Option(help="Send files once more whose batch failed as a whole.")] = False,
) -> None:
    """Uploads the files of requests and starts their batches; what has been sent is never sent twice."""
    from interviewer import batching
    from interviewer.batchfolder import BatchFolder

    batch = BatchFolder(folder)
    sent = batch.load()
    wiring = _wired(batch, sent.prompt, sent.model)
    with batch.locked():
        now = finished(wiring, batching.submit(batch, _model(wiring), again))
    told = f"{len(now)} of {len(sent.files)} files sent now" if now else "everything has been sent already"
    typer.echo(f"{told}; collect the replies: interviewer eval batch collect {folder}", err=True)


@app.command()
def collect(
    folder: Folder,
    wait: Annotated[bool, typer.Option(help="Stay until every batch has ended.")] = False,
    every: Annotated[float, typer.Option(min=0.01, max=3600, help="Seconds between two looks.")] = 60.0,
    as_json: Annotated[bool, typer.Option("--json", help="JSON on standard output.")] = False,
) -> None:
    """Fetches the replies and grades by them, once every batch has ended."""
    from interviewer import batching
    from interviewer.batchfolder import BatchFolder
    from interviewer.evaluate import Plan

    batch = BatchFolder(folder)
    sent = batch.load()
    wiring = _wired(batch, sent.prompt, sent.model)
    with batch.locked():
        sent = finished(wiring, _ended(batch, wiring, every if wait else None))
        if not _is_ended(folder, sent):
            raise typer.Exit(_FOUND)
        wanted = cli_run.Wanted(folder, "llm", sent.data, sent.attacks, resume=True, only=None)
        examples = cli_run.answers(wiring, wanted)
        asks = batching.asks(wiring.grader("llm", in_run=True), examples, sent.trials)
        finished(wiring, batching.take_in(batch, _model(wiring), asks))
    progress, figures = cli_run.made(wiring, wanted, Plan(trials=sent.trials))
    if progress.ungraded:
        _tell_how_to_finish(batch, sent)
    cli_run.show(wanted, progress, figures, as_json)


def _wired(batch: "BatchFolder", prompt: str | None, model: str | None) -> "Wiring":
    from interviewer.recorded import Recorded

    return wired(Recorded(batch.recordings, "batch"), grader="llm", prompt=prompt, model=model)


def _model(wiring: "Wiring") -> "OpenAIBatch":
    from interviewer.models.openai_batch import OpenAIBatch

    assert isinstance(wiring.model, OpenAIBatch), "it was wired so"  # noqa: S101  # for the type checker
    return wiring.model


async def _ended(batch: "BatchFolder", wiring: "Wiring", every_s: float | None) -> "Sent":
    """How far the files are: now, or with `every_s` once all have ended; trouble on the way is sat out."""
    from interviewer import batching
    from interviewer.errors import ModelTimeout, ModelUnavailable
    from interviewer.models.openai_batch import ENDED

    told = ""
    while True:
        try:
            sent = await batching.fetch(batch, _model(wiring))
        except (ModelUnavailable, ModelTimeout) as error:
            if every_s is None:
                raise
            now = str(error)
        else:
            if every_s is None or all(file.status in ENDED for file in sent.files):
                return sent
            now = _standing(sent.files)
        if now != told:
            typer.echo(now, err=True)
        told = now
        await asyncio.sleep(every_s)


def _standing(files: "list[RequestFile]") -> str:
    done, asked = sum(f.done for f in files), sum(f.requests for f in files)
    return f"{', '.join(f'{f.name} {f.status}' for f in files)}: {done} of {asked} requests done"


def _is_ended(folder: Path, sent: "Sent") -> bool:
    """Whether there is something to grade by; says what is to be done where not."""
    from interviewer import batching
    from interviewer.models.openai_batch import ENDED

    failed = [file for file in sent.files if file.status == batching.FAILED]
    for file in failed:
        doing = f"mend that and send it again: interviewer eval batch submit {folder} --again"
        typer.echo(f"{file.name} failed ({file.said or 'no reason given'}), nothing of it was done; {doing}", err=True)
    waits = [file for file in sent.files if file.status not in ENDED]
    if waits:
        typer.echo(f"{_standing(sent.files)}; collect again later, or add --wait", err=True)
    return not failed and not waits


def _tell_how_to_finish(batch: "BatchFolder", sent: "Sent") -> None:
    from interviewer import runs

    left = Counter(t.error.partition(":")[0] for t in runs.trials(batch.run) if t.state == "ungraded")
    what = ["--attacks"] if sent.attacks else ["--data", sent.data]
    run = ["--prompt", sent.prompt, "--model", sent.model, "--trials", str(sent.trials), "--out", str(batch.run)]
    again = ["--only", "failed", "--record", "new", "--recordings", str(batch.recordings)]
    command = shlex.join(["interviewer", "eval", "run", "--grader", "llm", *what, *run, *again])
    reasons = ", ".join(f"{n} {reason}" for reason, n in left.most_common())
    typer.echo(f"no batch can ask again about what is ungraded ({reasons}); finish it live: {command}", err=True)
