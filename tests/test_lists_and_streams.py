"""Every figure of a run, out of plain lists with the functions that define it, against the same out of one pass."""

import math
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import madeup
import numpy as np
import pytest

from interviewer import agreement, calibration
from interviewer.batches import batches
from interviewer.figures import Figures, figures, of_tally
from interviewer.rubric import LEVELS, POINTS
from interviewer.steadiness import Repeats, flip_rate
from interviewer.tally import Tally
from interviewer.trial import CriterionTrial, Trial

TRIALS = list(madeup.trials(answers=150))


def close(found: object, expected: object) -> bool:
    """Equal but for rounding; nan is nan."""
    if isinstance(found, float) and isinstance(expected, float) and math.isnan(expected):
        return math.isnan(found)
    return found == pytest.approx(expected, rel=1e-9, abs=1e-12)


def of_items(pairs: Sequence[tuple[str, str]]) -> dict[str, float]:
    """The figures of (human, machine) levels."""
    four = [[LEVELS.index(level) for level in side] for side in zip(*pairs, strict=True)]  # type: ignore[arg-type]
    three = [[round(2 * POINTS[LEVELS[place]]) for place in side] for side in four]
    two = [[place == 2 for place in side] for side in three]
    recall = [m == h for h, m in pairs if h == "contradicted"]
    return {
        "n": len(pairs),
        "accuracy": agreement.accuracy(*three),
        "kappa": agreement.kappa(*two, levels=2),
        "qwk": agreement.kappa(*three, levels=3, weights="quadratic"),
        "kappa_levels": agreement.kappa(*four, levels=4),
        "contradiction_recall": sum(recall) / len(recall),
    }


def of_scores(rows: Sequence[tuple[float, float, str]]) -> dict[str, float]:
    """The figures of (human score, machine score, question)."""
    human, machine, questions = ([row[place] for row in rows] for place in range(3))
    a, b = agreement.steps(human), agreement.steps(machine)  # type: ignore[arg-type]
    return {
        "n": len(rows),
        "qwk": agreement.kappa(a, b, 5, "quadratic"),
        "pearson": agreement.pearson(human, machine),
        "spearman": agreement.spearman(human, machine),
        "within_question": agreement.within_question(human, machine, questions),  # type: ignore[arg-type]
        "mae": agreement.mean_absolute_error(human, machine),
        "rmse": agreement.root_mean_squared_error(human, machine),
        "bias": agreement.standardised_mean_difference(human, machine),
        "exact": agreement.accuracy(a, b),
        "adjacent": agreement.adjacent(a, b),
    }


def scored(of: Callable[[Trial], float | None], chosen: Callable[[Trial], bool] = lambda t: True) -> dict[str, float]:
    rows = [(t.human_score, of(t), t.question) for t in TRIALS if t.human_score is not None and chosen(t)]
    return of_scores([(h, m, q) for h, m, q in rows if m is not None])


def labelled(of: Callable[[CriterionTrial], str | None], trials: Sequence[Trial] = TRIALS) -> dict[str, float]:
    criteria = [c for t in trials for c in t.criteria]
    return of_items([(c.human, level) for c in criteria if c.human and (level := of(c))])


LONGEST = max(t.answer_words for t in TRIALS)
EXPECTED = {
    "items": labelled(lambda c: c.level),
    "ceiling": labelled(lambda c: c.second, [t for t in TRIALS if t.trial == 1]),
    "scores": scored(lambda t: t.score),
    "expected": scored(lambda t: t.expected),
    "ceiling_scores": scored(lambda t: t.second_score, lambda t: t.trial == 1),
    "length": scored(lambda t: t.answer_words / LONGEST),
}


def streamed(size: int) -> Figures:
    """The figures by way of batches of a size, in the order in which the trials come."""
    tally, repeats = Tally(), Repeats()
    for batch in batches(iter(TRIALS), size):
        tally.add(batch)
        repeats.add(batch)
    return of_tally(tally, draws=0)


