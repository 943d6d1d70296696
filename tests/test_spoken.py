"""Numbers in words rewritten as digits, and where each character came from."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interviewer.spoken import MOST, in_digits, substitute

ONES = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen".split()
ONES += ["seventeen", "eighteen", "nineteen"]
TENS = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]


def say(n: int, hyphen: str = "-", conjunction: str = " and ") -> str:
    """A number in English words, written for this test and not with the module under test."""
    for size, name in ((10**9, "billion"), (10**6, "million"), (1000, "thousand")):
        if n >= size:
            rest = n % size
            joint = conjunction if rest < 100 else " "
            return f"{say(n // size, hyphen, conjunction)} {name}" + (
                joint + say(rest, hyphen, conjunction) if rest else ""
            )
    if n >= 100:
        return f"{ONES[n // 100]} hundred" + (conjunction + say(n % 100, hyphen) if n % 100 else "")
    if n >= 20:
        return TENS[n // 10] + (hyphen + ONES[n % 10] if n % 10 else "")
    return ONES[n]


def read(text: str) -> str:
    return in_digits(text, [(i, i + 1) for i in range(len(text))])[0]


@pytest.mark.parametrize(
    ("spoken", "digits"),
    [
        ("seven point five", "7.5"),
        ("point oh two two eight", "0.0228"),
        ("zero point nine six nine seven", "0.9697"),
        ("sixteen thousand three hundred and eighty-four", "16384"),
        ("16 thousand", "16000"),
        ("16 thousand three hundred eighty-four", "16384"),
        ("1.5 million", "1500000"),
        ("a hundred billion", "a 100000000000"),
        ("twenty-five hundred", "2500"),
        ("fourty two", "42"),
        ("seven and a half", "7.5"),
        ("seven and a quarter", "7.25"),
        ("seven and three quarters", "7.75"),
        ("half a degree", "0.5 degree"),
        ("a half", "1/2"),
        ("one half", "1/2"),
        ("three-quarters", "3/4"),
        ("two thirds", "2/3"),
        ("one sixty-fourth", "1/64"),
        ("thirty-two thirty-thirds", "32/33"),
        ("thirty one thirty seconds", "31/32"),
        ("five hundredths", "5/100"),
        ("thirty-two over thirty-three", "32 / 33"),
        ("five out of a thousand", "5 out of a 1000"),
        ("five out of twenty five", "5 / 25"),
        ("3.5 in a hundred billion", "3.5 / 100000000000"),
        ("one over forty-four", "1 / 44"),
        ("one minus point nine", "1 - 0.9"),
        ("two to the fourteen", "2^(14)"),
        ("two to the fourteenth", "2^(14)"),
        ("two to the power of minus three", "2^(-3)"),
        ("ten to the minus eleventh", "10^(-11)"),
        ("0.618 to the fiftieth power", "0.618^(50)"),
        ("three point five times ten to the minus eleven", "3.5 * 10^(-11)"),
        ("four squared plus two cubed", "4^2 + 2^3"),
        ("root five", "sqrt(5)"),
        ("the square root of five", "sqrt(5)"),
        ("minus three", "-3"),
        ("nine minus three", "9 - 3"),
        ("SEVEN Point FIVE", "7.5"),
    ],
)
def test_spoken_numbers(spoken: str, digits: str) -> None:
    assert read(spoken) == digits


@pytest.mark.parametrize(
    "text",
    [
        "one would say so",
        "this one",
        "the second one",
        "in a second",
        "for 30 seconds",
        "a sixth flip",
        "a fourth reason",
        "two three",
        "twenty twenty",
        "the point one should make",
        "often",
        "the tenor of tension",
        "weight",
        "point taken",
        "hundredfold",
        "",
    ],
)
def test_words_that_are_no_numbers_stay(text: str) -> None:
    assert read(text) == text


@given(st.integers(2, 10**12 - 1), st.sampled_from(["-", " "]), st.sampled_from([" and ", " "]))
def test_any_integer_said_is_read_back(n: int, hyphen: str, conjunction: str) -> None:
    assert read(say(n, hyphen, conjunction)) == str(n)


@given(st.integers(0, 999), st.lists(st.integers(0, 9), min_size=1, max_size=6))
def test_any_decimal_said_is_read_back(whole: int, decimals: list[int]) -> None:
    spoken = f"{say(whole)} point {' '.join(ONES[d] for d in decimals)}"
    assert read(spoken) == f"{whole}.{''.join(map(str, decimals))}"


@given(st.text(st.sampled_from("abc "), max_size=30))
def test_every_character_knows_its_origin(text: str) -> None:
    new, origin = substitute(re.compile("b+"), lambda m: "<" + "x" * len(m[0]) * 2 + ">", text, _places(text))
    assert len(new) == len(origin)
    for character, (start, end) in zip(new, origin, strict=True):
        assert text[start:end] == character if character in "ac " else set(text[start:end]) == {"b"}


def _places(text: str) -> list[tuple[int, int]]:
    return [(i, i + 1) for i in range(len(text))]


def test_a_figure_stands_for_the_whole_of_its_words() -> None:
    text = "about thirty-two over thirty-three, yes"
    new, origin = in_digits(text, _places(text))
    at = new.index("32 / 33")
    assert text[origin[at][0] : origin[at + 6][1]] == "thirty-two over thirty-three"


def test_a_number_nobody_says_stays_in_words() -> None:
    text = "hundred " * 40
    assert read(text) == text
    assert 10 ** len(str(MOST)) > MOST
