"""Words, stems, negation and copied text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interviewer.words import (
    ASSERTING,
    content_words,
    copied_share,
    negations,
    ngrams,
    says_nothing,
    stem,
    stems,
    words,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Drop-out's OFF", ["drop", "out's", "off"]),
        ("it’s O(n^2)", ["it's", "o", "n", "2"]),
        ("7.5 and 1,024", ["7.5", "and", "1,024"]),
        ("naïve Bayes, größer", ["naïve", "bayes", "größer"]),
        ("snake_case x_1", ["snake", "case", "x", "1"]),
        ("' '' ’", []),
        ("", []),
    ],
)
def test_words(text: str, expected: list[str]) -> None:
    assert words(text) == expected


def test_content_words_leave_fillers_and_single_letters_out_but_not_digits_or_greek() -> None:
    assert content_words("Um, so basically the variance of x is σ, i.e. 3 n") == ["variance", "σ", "3"]


@pytest.mark.parametrize(
    ("one", "other"), [("scaling", "scaled"), ("features", "feature"), ("classification", "classifications")]
)
def test_forms_of_a_word_share_a_stem(one: str, other: str) -> None:
    assert stem(one) == stem(other)
    assert stems(f"the {one}") == stems(f"a {other}")


@pytest.mark.parametrize(
    ("text", "count"),
    [("it is off", 0), ("it is not on", 1), ("it doesn’t never", 2), ("nothing without cause", 2), ("knot", 0)],
)
def test_negations(text: str, count: int) -> None:
    assert negations(text) == count


def test_words_that_can_be_a_whole_answer() -> None:
    assert {"yes", "no", "both", "neither", "true", "false"} <= ASSERTING


@pytest.mark.parametrize("text", ["", "...", "so it is", "I did", "WELL, YOU KNOW", "and so on", "a"])
def test_function_words_alone_say_nothing(text: str) -> None:
    assert says_nothing(text)


@pytest.mark.parametrize("text", ["No.", "7", "½", "∞", "B", "O(n)", "w * p", "DiD", "dropout", "it leaks", "нет"])
def test_a_telling_word_number_or_sign_is_enough(text: str) -> None:
    assert not says_nothing(text)


@given(st.lists(st.sampled_from("abc"), max_size=12), st.integers(1, 5))
def test_ngrams_are_the_runs(tokens: list[str], n: int) -> None:
    text = "".join(tokens)
    assert {"".join(gram) for gram in ngrams(tokens, n)} == {text[i : i + n] for i in range(len(text) - n + 1)}


@pytest.mark.parametrize(
    ("text", "sources", "share"),
    [
        ("a b c d", ["x a b c d y"], 1.0),
        ("A b, C d!", ["a b c d"], 1.0),
        ("a b c d e", ["a b c d z"], 0.5),  # of "a b c d" and "b c d e" the first occurs
        ("a b c d e", ["a b c d", "b c d e"], 1.0),  # each in another source
        ("a b c", ["a b c"], 0.0),  # too short to tell
        ("a b c d", [], 0.0),
        ("", ["a b c d"], 0.0),
    ],
)
def test_copied_share(text: str, sources: list[str], share: float) -> None:
    assert copied_share(text, sources) == share
