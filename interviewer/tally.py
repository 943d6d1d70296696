"""Everything that the figures of a run are made of, summed in one pass over its trials. Forgets the trials.

Exact: every sum, hence every figure but two kinds. Spearman's r, the length baseline's QWK and errors, the trust curve
and the latency quantiles need the values themselves; `bounded.Counts` keeps them exactly up to `limit` different ones
and on a grid beyond (its docstring says how far off that is).
Memory: about 2 KB a question, and the counts.
"""

import math
from collections import Counter

import numpy as np

from interviewer.batches import Batch, Floats
from interviewer.bounded import DIFFERENT, Counts, grid, relative
from interviewer.rubric import LEVELS
from interviewer.sums import WIDTHS, blocks

PAIRS = ("scores", "expected", "ceiling_scores", "length")
REASONS = 1_000
"""Different reasons kept apart; texts beyond are counted together."""
OTHER = "other reasons"
_MET = LEVELS.index("met")


class Tally:
    """Sums by question, counts of values, reasons of what is ungraded."""

    def __init__(self, limit: int = DIFFERENT) -> None:
        """Nothing summed yet.

        Args:
            limit: different values (pairs of values) that are counted exactly.
        """
        fine = grid(max(1, math.isqrt(limit) - 1))
        self._rows: dict[str, int] = {}
        self._blocks: dict[str, Floats] = {}
        self._pairs = {name: Counts((fine, relative if name == "length" else fine), limit) for name in PAIRS}
        self._certainty = Counts((grid(2_000), grid(1)), limit)
        self._seconds = Counts((relative,), limit)
        self._reasons: Counter[str] = Counter()

    def add(self, batch: Batch) -> None:
        """Sums a batch."""
        codes = [self._rows.setdefault(question, len(self._rows)) for question in batch.question]
        own, units = np.unique(np.array(codes, dtype=np.int64), return_inverse=True)
        for name, block in blocks(batch, units, len(own)).items():
            if name in self._blocks or block.any():
                self._room(name)[own] += block
        machines = (batch.score, batch.expected, batch.second_score, batch.words)
        for name, machine in zip(PAIRS, machines, strict=True):
            there = ~(np.isnan(batch.human) | np.isnan(machine))
            if name == "ceiling_scores":
                there &= batch.trial == 1
            self._pairs[name].add(batch.human[there], machine[there])
        judged = (batch.label >= 0) & (batch.level >= 0) & ~np.isnan(batch.probability)
        agrees = (batch.label == _MET) == (batch.level == _MET)
        self._certainty.add(np.abs(batch.probability[judged] - 0.5), agrees[judged].astype(float))
        self._seconds.add(batch.seconds)
        for place in np.flatnonzero(batch.ungraded).tolist():
            reason = batch.error[place][:200] or "no reason given"
            self._reasons[reason if reason in self._reasons or len(self._reasons) < REASONS else OTHER] += 1

    def _room(self, name: str) -> Floats:
        """The block, with room for every question."""
        block = self._blocks.get(name, np.zeros((0, WIDTHS[name])))
        if len(block) < len(self._rows):
            larger = np.zeros((len(self._rows) * 5 // 4 + 8, WIDTHS[name]))
            larger[: len(block)] = block
            self._blocks[name] = block = larger
        return block

    @property
    def questions(self) -> tuple[str, ...]:
        """Ids, sorted: the order of the rows of `sums`."""
        return tuple(sorted(self._rows))

    def sums(self) -> dict[str, Floats]:
        """Block name -> a row a question, in the order of `questions`; blocks that are all zero are left out."""
        order = np.array([self._rows[question] for question in self.questions], dtype=np.int64)
        self._rows = {question: row for row, question in enumerate(self.questions)}
        for name in self._blocks:
            self._blocks[name] = self._room(name)[order]  # in place of the old one: there may be 100,000 questions
        return dict(self._blocks)

    def pairs(self, name: str) -> tuple[Floats, Floats, Floats]:
        """Human score, machine score (words for `length`) and how often the two occur together."""
        human, machine, counts = self._pairs[name].columns()
        return human, machine, counts

    def certainty(self) -> tuple[Floats, Floats, Floats]:
        """|P(met) - 1/2|, whether human and machine agree on met, and how often the two occur together."""
        sure, agrees, counts = self._certainty.columns()
        return sure, agrees, counts

    def seconds(self) -> tuple[Floats, Floats]:
        """Seconds a trial took, ascending, and how often each occurs."""
        values, counts = self._seconds.columns()
        return values, counts

    def reasons(self) -> tuple[tuple[str, int], ...]:
        """Why trials are ungraded and how many for each reason, most frequent first."""
        return tuple(sorted(self._reasons.items(), key=lambda found: (-found[1], found[0])))

    @property
    def exact(self) -> bool:
        """False where some values were put on a grid."""
        return all(c.exact for c in (*self._pairs.values(), self._certainty, self._seconds))
