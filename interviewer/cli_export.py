"""`interviewer eval export`: a run as CSV or JSONL, for spreadsheets and data frames."""

import csv
import io
import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated

import typer

from interviewer.commandline import DONE

if TYPE_CHECKING:
    from interviewer.trial import Run, Trial


def export(
    run: Annotated[Path, typer.Argument(help="The run's folder.")],
    csv_file: Annotated[str | None, typer.Option("--csv", help="File, or -; one row a criterion.")] = None,
    jsonl: Annotated[str | None, typer.Option(help="File, or -; one object a trial.")] = None,
) -> None:
    """Writes a run as CSV (a row a criterion) or JSONL (an object a trial); - is standard output."""
    from interviewer import runs

    if not (csv_file or jsonl):
        raise typer.BadParameter("name a file with --csv or --jsonl (- for standard output)")
    if csv_file == jsonl:
        raise typer.BadParameter("--csv and --jsonl write different things; name two places")
    described = runs.described(run)
    if described.finished is None:
        typer.echo(f"{run} is not finished; what is there is exported", err=True)
    for place, writes in ((csv_file, _table), (jsonl, _objects)):
        if place:
            with _opened(place) as file:
                writes(described, runs.trials(run), file)


@contextmanager
def _opened(place: str) -> Iterator[IO[str]]:
    """A place to write UTF-8 to, line ends as they are given."""
    if place != "-":
        with Path(place).open("w", encoding="utf-8", newline="") as file:
            yield file
        return
    out = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8", newline="")
    try:
        yield out
        out.flush()
    except BrokenPipeError as error:  # whoever read the output has seen enough
        sys.stdout = None
        raise typer.Exit(DONE) from error
    finally:
        out.detach()


def _table(run: "Run", trials: "Iterable[Trial]", file: IO[str]) -> None:
    from interviewer import exported

    writer = csv.writer(file)
    writer.writerow(exported.COLUMNS)
    for trial in trials:
        writer.writerows(exported.as_rows(run, trial))


def _objects(run: "Run", trials: "Iterable[Trial]", file: IO[str]) -> None:
    from interviewer import exported

    for trial in trials:
        file.write(json.dumps(exported.as_object(run, trial), ensure_ascii=False) + "\n")
