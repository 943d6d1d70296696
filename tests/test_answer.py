"""The canonical view: what every check reads, and where a quote stands in it."""

import itertools
import unicodedata

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from stopwatch import cpu_seconds

from interviewer.answer import LIMIT_CHARS, canonical, clauses, find_quote, sentences
from interviewer.errors import InputError

PROSE = st.text(
    alphabet=st.one_of(
        st.sampled_from("ab cdé ABα.,;:!?-–—()'\"“”’‘…\n\t\r  0123½²\u200b\u0301\u202e\u2028"),
        st.characters(exclude_categories=["Cs"], exclude_characters="\x00"),
    ),
    max_size=120,
)


@pytest.mark.parametrize(
    ("raw", "text", "flags"),
    [
        ("  plain \n", "plain", ()),
        ("a\r\nb\rc\x0bd\x0ce\x85f\u2028g\u2029h", "a\nb\nc\nd\ne\nf\ng\nh", ()),
        ("keeps\ttabs", "keeps\ttabs", ()),
        ("cafe\u0301", "café", ()),
        ("cafe\u200b\u0301", "café", ("hidden-characters",)),
        ("It\u200bis o\u00adff\ufeff", "Itis off", ("hidden-characters",)),
        ("\ufe0fvar\U000e0101iant", "variant", ("hidden-characters",)),
        ("private \ue000 use", "private  use", ("hidden-characters",)),
        ("tag \U000e0041\U000e0042 letters", "tag  letters", ("hidden-characters",)),
        ("bell\x07 and escape\x1b", "bell and escape", ("hidden-characters",)),
        ("\u202eevil\u202c", "evil", ("bidi-controls", "hidden-characters")),
        ("\u2067isolated\u2069", "isolated", ("bidi-controls", "hidden-characters")),
        ("dr\u043epout", "dr\u043epout", ("mixed-scripts",)),
        ("\u13a0BCD", "\u13a0BCD", ("mixed-scripts",)),
        ("the α-level and σ, μs", "the α-level and σ, μs", ()),
        ("Это дропаут", "Это дропаут", ()),
        ("x² + ½", "x² + ½", ()),
        ("", "", ()),
    ],
)
def test_the_canonical_view(raw: str, text: str, flags: tuple[str, ...]) -> None:
    answer = canonical(raw)
    assert (answer.text, answer.flags) == (text, flags)


@pytest.mark.parametrize("raw", ["nul \x00 byte", "lone \ud800 surrogate", "\udfff"])
def test_what_is_not_text_is_refused(raw: str) -> None:
    with pytest.raises(InputError, match="send it as UTF-8"):
        canonical(raw)


def test_the_limit_is_on_what_was_typed_and_nothing_is_trimmed() -> None:
    assert len(canonical("x" * LIMIT_CHARS).text) == LIMIT_CHARS
    with pytest.raises(InputError, match=r"20,001 characters; shorten it to 20,000"):
        canonical("x" * LIMIT_CHARS + "\u200b")


