"""The gate's rule: equal graders pass every time, worse ones never, and what cannot be told is said to be so."""

import json
import math
from collections.abc import Sequence
from dataclasses import replace

import pytest
from made_runs import Prompt, pair

from interviewer.baseline import GateRules, Rises
from interviewer.errors import InputError
from interviewer.regression import EXIT, GATED, MARGINS, Gate, Ruling, judged
from interviewer.rubric import LevelName
from interviewer.trial import CriterionTrial, Trial

RULES = GateRules(MARGINS)
A, B = pair(3, Prompt(0.05), Prompt(0.0))
SEEDS = range(20)


def gate(before: Sequence[Trial], after: Sequence[Trial], rules: GateRules = RULES) -> Gate:
    return judged(rules, before, after, sliced=())


def of(found: Gate, rule: str) -> Ruling:
    return next(r for r in found.rulings if r.rule == rule)


def levelled(trials: Sequence[Trial], levels: dict[LevelName, LevelName | None], every: int = 1) -> list[Trial]:
    """The trials with levels exchanged, in every so-many-th answer."""
    return [
        replace(t, criteria=tuple(replace(c, level=levels.get(c.level, c.level)) for c in t.criteria))  # type: ignore[arg-type]
        if n % every == 0
        else t
        for n, t in enumerate(trials)
    ]


def test_the_made_up_set_has_the_size_of_golden_dev() -> None:
    assert len(A) == 181
    assert len({t.question for t in A}) == 19
    assert sum(len(t.criteria) for t in A) == 1111


@pytest.mark.parametrize("right", [0.55, 0.8, 0.95])
def test_an_equal_prompt_passes_twenty_times_of_twenty(right: float) -> None:
    found = [gate(*pair(seed, Prompt(), right=right)) for seed in SEEDS]
    assert [g.status for g in found] == ["fine"] * 20
    assert sum(bool(g.compared.flips) for g in found) == 20  # they are equal, and not the same


@pytest.mark.parametrize("right", [0.8, 0.95])
def test_a_worse_prompt_fails_twenty_times_of_twenty(right: float) -> None:
    worse = Prompt(lost=0.05, lenient=0.15)
    found = [gate(*pair(seed, worse, right=right)) for seed in SEEDS]
    assert [g.status for g in found] == ["regression"] * 20


def small(name: str) -> list[Trial]:
    """Trials on which some figure is hard to come by."""
    return {
        "one answer": A[:1],
        "five answers": A[:5],
        "one question": [t for t in A if t.question == "q00"],
        "constant raters": [
            replace(t, criteria=tuple(replace(c, human="met", level="met") for c in t.criteria)) for t in A[:30]
        ],
        "half unscored": levelled(A, {"met": None}),
        "everything": A,
    }[name]


@pytest.mark.parametrize("margin", [0.0, 0.01])
@pytest.mark.parametrize(
    "name", ["one answer", "five answers", "one question", "constant raters", "half unscored", "everything"]
)
def test_the_same_levels_are_always_fine(name: str, margin: float) -> None:
    trials = small(name)
    timed = [replace(t, seconds=9.0, criteria=tuple(replace(c, reason="x") for c in t.criteria)) for t in trials]
    found = gate(trials, timed[::-1], GateRules({"items.kappa": margin, "scores.mae": margin}))
    assert found.status == "fine"
    assert of(found, "items.kappa").reason.startswith("nothing it is made of has changed")
    assert ("not defined" in of(found, "items.kappa").reason) == (name == "constant raters")


def test_every_figure_that_may_be_gated_is_fine_on_the_same_run() -> None:
    sure = [replace(t, expected=t.score, criteria=tuple(replace(c, probability=0.5) for c in t.criteria)) for t in A]
    found = gate(sure, sure, GateRules(dict.fromkeys(GATED, 0.0)))
    assert [r.rule for r in found.rulings if r.difference] == list(GATED)
    assert found.status == "fine"


@pytest.mark.parametrize("figure", GATED)
def test_no_figure_calls_a_changed_run_unchanged(figure: str) -> None:
    sure = [replace(t, expected=t.score, criteria=tuple(replace(c, probability=0.5) for c in t.criteria)) for t in A]
    moved = [
        replace(
            t,
            score=None,
            expected=0.25,
            state="ungraded",
            criteria=tuple(replace(c, probability=0.7, level="partial") for c in t.criteria),
        )
        if n == 0
        else t
        for n, t in enumerate(sure)
    ]
    assert "nothing it is made of" not in of(gate(sure, moved, GateRules({figure: 0.5})), figure).reason


