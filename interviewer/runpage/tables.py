"""Parts that several sections are made of: tables, run letters, explanations that unfold."""

from collections.abc import Iterable, Sequence

from interviewer.glossary import Entry
from interviewer.report import LETTERS, ReportedRun
from interviewer.runpage.markup import Child, Html, brief, join, tag


def run_class(letter: str) -> str:
    """The class that carries a run's colour."""
    return f"run{LETTERS.index(letter)}"


def chip(run: ReportedRun) -> Html:
    """A run's letter in its colour."""
    return tag("span", run.letter, class_=f"chip {run_class(run.letter)}")


def outside(name: str) -> Html:
    """A name from elsewhere: cut where it is too long, and without effect on the direction of its neighbours."""
    return tag("span", brief(name), class_="outside")


def titled(run: ReportedRun) -> Html:
    """Letter and name."""
    return join(chip(run), " ", outside(run.name))


def explained(entry: Entry) -> Html:
    """What a figure means and when it misleads, folded away."""
    summary = tag("summary", "What this means", tag("span", f": {entry.title}", class_="offscreen"))
    return tag("details", summary, *_words(entry), class_="why")


def explained_name(entry: Entry) -> Html:
    """The figure's name, which unfolds into the same."""
    return tag("details", tag("summary", entry.title), *_words(entry), class_="why")


def _words(entry: Entry) -> tuple[Html, ...]:
    return tag("p", entry.means), tag("p", tag("b", "Misleads: "), entry.misleads)


def table(
    caption: Child,
    head: Sequence[Child],
    rows: Iterable[Html],
    class_: str = "",
    shown_caption: bool = True,
    grouped: bool = False,
) -> Html:
    """A table; its rows are made with `row`.

    Args:
        caption: names the table, also where it is not shown.
        grouped: the rows are whole groups already.
    """
    names = [tag("th", name, scope="col") if name else tag("td") for name in head]
    return tag(
        "table",
        tag("caption", caption, class_=None if shown_caption else "offscreen"),
        tag("thead", tag("tr", *names)),
        *(rows if grouped else (tag("tbody", *rows),)),
        class_=class_ or None,
    )


def row(name: Child, *cells: Child, class_: str | None = None) -> Html:
    """A row with its name first; cells that are elements already stay as they are."""
    own = [cell if isinstance(cell, Html) and cell.startswith("<td") else tag("td", cell) for cell in cells]
    return tag("tr", tag("th", name, scope="row"), *own, class_=class_)


def wide(name: str, content: Html) -> Html:
    """A table that may be wider than the window: it scrolls by itself, by keyboard too."""
    return tag("div", content, class_="wide", role="region", aria_label=name, tabindex="0")


def folded(summary: Child, *content: Html, unfolded: bool = False) -> Html:
    """What is read on request.

    Args:
        unfolded: there is room to show it from the start.
    """
    return tag("details", tag("summary", summary), *content, class_="more", open="" if unfolded else None)


def side_by_side(charts: Sequence[Html]) -> Html:
    """Charts next to each other as far as there is room; one alone has its numbers beside it."""
    return tag("div", *charts, class_="charts alone" if len(charts) == 1 else "charts")


def section(name: str, title: str, *content: Html | None, lead: Child = None) -> Html:
    """A section of the page.

    Args:
        name: what a link points to.
    """
    heading = tag("h2", title, id=f"{name}-title")
    intro = tag("p", lead, class_="lead") if lead else None
    return tag("section", heading, intro, *content, id=name, aria_labelledby=f"{name}-title")
