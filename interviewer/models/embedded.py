"""The embedded grader: judges without a key, a network or chance.

A small logistic model over `features`, shipped as plain numbers (`weights/embedded.v<N>.json`, made by
evals/train_embedded.py, described in its card beside it). Its grades are `provisional`.
"""

import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from interviewer.answer import Span
from interviewer.errors import SettingsError
from interviewer.grade import Judgement, Verdict
from interviewer.models import Task
from interviewer.models.features import NAMES, Lexicon, Target, WordVectors, features, read, target
from interviewer.rubric import Criterion, LevelName

FOLDER = Path(__file__).parent / "weights"


@dataclass(frozen=True, slots=True)
class Head:
    """One logistic unit over standardised features."""

    coefficients: NDArray[np.float64]
    intercept: float
    partial_from: float = 1.0
    """Probability from which the criterion is partial; for heads of credit."""
    met_from: float = 1.0

    def probability(self, row: NDArray[np.float64]) -> float:
        """Probability in (0, 1)."""
        z = float(np.clip(row @ self.coefficients + self.intercept, -30.0, 30.0))
        return float(1.0 / (1.0 + np.exp(-z)))


@dataclass(frozen=True, slots=True)
class Weights:
    """Everything that training fixed."""

    version: str
    mean: NDArray[np.float64]
    scale: NDArray[np.float64]
    credit: Head
    """Calibrated share of the criterion's points that is earned."""
    bare: Head
    """The same for criteria without accepted wordings: those of foreign rubrics and of reference answers."""
    contradiction: Head
    contradicted_from: float
    idf: Mapping[str, float]
    unknown: float


def load(path: Path | None = None) -> Weights:
    """The weights in a file; the newest ones that come with the program by default.

    Raises:
        SettingsError: missing, damaged, or made for other features.
    """
    try:
        path = path or max(FOLDER.glob("embedded.v*.json"), key=lambda p: int(p.stem.rpartition("v")[2]))
        raw = json.loads(path.read_text(encoding="utf-8"))
        if tuple(raw["features"]) != NAMES:
            raise SettingsError(f"{path.name} was made for other features; run evals/train_embedded.py")
        heads = {
            name: Head(_row(raw[name].pop("coefficients")), **raw[name]) for name in ("credit", "bare", "contradiction")
        }
        return Weights(
            version=path.stem,
            mean=_row(raw["mean"]),
            scale=_row(raw["scale"]),
            **heads,
            contradicted_from=raw["contradicted_from"],
            idf=raw["idf"],
            unknown=raw["unknown"],
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise SettingsError(
            f"the embedded grader's weights cannot be read ({error}); install the program again"
        ) from error


def _row(numbers: list[float]) -> NDArray[np.float64]:
    row = np.array(numbers, dtype=np.float64)
    if row.shape != (len(NAMES),) or not np.isfinite(row).all():
        raise ValueError(f"{len(NAMES)} numbers expected, one a feature")
    return row


class Embedded:
    """A `Judge` over word vectors and weights; the same answer gets the same verdict, to the bit, on one machine."""

    state: Literal["provisional"] = "provisional"
    name = "embedded"
    reads_notes = False

    def __init__(self, vectors: WordVectors, weights: Weights) -> None:
        self._weights = weights
        self._lexicon = Lexicon(vectors, weights.idf, weights.unknown)
        self._target = functools.lru_cache(maxsize=4096)(self._make_target)
        # A judge that asks criterion by criterion, and the witness after it, read one answer many times in a row.
        self._read = functools.lru_cache(maxsize=64)(lambda text: read(text, self._lexicon))

    @property
    def version(self) -> str:
        """Name of the weights."""
        return self._weights.version

    async def judge(self, task: Task) -> Verdict:
        """One verdict; each criterion with its probability and, where it is credited, the clause behind it."""
        reading = self._read(task.answer.text)
        return Verdict(tuple(self._judgement(c, features(self._goal(task, c), reading)) for c in task.rubric.criteria))

    def probabilities(self, task: Task) -> dict[str, float]:
        """Calibrated share of each criterion's points, by criterion id: the witness beside a language model."""
        reading = self._read(task.answer.text)
        rows = {c: features(self._goal(task, c), reading)[0] for c in task.rubric.criteria}
        return {c.id: self._head(c).probability(self._standard(row)) for c, row in rows.items()}

    def clauses(self, task: Task) -> dict[str, str]:
        """The clause of the answer that comes closest to each criterion, by criterion id; what a verdict without quotes
        is checked against."""
        reading = self._read(task.answer.text)
        return {c.id: features(self._goal(task, c), reading)[1].text for c in task.rubric.criteria}

    def _head(self, criterion: Criterion) -> Head:
        return self._weights.credit if criterion.accepts else self._weights.bare

    def _goal(self, task: Task, criterion: Criterion) -> Target:
        return self._target(criterion, task.item.text)

    def _make_target(self, criterion: Criterion, question: str) -> Target:
        return target(criterion, question, self._lexicon)

    def _standard(self, row: NDArray[np.float64]) -> NDArray[np.float64]:
        return (row - self._weights.mean) / self._weights.scale

    def _judgement(self, criterion: Criterion, seen: tuple[NDArray[np.float64], Span]) -> Judgement:
        row, place = self._standard(seen[0]), seen[1]
        credit, against = self._head(criterion).probability(row), self._weights.contradiction.probability(row)
        level = self._level(criterion, credit, against)
        quotes = (place.text,) if level != "missed" else ()
        reason = _REASONS[level].format(credit=round(100 * credit))
        return Judgement(criterion.id, level, quotes, reason, credit, criterion.notes)

    def _level(self, criterion: Criterion, credit: float, against: float) -> LevelName:
        head = self._head(criterion)
        if criterion.misconceptions and against >= self._weights.contradicted_from and against > credit:
            return "contradicted"
        if credit >= head.met_from:
            return "met"
        return "partial" if credit >= head.partial_from and criterion.partial else "missed"


_REASONS: dict[LevelName, str] = {
    "met": "This passage comes close to the claim in meaning ({credit} % sure).",
    "partial": "This passage goes part of the way to the claim ({credit} % of it, as far as word meaning tells).",
    "missed": "No passage of the answer comes close to the claim ({credit} %).",
    "contradicted": "This passage reads like a known misconception about the claim.",
}
