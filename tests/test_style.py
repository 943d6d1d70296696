"""The golden answers do not give their labels away by how they are written."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from interviewer import datasets, library

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "evals"))
from style import LONGEST_AUC, aucs


@pytest.mark.slow
def test_neither_length_nor_words_tell_much_of_a_label() -> None:
    examples = datasets.load("golden", library.load(library.home()), library.home())
    length, words, count = aucs(examples)
    assert count > 10_000
    assert length <= LONGEST_AUC and words <= 0.72
    padded = [replace(e, answer=e.answer + " and so on" * 60) if (e.score or 0) >= 0.5 else e for e in examples]
    assert aucs(padded)[0] > 0.75, "answers that can be told by their length are found out"
