"""The figures of a run out of its trials: one pass, bounded memory. Pure.

Every figure is made of the sums of a `Tally`; `agreement`, `calibration` and `steadiness` say what each one means, and
have it for plain lists. nan: not defined on these rows.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from interviewer.batches import Floats, batches
from interviewer.calibration import Calibration, bins_of, brier_of, ece_of, trust
from interviewer.costs import Cost, Coverage, cost_of, coverage_of
from interviewer.itemfigures import ItemFigures, item_figures
from interviewer.measures import MEASURES, Measure
from interviewer.plainvalues import plain
from interviewer.resampling import DRAWS, Interval, Stack, bootstrap
from interviewer.scorefigures import ScoreFigures, score_figures
from interviewer.steadiness import Repeats, Steadiness, steadiness
from interviewer.sums import BINS, WIDTHS, pair_sums, with_within
from interviewer.tally import Tally
from interviewer.trial import Trial


@dataclass(frozen=True, slots=True)
class Figures:
    """What `eval run` prints."""

    items: ItemFigures | None
    """None where nobody labelled criteria."""
    scores: ScoreFigures | None
    """None where nobody scored whole answers."""
    expected: ScoreFigures | None
    """The same with the probability-weighted score; None where the judge gives no probabilities."""
    length: ScoreFigures | None
    """The same with the answer's length, over the longest one's, as the score: the baseline to beat."""
    seconds_median: float
    n: int
    questions: int
    ceiling: ItemFigures | None
    """The same with a second rater in the machine's place, each label once; None where there is none."""
    ceiling_scores: ScoreFigures | None
    calibration: Calibration | None
    """None where no labelled criterion has a probability."""
    steadiness: Steadiness | None
    """None where no answer was judged twice."""
    coverage: Coverage
    cost: Cost
    exact: bool
    """False where so many values differ that Spearman's r, the length baseline, the trust curve and the latencies were
    read off a grid; `bounded` says how far off they can be."""
    intervals: Mapping[str, Interval] = field(default_factory=dict)
    """By the figure's place ("items.kappa"), over questions; figures that are not defined have none."""

    def as_dict(self) -> dict[str, Any]:
        """Plain values; nan becomes None, since JSON has no nan."""
        found = plain(self)
        return found if isinstance(found, dict) else {}


def figures(trials: Iterable[Trial], draws: int = DRAWS, seed: int = 0) -> Figures:
    """The figures of the trials of one run.

    Args:
        trials: any number, taken once. A list is sorted first, so that its order cannot show in the last digit.
        draws: bootstrap samples for the intervals; 0 for none.

    Raises:
        InputError: a trial that comes twice, an unknown level, a number that cannot be.
    """
    if isinstance(trials, Sequence):
        trials = sorted(trials, key=lambda t: (t.example, t.trial))
    tally, repeats = Tally(), Repeats()
    for batch in batches(trials):
        tally.add(batch)
        repeats.add(batch)
    return of_tally(tally, steadiness(repeats.counts()), draws, seed)


def of_tally(
    tally: Tally,
    steady: Steadiness | None = None,
    draws: int = DRAWS,
    seed: int = 0,
    measures: Sequence[Measure] = MEASURES,
) -> Figures:
    """The figures of what was tallied; as `figures` otherwise.

    Args:
        measures: what gets an interval.
    """
    stack = Stack(with_within(tally.sums()))
    total = {name: stack.total(name) for name in WIDTHS}
    known = stack.figures(MEASURES, stack.matrix.sum(0))
    coverage, cost = coverage_of(total["coverage"], tally.reasons()), cost_of(total["cost"], tally.seconds())
    unscored = {"items": known.get("items.unscored", 0.0), "scores": known.get("scores.unscored", 0.0)}
    scored = total["coverage"][4]
    unscored["expected"] = float(1 - total["expected"][0] / scored) if scored else 0.0

    def items(name: str, there: bool) -> ItemFigures | None:
        return item_figures(_under(known, name), total[name], unscored.get(name, 0.0)) if there else None

    def scores(name: str, there: bool) -> ScoreFigures | None:
        return score_figures(_under(known, name), tally.pairs(name), unscored.get(name, 0.0)) if there else None

    return Figures(
        items=items("items", coverage.labelled_criteria > 0),
        scores=scores("scores", scored > 0),
        expected=scores("expected", total["expected"][0] > 0),
        length=_length(_under(known, "length"), tally) if scored else None,
        seconds_median=cost.seconds_p50,
        n=coverage.trials,
        questions=len(tally.questions),
        ceiling=items("ceiling", bool(total["ceiling"].any())),
        ceiling_scores=scores("ceiling_scores", total["ceiling_scores"][0] > 0),
        calibration=_calibration(total["calibration"], tally),
        steadiness=steady if steady and steady.units else None,
        coverage=coverage,
        cost=cost,
        exact=tally.exact,
        intervals=bootstrap(stack, [m for m in measures if m.name in known], draws, seed) if draws else {},
    )


def _under(known: Mapping[str, float], name: str) -> dict[str, float]:
    """The values whose names begin with the name and a dot, under what follows."""
    return {full[len(name) + 1 :]: value for full, value in known.items() if full.startswith(f"{name}.")}


def _length(known: Mapping[str, float], tally: Tally) -> ScoreFigures:
    """Words over the longest answer's, which is known only at the end; correlations do not mind the scale."""
    human, words, counts = tally.pairs("length")
    pairs = (human, words / (words.max() or 1.0), counts)
    stack = Stack(pair_sums(*pairs))
    scaled = stack.figures(MEASURES, stack.matrix[0])
    return score_figures({**_under(scaled, "scores"), **known}, pairs, 0.0)


def _calibration(sums: Floats, tally: Tally) -> Calibration | None:
    n = int(sums[0 : 3 * BINS : 3].sum())
    if not n:
        return None
    return Calibration(n, ece_of(sums), float(brier_of(sums)), bins_of(sums), trust(*tally.certainty()))
