"""What the page is made of: escaping, numbers, charts; worked by hand or held against a second opinion."""

import base64
import hashlib
import itertools
import math
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reports import Read
from scipy.stats import binomtest

from interviewer.calibration import Bin, TrustPoint
from interviewer.resampling import Interval
from interviewer.runpage import charts, frame, markup, numbers
from interviewer.runpage.markup import Html, join, tag, text


@given(st.text())
def test_text_never_becomes_markup_and_shows_every_character(raw: str) -> None:
    read = Read(text(raw))
    assert {name for name, _ in read.tags} <= {"span"}
    assert not any(markup.is_hidden(c) for c in read.said)
    assert read.said.startswith(raw) or any(markup.is_hidden(c) for c in raw)


@given(st.text())
def test_an_attribute_holds_what_it_was_given(raw: str) -> None:
    ((name, attributes),) = Read(tag("i", data_x=raw)).tags
    assert (name, list(attributes)) == ("i", ["data-x"])
    assert (attributes["data-x"] or "") == markup.plain(raw)


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("a\u202eb", "aU+202Eb"),
        ("a\u2066\u2067b", "aU+2066U+2067b"),
        ("a" + "\u200b" * 900 + "b", "a900 hidden charactersb"),
        ("".join(map(chr, range(0xE0041, 0xE0061))), "32 hidden characters"),
        ("a\u2028b\x00\x07c", "aU+2028bU+0000U+0007c"),
        ("\ud800", "U+D800"),
        ("\u3164", "U+3164"),
        ("line\n\tnext é 学习 ∑ 👍", "line\n\tnext é 学习 ∑ 👍"),
    ],
)
def test_what_cannot_be_seen_is_named(raw: str, shown: str) -> None:
    assert Read(text(raw)).said == shown


def test_only_what_was_made_as_markup_is_markup() -> None:
    made = tag("b", "<i>")
    assert join(made, "<u>", None, 7) == "<b>&lt;i&gt;</b>&lt;u&gt;7"
    # An f-string around markup is a string again, and so escaped rather than trusted.
    assert join(f"{made}!") == "&lt;b&gt;&amp;lt;i&amp;gt;&lt;/b&gt;!"
    assert tag("p", hidden="", title=None, stroke_width=2) == '<p hidden stroke-width="2"></p>'


def test_numbers_that_are_none_say_so() -> None:
    for unit in ("number", "share", "tokens", "usd", "seconds"):
        assert numbers.number(math.nan, unit) == numbers.number(math.inf, unit) == "not defined"  # type: ignore[arg-type]
    assert numbers.between(Interval(math.nan, 0.3, 1)) == ""


@pytest.mark.parametrize(
    ("value", "unit", "written"),
    [
        (0.0, "number", "0.000"),
        (-0.0004, "number", "0.000"),
        (1.0, "number", "1.000"),
        (1234.567, "usd", "$1,234.57"),
        (0.0421, "usd", "$0.0421"),
        (0.0000321, "usd", "$0.0000321"),
        (0.0, "usd", "$0.00"),
        (0.0625, "seconds", "62.5\u00a0ms"),
        (61.5, "seconds", "61.50\u00a0s"),
        (0.9999, "share", "100.0\u00a0%"),
    ],
)
def test_numbers_are_written_in_their_unit(value: float, unit: Any, written: str) -> None:
    assert numbers.number(value, unit) == written


def paths(svg: str, name: str) -> list[str]:
    """The `d` of every path of that class."""
    return [str(a["d"]) for tag, a in Read(svg).tags if tag == "path" and a.get("class") == name]


def test_a_whisker_lies_where_its_numbers_are() -> None:
    svg = charts.whisker(0.5, 0.25, 0.75, (-0.5, 1.5))
    assert (paths(svg, "dot"), paths(svg, "bar"), paths(svg, "zero")) == (
        ["M50.0 8h0"],
        ["M37.5 8H62.5"],
        ["M25.0 1V15"],
    )
    beyond = charts.whisker(0.9, 0.2, 3.0, (0.0, 0.5))
    assert (paths(beyond, "dot"), paths(beyond, "bar"), paths(beyond, "zero")) == (
        ["M100.0 8h0"],
        ["M40.0 8H100.0"],
        [],
    )
    assert paths(charts.whisker(0.5, math.nan, math.nan, (0.0, 1.0)), "bar") == []
    assert charts.whisker(math.nan, math.nan, math.nan, (0.0, 1.0)) == ""


