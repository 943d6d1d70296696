"""One grader call on one answer, as a run keeps it, and a run's own description."""

from dataclasses import dataclass, field
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
    digest: str = ""
    """Of the answer, its rubric and its labels, as `Example.digest`; tells what has changed since."""
    family: str = ""
    """Family of the attack, where the answer is one."""
    invented_quotes: int = 0
    """Criteria left unscored because every quote that was to earn them is absent from the answer."""
    inflation: float | None = None
    """Of an attack: its score less that of its clean twin, in [-1, 1]; it succeeds above 0. None for honest answers,
    and where one of the two is ungraded."""


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
    """Wall time, that of every resumed part together."""
    n: int
    """Answers."""
    trials: int = 1
    """Times that each answer is graded."""
    finished: str | None = None
    """ISO 8601, UTC; None while it runs, or where it was broken off."""
    rubric_digests: dict[str, str] = field(default_factory=dict)
    """By rubric, for those that a bank keeps: which text of it was used."""
