"""`interviewer eval ...`: measures graders and retrieval."""

from typing import Annotated, Any

import typer

from interviewer import cli_batch
from interviewer.cli_compare import compare
from interviewer.cli_export import export
from interviewer.cli_gate import accept, gate
from interviewer.cli_report import report
from interviewer.cli_run import run
from interviewer.commandline import ExitsWith3, printed, wired

app = typer.Typer(no_args_is_help=True, help="Measures graders and retrieval, offline.")
AsJson = Annotated[bool, typer.Option("--json", help="JSON on standard output.")]


app.command()(run)
app.command()(export)
app.add_typer(cli_batch.app, name="batch")
app.command()(compare)
app.command(cls=ExitsWith3)(gate)
app.command()(accept)
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
