"""Tables for a terminal, drawn with rich. Decides nothing."""

import math
import unicodedata
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rich import markup
from rich.console import Console
from rich.table import Table

from interviewer.bank import Bank
from interviewer.grade import Grade, Judgement
from interviewer.rubric import Rubric

if TYPE_CHECKING:
    from interviewer.markdown import Sheet

WIDTH = 160
"""Columns of a table that goes to a file or a log, where nothing tells how wide it may be."""
MARKS = {"met": "[green]✓ met[/]", "partial": "[yellow]◐ partial[/]", "missed": "[dim]○ missed[/]"}
MARKS["contradicted"] = "[red]✗ contradicted[/]"


def console() -> Console:
    """Where tables go."""
    out = Console(highlight=False)
    return out if out.is_terminal else Console(highlight=False, width=WIDTH)


def escape(text: str) -> str:
    r"""Text from elsewhere made harmless: neither markup nor a terminal's control codes.

    Example:
        >>> escape("[red]\x1b[2Jgone[/]")
        '\\[red]�[2Jgone\\[/]'
    """
    return markup.escape("".join(c if c in "\n\t" or unicodedata.category(c) not in _CONTROLS else "�" for c in text))


_CONTROLS = {"Cc", "Cf", "Cs"}


def show_grade(grade: Grade, rubric: Rubric | None, answer: str = "") -> None:
    """A grade criterion by criterion.

    Args:
        rubric: the rubric it was made with, for the claims; None where only the record is at hand.
    """
    out = console()
    if answer:
        out.print(escape(answer), style="italic")
    table = Table("criterion", "level", "evidence and reason")
    for outcome in grade.outcomes:
        judged = outcome if isinstance(outcome, Judgement) else None
        claim = rubric.criterion(outcome.criterion_id).claim if rubric else outcome.criterion_id
        quotes = "".join(f"“{escape(q)}”\n" for q in judged.quotes) if judged else ""
        level = MARKS[judged.level] if judged else "[magenta]– not scored[/]"
        table.add_row(escape(claim), level, quotes + f"[dim]{escape(outcome.reason)}[/]")
    out.print(table)
    total = "no score" if grade.score is None else f"{grade.score:.0%}"
    graders = f"{grade.provenance.grader} {grade.provenance.grader_version}"
    out.print(
        f"[bold]{total}[/] · {grade.state} · {escape(graders)}" + (f" · {escape(grade.reason)}" * bool(grade.reason))
    )


def show_bank(bank: Bank) -> None:
    """The questions by topic."""
    table = Table("no.", "id", "topic", "kind", "level", "title")
    for item in bank.items.values():
        style = "dim" if item.draft else ""
        name = f"{item.id} (draft)" if item.draft else item.id
        table.add_row(
            str(item.number or ""), name, item.topic, item.kind, str(item.difficulty), escape(item.title), style=style
        )
    console().print(table)
    console().print(f"{len(bank.askable)} can be asked, {len(bank.items) - len(bank.askable)} are drafts")


def show_figures(figures: dict[str, Any], title: str) -> None:
    """The figures of a run, as `Figures.as_dict` has them; a dash means: not defined on these rows."""
    table = Table("figure", "value", "95 % interval", "n", title=escape(title))
    for block, told, names in _BLOCKS:
        measured = figures[block]
        for name in names if measured else ():
            around = figures["intervals"].get(f"{block}.{name}") or {"low": None, "high": None}
            between = f"{_number(around['low'])} to {_number(around['high'])}" if around["low"] is not None else ""
            table.add_row(f"{told} {name.replace('_', ' ')}", _number(measured[name]), between, str(measured["n"]))
    coverage, cost = figures["coverage"], figures["cost"]
    table.add_row("ungraded answers", _number(coverage["ungraded_share"]), "", str(coverage["trials"]))
    if figures["calibration"]:
        table.add_row("calibration error (ECE)", _number(figures["calibration"]["ece"]), "", "")
    if figures["steadiness"]:
        table.add_row("flip rate over trials", _number(figures["steadiness"]["flip_rate"]), "", "")
    if cost["usd_mean"] is not None:
        table.add_row("USD an answer", f"{cost['usd_mean']:.5f}", "", str(cost["priced"]))
    table.add_row("seconds an answer, median", _number(figures["seconds_median"]), "", str(figures["n"]))
    console().print(table)


_SCORES = ("qwk", "within_question", "mae", "bias", "unscored")
_BLOCKS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("items", "item", ("accuracy", "kappa", "qwk", "contradiction_recall", "unscored")),
    ("ceiling", "second rater, item", ("kappa",)),
    ("scores", "score", _SCORES),
    ("expected", "expected score", ("within_question", "mae")),
    ("length", "length alone, score", ("within_question",)),
)


def show_attacks(figures: dict[str, Any], title: str) -> None:
    """What attacks earned, as `AttackFigures.as_dict` has it, and whether honest changes moved the grader."""
    table = Table("family", "paid", "of", "at most (95 %)", "inflation", "95 % interval", title=escape(title))
    rows = [*figures["families"], figures["overall"]]
    for f in rows:
        between = "" if f["low"] is None else f"{f['low']:+.3f} to {f['high']:+.3f}"
        inflation = "–" if f["inflation"] is None else f"{f['inflation']:+.3f}"
        table.add_row(f["family"], str(f["successes"]), str(f["n"]), _number(f["bound"]), inflation, between)
    console().print(table)
    table = Table("honest change", "pairs", "criteria", "flips", "share", "at most (95 %)")
    for f in figures["invariance"]:
        counts = (str(f[name]) for name in ("pairs", "criteria", "flips"))
        table.add_row(f["kind"], *counts, _number(f["share"]), _number(f["bound"]))
    console().print(table)


def show_retrieval(rows: Sequence[tuple[str, str, Any]]) -> None:
    """Retrieval figures: (topic, mode, figures) a row."""
    table = Table("topic", "retrieval", "n", "recall@1", "recall@3", "hit@3", "MRR")
    for topic, mode, f in rows:
        numbers = (f.recall_at_1, f.recall_at_3, f.hit_at_3, f.mrr)
        table.add_row(topic, mode, str(f.n), *(f"{x:.3f}" for x in numbers))
    console().print(table)


def show_sheet(sheet: "Sheet") -> None:
    """Any table of texts; a row that holds a verdict has its colour."""
    table = Table(title=escape(sheet.title) or None)
    for place, name in enumerate(sheet.head):
        table.add_column(escape(name), no_wrap=place == 0)
    for row in sheet.rows:
        style = next((_COLOURS[cell.split(" (")[0]] for cell in row if cell.split(" (")[0] in _COLOURS), None)
        table.add_row(*map(escape, row), style=style)
    console().print(table)


_COLOURS = {"improved": "green", "worse": "red", "regression": "red", "cannot tell": "yellow"}


def _number(value: float | None) -> str:
    return "–" if value is None or math.isnan(value) else f"{value:.3f}"
