"""Token counts without a network, and notes that go in whole or not at all."""

import gzip
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiktoken_ext import openai_public

from interviewer import tokens
from interviewer.errors import InputError, SettingsError
from interviewer.item import Note


def note(name: str, words: int) -> Note:
    return Note(name, "topic", f"About {name}", "word " * words, "A book")


@pytest.mark.parametrize(
    ("text", "model", "expected"),
    [
        ("", "gpt-4o", 0),
        # the counts OpenAI's cookbook "How to count tokens with tiktoken" prints for both vocabularies
        ("antidisestablishmentarianism", "gpt-4", 6),
        ("antidisestablishmentarianism", "gpt-4o", 6),
        ("2 + 2 = 4", "gpt-4", 7),
        ("2 + 2 = 4", "gpt-4o", 7),
        ("お誕生日おめでとう", "gpt-4", 9),
        ("お誕生日おめでとう", "gpt-4o", 8),
    ],
)
def test_counts_are_those_of_the_models_vocabulary(text: str, model: str, expected: int) -> None:
    assert tokens.count(text, model) == expected


@pytest.mark.parametrize("name", ["o200k_base", "cl100k_base"])
def test_the_vocabulary_is_built_as_tiktoken_itself_builds_it(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    ours = tokens._encoding(name)
    monkeypatch.setattr(openai_public, "load_tiktoken_bpe", lambda url, expected_hash: (url, expected_hash))
    theirs = getattr(openai_public, name)()
    assert ours._pat_str == theirs["pat_str"]
    assert tokens._VOCABULARIES[name][0] == theirs["mergeable_ranks"][1]


@given(st.text(max_size=300))
def test_no_text_breaks_the_count_and_nothing_is_lost(text: str) -> None:
    text = text.encode("utf-8", "replace").decode()
    encoding = tokens._encoding("o200k_base")
    assert encoding.decode(encoding.encode_ordinary(text)) == text
    assert tokens.count(text) <= len(text.encode())


def test_control_tokens_in_an_answer_are_plain_text() -> None:
    assert tokens.count("<|endoftext|>", "gpt-4o") > 1


@pytest.mark.parametrize(
    ("model", "name"),
    [
        ("gpt-4o-mini", "o200k_base"),
        ("openai:gpt-4o", "o200k_base"),
        ("openai/gpt-4.1", "o200k_base"),
        ("gpt-4-0613", "cl100k_base"),
        ("text-davinci-003", "o200k_base"),  # p50k_base does not come with the program
        ("llama3.1:8b", "o200k_base"),
        ("", "o200k_base"),
    ],
)
def test_unknown_models_are_counted_with_the_newest_vocabulary(model: str, name: str) -> None:
    text = "お誕生日おめでとう " * 20
    assert tokens.count(text, model) == len(tokens._encoding(name).encode_ordinary(text))


ADVERSARIAL = {
    "one letter": "a" * 20_000,
    "blanks": " " * 19_999 + "x",
    "line ends": "\n" * 20_000,
    "marks": "!" * 20_000,
    "alternating": "aB" * 10_000,
    "accents": "a\u0301" * 10_000,
    "emoji": "👩‍👩‍👧" * 4_000,
    "control": "<|endoftext|>" * 1_500,
    "hangul": "".join(chr(0xAC00 + i * 7 % 11_000) for i in range(20_000)),
}


@pytest.mark.parametrize("text", ADVERSARIAL.values(), ids=ADVERSARIAL.keys())
def test_no_answer_of_the_longest_kind_is_slow_to_count(text: str) -> None:
    tokens.count("warm up")
    started = time.perf_counter()
    tokens.count(text)
    assert time.perf_counter() - started < 0.5  # milliseconds when measured; room for a busy machine


def test_counting_needs_no_network(tmp_path: Path) -> None:
    code = (
        "import socket\n"
        "def no(*a, **k): raise AssertionError('network')\n"
        "socket.socket.connect = no; socket.getaddrinfo = no\n"
        "import interviewer.tokens as t, sys\n"
        "assert 'tiktoken' not in sys.modules\n"
        "print(t.count('2 + 2 = 4', 'gpt-4'), t.count('2 + 2 = 4'), 'bpe_openai' in sys.modules)\n"
    )
    env = {"TIKTOKEN_CACHE_DIR": str(tmp_path), "PATH": ""}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=env, cwd=Path.cwd())
    assert done.stdout.split() == ["7", "7", "False"], done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("damage", ["absent", "gone", "cut", "changed"])
def test_a_damaged_installation_is_named(damage: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "data").mkdir()
    file = tmp_path / "data" / "o200k_base.tiktoken.gz"
    whole = gzip.compress(b"IQ== 0\n")
    if damage in ("cut", "changed"):
        file.write_bytes(whole if damage == "changed" else whole[:12])
    spec: Any = None if damage == "absent" else SimpleNamespace(origin=str(tmp_path / "__init__.py"))
    monkeypatch.setattr(tokens.importlib.util, "find_spec", lambda name: spec)
    with pytest.raises(SettingsError, match="pip install --force-reinstall bpe-openai"):
        tokens._vocabulary_file("o200k_base", "0" * 64)


def test_notes_go_in_best_first_while_they_fit_and_whole() -> None:
    notes = [note("a", 100), note("b", 400), note("c", 100), note("d", 100)]
    cost = tokens._cost("a\nAbout a\n" + notes[0].text, "gpt-4o")
    fixed = tokens._cost("question", "gpt-4o")
    fit = lambda budget: [n.id for n in tokens.fit_notes(["question"], notes, budget, "gpt-4o")]  # noqa: E731
    assert fit(fixed + 4000) == ["a", "b", "c", "d"]
    assert fit(fixed + 2 * cost) == ["a", "c"], "a passage that is too long is passed over, never cut"
    assert fit(fixed + 2 * cost - 1) == ["a"]
    assert fit(fixed) == []


def test_too_long_a_prompt_is_refused_by_name_never_trimmed() -> None:
    with pytest.raises(InputError, match=r"about [\d,]+ tokens, 100 are there; raise INTERVIEWER_CONTEXT_TOKENS"):
        tokens.fit_notes(["question", "answer " * 200], [note("a", 1)], 100, "gpt-4o")
    with pytest.raises(InputError, match="0 are there"):
        tokens.fit_notes(["question"], [], -500, "gpt-4o")


@given(st.lists(st.integers(0, 300), max_size=8), st.integers(20, 1500))
def test_what_is_kept_always_fits_and_keeps_its_order(lengths: list[int], budget: int) -> None:
    notes = [note(f"n{i}", words) for i, words in enumerate(lengths)]
    kept = tokens.fit_notes(["question"], notes, budget, "gpt-4o")
    assert list(kept) == [n for n in notes if n in kept]
    needed = tokens.count("question", "gpt-4o") + sum(tokens.count(n.text, "gpt-4o") for n in kept)
    assert needed <= budget


def test_models_with_another_tokenizer_get_a_margin() -> None:
    text = "Dropout is off at test time. " * 50
    assert tokens._cost(text, "llama3.1:8b") > 1.2 * tokens._cost(text, "gpt-4o")
