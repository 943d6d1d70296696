"""A grading prompt as a value: two templates with a name and a version. Files are read by `promptfiles`."""

from dataclasses import dataclass
from typing import Literal

PLACEHOLDERS = frozenset({"question", "rubric", "notes", "answer", "nonce", "criteria", "claim"})
Mode = Literal["rubric", "criterion", "token"]
"""rubric: one call judges every criterion · criterion: one call a criterion, in the same form · token: one call a
criterion, whose first token is yes or no, read with its log-probabilities."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """One version of a grading prompt."""

    name: str
    version: int
    mode: Mode
    system: str
    user: str
    """Templates; `{{question}}`, `{{rubric}}`, `{{notes}}`, `{{answer}}`, `{{nonce}}`, `{{criteria}}`, `{{claim}}` are
    filled in. Where one criterion is judged a call, rubric, criteria and claim are that criterion's."""
    digest: str
    """First 12 hex digits of the sha256 of the file."""
    met_from: float = 0.5
    """P(yes) from which a criterion is met; only of mode `token`."""

    @property
    def label(self) -> str:
        """Name and version as one word: `rubric.v1`."""
        return f"{self.name}.v{self.version}"

    @property
    def reads_notes(self) -> bool:
        """Whether reference passages are part of it."""
        return "{{notes}}" in self.system + self.user
