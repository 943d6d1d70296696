"""The headline figures, one tile each with every run on one scale, and the table of all figures."""

import math
from collections.abc import Iterator, Sequence

from interviewer.glossary import ENTRIES, GROUPS, HEADLINE, Entry
from interviewer.headlines import UNCOUNTED, Mark, interval, marks, rows, value
from interviewer.report import UNLABELLED, ReportedRun, labelled, sets
from interviewer.runpage.charts import whisker
from interviewer.runpage.markup import Html, join, tag
from interviewer.runpage.numbers import between, number, short
from interviewer.runpage.tables import chip, explained, explained_name, row, run_class, section, table, wide

_ELSEWHERE = ("Cost and time", "Steadiness")
"""Groups with a section of their own."""
Span = tuple[float, float]


def headline(runs: Sequence[ReportedRun]) -> Html:
    """The first section."""
    if not labelled(runs):
        return section("figures", "In figures", tag("p", UNLABELLED, class_="note"), _all(runs))
    tiles = [tile(ENTRIES[name], runs) for name in HEADLINE if any(_there(r, name) for r in runs)]
    lead = join(
        "The dot is the figure, the bar its 95 % interval over questions: where it would lie on other questions."
    )
    if len(runs) > 1:
        lead = join(
            lead,
            " Bars that overlap do not make runs equal, nor do bars apart measure how sure a difference is: ",
            tag("code", "interviewer eval compare"),
            " pairs the answers and tests it.",
        )
    return section("figures", "In figures", tag("div", *tiles, class_="tiles"), _all(runs), lead=lead)


def _there(run: ReportedRun, name: str) -> bool:
    return rows(run.overview.figures, name) > 0


def tile(entry: Entry, runs: Sequence[ReportedRun]) -> Html:
    """One figure of all runs, and what to measure it against."""
    compared = list(_compared(entry, runs))
    span = _span(entry, runs, [mark for _, mark in compared])
    alone = len(runs) == 1
    lines = [_line("Grader" if alone else chip(r), _mark(entry, r), span, entry, run_class(r.letter)) for r in runs]
    lines += [_line(label, mark, span, entry, "mark") for label, mark in compared]
    hint = {"higher": "better →", "lower": "← better", "": ""}[entry.better]
    ends = (tag("span", short(span[0])), tag("span", hint), tag("span", short(span[1])))
    return tag(
        "article",
        tag("h3", entry.title),
        tag("ul", *lines),
        tag("p", *ends, class_="ends", aria_hidden="true"),
        _made_of(entry, runs),
        explained(entry),
        class_="tile alone" if alone else "tile",
    )


def _mark(entry: Entry, run: ReportedRun) -> Mark:
    figures = run.overview.figures
    return Mark(run.letter, value(figures, entry.name), interval(figures, entry.name))


def _compared(entry: Entry, runs: Sequence[ReportedRun]) -> Iterator[tuple[str, Mark]]:
    """Baselines and ceilings: they belong to a set, not to a run."""
    groups = sets(runs)
    for group in groups:
        of = "" if len(groups) == 1 else f" ({', '.join(r.letter for r in group)})"
        for mark in marks(group[0].overview.figures, entry.name):
            yield f"{mark.label}{of}", mark


def _span(entry: Entry, runs: Sequence[ReportedRun], compared: Sequence[Mark]) -> Span:
    """Both ends of the tile's scale, on tenths."""
    found = [_mark(entry, r) for r in runs] + list(compared)
    all_values = [x for m in found for x in (m.value, m.interval.low, m.interval.high) if not math.isnan(x)]
    lowest, highest = min([0.0, *all_values]), max([0.0, *all_values])
    top = 1.0 if entry.better == "higher" else max(0.5, math.ceil(highest * 10) / 10)
    return math.floor(lowest * 10) / 10, top


def _line(name: Html | str, mark: Mark, span: Span, entry: Entry, class_: str) -> Html:
    known = not math.isnan(mark.value)
    return tag(
        "li",
        tag("span", name, class_="who"),
        " ",
        tag("small", between(mark.interval, entry.unit) or ("no interval" if known else "")),
        " ",
        tag("b", number(mark.value, entry.unit), class_=None if known else "absent"),
        whisker(mark.value, mark.interval.low, mark.interval.high, span),
        class_=class_,
    )


def _made_of(entry: Entry, runs: Sequence[ReportedRun]) -> Html:
    again = any(r.overview.repeats > 1 for r in runs)
    noun = "criteria" if entry.name.startswith("items") else "answers"
    told = [f"{rows(r.overview.figures, entry.name):,}" for r in runs]
    if len(set(told)) > 1:
        told = [f"{n} ({r.letter})" for n, r in zip(told, runs, strict=True)]
    return tag(
        "p", f"n = {', '.join(dict.fromkeys(told))} {noun}{', each trial counted' if again else ''}", class_="rows"
    )


def _all(runs: Sequence[ReportedRun]) -> Html:
    groups = []
    for group, entries in GROUPS.items():
        here = [e for e in entries if any(_there(r, e.name) for r in runs)]
        if here and group not in _ELSEWHERE:
            title = tag("tr", tag("th", group, scope="rowgroup", colspan=len(runs) + 1), class_="group")
            groups.append(tag("tbody", title, *figure_rows(here, runs)))
    head = ["Figure", *(chip(r) for r in runs)]
    content = table("All figures; each name unfolds into what it means", head, groups, class_="figures", grouped=True)
    return tag("details", tag("summary", "All figures"), wide("All figures", content), class_="more")


def figure_rows(entries: Sequence[Entry], runs: Sequence[ReportedRun]) -> list[Html]:
    """A row a figure, a column a run."""
    return [row(explained_name(e), *(_cell(e, r) for r in runs)) for e in entries]


def _cell(entry: Entry, run: ReportedRun) -> Html:
    figures = run.overview.figures
    found, n = value(figures, entry.name), rows(figures, entry.name)
    shown = tag("b", number(found, entry.unit), class_="absent" if math.isnan(found) else None)
    told = [between(interval(figures, entry.name), entry.unit), f"n {n:,}" if n and entry.name not in UNCOUNTED else ""]
    return tag("td", shown, tag("small", " · ".join(filter(None, told))))
