"""The worst misses of a run, found in one pass and bounded memory. Pure.

A miss is a criterion that has another level by the machine than by people; in an answer of which nobody labelled a
criterion it is the score. What was left unscored is no miss: coverage counts it.
"""

import heapq
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from zlib import crc32

from interviewer.flips import points_apart
from interviewer.rubric import LevelName
from interviewer.trial import CriterionTrial, Trial

Place = tuple[str, str]
"""Example and criterion; the criterion is empty where a whole answer is meant."""
_Rank = tuple[float, float, int, Place, int]
"""Points apart, how sure the machine was of it, a digest of the place, the place, minus the number of the trial."""


@dataclass(frozen=True, slots=True)
class Miss:
    """One criterion, or one whole answer, on which machine and people differ."""

    trial: Trial
    """The worst one, where several missed the same."""
    criterion: CriterionTrial | None
    """None where the score of the whole answer is meant."""
    apart: float
    """Points between the two: 1 from missed to met, 1.5 from contradicted to met; scores as they are."""

    @property
    def place(self) -> Place:
        """What was missed."""
        return self.trial.example, self.criterion.id if self.criterion else ""


class Misses:
    """Keeps the worst misses of all that it is shown; each place once, with its worst trial."""

    def __init__(self, most: int) -> None:
        """None yet.

        Args:
            most: misses kept; 1 or more.
        """
        self._most = most
        self._kept: dict[Place, tuple[_Rank, Miss]] = {}
        self._bar: _Rank = (0.0, 0.0, -1, ("", ""), 0)
        """Nothing at or below it can be among the worst any more."""

    def add(self, trial: Trial) -> None:
        """Looks at one trial."""
        for rank, criterion in _ranked(trial):
            if rank > self._bar:
                miss = Miss(trial, criterion, rank[0])
                known = self._kept.get(miss.place)
                if known is None or rank > known[0]:
                    self._kept[miss.place] = rank, miss
        if len(self._kept) > 2 * self._most:
            worst = heapq.nlargest(self._most, self._kept.values(), key=lambda kept: kept[0])
            self._kept = {miss.place: (rank, miss) for rank, miss in worst}
            self._bar = worst[-1][0]

    def worst(self) -> tuple[Miss, ...]:
        """The misses, worst first: farthest apart; of these the ones that the machine was surest of.

        The rest is settled by a digest of the place, so that no topic comes first for its name.
        """
        ranked = heapq.nlargest(self._most, self._kept.values(), key=lambda kept: kept[0])
        return tuple(miss for _, miss in ranked)


def _ranked(trial: Trial) -> Iterator[tuple[_Rank, CriterionTrial | None]]:
    labelled = False
    for c in trial.criteria:
        labelled |= c.human is not None
        if c.human is not None and c.level is not None and c.human != c.level:
            surprise = 0.0 if c.probability is None else abs(c.probability - (c.human == "met"))
            yield _rank(points_apart(c), surprise, (trial.example, c.id), trial.trial), c
    if not labelled and trial.score is not None and trial.human_score is not None and trial.score != trial.human_score:
        yield _rank(abs(trial.score - trial.human_score), 0.0, (trial.example, ""), trial.trial), None


def _rank(apart: float, surprise: float, place: Place, number: int) -> _Rank:
    return apart, surprise, crc32("\0".join(place).encode("utf-8", "surrogatepass")), place, -number


class Repeated:
    """How often each level was given, over all trials, to criteria that are known beforehand."""

    def __init__(self, misses: Iterable[Miss]) -> None:
        self._counts: dict[str, dict[str, Counter[LevelName | None]]] = {}
        for miss in misses:
            self._counts.setdefault(miss.trial.example, {})[miss.place[1]] = Counter()

    def add(self, trial: Trial) -> None:
        """Counts one trial."""
        if wanted := self._counts.get(trial.example):
            for c in trial.criteria:
                if c.id in wanted:
                    wanted[c.id][c.level] += 1

    def counts(self) -> Mapping[Place, Mapping[LevelName | None, int]]:
        """Level -> trials, by place; None: left unscored. Empty for whole answers."""
        return {(example, name): n for example, names in self._counts.items() for name, n in names.items()}
