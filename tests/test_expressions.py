"""Numbers read out of running text."""

import functools
import itertools
import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stopwatch import cpu_seconds

from interviewer.expressions import Number, numbers

GOLDEN = (1 + math.sqrt(5)) / 2


def read(text: str) -> list[tuple[float, str]]:
    return [(n.value, n.unit) for n in numbers(text)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("7.5", 7.5),
        (".75", 0.75),
        ("0.75.", 0.75),
        ("-3.5", -3.5),
        ("−3.5", -3.5),
        ("= 7.5", 7.5),
        ("≈44", 44),
        ("it's...7.5", 7.5),
        ("7,5", 7.5),
        ("0,0228", 0.0228),
        ("1,024", 1024),
        ("1,234,567.89", 1234567.89),
        ("16'384", 16384),
        ("5,24,288", 524288),
        ("3.55e-11", 3.55e-11),
        ("3.55E−11", 3.55e-11),
        ("3,55e-11", 3.55e-11),
        ("1e+5", 1e5),
        ("3.55 × 10⁻¹¹", 3.55e-11),
        ("3.55x10^-11", 3.55e-11),
        ("3.55*10**-11", 3.55e-11),
        (r"3.55 \times 10^{-11}", 3.55e-11),
        (r"3.55\cdot10^{-11}", 3.55e-11),
        ("3.5 times ten to the minus eleven", 3.5e-11),
        ("3.5 in a hundred billion", 3.5e-11),
        ("32/33", 32 / 33),
        ("32 / 33", 32 / 33),
        ("32 ÷ 33", 32 / 33),
        ("32⁄33", 32 / 33),
        ("thirty-two thirty-thirds", 32 / 33),
        ("thirty two over thirty three", 32 / 33),
        (r"\frac{32}{33}", 32 / 33),
        (r"$\dfrac{32}{33}$", 32 / 33),
        (r"\tfrac12", 0.5),
        (r"\frac{\frac{1}{2}}{3}", 1 / 6),
        (r"\frac{1}{1+\frac{1}{32}}", 32 / 33),
        (r"\frac{\frac{1}{2}}{\frac{1}{2}+\frac{1}{64}}", 32 / 33),
        (r"\frac{1/2}{1/2 + \frac{1}{2}\left(\frac{1}{2}\right)^5}", 32 / 33),
        (r"\frac{1}{1+\frac{1}{1+\frac{1}{1+\frac{1}{2}}}}", 5 / 8),
        (r"\left(\frac{\sqrt{5}-1}{2}\right)^{50}", ((math.sqrt(5) - 1) / 2) ** 50),
        (r"\sqrt{\frac{1}{4}}", 0.5),
        (r"\frac{\pi}{24}", math.pi / 24),
        (r"\binom{950}{5}/\binom{1000}{5}", math.comb(950, 5) / math.comb(1000, 5)),
        ("950 choose 5 over 1000 choose 5", math.comb(950, 5) / math.comb(1000, 5)),
        ("C(950,5)/C(1000,5)", math.comb(950, 5) / math.comb(1000, 5)),
        ("(950/1000)(949/999)", 0.95 * 949 / 999),
        ("7½", 7.5),
        ("7 1/2", 7.5),
        ("seven and a half", 7.5),
        ("½", 0.5),
        ("three quarters", 0.75),
        ("2^14", 16384),
        ("2**14", 16384),
        ("2¹⁴", 16384),
        ("2^{14}", 16384),
        ("two to the fourteenth", 16384),
        ("2^3^2", 512),
        ("-2^2", -4),
        ("2^-2", 0.25),
        ("2^0.5", math.sqrt(2)),
        ("(2/3)^10", (2 / 3) ** 10),
        ("√5", math.sqrt(5)),
        ("√(1/4)", 0.5),
        ("sqrt(5)", math.sqrt(5)),
        ("root five", math.sqrt(5)),
        ("((sqrt(5)-1)/2)^50", ((math.sqrt(5) - 1) / 2) ** 50),
        ("(1/phi)^50", GOLDEN**-50),
        ("(1/φ)^50", GOLDEN**-50),
        ("pi/24", math.pi / 24),
        ("π/24", math.pi / 24),
        ("2pi", 2 * math.pi),
        ("1/.0228", 1 / 0.0228),
        ("1-1/64", 63 / 64),
        ("1 - 0.95^5", 1 - 0.95**5),
        ("8x2048", 16384),
        ("8 × 2048", 16384),
        ("1/2/2", 0.25),
        ("8/2*4", 16),
        ("((1+2)*3)/4", 2.25),
        ("٣٫٥", 3.5),
        ("７．５", 7.5),
    ],
)
def test_one_number_in_one_of_its_spellings(text: str, value: float) -> None:
    assert read(text) == [(pytest.approx(value, rel=1e-12), "")]
    assert read(f"So the outcome here: {text} and nothing else") == [(pytest.approx(value, rel=1e-12), "")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("97%", (97, "%")),
        ("97 %", (97, "%")),
        (r"97\%", (97, "%")),
        ("ninety-seven percent", (97, "percent")),
        ("96,97 per cent", (96.97, "per cent")),
        ("7,5 degrees", (7.5, "degrees")),
        ("7.5°", (7.5, "°")),
        (r"$7.5^\circ$", (7.5, "°")),
        ("pi/24 radians", (math.pi / 24, "radians")),
        ("44 days", (44, "days")),
        ("sixteen KiB", (16, "kib")),
        ("16kB", (16, "kb")),
        ("16 K", (16, "k")),
        ("16k", (16, "k")),
        ("16 thousand bytes", (16000, "bytes")),
        ("1.5 million days", (1.5e6, "days")),
        ("half a megabyte", (0.5, "megabyte")),
        ("2^14 bytes", (16384, "bytes")),
    ],
)
def test_units_are_kept_as_written(text: str, expected: tuple[float, str]) -> None:
    assert read(text) == [(pytest.approx(expected[0]), expected[1])]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("1,2,3", [1, 2, 3]),
        ("1, 2 and 3", [1, 2, 3]),
        ("X ~ N(0,1)", [0, 1]),
        ("int8[128, 2048]", [128, 2048]),
        ("40-45", [40, 45]),
        ("1,5 or 2,5", [1.5, 2.5]),
        ("p=0,0228, q=0,9772", [0.0228, 0.9772]),
        ("3:15", [3, 15]),
        ("one of the ones", []),
        ("x2 and v3, bf16, GPT_4", []),
        ("the 1st and 2nd and 33rd", []),
        ("n = 5 k", [5]),
        ("5 t_i", [5]),
        ("1/0", [1, 0]),
        ("9^9^9", []),
        ("1e999", []),
        ("1e999 - 1", []),
        ("(-8)^(1/3)", []),
        ("sqrt(-1)", []),
        ("2^6000 and 3", [3]),
        ("(44 days later", [44]),
        ("((7", [7]),
        ("", []),
    ],
)
def test_lists_pairs_ranges_and_what_is_no_number(text: str, values: list[float]) -> None:
    assert [value for value, _ in read(text)] == values


