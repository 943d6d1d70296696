"""What the embedded grader looks at: how well the best piece of an answer says what a criterion claims.

Plain numbers out of words and static word vectors; no style, no length. Knows no weights (those are `embedded`'s) and
opens nothing: vectors and word weights are handed in.

Source: soft alignment after Zhang et al. 2020 (BERTScore, eq. 1, idf-weighted recall), here with static vectors and per
clause; the misconceptions as negative evidence are ours.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from interviewer.answer import Span, clauses, sentences
from interviewer.rubric import Criterion
from interviewer.words import STOP_WORDS, content_words, negations, stem, words

Vectors = NDArray[np.float32]
WordVectors = Callable[[Sequence[str]], Vectors]
"""One unit vector a word, shape (words, d)."""

NAMES = (
    "claim-whole",
    "claim-whole-novel",
    "claim-window",
    "accept-window",
    "accept-window-novel",
    "words-whole",
    "words-whole-novel",
    "words-window",
    "cosine-window",
    "focus",
    "misconception-window",
    "misconception-cosine",
    "has-misconception",
    "margin",
    "negation-differs",
    "window-in-question",
    "linking",
    "numbers",
    "claim-words",
    "has-accepts",
)
WINDOW_WORDS = 40
"""Longest piece of an answer that counts as one place."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A text in the form it is compared in."""

    span: Span
    words: tuple[str, ...]
    stems: tuple[str, ...]
    weights: NDArray[np.float64]
    vectors: Vectors
    mean: NDArray[np.float64]
    """Weighted mean vector, unit length; zeros where there are no content words."""
    negated: bool
    linking: float
    """Share of function words among all words."""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Word vectors and word weights."""

    vectors: WordVectors
    idf: Mapping[str, float]
    """Stem -> weight; rarer words weigh more."""
    unknown: float
    """Weight of a stem that is not listed."""

    def piece(self, span: Span) -> Piece:
        """A span made comparable."""
        content = tuple(content_words(span.text))
        roots = tuple(stem(w) for w in content)
        weights = np.array([self.idf.get(r, self.unknown) for r in roots], dtype=np.float64)
        vectors = self.vectors(content)
        mean = weights @ vectors.astype(np.float64) if content else np.zeros(vectors.shape[1])
        length = float(np.linalg.norm(mean))
        every = words(span.text)
        linking = sum(w in STOP_WORDS for w in every) / len(every) if every else 0.0
        negated = negations(span.text) % 2 == 1
        return Piece(span, content, roots, weights, vectors, mean / length if length else mean, negated, linking)


@dataclass(frozen=True, slots=True)
class Reading:
    """An answer cut into the places where a claim can stand."""

    whole: Piece
    windows: tuple[Piece, ...]


def read(text: str, lexicon: Lexicon) -> Reading:
    """The reading of an answer: every clause, every two neighbouring clauses, every sentence."""
    parts = clauses(text)
    spans = [*parts, *(_join(text, a, b) for a, b in pairwise(parts)), *sentences(text)]
    unique = {(s.start, s.end): s for s in spans}
    windows = [lexicon.piece(s) for s in unique.values() if len(s.text.split()) <= WINDOW_WORDS]
    whole = lexicon.piece(Span(0, len(text), text))
    return Reading(whole, tuple(w for w in windows if w.words) or (whole,))


def _join(text: str, first: Span, second: Span) -> Span:
    return Span(first.start, second.end, text[first.start : second.end])


@dataclass(frozen=True, slots=True)
class Target:
    """A criterion made comparable, for one question."""

    claim: Piece
    accepts: tuple[Piece, ...]
    misconceptions: tuple[Piece, ...]
    question: frozenset[str]
    """Stems of the question: words that cost the candidate nothing."""
    numbers: frozenset[str]


def target(criterion: Criterion, question: str, lexicon: Lexicon) -> Target:
    """The target of a criterion; computed once a rubric."""
    whole = [Span(0, len(t), t) for t in (criterion.claim, *criterion.accepts)]
    wrong = [Span(0, len(t), t) for t in criterion.misconceptions]
    return Target(
        claim=lexicon.piece(whole[0]),
        accepts=tuple(p for s in whole[1:] if (p := lexicon.piece(s)).words),
        misconceptions=tuple(p for s in wrong if (p := lexicon.piece(s)).words),
        question=frozenset(stem(w) for w in content_words(question)),
        numbers=frozenset(w for w in words(criterion.claim) if w[0].isdigit()),
    )


def features(goal: Target, reading: Reading) -> tuple[NDArray[np.float64], Span]:
    """The numbers of NAMES in their order, shape (len(NAMES),), and the place in the answer that carries them."""
    said = (goal.claim, *goal.accepts)
    claim = [_aligned(goal.claim, w) for w in reading.windows]
    ways = [
        max((_aligned(way, w) for way in goal.accepts), default=c) for c, w in zip(claim, reading.windows, strict=True)
    ]
    close = [max(float(way.mean @ w.mean) for way in said) for w in reading.windows]
    at = max(range(len(claim)), key=lambda i: (claim[i] + ways[i] + 2 * close[i], -len(reading.windows[i].words)))
    best = reading.windows[at]
    nearest = max(said, key=lambda way: float(way.mean @ best.mean))
    wrong = [max(_aligned(m, w) for w in reading.windows) for m in goal.misconceptions]
    wrong_close = [max(float(m.mean @ w.mean) for w in reading.windows) for m in goal.misconceptions]
    given = {w for w in words(reading.whole.span.text) if w[0].isdigit()}
    row = (
        _aligned(goal.claim, reading.whole),
        _aligned(goal.claim, reading.whole, goal.question),
        max(claim),
        max(ways),
        max((_aligned(way, w, goal.question) for way in said for w in reading.windows), default=0.0),
        _recalled(goal.claim, reading.whole),
        max(_recalled(way, reading.whole, goal.question) for way in said),
        max(_recalled(way, w) for way in said for w in reading.windows),
        max(close),
        _aligned(best, nearest),
        max(wrong, default=0.0),
        max(wrong_close, default=0.0),
        float(bool(wrong)),
        max(close) - max(wrong_close, default=0.35),
        float(best.negated != nearest.negated),
        sum(s in goal.question for s in best.stems) / max(1, len(best.stems)),
        min(best.linking, 0.4),
        len(goal.numbers & given) / len(goal.numbers) if goal.numbers else 1.0,
        float(np.log1p(len(goal.claim.words))),
        float(bool(goal.accepts)),
    )
    return np.array(row, dtype=np.float64), best.span


def _aligned(goal: Piece, given: Piece, without: frozenset[str] = frozenset()) -> float:
    """Weighted mean, over the goal's words, of the best cosine among the given words; in [0, 1].

    Args:
        without: stems that do not count; 0 where nothing else is left.
    """
    kept = np.array([s not in without for s in goal.stems], dtype=bool)
    if not kept.any() or not given.words:
        return 0.0
    best = np.clip((goal.vectors @ given.vectors.T).max(axis=1), 0.0, 1.0)
    return float((best * goal.weights)[kept].sum() / goal.weights[kept].sum())


def _recalled(goal: Piece, given: Piece, without: frozenset[str] = frozenset()) -> float:
    """Weighted share of the goal's stems that stand in the given piece, in [0, 1]; 0 where none counts."""
    have = set(given.stems)
    kept = [(s in have, w) for s, w in zip(goal.stems, goal.weights, strict=True) if s not in without]
    total = sum(w for _, w in kept)
    return float(sum(w for found, w in kept if found) / total) if total else 0.0
