"""`interviewer eval gate` and `eval accept`: a run against the accepted one, for CI and without a network.

Exit 0 fine, 1 regression, 2 cannot tell, 3 errors or misuse.
"""

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from interviewer.commandline import printed, wired
from interviewer.errors import InterviewerError

if TYPE_CHECKING:
    from interviewer.baseline import Baseline
    from interviewer.regression import Gate
    from interviewer.trial import Run, Trial

RunFolder = Annotated[Path, typer.Argument(help="Folder of the run.")]
Named = Annotated[str, typer.Option(help="Name in the bank's evals/baselines, or a path.")]


def gate(
    run: RunFolder,
    baseline: Named,
    junit: Annotated[Path | None, typer.Option(help="File for JUnit XML.")] = None,
    markdown: Annotated[Path | None, typer.Option(help="File for a Markdown summary.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON on standard output.")] = False,
) -> None:
    """Says whether a run is worse than a baseline. Exit 0 fine, 1 regression, 2 cannot tell, 3 errors or misuse."""
    from interviewer import accepting, baselines, gatepage, regression
    from interviewer import junit as xml

    try:
        path = baselines.path_of(baseline, wired().folders.home)
        accepted = baselines.read(path)
        described, trials = _read(run)
        accepting.same_data(accepted, described)
        found = regression.judged(accepted.rules, accepted.trials, trials)
    except InterviewerError as error:
        _written(junit, xml.report(baseline, (), str(error)))
        _written(markdown, gatepage.failed(baseline, str(error)))
        raise
    command = shlex.join(["interviewer", "eval", "accept", str(run), "--baseline", baseline])
    both, said = _said(accepted, described, found)
    _written(junit, xml.report(baseline, found.rulings))
    _written(markdown, gatepage.markdown(found, baseline, both, said, command))
    if as_json:
        printed({"baseline": str(path), "run": str(run), **_as_dict(found), "warnings": said, "accept": command})
    else:
        _shown(found, baseline, both, said, command)
    sys.stdout.flush()  # what cannot be written is an error too, and told by 3
    raise typer.Exit(regression.EXIT[found.status])


def accept(run: RunFolder, baseline: Named) -> None:
    """Makes a run the baseline; the rules of the old one are kept. Commit the file: its diff shows what changed."""
    from interviewer import accepting, baselines, regression
    from interviewer.baseline import Baseline, kept

    path = baselines.path_of(baseline, wired().folders.home)
    old = baselines.read(path) if path.exists() else None
    described, trials = _read(run)
    measured = accepting.values(trials)
    rules = old.rules if old else accepting.default_rules(measured)
    regression.checked(rules)
    accepting.measurable(rules, measured)
    order = sorted(map(kept, trials), key=lambda t: (t.example, t.trial))
    baselines.write(path, Baseline(rules, described, measured, tuple(order)))
    for line in accepting.changes(rules, old.figures if old else {}, measured):
        typer.echo(line, err=True)
    typer.echo(f"{run} is the baseline now; commit {path}", err=True)


def _read(run: Path) -> "tuple[Run, list[Trial]]":
    """A run that a gate can be made or passed with."""
    from interviewer import accepting, runs

    described, trials = runs.described(run), list(runs.trials(run))
    accepting.usable(described, trials, str(run))
    return described, trials


def _said(accepted: "Baseline", described: "Run", found: "Gate") -> "tuple[tuple[Run, Run], tuple[str, ...]]":
    from interviewer import gatepage
    from interviewer.comparisonwords import warnings

    both = (accepted.run, described)
    return both, warnings(*both, found.compared, gatepage.NAMES)


def _written(path: Path | None, text: str) -> None:
    if path:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def _as_dict(found: "Gate") -> dict[str, Any]:
    from interviewer.plainvalues import plain

    compared = found.compared.as_dict()
    moved = [s for s in found.compared.slices if s.difference.verdict in ("improved", "worse")]
    return {**found.as_dict(), "slices_moved": plain(moved), "flips": compared["flips"], "pairs": compared["pairs"]}


def _shown(found: "Gate", baseline: str, both: "tuple[Run, Run]", said: tuple[str, ...], command: str) -> None:
    from interviewer import comparisonwords, gatepage, terminal, terminal_compare

    out = terminal.console()
    out.print(f"[bold]{terminal.escape(gatepage.title(found, baseline))}[/]")
    for warning in said:
        out.print(f"[yellow]warning:[/] {terminal.escape(warning)}")
    terminal.show_sheet(comparisonwords.asked(*both, gatepage.NAMES))
    terminal.show_sheet(gatepage.rulings(found))
    out.print(terminal.escape(comparisonwords.counted(found.compared, gatepage.NAMES)))
    terminal_compare.show_slices(found.compared)
    if found.compared.flips:
        terminal.show_sheet(gatepage.flipped(found.compared.flips))
    if gatepage.moved(found):
        out.print(f"{gatepage.ACCEPT}\n{terminal.escape(command)}", soft_wrap=True)
