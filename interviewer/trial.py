"""One grader call on one answer, as a run keeps it, and a run's own description."""

from dataclasses import dataclass
from typing import Any

from interviewer.grade import State
from interviewer.rubric import LevelName


@dataclass(frozen=True, slots=True)
class CriterionTrial:
    """One criterion of a trial."""

    id: str
    level: LevelName | None
    """None where it was left unscored."""
    probability: float | None
    """Calibrated P(met) where the judge gives one."""
    human: LevelName | None
    """None where nobody labelled it."""
    quotes: tuple[str, ...] = ()
    reason: str = ""
    """The judge's sentence, or why it was left unscored."""
    second: LevelName | None = None
    """What a second rater said; None where there was none."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One line of trials.jsonl."""

    example: str
    question: str
    topic: str
    kind: str
    sort: str
    trial: int
    """1-based number of the repetition."""
    state: State
    score: float | None
    """In [0, 1], made by code from the levels; None where ungraded."""
    expected: float | None
    """Weighted mean of the criteria's probabilities, in [0, 1]; None where the judge gives none."""
    human_score: float | None
    criteria: tuple[CriterionTrial, ...]
    answer_words: int
    seconds: float
    error: str = ""
    """Why it is ungraded; empty otherwise."""
    flags: tuple[str, ...] = ()
    input_tokens: int | None = None
    output_tokens: int | None = None
    cost_usd: float | None = None
    cached_tokens: int | None = None
    """Of the input tokens, those that the provider read from its cache."""
    difficulty: int | None = None
    voice: str = ""
    """How the answer sounds, for slices (golden sets only)."""
    second_score: float | None = None
    """What a second rater's levels come to, in [0, 1]; None where there was none."""


@dataclass(frozen=True, slots=True)
class Run:
    """Everything that explains a run's figures later."""

    grader: str
    grader_version: str
    data: str
    data_digest: str
    """First 12 hex digits of the sha256 over every example and its rubric."""
    rubric_versions: dict[str, int]
    parameters: dict[str, Any]
    """How the judge was asked: endpoint, sampling, prompt digest, witness; never a key."""
    code_version: str
    git_commit: str
    started: str
    """ISO 8601, UTC."""
    seconds: float
    n: int
    finished: str | None = None
    """When, as `started`; None while it runs, and for good where it was broken off."""
