"""One labelled answer as the harness grades it, wherever it came from."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from interviewer.item import Item
from interviewer.rubric import LevelName, Rubric

INVARIANCE = "invariance:"
"""Before the kind of change, as the family of the two answers of an invariance pair."""


@dataclass(frozen=True, slots=True)
class Example:
    """An answer with what people said of it."""

    id: str
    dataset: str
    split: str
    item: Item
    rubric: Rubric
    answer: str
    labels: Mapping[str, LevelName]
    """Level by criterion id; empty where nobody labelled items."""
    score: float | None
    """Human score in [0, 1]; None where nobody scored the whole."""
    sort: str = ""
    """What kind of answer it is, for slices (golden sets only)."""
    voice: str = ""
    """How it sounds, for slices (golden sets only)."""
    second: Mapping[str, LevelName] = field(default_factory=dict)
    """Level by criterion id from a second rater; empty where there was none."""
    family: str = ""
    """Family of the attack, where the answer is one; `twin` for the clean answers that attacks are held against."""

    @property
    def digest(self) -> str:
        """First 12 hex digits of the sha256 of everything that a figure on this answer depends on."""
        asked = (self.item.text, self.rubric.digest or self.rubric.prompt_text(), self.answer, self.score)
        whole = json.dumps([*asked, sorted(self.labels.items())], ensure_ascii=False)
        return hashlib.sha256(whole.encode()).hexdigest()[:12]
