"""A grading prompt as a value: two templates with a name and a version. Files are read by `promptfiles`."""

from dataclasses import dataclass
from typing import Literal

PLACEHOLDERS = frozenset({"question", "rubric", "notes", "answer", "nonce", "criteria"})


@dataclass(frozen=True, slots=True)
class Prompt:
    """One version of a grading prompt."""

    name: str
    version: int
    mode: Literal["rubric"]
    """`rubric`: one call judges every criterion."""
    system: str
    user: str
    """Templates; `{{question}}`, `{{rubric}}`, `{{notes}}`, `{{answer}}`, `{{nonce}}`, `{{criteria}}` are filled in."""
    digest: str
    """First 12 hex digits of the sha256 of the file."""

    @property
    def label(self) -> str:
        """Name and version as one word: `rubric.v1`."""
        return f"{self.name}.v{self.version}"
