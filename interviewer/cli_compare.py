"""`interviewer eval compare`: two runs on the same answers, what moved and whether it is noise."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from interviewer.commandline import printed, wired
from interviewer.errors import InputError, InterviewerError

if TYPE_CHECKING:
    from interviewer.example import Example
    from interviewer.flips import Flip
    from interviewer.trial import Run, Trial


def compare(
    a: Annotated[Path, typer.Argument(help="Folder of the run before.")],
    b: Annotated[Path, typer.Argument(help="Folder of the run after.")],
    figure: Annotated[list[str] | None, typer.Option(help="items.kappa ...; several times; all if left out.")] = None,
    margin: Annotated[list[str] | None, typer.Option(help="items.kappa=.03: a loss that does not matter.")] = None,
    slices: Annotated[str, typer.Option(help="topic,kind,difficulty,length,sort,voice; all, or none.")] = "all",
    flips: Annotated[int, typer.Option(min=0, help="Flipped levels to show, worst first.")] = 10,
    as_json: Annotated[bool, typer.Option("--json", help="JSON on standard output.")] = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="Markdown for a pull request.")] = False,
) -> None:
    """Says what changed from run A to run B: figures with intervals and verdicts, slices, flipped levels."""
    if as_json and markdown:
        raise typer.BadParameter("choose one of --json and --markdown", param_hint="'--markdown'")
    margins = dict(map(_margin, margin or ()))
    from interviewer import comparison, comparisonpage, comparisonwords, runs
    from interviewer.slices import SLICES

    sliced = SLICES if slices == "all" else () if slices == "none" else tuple(slices.split(","))
    described = (runs.described(a), runs.described(b))
    headline = tuple(figure) if figure else comparison.HEADLINE
    compared = comparison.compare(_trials(a), _trials(b), margins, figure, sliced, headline)
    shown, notes = told(compared.flips[:flips], described)
    said = (*comparisonwords.warnings(*described, compared), *notes)
    if as_json:
        content = compared.as_dict() | {"flips": [asdict(flip) for flip in shown], "flipped": len(compared.flips)}
        printed({"a": _named(a, described[0]), "b": _named(b, described[1]), "warnings": said, **content})
    elif markdown:
        print(comparisonpage.comparison(f"{b} against {a}", *described, compared, shown, said), end="")
    else:
        from interviewer import terminal_compare

        terminal_compare.show(f"{b} against {a}", *described, compared, shown, said)


def _margin(given: str) -> tuple[str, float]:
    name, _, amount = given.partition("=")
    try:
        value = float(amount)
    except ValueError:
        value = math.nan
    if not 0 <= value < math.inf:
        raise typer.BadParameter(f"{given}: FIGURE=AMOUNT expected, like items.kappa=.03", param_hint="'--margin'")
    return name, value


def _trials(path: Path) -> "list[Trial]":
    from interviewer import runs

    if trials := list(runs.trials(path)):
        return trials
    raise InputError(f"{path} holds no trial yet; let the run finish first")


def _named(path: Path, run: "Run") -> dict[str, object]:
    return {"path": str(path), **asdict(run)}


def told(flips: "Sequence[Flip]", described: "Iterable[Run]") -> "tuple[Sequence[Flip], tuple[str, ...]]":
    """The flips with question, claim and answer as far as the runs' data can still be loaded, and what cannot."""
    if not flips:
        return flips, ()
    from interviewer import datasets, evaluate
    from interviewer.flips import with_texts

    wiring, examples, notes, whole = wired(), dict[str, "Example"](), list[str](), True
    for data, digests in _digests(described).items():
        try:
            loaded = datasets.load(data, wiring.bank, wiring.folders)
        except InterviewerError as error:
            whole = False
            why = str(error).splitlines()[0]
            notes.append(f"flips of answers in {data} are shown without text: it cannot be loaded ({why})")
            continue
        if digests - {evaluate.digest_of(loaded)}:
            notes.append(f"{data} has changed since a run: the texts shown are those of today")
        examples |= {example.id: _canonical(example) for example in loaded}
    absent = sum(flip.example not in examples for flip in flips)
    if absent and whole:
        notes.append(f"{absent} of the flips shown have no text: their answers are no longer in the data")
    return with_texts(flips, examples), tuple(notes)


def _digests(described: "Iterable[Run]") -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for run in described:
        found.setdefault(run.data, set()).add(run.data_digest)
    return found


def _canonical(example: "Example") -> "Example":
    """The example with its answer as a grader reads it, which is what quotes are taken from."""
    from interviewer.answer import canonical

    try:
        return replace(example, answer=canonical(example.answer).text)
    except InputError:
        return example