@pytest.mark.parametrize("name", EXPECTED)
@pytest.mark.parametrize("of", [lambda: figures(TRIALS, 0), lambda: figures(iter(TRIALS), 0), lambda: streamed(13)])
def test_a_figure_is_the_same_from_a_list_and_from_a_stream(name: str, of: Callable[[], Figures]) -> None:
    found = getattr(of(), name)
    wrong = {
        key: (getattr(found, key), value)
        for key, value in EXPECTED[name].items()
        if not close(getattr(found, key), value)
    }
    assert wrong == {}


def test_calibration_from_a_stream_is_that_of_lists() -> None:
    rows = [
        (c.probability, c.human == "met", c.level == "met")
        for t in TRIALS
        for c in t.criteria
        if c.human and c.level and c.probability is not None
    ]
    p, met, said = ([row[place] for row in rows] for place in range(3))
    found = streamed(13).calibration
    assert found is not None
    assert found.n == len(rows)
    assert close(found.brier, calibration.brier(p, met))
    assert close(found.ece, calibration.expected_calibration_error(p, met))
    assert [b.n for b in found.reliability] == [b.n for b in calibration.reliability(p, met)]
    by_hand = calibration.trust([abs(x - 0.5) for x in p], [float(a == b) for a, b in zip(met, said, strict=True)])
    assert close([t.agreement for t in found.trust], [t.agreement for t in by_hand])


def test_cost_and_coverage_from_a_stream_are_those_of_lists() -> None:
    found = streamed(13)
    seconds = [t.seconds for t in TRIALS]
    priced = [t.cost_usd for t in TRIALS if t.cost_usd is not None]
    assert close(found.cost.seconds_p50, float(np.quantile(seconds, 0.5)))
    assert close(found.cost.seconds_p95, float(np.quantile(seconds, 0.95)))
    assert close(found.cost.usd_total, sum(priced))
    assert found.cost.priced == len(priced)
    cached, asked = sum(t.cached_tokens or 0 for t in TRIALS), sum(t.input_tokens or 0 for t in TRIALS)
    assert close(found.cost.cached_share, cached / asked)
    ungraded = [t for t in TRIALS if t.state == "ungraded"]
    assert (found.coverage.trials, found.coverage.ungraded) == (len(TRIALS), len(ungraded))
    assert dict(found.coverage.reasons) == {r: sum(t.error == r for t in ungraded) for r in ("timed out", "no JSON")}
    assert found.exact


def test_steadiness_from_a_stream_is_that_of_lists() -> None:
    levels: dict[tuple[str, str], list[str]] = {}
    for t in TRIALS:
        for c in t.criteria:
            if c.level:
                levels.setdefault((t.example, c.id), []).append(c.level)
    twice = [seen for seen in levels.values() if len(seen) == 2]
    found = figures(iter(TRIALS), 0).steadiness
    assert found is not None
    assert found.units == len(twice)
    assert close(found.flip_rate, sum(a != b for a, b in twice) / len(twice))
    assert close(found.flip_rate, flip_rate(np.array([[seen.count(level) for level in LEVELS] for seen in twice])))


def test_batches_and_order_do_not_show_in_json() -> None:
    assert streamed(13).as_dict() == streamed(1000).as_dict()
    assert figures(TRIALS).as_dict() == figures(TRIALS[::-1]).as_dict()


MEMORY = """
import resource, sys
from dataclasses import replace
sys.path.insert(0, {tests!r})
import madeup
from interviewer.figures import figures
some = list(madeup.trials(answers=1000, questions=50, repeats=1))
rounds = range({thousands})
many = (replace(t, example=f"{{n}}/{{t.example}}", seconds=t.seconds * (1 + n / 1e6)) for n in rounds for t in some)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
found = figures(many)
after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(found.n, found.exact, (after - before) // 1024)
"""


def test_memory_does_not_grow_with_the_trials() -> None:
    """1,000,000 trials of as many answers to 100,000 questions took 447 MB in all; here the increase is measured."""
    code = MEMORY.format(tests=str(Path(__file__).parent), thousands=60)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=200)
    assert done.returncode == 0, done.stderr
    n, exact, megabytes = done.stdout.split()
    assert (n, exact) == ("60000", "False")
    assert int(megabytes) < 120
