"""What earns a grade: a rubric, its criteria, their levels.

One thing says what a level is: `Rubric` yields the text a model reads, the JSON schema it must answer in and the
levels that `verdict.parse` admits, so that the three cannot drift. Loading rubrics from files is `library`'s job.
"""

from dataclasses import dataclass
from typing import Any, Literal, get_args

LevelName = Literal["missed", "partial", "met", "contradicted"]
LEVELS: tuple[LevelName, ...] = get_args(LevelName)
POINTS: dict[LevelName, float] = {"missed": 0.0, "partial": 0.5, "met": 1.0, "contradicted": 0.0}
"""Share of a criterion's weight that a level earns. A contradicted criterion earns nothing; it is not a penalty."""


@dataclass(frozen=True, slots=True)
class Criterion:
    """One atomic claim that an answer either makes or does not."""

    id: str
    claim: str
    weight: float
    """Relative; > 0. Only ratios within a rubric matter."""
    met: str
    """What earns the full weight, in words a second rater can apply."""
    partial: str | None
    """What earns half; None where the criterion is all or nothing."""
    accepts: tuple[str, ...] = ()
    """Ways people really say it."""
    misconceptions: tuple[str, ...] = ()
    """False claims; an answer that asserts one is `contradicted`."""
    notes: tuple[str, ...] = ()
    """Ids of the passages that settle it."""
    optional: bool = False
    """Bonus depth: can make up for a loss elsewhere, never lift a score above 1."""

    @property
    def levels(self) -> tuple[LevelName, ...]:
        """Levels a judge may give here, lowest first."""
        steps: tuple[LevelName, ...] = ("missed", "partial", "met") if self.partial else ("missed", "met")
        return (*steps, "contradicted") if self.misconceptions else steps


@dataclass(frozen=True, slots=True)
class Rubric:
    """The criteria of one item, fixed before any answer is seen."""

    id: str
    version: int
    criteria: tuple[Criterion, ...]
    model_answer: str = ""
    """A full-mark answer as a person would say it; shown on request after the attempt."""
    digest: str = ""
    """First 12 hex digits of the sha256 of the file's content; empty for rubrics derived at run time."""

    def criterion(self, criterion_id: str) -> Criterion:
        """The criterion of that id.

        Raises:
            KeyError: when the rubric has none.
        """
        for criterion in self.criteria:
            if criterion.id == criterion_id:
                return criterion
        raise KeyError(criterion_id)

    def score(self, levels: dict[str, LevelName]) -> float:
        """Weighted share of the points, in [0, 1]; bonus criteria add but never lift it above 1.

        Args:
            levels: one level for every criterion id of this rubric.

        Example:
            >>> a = Criterion("a", "A", 3, "says A", None)
            >>> b = Criterion("b", "B", 1, "says B", "hints at B")
            >>> Rubric("r", 1, (a, b)).score({"a": "met", "b": "partial"})
            0.875
        """
        full = sum(c.weight for c in self.criteria if not c.optional)
        got = sum(c.weight * POINTS[levels[c.id]] for c in self.criteria)
        return min(1.0, got / full)

    def prompt_text(self) -> str:
        """The rubric as a judge reads it: criterion by criterion with levels, accepted wordings, misconceptions."""
        return "\n\n".join(_criterion_text(n, c) for n, c in enumerate(self.criteria, 1))

    def reply_schema(self) -> dict[str, Any]:
        """JSON schema of a judge's reply: one object a criterion, quotes before reason before level.

        The order is deliberate: evidence first, so that the level is conditioned on it.
        """
        judged = {c.id: _judgement_schema(c) for c in self.criteria}
        return _closed_object(judged)


def _closed_object(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _judgement_schema(criterion: Criterion) -> dict[str, Any]:
    return _closed_object(
        {
            "quotes": {"type": "array", "items": {"type": "string"}},
            "reason": {"type": "string"},
            "level": {"type": "string", "enum": list(criterion.levels)},
        }
    )


def _criterion_text(number: int, criterion: Criterion) -> str:
    lines = [f"{number}. id: {criterion.id}", f"   claim: {criterion.claim}", f"   met: {criterion.met}"]
    if criterion.partial:
        lines.append(f"   partial: {criterion.partial}")
    lines.append("   missed: the answer does not say it")
    lines += [f'   also counts as met: "{way}"' for way in criterion.accepts]
    lines += [f"   contradicted: the answer asserts: {wrong}" for wrong in criterion.misconceptions]
    return "\n".join(lines)
