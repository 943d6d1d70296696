"""A comparison of two runs on a terminal. Decides nothing."""

from collections.abc import Sequence

from rich.table import Table

from interviewer import comparisonwords as words
from interviewer.comparison import Comparison
from interviewer.flips import Flip
from interviewer.terminal import console, escape, show_sheet
from interviewer.trial import Run

QUOTED = {"": "", "A": "cyan", "B": "magenta", "AB": "bold green"}
"""Colour of what A, B and both quoted."""


def show(title: str, a: Run, b: Run, compared: Comparison, shown: Sequence[Flip], warnings: Sequence[str]) -> None:
    """The whole comparison.

    Args:
        shown: the flips to print, worst first.
    """
    out = console()
    show_sheet(words.asked(a, b))
    for warning in warnings:
        out.print(f"[yellow]warning:[/] {escape(warning)}")
    show_sheet(words.figures(compared.differences, title))
    out.print(escape(words.counted(compared)))
    out.print(f"[dim]{escape(words.NOTE)}[/]")
    show_slices(compared)
    of = len(compared.flips)
    out.print(f"[bold]Levels that flipped: {of:,}[/]" + (f"; the worst {len(shown)}:" if 0 < len(shown) < of else ""))
    for place, flip in enumerate(shown, 1):
        show_flip(flip, place)


def show_slices(compared: Comparison) -> None:
    """The slices that moved, or that none did."""
    moved = words.moved(compared.slices)
    if moved.rows:
        show_sheet(moved)
    elif compared.slices:
        console().print(escape(moved.title))


def show_flip(flip: Flip, place: int) -> None:
    """One flipped level: the answer with what was quoted, then both sides."""
    table = Table(expand=True)
    sides = words.flip_sides(flip)
    for name, ratio, colour in zip(sides.head, (1, 8, 8), ("", QUOTED["A"], QUOTED["B"]), strict=True):
        table.add_column(name, ratio=ratio, style=colour, min_width=7)
    for row in sides.rows:
        table.add_row(*map(escape, row))
    out = console()
    out.print(f"\n[bold]{escape(words.flip_title(flip, place))}[/]")
    if flip.asked:
        out.print(f"[dim]Question[/] {escape(flip.asked)}\n[dim]Claim[/] {escape(flip.claim)}")
        out.print("".join(_piece(text, QUOTED[who]) for text, who in words.marked(flip)))
    out.print(table)


def _piece(text: str, colour: str) -> str:
    return f"[{colour}]{escape(text)}[/]" if colour else escape(text)
