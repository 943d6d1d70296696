"""What may become a baseline, and what a run is refused for."""

import math
import re
from dataclasses import replace

import pytest
from made_runs import RUN, Prompt, pair

from interviewer import accepting
from interviewer.baseline import Baseline, GateRules
from interviewer.comparison import compare
from interviewer.errors import InputError
from interviewer.regression import GATED, MARGINS
from interviewer.trial import Run, Trial

TRIALS, _ = pair(1, Prompt())


def ungraded(error: str) -> Trial:
    return replace(TRIALS[1], state="ungraded", score=None, error=error)


@pytest.mark.parametrize(
    ("run", "trials", "said"),
    [
        (RUN, [], "runs/x holds no trial; run it again"),
        (replace(RUN, finished=None), TRIALS[:7], "runs/x is not finished (7 trials so far); finish that run first"),
        (RUN, [TRIALS[0], TRIALS[0]], "runs/x holds trial 1 of q00/00 twice"),
        (
            RUN,
            [TRIALS[0], ungraded("RecordingMissing: no recording of q00/01; record it with --record new")],
            "runs/x: 1 of 2 answers have no usable recording, first q00/01: RecordingMissing: no recording of q00/01",
        ),
        (RUN, [ungraded("ModelError: the recording is stale: the prompt changed")], "1 of 1 answers have no usable"),
    ],
)
def test_a_run_that_cannot_be_gated_is_refused(run: Run, trials: list[Trial], said: str) -> None:
    with pytest.raises(InputError, match=re.escape(said)):
        accepting.usable(run, trials, "runs/x")


def test_a_run_with_answers_that_failed_otherwise_can_be_gated() -> None:
    accepting.usable(RUN, [TRIALS[0], ungraded("ModelTimeout: no reply")], "runs/x")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"data": "golden:test", "n": 90}, "made-up with digest 0123456789ab, this run on golden:test with ffff (181"),
        ({"rubric_versions": {"q00": 2, "q01": 1}}, "changed rubrics: q00"),
        ({"rubric_digests": {"q00": "d0", "q01": "new"}}, "changed rubrics: q01"),
    ],
)
def test_a_baseline_on_other_data_is_refused(changed: dict[str, object], said: str) -> None:
    baseline = Baseline(GateRules(MARGINS), RUN, {}, ())
    with pytest.raises(InputError, match=re.escape(said)):
        accepting.same_data(baseline, replace(RUN, data_digest="ffff", **changed))  # type: ignore[arg-type]
    accepting.same_data(baseline, replace(RUN, data="the same under another name", grader="another"))


def test_the_figures_of_a_baseline_are_those_of_a_comparison() -> None:
    found = accepting.values(TRIALS)
    assert list(found) == sorted(GATED)
    for d in compare(TRIALS, TRIALS, sliced=()).differences:
        if d.figure in found:
            assert found[d.figure] == pytest.approx(d.a, abs=5e-5)
    assert math.isnan(found["calibration.brier"])  # the judge gave no probabilities


def test_the_rules_of_a_new_baseline_are_those_that_are_defined() -> None:
    assert accepting.default_rules(accepting.values(TRIALS)) == GateRules(MARGINS)
    scored = [replace(t, criteria=()) for t in TRIALS]
    assert accepting.default_rules(accepting.values(scored)).margins == {"scores.mae": MARGINS["scores.mae"]}
    bare = [replace(t, criteria=(), human_score=None) for t in TRIALS]
    with pytest.raises(InputError, match="nothing can be gated; label answers"):
        accepting.default_rules(accepting.values(bare))


def test_what_accepting_changes_is_told() -> None:
    rules = GateRules({"items.kappa": 0.05, "scores.mae": 0.03, "expected.mae": 0.1})
    after = {"items.kappa": 0.5, "scores.mae": 0.21, "expected.mae": math.nan}
    assert accepting.changes(rules, {"items.kappa": 0.45}, after) == [
        "items.kappa: 0.450 -> 0.500, margin 0.05",
        "scores.mae: – -> 0.210, margin 0.03",
        "expected.mae is gated and not defined on this run: the gate will not be able to tell",
    ]