@given(PROSE)
def test_the_view_is_normal_visible_and_its_own_view(raw: str) -> None:
    answer = canonical(raw)
    assert unicodedata.is_normalized("NFC", answer.text)
    assert answer.text == answer.text.strip()
    assert not any(unicodedata.category(c) in ("Cc", "Cf", "Co", "Cn") for c in answer.text if c not in "\n\t")
    again = canonical(answer.text)
    assert again.text == answer.text
    assert "hidden-characters" not in again.flags


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It's off. Scaled by p.", ["It's off.", "Scaled by p."]),
        ("Is it? Yes! OK… fine", ["Is it?", "Yes!", "OK…", "fine"]),
        ("one\ntwo\n\nthree", ["one", "two", "three"]),
        ("It is 7.5. Next.", ["It is 7.5.", "Next."]),
        ("At 3. The other", ["At 3.", "The other"]),
        ("1. first\n2. second", ["1. first", "2. second"]),
        ("e.g. this, i.e. that. Done", ["e.g. this, i.e. that.", "Done"]),
        ("See Eq. 3 and Fig. 2 of J. Smith. Then", ["See Eq. 3 and Fig. 2 of J. Smith.", "Then"]),
        ('He says "no." Then (yes.) ok', ['He says "no."', "Then (yes.)", "ok"]),
        ("x.y.z 3.14 a.b", ["x.y.z 3.14 a.b"]),
        ("  \n\t ", []),
        ("", []),
    ],
)
def test_sentences(text: str, expected: list[str]) -> None:
    assert [s.text for s in sentences(text)] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("off at test time, weights times p", ["off at test time", "weights times p"]),
        ("a; b: c — d – e - f", ["a", "b", "c", "d", "e", "f"]),
        ("it overfits because the tree is deep", ["it overfits", "because the tree is deep"]),
        ("one goes up while two stays, but three falls", ["one goes up", "while two stays", "but three falls"]),
        ("units (all of them) stay", ["units", "all of them", "stay"]),
        ("1,024 rows of a well-known set", ["1,024 rows of a well-known set"]),
        ("It is off. so nothing", ["It is off", "so nothing"]),
        ("", []),
    ],
)
def test_clauses(text: str, expected: list[str]) -> None:
    assert [c.text.rstrip(".") for c in clauses(text)] == expected


@given(PROSE)
def test_pieces_are_where_they_say_and_lose_no_word(text: str) -> None:
    for cut in (sentences, clauses):
        spans = cut(text)
        assert all(text[s.start : s.end] == s.text and s.text.strip() for s in spans)
        assert all(a.end <= b.start for a, b in itertools.pairwise(spans))
        covered = {i for s in spans for i in range(s.start, s.end)}
        assert not any(c.isalnum() for i, c in enumerate(text) if i not in covered)


@pytest.mark.parametrize(
    ("quote", "found"),
    [
        ("all units stay", "all units stay"),
        ("Nothing is dropped", "Nothing is  dropped"),
        ("nothing is DROPPED - all units", "Nothing is  dropped — all units"),
        ('"all units stay"', "all units stay"),
        ("“all units stay”", "all units stay"),
        ("all units...", "all units"),
        ("all units…", "all units"),
        ("that's it", "that’s it"),
        ("  stay;\nthat's ", "stay; that’s"),
        ("all neurons stay", None),
        ("all stay", None),
        ("", None),
        ("...", None),
        ('""', None),
        ("units stay; that's it, and more", None),
    ],
)
def test_a_quote_is_found_as_a_model_may_retype_it(quote: str, found: str | None) -> None:
    text = "Nothing is  dropped — all units stay; that’s it."
    assert find_quote(text, quote) == found


@given(PROSE, PROSE)
def test_what_is_found_is_an_exact_substring(text: str, quote: str) -> None:
    found = find_quote(text, quote)
    assert found is None or (found in text and found)


@given(PROSE, st.data())
def test_any_piece_of_the_text_is_found(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    piece = text[start:end]
    assume(any(c.isalnum() for c in piece))
    found = find_quote(text, piece)
    assert found is not None
    assert found in text
    assert found in piece


@given(st.text("abc ", min_size=8, max_size=30), st.sampled_from(["z", "zy", "not"]), st.integers(1, 6))
def test_a_quote_with_a_word_of_its_own_is_not_found(text: str, foreign: str, place: int) -> None:
    assume(text.strip())
    assert find_quote(text, f"{text[:place]} {foreign} {text[place:]}") is None


@pytest.mark.parametrize(
    "unit", [" ", "\n", "\t", ". ", "'", ".'", "(", ") ", ", ", " but ", " - ", "a.", "e.g. ", "—", "\u0301", "1. "]
)
def test_pathological_answers_are_quick(unit: str) -> None:
    raw = "a" + (unit * LIMIT_CHARS)[: LIMIT_CHARS - 2] + "b"

    def work() -> None:
        answer = canonical(raw)
        clauses(answer.text)
        find_quote(answer.text, "a b")

    assert cpu_seconds(work) < 0.5
