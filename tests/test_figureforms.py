"""Typeset figures in plain arithmetic."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interviewer.figureforms import in_plain_figures


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        (r"\frac{1}{2}", "((1)/(2))"),
        (r"\dfrac12", "((1)/(2))"),
        (r"\frac{7,5}{2}", "((7.5)/(2))"),
        (r"\left(0,1\right)", " (0,1 )"),
        (r"\sqrt{5}", "sqrt(5)"),
        (r"\frac{\sqrt{5}-1}{2}", "((sqrt(5)-1)/(2))"),
        (r"\frac{1}{1+\frac{1}{32}}", "((1)/(1+((1)/(32))))"),
        (r"2^{14}", "2^(14)"),
        (r"7.5^\circ", "7.5°"),
        (r"7.5^{\circ}", "7.5°"),
        (r"16{,}384", "16384"),
        (r"97\%", "97%"),
        (r"44\text{ days}", "44 days"),
        (r"\binom{5}{2}", "10"),
        (r"\pi/24", "pi/24"),
        ("C(5,2)", "10"),
        ("5 choose 2", "10"),
        ("2¹⁴", "2^(14)"),
        ("10⁻¹¹", "10^(-11)"),
        ("√5", "sqrt(5)"),
        ("½", "0.5"),
        ("7½", "7.5"),
        ("7 ¾", "7.75"),
        ("32⁄33", "32/33"),
        ("１６", "16"),
        ("−3", "-3"),
        ("7 1/2", "(7+1/2)"),
        ("7,5", "7.5"),
        ("0,618", "0.618"),
        ("1,024", "1024"),
        ("1,234,567.89", "1234567.89"),
        ("5,24,288", "524288"),
        ("1.024,5", "1024.5"),
        ("16'384", "16384"),
        ("16\u202f384", "16384"),
        ("16 384 bytes", "16384 bytes"),
        ("40-45", "40–45"),
        # what must stay as it is
        ("1,2,3", "1,2,3"),
        ("1, 2, 3", "1, 2, 3"),
        ("N(0,1)", "N(0,1)"),
        ("[128,64]", "[128,64]"),
        ("int8[128, 2048]", "int8[128, 2048]"),
        ("1-0.95", "1-0.95"),
        ("5 3/2", "5 3/2"),
        ("C(5000,2500)", "C(5000,2500)"),
        ("100 200 users", "100 200 users"),
        ("7.5.", "7.5."),
        ("3:15", "3:15"),
        ("", ""),
    ],
)
def test_figures(text: str, plain: str) -> None:
    assert in_plain_figures(text)[0] == plain


@given(st.text(st.sampled_from("0123456789.,/-½²√^{}\\ ()frcsqt"), max_size=60))
def test_places_stay_inside_the_text_and_in_order(text: str) -> None:
    plain, origin = in_plain_figures(text)
    assert len(plain) == len(origin)
    assert all(0 <= start < end <= len(text) for start, end in origin)
    assert all(a[0] <= b[0] for a, b in itertools.pairwise(origin))


@given(st.integers(1000, 10**12))
def test_thousands_may_be_grouped_any_usual_way(n: int) -> None:
    for mark in (",", "'", "\u00a0", "\u202f", "\u2009"):
        assert in_plain_figures(f"{n:,}".replace(",", mark))[0] == str(n)
