"""The passage index: reference notes for a query, by vector, by shared words, or by both fused.

Makes no query (`query.query_for` does) and sees no answer. Searching blocks (a few milliseconds; a network call where
an embeddings endpoint is configured): async callers hand it to a thread.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

from interviewer.embeddings import TextEmbeddings
from interviewer.errors import PassageIndexError
from interviewer.item import Note
from interviewer.keywords import WordRanking
from interviewer.shelf import VectorShelf

Mode = Literal["vectors", "words", "hybrid"]
DEPTH = 100
"""Notes of each ranking that are looked at; fixed, so that the best three are the first of the best ten."""
WORDS_WEIGHT = 3.0
"""What the ranking by words counts beside the one by vectors in a hybrid, by `interviewer eval retrieval`."""
_RRF_CONSTANT = 60


def fused(rankings: Sequence[Sequence[str]], weights: Sequence[float] = ()) -> list[str]:
    """Ids by the weighted sum of 1 / (60 + rank) over the rankings they occur in, highest first, ties by id.

    Source: Cormack, Clarke, Büttcher 2009, "Reciprocal Rank Fusion outperforms Condorcet ...", SIGIR, with its k = 60.

    Example:
        >>> fused([["a", "b", "c"], ["c", "a"]])
        ['a', 'c', 'b']
    """
    scores: dict[str, float] = {}
    for ranking, weight in zip(rankings, weights or [1.0] * len(rankings), strict=True):
        for rank, note_id in enumerate(ranking, 1):
            scores[note_id] = scores.get(note_id, 0.0) + weight / (_RRF_CONSTANT + rank)
    return sorted(scores, key=lambda note_id: (-round(scores[note_id], 12), note_id))


class PassageIndex:
    """The notes of a bank, searchable. The same query finds the same notes in the same order."""

    def __init__(self, notes: Mapping[str, Note], words: WordRanking | None, vectors: VectorShelf | None) -> None:
        self._notes = dict(notes)
        self._words = words
        self._vectors = vectors

    def search(self, query: str, k: int, topic: str | None = None) -> list[Note]:
        """At most k notes, best first, ties by id.

        Fewer where there are no more, or where nothing matches: `words` finds only notes that share a content word with
        the query, and a query without any words finds none in every mode.

        Args:
            topic: only notes of this topic.

        Raises:
            PassageIndexError: the index broke under the search and could not be built again.
            ModelError: the embeddings endpoint gave no vector.
        """
        if k < 1 or not any(character.isalnum() for character in query):
            return []
        rankings, weights = [], []
        if self._vectors:
            rankings.append(self._vectors.nearest(query, DEPTH, topic))
            weights.append(1.0)
        if self._words:
            rankings.append(self._words.ranked(query, topic)[:DEPTH])
            weights.append(WORDS_WEIGHT)
        return [self._notes[note_id] for note_id in fused(rankings, weights)[:k]]

    def close(self) -> None:
        """Lets go of the files; the index cannot be searched by vector afterwards."""
        if self._vectors:
            self._vectors.close()


def open_index(
    notes: Mapping[str, Note], home: Path, embeddings: TextEmbeddings | None, mode: Mode, rebuild: bool = False
) -> PassageIndex:
    """The index of these notes, kept in `home`/index; built first where it is absent, stale or damaged.

    Args:
        home: the folder of `Settings.home`.
        embeddings: None is enough for `words`, which keeps nothing on disk.
        rebuild: build even where a usable one is there.

    Raises:
        PassageIndexError: another process is writing it, or it cannot be written.
        ModelError: it must be built and the embeddings endpoint gives no vectors.
    """
    words = WordRanking(notes) if mode in ("words", "hybrid") else None
    if mode == "words" or not notes:
        return PassageIndex(notes, words, None)
    if embeddings is None:
        raise PassageIndexError(f"retrieval by {mode} needs embeddings; choose words with INTERVIEWER_RETRIEVAL=words")
    return PassageIndex(notes, words, VectorShelf(home / "index", notes, embeddings, rebuild))
