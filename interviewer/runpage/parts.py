"""Slices: the same figures for one kind of answer at a time."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence

from interviewer.figures import Figures
from interviewer.glossary import ENTRIES
from interviewer.headlines import interval, rows, value
from interviewer.report import FEW_QUESTIONS, ReportedRun
from interviewer.runpage.charts import whisker
from interviewer.runpage.markup import Html, brief, join, tag
from interviewer.runpage.numbers import between, number, short
from interviewer.runpage.tables import chip, folded, outside, run_class, section, wide
from interviewer.slices import SLICES

SHOWN = 12
"""Values of a slice that are shown at once; the rest unfolds."""
_TITLES = {"sort": "Kind of answer", "kind": "Kind of question", "length": "Length of the answer"}
_ORDERED = ("difficulty", "length")
"""Slices whose values have an order of their own; the others go by how many trials they have."""
_FIGURES = ("items.kappa", "scores.mae")
Spans = Mapping[str, tuple[float, float]]


def slices(runs: Sequence[ReportedRun]) -> Html:
    """The section; a slice in which all answers are alike is only named."""
    spans = _spans(runs)
    groups, alike = [], []
    for name in SLICES:
        values = _values(runs, name)
        if len(values) > 1:
            groups.append(_slice(name, values, runs, spans))
        elif values:
            alike.append(f"{_title(name).lower()} “{brief(_told(name, values[0]))}”")
    lead = (
        "With 95 % intervals over questions, all on one scale. † marks fewer than "
        f"{FEW_QUESTIONS} questions: the interval is rough, and mostly too narrow. Of twenty slices one looks odd by "
        "chance alone. Kappa is low where nearly all labels are alike, as they are among excellent or empty answers."
    )
    same = tag("p", f"All answers share: {', '.join(alike)}.", class_="note") if alike else None
    return section("slices", "Where it is better and worse", *groups, same, lead=lead)


def _title(name: str) -> str:
    return _TITLES.get(name, name.capitalize())


def _spans(runs: Sequence[ReportedRun]) -> Spans:
    """The figures that there are, and for each both ends of its scale, on tenths.

    Slices of few questions do not stretch it: what lies beyond is drawn at the edge, beside its number.
    """
    parts = [s.figures for r in runs for s in r.overview.slices if s.figures.questions >= FEW_QUESTIONS]
    found = {}
    for f in _FIGURES:
        if any(rows(r.overview.figures, f) for r in runs):
            every = [x for p in parts for x in (value(p, f), interval(p, f).low, interval(p, f).high)]
            known = [x for x in every if not math.isnan(x)]
            top = 1.0 if ENTRIES[f].better == "higher" else math.ceil(10 * max([0.5, *known])) / 10
            found[f] = (math.floor(10 * min([0.0, *known])) / 10, top)
    return found


def _values(runs: Sequence[ReportedRun], name: str) -> list[str]:
    """Of all runs, those with most trials first, or in the order that they have."""
    counts: Counter[str] = Counter()
    for r in runs:
        counts.update({s.value: s.figures.n for s in r.overview.slices if s.name == name})
    return sorted(counts) if name in _ORDERED else sorted(counts, key=lambda v: (-counts[v], v))


def _slice(name: str, values: Sequence[str], runs: Sequence[ReportedRun], spans: Spans) -> Html:
    first = wide(f"By {_title(name).lower()}", _table(name, values[:SHOWN], runs, spans))
    rest = values[SHOWN:]
    label = f"More by {_title(name).lower()}"
    more = (
        folded(f"{len(rest)} more, with fewer trials", wide(label, _table(name, rest, runs, spans))) if rest else None
    )
    return join(tag("h3", _title(name)), first, more)


def _table(name: str, values: Sequence[str], runs: Sequence[ReportedRun], spans: Spans) -> Html:
    head = [tag("th", _title(name), scope="col")]
    if len(runs) > 1:
        head.append(tag("th", "Run", scope="col", class_="letter"))
    for f, (low, high) in spans.items():
        ends = (tag("span", short(low)), tag("span", short(high)))
        head.append(tag("th", ENTRIES[f].title, tag("span", *ends, class_="ends", aria_hidden="true"), scope="col"))
    head += [tag("th", count, scope="col", class_="count") for count in ("Trials", "Questions")]
    bodies = [_body(name, v, runs, spans) for v in values]
    caption = tag("caption", f"By {_title(name).lower()}", class_="offscreen")
    return tag("table", caption, tag("thead", tag("tr", *head)), *bodies, class_="slices")


def _body(name: str, value_: str, runs: Sequence[ReportedRun], spans: Spans) -> Html:
    lines: list[Html] = []
    for r in runs:
        found = next((s.figures for s in r.overview.slices if (s.name, s.value) == (name, value_)), None)
        told = outside(_told(name, value_))
        first = tag("th", told, scope="rowgroup", rowspan=len(runs)) if not lines else None
        letter = tag("td", chip(r)) if len(runs) > 1 else None
        lines.append(tag("tr", first, letter, *_cells(found, spans), class_=run_class(r.letter)))
    return tag("tbody", *lines)


def _told(name: str, value_: str) -> str:
    if name == "length":
        return value_.partition(": ")[2] or value_
    return f"{value_} of 5" if name == "difficulty" else value_


def _cells(found: Figures | None, spans: Spans) -> list[Html]:
    if found is None:
        return [tag("td", "no such answers", colspan=len(spans) + 2, class_="absent")]
    cells = []
    for f, span in spans.items():
        x, around = value(found, f), interval(found, f)
        rough = "†" if found.questions < FEW_QUESTIONS else ""
        small = f"{between(around)}{rough}" if between(around) else "" if math.isnan(x) else "no interval"
        shown = tag("b", number(x), class_="absent" if math.isnan(x) else None)
        picture = tag("span", whisker(x, around.low, around.high, span), class_="picture")
        cells.append(tag("td", tag("div", picture, shown, " ", tag("small", small), class_="measured")))
    return [*cells, tag("td", f"{found.n:,}", class_="count"), tag("td", f"{found.questions:,}", class_="count")]
