"""What the embedded grader looks at: how well the best piece of an answer says what a criterion claims.

Plain numbers out of words and static word vectors; no style, no length. Knows no weights (those are `embedded`'s) and
opens nothing: vectors and word weights are handed in.

Source: soft alignment after Zhang et al. 2020 (BERTScore, eq. 1, idf-weighted recall), here with static vectors and per
clause; the misconceptions as negative evidence are ours.
"""

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from interviewer.answer import Span, clauses, sentences
from interviewer.rubric import Criterion
from interviewer.words import STOP_WORDS, content_words, negations, placed_content_words, stem, words

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
class Said:
    """A piece of text in the form it is compared in."""

    text: str
    stems: tuple[str, ...]
    """Stems of the content words, in order."""
    weights: NDArray[np.float64]
    vectors: Vectors
    negated: bool


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Word vectors and word weights."""

    vectors: WordVectors
    idf: Mapping[str, float]
    """Stem -> weight; rarer words weigh more."""
    unknown: float
    """Weight of a stem that is not listed."""

    def said(self, text: str) -> Said:
        """A text made comparable."""
        content = content_words(text)
        roots = tuple(stem(w) for w in content)
        weights = np.array([self.idf.get(r, self.unknown) for r in roots], dtype=np.float64)
        return Said(text, roots, weights, self.vectors(content), negations(text) % 2 == 1)


@dataclass(frozen=True, slots=True)
class Reading:
    """An answer and the places in it where a claim can stand."""

    whole: Said
    windows: tuple[Span, ...]
    ends: NDArray[np.intp]
    """First and one-past-last content word of each window, shape (windows, 2)."""
    means: NDArray[np.float64]
    """Weighted mean vector of each window, unit length, shape (windows, d)."""
    digits: frozenset[str]
    """The numbers in the answer, as written."""


def read(text: str, lexicon: Lexicon) -> Reading:
    """The reading of an answer: every clause, every two neighbouring clauses, every sentence."""
    whole = lexicon.said(text)
    parts = clauses(text)
    spans = [*parts, *(Span(a.start, b.end, text[a.start : b.end]) for a, b in pairwise(parts)), *sentences(text)]
    unique = list({(s.start, s.end): s for s in spans if len(s.text.split()) <= WINDOW_WORDS}.values())
    starts = [at for at, _ in placed_content_words(text)]
    ranges = [(s, bisect_left(starts, s.start), bisect_left(starts, s.end)) for s in unique]
    kept = [r for r in ranges if r[2] > r[1]] or [(Span(0, len(text), text), 0, len(whole.stems))]
    ends = np.array([(first, last) for _, first, last in kept], dtype=np.intp)
    means = _unit_rows(_sums((whole.weights[:, None] * whole.vectors).astype(np.float64), ends))
    return Reading(
        whole, tuple(s for s, _, _ in kept), ends, means, frozenset(w for w in words(text) if w[0].isdigit())
    )


def _sums(rows: NDArray[np.float64], ends: NDArray[np.intp]) -> NDArray[np.float64]:
    total = np.vstack([np.zeros((1, rows.shape[1])), rows.cumsum(axis=0)])
    return np.asarray(total[ends[:, 1]] - total[ends[:, 0]])


def _unit_rows(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(np.divide(rows, lengths, out=np.zeros_like(rows), where=lengths > 0))


@dataclass(frozen=True, slots=True)
class Target:
    """A criterion made comparable, for one question: its wordings one after the other, the claim first."""

    stems: tuple[str, ...]
    vectors: Vectors
    share: NDArray[np.float64]
    """Weight of each word in each wording, rows summing to 1, shape (wordings, words): a wording's recall is its row
    times how well each word is found."""
    novel: NDArray[np.float64]
    """The same over the words that are not in the question; rows of zeros where none is left."""
    means: NDArray[np.float64]
    negated: tuple[bool, ...]
    right: int
    """How many wordings claim it; the rest are misconceptions."""
    question: frozenset[str]
    """Stems of the question: words that cost the candidate nothing."""
    digits: frozenset[str]
    claim_words: int


def target(criterion: Criterion, question: str, lexicon: Lexicon) -> Target:
    """The target of a criterion; computed once a rubric."""
    right = [lexicon.said(t) for t in (criterion.claim, *criterion.accepts)]
    wrong = [lexicon.said(t) for t in criterion.misconceptions]
    all_said = [right[0], *(s for s in [*right[1:], *wrong] if s.stems)]
    roots = tuple(r for s in all_said for r in s.stems)
    known = frozenset(stem(w) for w in content_words(question))
    share = np.zeros((len(all_said), len(roots)))
    at = 0
    for row, said in enumerate(all_said):
        share[row, at : at + len(said.stems)] = said.weights
        at += len(said.stems)
    means = _unit_rows(np.array([s.weights @ s.vectors.astype(np.float64) for s in all_said]))
    novel = share * np.array([r not in known for r in roots], dtype=bool)
    return Target(
        stems=roots,
        vectors=np.concatenate([s.vectors for s in all_said]),
        share=_rows_to_one(share),
        novel=_rows_to_one(novel),
        means=means,
        negated=tuple(s.negated for s in all_said),
        right=1 + sum(bool(s.stems) for s in right[1:]),
        question=known,
        digits=frozenset(w for w in words(criterion.claim) if w[0].isdigit()),
        claim_words=len(right[0].stems),
    )


def _rows_to_one(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    totals = rows.sum(axis=1, keepdims=True)
    return np.asarray(np.divide(rows, totals, out=np.zeros_like(rows), where=totals > 0))


def features(goal: Target, reading: Reading) -> tuple[NDArray[np.float64], Span]:
    """The numbers of NAMES in their order, shape (len(NAMES),), and the place in the answer that carries them."""
    cosines = np.clip(goal.vectors @ reading.whole.vectors.T, 0.0, 1.0)
    near = _best(cosines, reading.ends)
    own = np.array(reading.whole.stems)
    same = np.array(goal.stems)[:, None] == own[None, :] if len(own) else np.zeros((len(goal.stems), 0))
    equal = _best(same.astype(np.float64), reading.ends)
    whole_near, whole_equal = near.max(axis=1), equal.max(axis=1)
    if len(own):
        whole_near, whole_equal = cosines.max(axis=1), same.max(axis=1).astype(np.float64)
    right = slice(0, goal.right)
    aligned, close = goal.share @ near, goal.means @ reading.means.T
    ways = aligned[1 : goal.right].max(axis=0) if goal.right > 1 else aligned[0]
    nearest_way, wrong, wrong_close = close[right].max(axis=0), aligned[goal.right :], close[goal.right :]
    at = int(np.argmax(aligned[0] + ways + 2 * nearest_way))
    way = int(close[right, at].argmax())
    first, last = reading.ends[at]
    place = reading.windows[at]
    inside = reading.whole.stems[first:last]
    row = (
        goal.share[0] @ whole_near,
        goal.novel[0] @ whole_near,
        aligned[0].max(),
        ways.max(),
        (goal.novel[right] @ near).max(),
        goal.share[0] @ whole_equal,
        (goal.novel[right] @ whole_equal).max(),
        (goal.share[right] @ equal).max(),
        close[right].max(),
        _focus(cosines[goal.share[way] > 0, first:last], reading.whole.weights[first:last]),
        wrong.max() if wrong.size else 0.0,
        wrong_close.max() if wrong.size else 0.0,
        float(bool(wrong.size)),
        close[right].max() - (wrong_close.max() if wrong.size else NO_MISCONCEPTION),
        float((negations(place.text) % 2 == 1) != goal.negated[way]),
        sum(s in goal.question for s in inside) / max(1, len(inside)),
        min(_linking(place.text), 0.4),
        len(goal.digits & reading.digits) / len(goal.digits) if goal.digits else 1.0,
        float(np.log1p(goal.claim_words)),
        float(goal.right > 1),
    )
    return np.array(row, dtype=np.float64), place


NO_MISCONCEPTION = 0.35
"""Cosine that a misconception is taken to have where a criterion lists none: about what unrelated clauses have."""


def _best(table: NDArray[np.floating[Any]], ends: NDArray[np.intp]) -> NDArray[np.float64]:
    """Highest value of each row within each window, shape (rows, windows)."""
    padded = np.hstack([table, np.zeros((len(table), 1))])
    return np.asarray(np.maximum.reduceat(padded, ends.ravel(), axis=1)[:, ::2], dtype=np.float64)


def _focus(cosines: NDArray[np.floating[Any]], weights: NDArray[np.float64]) -> float:
    """How much of a place is about the wording: weighted mean over the place's words of their best cosine."""
    return float(cosines.max(axis=0) @ weights / weights.sum()) if cosines.size and weights.sum() else 0.0


def _linking(text: str) -> float:
    """Share of function words among all words of a text."""
    every = words(text)
    return sum(w in STOP_WORDS for w in every) / len(every) if every else 0.0
