"""How well retrieval finds the passages that settle a question: recall and reciprocal rank against the bank's own gold.

Pure: the search is handed in. Called by `interviewer eval retrieval`, which chooses the default mode by these figures.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import fmean
from typing import Any

from interviewer.bank import Bank
from interviewer.errors import InputError, LibraryError
from interviewer.item import Item, Note
from interviewer.query import query_for

Search = Callable[[str, int], Sequence[Note]]
"""Query and k -> at most k notes, best first; the best three must be the first of the best ten."""
DEPTH = 10
"""Notes looked at for each query; a gold passage below counts as not found."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Means over questions; every number but n in [0, 1]."""

    n: int
    """Questions."""
    recall_at_1: float
    """Share of the gold passages that are among the first k, of those that could be: |gold in top k| / min(k, |gold|).
    A question with three gold passages and one of them at the top has 1 at k = 1 and 1/3 at k = 3. At k = 1 this is
    also the share of questions whose first passage is a gold one."""
    recall_at_3: float
    hit_at_3: float
    """Share of questions with at least one gold passage among the first three."""
    mrr: float
    """Reciprocal rank of the first gold passage, 0 where none is among the first ten."""


@dataclass(frozen=True, slots=True)
class Retrieved:
    """What one question found."""

    item_id: str
    topic: str
    gold: tuple[str, ...]
    found: tuple[str, ...]
    """Note ids, best first, at most DEPTH."""

    def recall(self, k: int) -> float:
        """Gold passages among the first k, as a share of min(k, number of gold passages)."""
        return len(set(self.gold) & set(self.found[:k])) / min(k, len(self.gold))

    @property
    def reciprocal_rank(self) -> float:
        """1 / rank of the first gold passage; 0 where none was found."""
        return next((1 / rank for rank, note_id in enumerate(self.found, 1) if note_id in self.gold), 0.0)


@dataclass(frozen=True, slots=True)
class RetrievalFigures:
    """One way of searching, measured."""

    overall: Figures
    by_topic: dict[str, Figures]
    """Topics that have a measured question, by name."""
    questions: tuple[Retrieved, ...]

    def as_dict(self) -> dict[str, Any]:
        """For JSON: figures, and the questions that lack a gold passage among their first three."""
        missed = [asdict(q) for q in self.questions if q.recall(3) < 1]
        topics = {topic: asdict(figures) for topic, figures in self.by_topic.items()}
        return {"overall": asdict(self.overall), "by_topic": topics, "missed": missed}


def evaluate(bank: Bank, search: Search) -> RetrievalFigures:
    """Figures over every question that can be asked and names the passages that answer it.

    The query is `query_for`, as in grading; the gold is `Item.notes`.

    Raises:
        InputError: no such question.
        LibraryError: a question's rubric is not there.
    """
    asked = [item for item in bank.askable if item.notes]
    if not asked:
        raise InputError("no question of this bank names the notes that answer it; give some item `notes:`")
    questions = tuple(_retrieved(bank, item, search) for item in asked)
    topics = sorted({q.topic for q in questions})
    by_topic = {topic: _figures([q for q in questions if q.topic == topic]) for topic in topics}
    return RetrievalFigures(_figures(questions), by_topic, questions)


def side_by_side(measured: Mapping[str, RetrievalFigures]) -> list[tuple[str, str, Figures]]:
    """Rows of a table: (topic, way of searching, figures), topic by topic, `all` last.

    Args:
        measured: name of the way ("vectors", "words", "hybrid") -> its figures on the same bank.
    """
    topics = sorted({topic for figures in measured.values() for topic in figures.by_topic})
    rows = [(topic, way, m.by_topic[topic]) for topic in topics for way, m in measured.items() if topic in m.by_topic]
    return [*rows, *(("all", way, m.overall) for way, m in measured.items())]


def _retrieved(bank: Bank, item: Item, search: Search) -> Retrieved:
    try:
        rubric = bank.rubric_of(item)
    except KeyError as error:
        finding = bank.finding(("item", item.id, "rubric"), f"a rubric that exists; there is no {item.rubric_id}")
        raise LibraryError([finding]) from error
    found = search(query_for(item, rubric), DEPTH)
    return Retrieved(item.id, item.topic, tuple(dict.fromkeys(item.notes)), tuple(note.id for note in found))


def _figures(questions: Sequence[Retrieved]) -> Figures:
    return Figures(
        n=len(questions),
        recall_at_1=fmean(q.recall(1) for q in questions),
        recall_at_3=fmean(q.recall(3) for q in questions),
        hit_at_3=fmean(q.recall(3) > 0 for q in questions),
        mrr=fmean(q.reciprocal_rank for q in questions),
    )
