"""Notes ranked by shared words: BM25 over stemmed content words, in memory, rebuilt at each start (milliseconds).

Writes nothing. Called by `index`.
"""

from collections.abc import Mapping

from interviewer.item import Note
from interviewer.words import stems


class WordRanking:
    """BM25 over title and text of the notes.

    Source: Robertson, Zaragoza 2009, "The Probabilistic Relevance Framework", in Lucene's variant (k1 = 1.5, b = 0.75)
    as bm25s computes it.
    """

    def __init__(self, notes: Mapping[str, Note]) -> None:
        import bm25s

        self._notes = [notes[note_id] for note_id in sorted(notes)]
        documents = [stems(f"{note.title}\n{note.text}") for note in self._notes]
        self._bm25 = bm25s.BM25()
        self._empty = not any(documents)
        if not self._empty:
            self._bm25.index(documents, show_progress=False)

    def ranked(self, query: str, topic: str | None = None) -> list[str]:
        """Ids of the notes that share a content word with the query, best first, ties by id."""
        terms = stems(query)
        if self._empty or not terms:
            return []
        scores = self._bm25.get_scores(terms)
        found = [
            (-float(score), note.id)
            for note, score in zip(self._notes, scores, strict=True)
            if score > 0 and topic in (None, note.topic)
        ]
        return [note_id for _, note_id in sorted(found)]