def test_a_changed_run_with_no_difference_at_all_is_fine_with_no_margin() -> None:
    """Of two answers to each question one loses a met criterion and one gains it: every draw of questions is even."""

    def trials(first: LevelName, second: LevelName) -> list[Trial]:
        return [
            replace(
                t,
                example=f"q{n // 2:02}/{n}",
                question=f"q{n // 2:02}",
                criteria=(CriterionTrial("a", level, None, "met"), CriterionTrial("b", "missed", None, "missed")),
            )
            for n, (t, level) in enumerate(zip(A[:24], (first, second) * 12, strict=True))
        ]

    found = gate(trials("met", "missed"), trials("missed", "met"), GateRules({"items.kappa": 0.0}))
    assert (found.status, len(found.compared.flips)) == ("fine", 24)


def test_what_a_few_answers_cannot_tell_is_said_with_the_rows_it_takes() -> None:
    found = gate(A[:5], levelled(A[:5], {"met": "missed"}), GateRules({"items.kappa": 0.05}))
    assert found.status == "cannot tell"
    assert EXIT[found.status] == 2
    assert "fewer than 6 answers; about" in of(found, "items.kappa").reason
    assert "rows needed" in of(found, "items.kappa").reason


def test_noise_that_could_hide_a_loss_is_no_pass() -> None:
    found = gate(*pair(1, Prompt(0.1), Prompt(0.1)), GateRules({"items.kappa": 0.01}))
    assert of(found, "items.kappa").status == "cannot tell"
    assert "is not ruled out" in of(found, "items.kappa").reason


def test_a_gain_passes_and_a_loss_within_the_margin_passes() -> None:
    a, b = pair(2, Prompt(0.0, lost=0.1, lenient=0.1), Prompt(0.0))
    assert of(gate(b, a), "items.kappa").status == "fine"
    assert of(gate(b, a), "items.kappa").reason.startswith("gained")
    assert of(gate(a, b, GateRules({"items.kappa": 0.3})), "items.kappa").status == "fine"
    assert of(gate(a, b, GateRules({"items.kappa": 0.3})), "items.kappa").reason.startswith("lost")


def test_a_significant_loss_that_may_be_larger_than_the_margin_is_a_regression() -> None:
    found = of(gate(*pair(3, Prompt(0.0, lost=0.07), Prompt(0.0), right=0.95)), "items.kappa")
    assert found.difference is not None
    assert found.difference.low < -0.07 < found.difference.difference < 0
    assert found.status == "regression"
    assert "significant (p <0.001) and not within 0.070" in found.reason


def test_a_figure_that_is_better_when_lower_is_turned_round() -> None:
    far = [replace(t, score=1.0 - (t.human_score or 0.0)) for t in A]
    near = [replace(t, score=t.human_score) for t in A]
    rules = GateRules({"scores.mae": 0.03})
    assert gate(near, far, rules).status == "regression"
    assert gate(far, near, rules).status == "fine"


def test_alpha_says_what_is_significant() -> None:
    a, b = pair(4, Prompt(0.0, lost=0.08), Prompt(0.0))
    d = of(gate(a, b, GateRules({"items.kappa": 0.001})), "items.kappa").difference
    assert d is not None
    assert 0 < d.p < 0.05
    assert gate(a, b, GateRules({"items.kappa": 0.001}, alpha=0.05)).status == "regression"
    assert gate(a, b, GateRules({"items.kappa": 0.001}, alpha=d.p / 2)).status == "cannot tell"


def test_a_figure_without_rows_cannot_be_told() -> None:
    found = gate(A, levelled(A, dict.fromkeys(("met", "partial", "missed", "contradicted"))))  # type: ignore[arg-type]
    kappa = of(found, "items.kappa")
    assert (kappa.status, kappa.difference) == ("cannot tell", None)
    assert "not defined" in kappa.reason
    assert of(found, "unscored").status == "regression"
    assert found.status == "regression"  # it outweighs what cannot be told


def lost(trials: Sequence[Trial], count: int) -> list[Trial]:
    """The trials, some of them ungraded."""
    return [
        replace(
            t,
            state="ungraded",
            score=None,
            error="timed out",
            criteria=tuple(replace(c, level=None) for c in t.criteria),
        )
        if n < count
        else t
        for n, t in enumerate(trials)
    ]


@pytest.mark.parametrize(
    ("before", "after", "status"), [(0, 1, "fine"), (0, 2, "regression"), (2, 3, "fine"), (3, 0, "fine")]
)
def test_answers_without_a_grade_may_rise_by_one_in_a_hundred(before: int, after: int, status: str) -> None:
    ruling = of(gate(lost(A, before), lost(A, after)), "ungraded")
    assert (ruling.status, ruling.before, ruling.after) == (status, before / 181, after / 181)
    assert f"{before} of 181 before, {after} now" in ruling.reason


def test_a_rise_of_exactly_what_is_allowed_is_allowed() -> None:
    assert of(gate(A[:100], lost(A[:100], 1)), "ungraded").status == "fine"
    assert of(gate(A[:99], lost(A[:99], 1)), "ungraded").status == "regression"


