"""All that a report shows of one run's trials, gathered in two passes and bounded memory. Pure."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from interviewer.errors import InputError
from interviewer.figures import Figures, figures
from interviewer.misses import Miss, Misses, Place, Repeated
from interviewer.resampling import DRAWS
from interviewer.rubric import LevelName
from interviewer.slices import Slice, bands, by_slice
from interviewer.trial import Trial

GRID = 20
"""Steps of the scatter: a score is counted to the nearest twentieth."""
WORST = 50
"""Misses shown of a run."""


@dataclass(frozen=True, slots=True)
class Overview:
    """One run, measured."""

    figures: Figures
    slices: tuple[Slice, ...]
    scatter: tuple[tuple[int, int, int], ...]
    """Human score and machine score in steps of 1 / GRID, and how many trials have both; sorted."""
    misses: tuple[Miss, ...]
    """Worst first."""
    repeated: Mapping[Place, Mapping[LevelName | None, int]]
    """How often each level was given where the misses are, over all trials; None: left unscored."""
    answers: int
    """Different answers that have the first trial."""
    repeats: int
    """Highest number of a trial."""


def overview(trials: Callable[[], Iterable[Trial]], worst: int = WORST, draws: int = DRAWS) -> Overview:
    """The overview of a run.

    Args:
        trials: gives them from the first one on, each time it is called; it is called twice.
        worst: misses kept; 1 or more.
        draws: bootstrap samples for each interval; 0 for none.

    Raises:
        InputError: no trials, or ones that `figures` refuses.
    """
    seen = _Seen(worst)
    measured = figures(_shown(trials(), seen.add), draws)
    if not measured.n:
        raise InputError("the run holds no trial; run it again")
    misses = seen.misses.worst()
    repeated = Repeated(misses)
    slices = by_slice(_shown(trials(), repeated.add), bands(seen.words.elements()), draws)
    scatter = tuple(sorted((*place, n) for place, n in seen.scatter.items()))
    return Overview(measured, slices, scatter, misses, repeated.counts(), seen.answers, seen.repeats)


def _shown(trials: Iterable[Trial], to: Callable[[Trial], None]) -> Iterator[Trial]:
    """The trials, each shown to somebody else on its way."""
    for trial in trials:
        to(trial)
        yield trial


class _Seen:
    """What the figures do not keep."""

    def __init__(self, worst: int) -> None:
        self.misses = Misses(worst)
        self.words: Counter[int] = Counter()
        self.scatter: Counter[tuple[int, int]] = Counter()
        self.answers = self.repeats = 0

    def add(self, trial: Trial) -> None:
        self.misses.add(trial)
        self.words[trial.answer_words] += 1
        self.answers += trial.trial == 1
        self.repeats = max(self.repeats, trial.trial)
        human, machine = _step(trial.human_score), _step(trial.score)
        if human is not None and machine is not None:
            self.scatter[human, machine] += 1


def _step(score: float | None) -> int | None:
    """None too for what is no score: `figures` says so, a batch later."""
    return int(score * GRID + 0.5) if score is not None and 0 <= score <= 1 else None
