"""One answer of a file of another tool, brought into the one form that `datasets` reads. Opens no file.

Columns and variables are found under several names (see NAMES), written in any case: `Expected Answer`,
`expectedAnswer`.
A cell or variable that is empty says nothing: no score, no label.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from interviewer.errors import Finding
from interviewer.rubric import POINTS, LevelName

NAMES: dict[str, tuple[str, ...]] = {
    "id": ("id", "example_id", "answer_id"),
    "dataset": ("dataset",),
    "question_id": ("question_id", "qid", "item_id"),
    "question": ("question", "prompt", "query", "input", "task"),
    "reference_answer": (
        *("reference_answer", "reference", "expected_answer", "model_answer"),
        *("ground_truth", "ideal", "expected"),
    ),
    "answer": (
        *("answer", "student_answer", "candidate_answer", "response", "output", "completion"),
        "provider_output",
    ),
    "score": ("score", "human_score", "points", "mark", "grade"),
    "max_score": ("max_score", "max_points", "out_of", "max"),
    "label": ("label", "human_label"),
    "split": ("split",),
}
"""Field of the form -> the names it is found under; where a file has several of them, the first one counts. `label` is
a score in one word and counts where there is no score."""
_FIELDS = {name: (field, rank) for field, names in NAMES.items() for rank, name in enumerate(names)}
_TEXTS = ("answer",)
"""Fields that are there even when they are empty: nothing may have been answered."""

WORDS: dict[str, LevelName] = {
    **dict.fromkeys(("met", "correct", "pass", "yes", "true", "1", "1.0"), "met"),
    **dict.fromkeys(("partial", "partially correct", "0.5", ".5"), "partial"),
    **dict.fromkeys(("missed", "incorrect", "fail", "no", "false", "0", "0.0"), "missed"),
}
"""What a label may say, in any case."""
LABEL_EXPECTED = "met, partial or missed (or 1, 0.5, 0, yes, no, correct, incorrect, pass, fail) expected"

Place = tuple[int, str]
"""Line, and what the file calls the field."""


@dataclass(frozen=True, slots=True)
class Row:
    """One answer of a file in the form that `datasets` reads, not yet checked."""

    file: str
    line: int
    content: Any
    places: Mapping[str, Place] | None = None
    """Where the fields stand; None for a file that calls them as the form does."""

    def finding(self, name: str, expected: str) -> Finding:
        """A finding about a field (dotted path in the form), in the words of the file."""
        if self.places is None:
            return Finding(self.file, self.line, name, expected)
        if name in NAMES and name not in self.content:
            expected = f"expected, under one of the names {', '.join(NAMES[name])}"
        known = name
        while known and known not in self.places:
            known = known.rpartition(".")[0]
        line, shown = self.places.get(known, (self.line, name))
        return Finding(self.file, line, shown, expected)


class Given(NamedTuple):
    """One value as a file gives it."""

    name: str
    value: Any
    place: Place


def row(file: str, line: int, findings: list[Finding], *layers: Iterable[Given]) -> Row:
    """The row that named values make; values under names that mean nothing here are left out.

    Where there is no question_id it is made of the question's text, so that answers to one question stay together.

    Args:
        layers: values, and those that count where an earlier layer has none for the field.
    """
    chosen: dict[str, Given] = {}
    for layer in layers:
        chosen = {**_chosen(layer), **chosen}
    content = {name: one.value for name, one in chosen.items()}
    places = {name: one.place for name, one in chosen.items()}
    label = content.pop("label", None)
    if label is not None and "score" not in content:
        places["score"] = places["label"]
        if level := level_of(label, file, places["label"], findings):
            content |= {"score": POINTS[level], "max_score": 1.0}
    named = hashlib.sha256(str(content.get("question", "")).encode()).hexdigest()[:8]
    content.setdefault("question_id", f"q-{named}")
    return Row(file, line, content, places)


def _chosen(given: Iterable[Given]) -> dict[str, Given]:
    best: dict[str, tuple[int, Given]] = {}
    for one in given:
        name, rank = field_of(one.name)
        says_nothing = one.value is None or (name not in _TEXTS and not str(one.value).strip())
        if name and not says_nothing and rank < best.get(name, (len(_FIELDS), one))[0]:
            best[name] = (rank, one)
    return {name: one for name, (_, one) in best.items()}


def level_of(said: Any, file: str, place: Place, findings: list[Finding]) -> LevelName | None:
    """The level that a label means; None where it is empty, or no such word, which is a finding."""
    word = " ".join(str(said).lower().replace("_", " ").split())
    if word and word not in WORDS:
        findings.append(Finding(file, *place, f"{LABEL_EXPECTED}; got {str(said)[:40]!r}"))
    return WORDS.get(word)


@cache
def field_of(name: str) -> tuple[str, int]:
    """The field that a name means, and its place among that field's names; no field for a name that means nothing here.

    Example:
        >>> field_of("Expected Answer"), field_of("expectedAnswer"), field_of("colour")
        (('reference_answer', 2), ('reference_answer', 2), ('', 0))
    """
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    return _FIELDS.get(re.sub(r"[^0-9a-z]+", "_", parted.lower()).strip("_"), ("", 0))
