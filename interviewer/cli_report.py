"""`interviewer eval report`: runs as one HTML file to read, to send, to keep."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from interviewer.commandline import wired
from interviewer.errors import InputError, InterviewerError

if TYPE_CHECKING:
    from interviewer.example import Example
    from interviewer.report import ReportedRun
    from interviewer.trial import Run

MOST_TEXTS = 64_000_000
"""Bytes of a data set that is loaded for the texts of its answers; loading takes some four times as much memory."""


def report(
    folders: Annotated[list[Path], typer.Argument(metavar="RUN", help="Folders that `eval run --out` wrote.")],
    out: Annotated[Path, typer.Option(help="The HTML file; replaced if it is there.")] = Path("report.html"),
    worst: Annotated[int, typer.Option(min=1, max=1_000, help="Worst misses shown of each run.")] = 50,
    no_texts: Annotated[bool, typer.Option("--no-texts", help="Leave out answers, quotes and reasons.")] = False,
) -> None:
    """Writes one self-contained HTML file about one run, or about several side by side."""
    from interviewer import runpage
    from interviewer.report import LETTERS

    _check(folders, out)
    runs = [_reported(letter, folder, worst, no_texts) for letter, folder in zip(LETTERS, folders, strict=False)]
    content = runpage.page(runs).encode("utf-8", "replace")
    part = out.with_name(f".{out.name}.part")
    out.parent.mkdir(parents=True, exist_ok=True)
    part.write_bytes(content)
    part.replace(out)
    typer.echo(f"{out}: {len(runs)} {'run' if len(runs) == 1 else 'runs'}, {len(content) / 1000:,.0f} kB", err=True)


def _check(folders: Sequence[Path], out: Path) -> None:
    from interviewer.report import MOST_RUNS

    if len(folders) > MOST_RUNS:
        raise InputError(f"{len(folders)} runs do not fit side by side; name at most {MOST_RUNS}")
    if len({folder.resolve() for folder in folders}) < len(folders):
        raise InputError("a run is named twice; name each folder once")
    if out.suffix.lower() not in (".html", ".htm"):
        raise InputError(f"{out} is no name of a page; end it in .html")


def _reported(letter: str, folder: Path, worst: int, no_texts: bool) -> "ReportedRun":
    """All that is shown of a run."""
    from interviewer import attacksfile, runs
    from interviewer.overview import overview
    from interviewer.report import ReportedRun

    described = runs.described(folder)
    measured = overview(lambda: runs.trials(folder), worst)
    wanted = {miss.trial.example for miss in measured.misses}
    left_out = "answers, claims, quotes and reasons were left out on purpose."
    texts, note = ({}, left_out) if no_texts else _texts(described, wanted)
    name = folder.resolve().name
    return ReportedRun(letter, name, described, measured, attacksfile.families(folder), texts, not no_texts, note)


def _texts(run: "Run", wanted: set[str]) -> tuple[Mapping[str, "Example"], str]:
    """The examples of those ids, and what is to be said about them.

    A set that is gone or broken does not end the report: its figures need no text.
    """
    from interviewer import datasets, evaluate

    file = Path(run.data if Path(run.data).exists() else run.data.partition(":")[0])
    if file.is_file() and file.stat().st_size > MOST_TEXTS:
        return {}, f"answers and claims are not shown: {file} is larger than {MOST_TEXTS // 1_000_000} MB."
    try:
        wiring = wired()
        examples = datasets.load(run.data, wiring.bank, wiring.folders)
    except InterviewerError as error:
        first = str(error).partition("\n")[0]
        return {}, f"answers and claims are not shown: {run.data} cannot be loaded from here ({first})."
    now = evaluate.describe("", "", {}, run.data, examples).data_digest
    changed = f"texts are from {run.data} as it is now, which is not exactly what this run graded."
    return {e.id: e for e in examples if e.id in wanted}, "" if now == run.data_digest else changed
