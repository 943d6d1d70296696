"""A question of the bank and what belongs to it. Loading is `library`'s job; judging is the graders'."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["concept", "comparison", "calculation", "derivation", "diagnosis", "design"]


@dataclass(frozen=True, slots=True)
class Numeric:
    """A number the answer must come to; code compares it and no model may overrule the comparison."""

    value: float
    tolerance: float
    """Absolute, in the unit of `value`; the comparison is |given - value| <= tolerance."""
    unit: str
    """What `value` counts ("degree", "KiB", "probability", "day"); empty for a bare number."""
    accepted: tuple[str, ...]
    """Other spellings of the same value, exactly as a candidate may write them ("32/33")."""
    criterion: str
    """Id of the criterion that this number decides."""


@dataclass(frozen=True, slots=True)
class Hint:
    """A nudge; taking it costs part of the score."""

    text: str
    cost: float
    """Share of the score, in [0, 1]."""


@dataclass(frozen=True, slots=True)
class Variant:
    """A new question that tests the same knowledge with another surface."""

    text: str
    model_answer: str
    numerics: tuple[Numeric, ...] = ()


@dataclass(frozen=True, slots=True)
class Item:
    """A question in the bank."""

    id: str
    topic: str
    kind: Kind
    difficulty: int
    """1 (screening) to 5 (senior)."""
    title: str
    text: str
    time_limit_s: int
    rubric_id: str | None
    """None for a draft: listed, never asked."""
    source_list: str = ""
    number: int | None = None
    """Number in the source list; None for questions written here."""
    company: str | None = None
    notes: tuple[str, ...] = ()
    """Ids of the passages that answer it: the gold for measuring retrieval."""
    hints: tuple[Hint, ...] = ()
    follow_ups: tuple[tuple[str, str], ...] = ()
    """(criterion id, question that gives a chance to earn exactly that criterion)."""
    variant: Variant | None = None
    numerics: tuple[Numeric, ...] = ()

    @property
    def draft(self) -> bool:
        """True while the question has no rubric."""
        return self.rubric_id is None


@dataclass(frozen=True, slots=True)
class Note:
    """One reference passage: what a criterion is settled by."""

    id: str
    topic: str
    title: str
    text: str
    sources: str
    """The passage's own `Sources:` line, without the word."""