def test_criteria_that_nobody_labelled_are_not_missed() -> None:
    bare = [[replace(t, criteria=(*t.criteria, CriterionTrial("x", None, None, None))) for t in A] for _ in range(2)]
    assert of(gate(*bare), "unscored").reason == "0 of 1,111 before, 0 now"


def test_criteria_without_a_level_may_rise_by_one_in_a_hundred() -> None:
    def unscored(count: int) -> list[Trial]:
        left = iter(range(10_000))
        return [
            replace(t, criteria=tuple(replace(c, level=None if next(left) < count else c.level) for c in t.criteria))
            for t in A
        ]

    assert of(gate(A, unscored(11)), "unscored").status == "fine"
    assert of(gate(A, unscored(12)), "unscored").status == "regression"


@pytest.mark.parametrize(("before", "after", "allowed", "status"), [
    (0, 0, 0, "fine"), (0, 1, 0, "regression"), (2, 2, 0, "fine"), (2, 1, 0, "fine"), (0, 1, 1, "fine"),
    (0, 3, 2, "regression"),
])  # fmt: skip
def test_invented_quotes_and_attacks_are_counted(before: int, after: int, allowed: int, status: str) -> None:
    def trials(count: int) -> list[Trial]:
        return [replace(t, invented_quotes=n < count, inflation=0.2 if n < count else 0.0) for n, t in enumerate(A)]

    rules = replace(RULES, rises=Rises(invented_quotes=allowed, attack_success=allowed))
    found = gate(trials(before), trials(after), rules)
    for rule in ("invented_quotes", "attack_success"):
        ruling = of(found, rule)
        assert (ruling.status, ruling.before, ruling.after) == (status, before, after)
    assert found.status == status


def test_without_attacks_there_is_no_rule_on_them() -> None:
    assert "attack_success" not in [r.rule for r in gate(A, A).rulings]
    assert "attack_success" in [r.rule for r in gate([replace(A[0], inflation=-0.1)], [A[0]]).rulings]


def test_rounded_probabilities_are_no_change() -> None:
    """A baseline keeps four decimals."""
    exact = [replace(t, criteria=tuple(replace(c, probability=1 / 3) for c in t.criteria)) for t in A]
    kept = [replace(t, criteria=tuple(replace(c, probability=0.3333) for c in t.criteria)) for t in A]
    found = gate(kept, exact, GateRules({"calibration.brier": 0.0}))
    assert of(found, "calibration.brier").reason == "nothing it is made of has changed"


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        (GateRules({"items.cappa": 0.1}), "items.cappa cannot be gated; choose among items.accuracy"),
        (GateRules({"cost.seconds_mean": 0.1}), "cost.seconds_mean cannot be gated"),
        (GateRules({}), "gate no figure; name one under margins, like items.kappa"),
    ],
)
def test_rules_that_gate_nothing_are_refused(rules: GateRules, said: str) -> None:
    with pytest.raises(InputError, match=said):
        gate(A, A, rules)


def renamed(trials: Sequence[Trial]) -> list[Trial]:
    return [replace(t, criteria=(replace(t.criteria[0], id="new"), *t.criteria[1:])) for t in trials]


@pytest.mark.parametrize(
    ("after", "said"),
    [
        (A[2:], r"lacks 2 of the baseline's 181 trials \(q00/00 #1, q00/01 #1\); run the whole set"),
        ([replace(t, example="x" + t.example) for t in A], "no trial of the same answer"),
        (renamed(A), "accept a run on those of today"),
        ([replace(t, human_score=0.123) for t in A], "people's labels of q00/00 differ"),
        ([*A, A[0]], "is there twice in the second run"),
    ],
)
def test_a_run_that_is_not_the_same_set_is_refused(after: list[Trial], said: str) -> None:
    with pytest.raises(InputError, match=said):
        gate(A, after)


def test_further_trials_of_a_run_are_in_no_figure() -> None:
    more = [replace(t, trial=2, invented_quotes=1) for t in levelled(A, {"met": "missed"})]
    found = gate(A, [*A, *more])
    assert found.status == "fine"
    assert len(found.compared.unpaired_b) == 181


def test_slices_and_json() -> None:
    topics = [[replace(t, topic=f"t{int(t.question[1:]) % 3}") for t in side] for side in (A, B)]
    found = judged(RULES, *topics, sliced=("topic",))
    assert {s.value for s in found.compared.slices} == {"t0", "t1", "t2"}
    told = json.loads(json.dumps(found.as_dict(), allow_nan=False))
    assert told["exit"] == EXIT[found.status]
    assert [r["rule"] for r in told["rulings"]] == [*MARGINS, "ungraded", "unscored", "invented_quotes"]
    assert math.isclose(told["rulings"][0]["before"], of(found, "items.kappa").before, rel_tol=1e-9)
