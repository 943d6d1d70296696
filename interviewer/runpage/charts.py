"""Charts as inline SVG, each a pure function of numbers. Colours come from the style sheet, by class.

Every chart says in its label what it shows; the numbers behind it stand in a table beside it, which is not made here.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from interviewer.calibration import Bin, TrustPoint
from interviewer.overview import GRID
from interviewer.runpage.markup import Html, join, tag

_LEFT, _TOP, _SIDE = 52.0, 14.0, 260.0
"""Where the square that is plotted in begins, and how long its sides are."""
_WIDTH, _HEIGHT = 330.0, 326.0
_TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)
_LARGEST = 11.0
"""Radius of the largest dot."""


@dataclass(frozen=True, slots=True)
class Line:
    """One run of a chart that shows several."""

    letter: str
    place: int
    """0-based; its colour."""
    points: Sequence[TrustPoint]


def whisker(value: float, low: float, high: float, span: tuple[float, float]) -> Html:
    """A dot on its interval, from one edge of the span to the other; stretches with its place.

    Args:
        value: nan for none; so `low` and `high`.
        span: what the left and the right edge stand for.
    """
    if math.isnan(value):
        return Html("")

    def at(x: float) -> str:
        share = (min(max(x, span[0]), span[1]) - span[0]) / (span[1] - span[0])
        return f"{100 * share:.1f}"

    zero = tag("path", class_="zero", d=f"M{at(0)} 1V15") if span[0] < 0 else None
    bar = None if math.isnan(low) else tag("path", class_="bar", d=f"M{at(low)} 8H{at(high)}")
    parts = (tag("path", class_="base", d="M0 8H100"), zero, bar, tag("path", class_="dot", d=f"M{at(value)} 8h0"))
    return tag("svg", *parts, viewBox="0 0 100 16", preserveAspectRatio="none", class_="whisker", aria_hidden="true")


def scatter(counts: Sequence[tuple[int, int, int]], label: str) -> Html:
    """Human score (across) against machine score (up); the area of a dot grows with the trials that have both.

    Args:
        counts: human and machine score in steps of 1 / GRID, and how many.
    """
    most = max((n for *_, n in counts), default=1)
    dots = [
        tag(
            "circle",
            cx=_x(human / GRID),
            cy=_y(machine / GRID),
            r=f"{max(1.2, _LARGEST * math.sqrt(n / most)):.2f}",
            class_="point",
        )
        for human, machine, n in counts
    ]
    return _plot(join(_diagonal(), *dots), label, "people's score", "machine's score")


def reliability(bins: Sequence[Bin], label: str) -> Html:
    """Stated probability of met (across) against the share that people called met (up), a dot a bin.

    The bar of a dot is its Wilson interval, as if its rows were independent.
    """
    full = [b for b in bins if b.n]
    most = max((b.n for b in full), default=1)
    parts: list[Html] = [_diagonal()]
    for b in full:
        low, high = wilson(b.met, b.n)
        x = _x(b.probability)
        parts.append(tag("path", class_="spread", d=f"M{x} {_y(low)}V{_y(high)}"))
    way = "L".join(f"{_x(b.probability)} {_y(b.met)}" for b in full)
    parts.append(tag("path", class_="way", d=f"M{way}") if full else Html(""))
    for b in full:
        radius = f"{max(2.5, _LARGEST * 0.7 * math.sqrt(b.n / most)):.2f}"
        parts.append(tag("circle", cx=_x(b.probability), cy=_y(b.met), r=radius, class_="point"))
    return _plot(join(*parts), label, "stated probability of met", "share that people called met")


def wilson(share: float, n: int) -> tuple[float, float]:
    """95 % interval of a share of n independent rows.

    Source: Wilson 1927.

    Example:
        >>> [round(x, 3) for x in wilson(0.5, 10)]
        [0.237, 0.763]
    """
    z2 = 1.96**2
    middle, half = share + z2 / (2 * n), 1.96 * math.sqrt(share * (1 - share) / n + z2 / (4 * n * n))
    return (middle - half) / (1 + z2 / n), (middle + half) / (1 + z2 / n)


def trust(lines: Sequence[Line], label: str) -> Html:
    """Share handed to a person (across) against agreement on the rest (up), a line a run."""
    lowest = min((p.agreement for line in lines for p in line.points), default=0.0)
    floor = max(0.0, math.floor(lowest * 10 - 0.5) / 10)
    ticks = [round(floor + (1 - floor) * n / 4, 3) for n in range(5)]

    def up(agreement: float) -> float:
        return (agreement - floor) / (1 - floor)

    drawn, names = [], _apart([float(_y(up(line.points[-1].agreement))) for line in lines])
    for line, height in zip(lines, names, strict=True):
        way = "L".join(f"{_x(p.deferred)} {_y(up(p.agreement))}" for p in line.points)
        dots = [tag("circle", cx=_x(p.deferred), cy=_y(up(p.agreement)), r="2.6", class_="point") for p in line.points]
        name = tag("text", line.letter, x=_x(line.points[-1].deferred + 0.03), y=f"{height + 4:.1f}", class_="name")
        drawn.append(tag("g", tag("path", class_="way", d=f"M{way}"), *dots, name, class_=f"run{line.place}"))
    return _plot(join(*drawn), label, "share handed to a person", "agreement on the rest", ticks)


def _apart(heights: Sequence[float], least: float = 13.0) -> list[float]:
    """The heights, moved down where two letters would overlap; in their order."""
    moved, last = list(heights), -math.inf
    for place in sorted(range(len(heights)), key=heights.__getitem__):
        last = moved[place] = max(heights[place], last + least)
    return moved


def _plot(inside: Html, label: str, across: str, up: str, ticks: Sequence[float] = _TICKS) -> Html:
    """A square from 0 to 1 both ways.

    Args:
        ticks: what the five lines across stand for.
    """
    marks = []
    for share, tick in zip(_TICKS, ticks, strict=True):
        marks += [
            tag("path", class_="grid", d=f"M{_LEFT} {_y(share)}h{_SIDE}M{_x(share)} {_TOP}v{_SIDE}"),
            tag("text", f"{tick:.3g}", x=f"{_LEFT - 14}", y=_y(share - 0.014), text_anchor="end"),
            tag("text", f"{share:g}", x=_x(share), y=f"{_TOP + _SIDE + 24}", text_anchor="middle"),
        ]
    names = (
        tag("text", across, x=_x(0.5), y=f"{_HEIGHT - 8}", text_anchor="middle", class_="axis"),
        tag("text", up, transform=f"translate(11 {_y(0.5)}) rotate(-90)", text_anchor="middle", class_="axis"),
    )
    return tag("svg", *marks, *names, inside, viewBox=f"0 0 {_WIDTH:g} {_HEIGHT:g}", role="img", aria_label=label)


def _diagonal() -> Html:
    return tag("path", class_="diagonal", d=f"M{_x(0)} {_y(0)}L{_x(1)} {_y(1)}")


def _x(share: float) -> str:
    return f"{_LEFT + share * _SIDE:.1f}"


def _y(share: float) -> str:
    return f"{_TOP + (1 - share) * _SIDE:.1f}"