def circles(svg: str) -> list[tuple[float, float, float]]:
    """(x, y, radius) of every dot."""
    found = [a for tag, a in Read(svg).tags if tag == "circle"]
    return [(float(a["cx"] or ""), float(a["cy"] or ""), float(a["r"] or "")) for a in found]


def test_dots_of_the_scatter_grow_by_area_and_lie_in_the_square() -> None:
    svg = charts.scatter([(0, 0, 400), (20, 20, 100), (10, 5, 1)], "a & b")
    (x0, y0, r0), (x1, y1, r1), (x2, y2, r2) = circles(svg)
    assert (x1 - x0, y0 - y1) == (260.0, 260.0)
    assert (x2 - x0, y0 - y2) == (130.0, 65.0)
    assert (r0, r1, r2) == (11.0, 5.5, 1.2)
    ((name, attributes), *_) = Read(svg).tags
    assert (name, attributes["role"], attributes["aria-label"]) == ("svg", "img", "a & b")


@pytest.mark.parametrize(("k", "n"), [(0, 5), (1, 8), (5, 10), (40, 40), (333, 1000)])
def test_wilson_is_scipys(k: int, n: int) -> None:
    known = binomtest(k, n).proportion_ci(method="wilson")
    assert charts.wilson(k / n, n) == pytest.approx((known.low, known.high), abs=2e-5)


def test_reliability_leaves_out_empty_bins() -> None:
    bins = [Bin(0.0, 0.1, 0, math.nan, math.nan), Bin(0.1, 0.2, 10, 0.15, 0.5), Bin(0.9, 1.0, 40, 0.95, 1.0)]
    svg = charts.reliability(bins, "x")
    assert [(x, y) for x, y, _ in circles(svg)] == [(52 + 0.15 * 260, 14 + 0.5 * 260), (52 + 0.95 * 260, 14)]
    assert len(paths(svg, "spread")) == 2
    assert "nan" not in svg
    assert "nan" not in charts.reliability(bins[:1], "x")


def test_letters_of_the_trust_curve_keep_apart() -> None:
    lines = [
        charts.Line(letter, n, [TrustPoint(d / 10, 0.8 + 0.001 * n, 9.0) for d in range(10)])
        for n, letter in enumerate("ABC")
    ]
    heights = sorted(float(m) for m in re.findall(r'y="([\d.]+)" class="name"', charts.trust(lines, "x")))
    assert all(b - a >= 12.9 for a, b in itertools.pairwise(heights))
    perfect = charts.trust([charts.Line("A", 0, [TrustPoint(d / 10, 1.0, 9.0) for d in range(10)])], "x")
    assert "nan" not in perfect


COLOUR = re.compile(r"--([\w-]+): (#[0-9a-f]{6});")


def light_of(colour: str) -> float:
    """Relative luminance. Source: WCAG 2.2."""
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(a: str, b: str) -> float:
    high, low = sorted((light_of(a), light_of(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_every_text_is_readable_on_its_ground(scheme: int) -> None:
    colours = dict(COLOUR.findall(frame.style().split("@media screen and (prefers-color-scheme: dark)")[scheme]))
    runs = [f"run{n}" for n in range(8)]
    for ground in ("paper", "surface"):
        for ink in ("ink", "muted", "link", "alarm", *runs):
            assert contrast(colours[ink], colours[ground]) >= 4.5, (ink, ground)
    for run in runs:
        assert contrast(colours["on-run"], colours[run]) >= 4.5, run
    for mark in ("mark", "mark-against"):
        assert contrast(colours["ink"], colours[mark]) >= 4.5, mark


def test_style_and_script_ask_for_nothing() -> None:
    own = frame.style() + frame.script()
    assert not re.search(r"url\(|@import|//(?! )|https?:|fetch|XMLHttp|import\(|eval|innerHTML", own)
    assert "</" not in frame.script() and "</" not in frame.style()


def test_the_policy_allows_this_script_and_this_style_alone() -> None:
    page = frame.document("<t>", tag("p", "x"))
    for name in ("style", "script"):
        (content,) = re.findall(rf"<{name}>(.*?)</{name}>", page, re.S)
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert f"{name}-src 'sha256-{digest}'" in frame.policy()
    assert frame.policy().startswith("default-src 'none'; ")
    assert "<title>&lt;t&gt;</title>" in page
    assert isinstance(tag("p"), Html)
