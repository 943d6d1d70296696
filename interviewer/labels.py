"""Labelled answers as values: who said what of which criterion. Reading them is `golden`'s job."""

from dataclasses import dataclass, field
from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

from interviewer.rubric import LevelName

Sort = Literal[
    "excellent",
    "missing-one",
    "partial",
    "fluent-wrong",
    "keyword-salad",
    "short-right",
    "right-number-wrong-way",
    "wrong-number-right-way",
    "off-topic",
]
Split = Literal["train", "dev", "test"]
SPLITS: tuple[Split, ...] = get_args(Split)


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class Label(_Form):
    """What a labeller said of one criterion."""

    level: LevelName
    quotes: list[str] = []
    """Exact substrings of the answer that earn the level; empty where nothing is said."""
    why: str = ""
    """How a disagreement was settled; only in `settled`."""


class GoldenAnswer(_Form):
    """One authored answer with its labels."""

    id: str = Field(pattern=r"^[a-z0-9-]+/\d{2,3}$")
    """question/01, question/02, ..."""
    question: str
    sort: Sort
    """What it was written to be."""
    voice: str
    """How it sounds, in a word or two: terse, rambling, non-native ..."""
    answer: str
    author: dict[str, Label]
    """First labelling, by who wrote the answer."""
    blind: dict[str, LevelName] | None = None
    """Second labelling, by somebody who saw question, rubric and answer only."""
    settled: dict[str, Label] = {}
    """Where the two disagreed: what holds, and why."""

    @property
    def labels(self) -> dict[str, Label]:
        """What holds for each criterion: the settled label where there is one, else the author's."""
        return {**self.author, **self.settled}


@dataclass(frozen=True, slots=True)
class GoldenSet:
    """All golden answers of a bank and where each was read."""

    answers: tuple[GoldenAnswer, ...]
    places: dict[str, tuple[str, int]]
    """Id of an answer, or of a question in the split -> (file, line)."""
    split: dict[str, Split]
    """Question id -> split."""
    slices: dict[str, frozenset[str]] = field(default_factory=dict)
    """Name -> ids of the answers in it: fixed parts of the set that grow with nothing."""