@pytest.mark.parametrize(
    ("text", "piece"),
    [
        ("so thirty-two over thirty-three it is", "thirty-two over thirty-three"),
        (r"so $\frac{32}{33}$ it is", r"\frac{32}{33}"),
        ("so 16 thousand bytes it is", "16 thousand bytes"),
        ("so 2¹⁴ bytes it is", "2¹⁴ bytes"),
        ("so 7,5° it is", "7,5°"),
    ],
)
def test_the_place_is_that_in_the_text_as_it_was(text: str, piece: str) -> None:
    (number,) = numbers(text)
    assert text[number.start : number.end] == piece


@given(st.floats(1e-9, 1e9), st.integers(1, 8), st.data())
def test_a_value_is_read_back_from_any_spelling(value: float, digits: int, data: st.DataObject) -> None:
    plain = f"{value:.{digits}f}"
    mantissa, exponent = f"{value:.{digits}e}".split("e")
    superscript = str(int(exponent)).translate(str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻"))
    spelled = {
        plain: float(plain),
        f"{float(plain):,.{digits}f}": float(plain),
        f"-{plain}": -float(plain),
        f"−{plain}": -float(plain),
        f"{mantissa}e{exponent}": float(f"{mantissa}e{exponent}"),
        f"{mantissa} × 10{superscript}": float(f"{mantissa}e{exponent}"),
        f"{mantissa} x 10^{int(exponent)}": float(f"{mantissa}e{exponent}"),
        rf"{mantissa} \cdot 10^{{{int(exponent)}}}": float(f"{mantissa}e{exponent}"),
        f"${plain}$": float(plain),
        f"({plain})": float(plain),
    }
    if digits != 3:  # 1,234 is a thousand, so a comma before three digits is no decimal comma
        spelled[plain.replace(".", ",")] = float(plain)
    text = data.draw(st.sampled_from(sorted(spelled)))
    assert [n.value for n in numbers(f"it is {text}, I think")] == [pytest.approx(spelled[text], rel=1e-12, abs=1e-300)]


@given(st.integers(0, 5000), st.integers(1, 5000))
def test_a_fraction_is_read_back_from_any_spelling(over: int, under: int) -> None:
    forms = [f"{over}/{under}", f"{over} / {under}", rf"\frac{{{over}}}{{{under}}}", f"({over})/({under})"]
    for text in [*forms, f"{over} over {under}", f"{over} divided by {under}", rf"\dfrac{{{over}}}{{{under}}}"]:
        assert [n.value for n in numbers(text)] == [pytest.approx(over / under)], text


ATOMS = st.integers(1, 9).map(str)
TREES = st.recursive(
    ATOMS,
    lambda t: st.one_of(
        st.tuples(t, st.sampled_from("+-*/"), t).map(lambda p: f"({p[0]}{p[1]}{p[2]})"),
        st.tuples(t, st.integers(0, 3)).map(lambda p: f"({p[0]}**{p[1]})"),
    ),
    max_leaves=7,
)


@given(TREES)
def test_arithmetic_agrees_with_python(expression: str) -> None:
    try:
        value = float(eval(expression))  # the oracle; digits, signs and brackets only
    except (ZeroDivisionError, OverflowError):
        return
    # a bare a-b with a < b reads as a range, so signs stand between blanks as people put them in brackets
    spaced = expression.replace("-", " - ").replace("^", "**")
    found = numbers(spaced)
    assert [n.value for n in found] == [pytest.approx(value, rel=1e-9, abs=1e-9)]


ALPHABET = r"0123456789.,%()[]{}+-*/^=$\ eExX×·²⁹√½πφ'\t" + "\n"
PIECES = [
    *"( ) 9^ 1/ 1, 1. - + * / ^ % $ { } √( ⁹ ½ 1⁹ 9e9 ,999 \\ ± x 1x () (1) (1+ -( 2^- C(9,".split(),
    *r"\frac{ \frac{1}{2} \sqrt{ ^{ }{2} \left( \binom{9}{ \circ".split(),
    *[" ", "\t", "\n", "1 ", "- ", "9^9^9 ", "1/1/1/1 ", "((((", "sqrt(", "phi ", "pi^", "1 and a half ", "two "],
    *[
        "two and ",
        "twenty-",
        "million ",
        "hundred ",
        "point one ",
        "minus ",
        "2 to the ",
        "2 over ",
        "root of ",
        "1 or ",
    ],
    *["a half ", "one and ", "half a ", "9 choose ", "C(1000,500) ", "thirty-", "1 000 ", "1'000"],
    *["0,1,", "7 1/2 ", "1-2 "],
]


@pytest.mark.parametrize("piece", PIECES)
def test_twenty_thousand_hostile_characters_are_read_quickly(piece: str) -> None:
    text = (piece * 20_000)[:20_000]
    found = list[Number]()
    assert cpu_seconds(lambda: found.extend(numbers(text))) < 0.5
    assert all(math.isfinite(n.value) and 0 <= n.start < n.end <= len(text) for n in found)


def test_random_mixtures_of_hostile_pieces_are_read_quickly() -> None:
    draw = random.Random(20261107)
    for _ in range(6):
        text = "".join(draw.choice(PIECES) for _ in range(8000))[:20_000]
        assert cpu_seconds(functools.partial(numbers, text)) < 0.5


@settings(max_examples=300)
@given(st.one_of(st.text(ALPHABET, max_size=80), st.text(max_size=80)))
def test_reading_never_raises_and_places_are_sound(text: str) -> None:
    found = numbers(text)
    assert all(isinstance(n, Number) and math.isfinite(n.value) for n in found)
    assert all(0 <= n.start < n.end <= len(text) for n in found)
    assert all(a.start <= b.start for a, b in itertools.pairwise(found))
