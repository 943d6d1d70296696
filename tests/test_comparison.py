"""Two runs side by side: figures and verdicts worked out by hand, every verdict reached, bad input refused."""

import json
import math
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from interviewer.agreement import kappa, within_question
from interviewer.comparison import Comparison, compare
from interviewer.differences import Difference, Verdict, decided
from interviewer.errors import InputError
from interviewer.figures import figures
from interviewer.trial import CriterionTrial, Trial

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "evals"))
from planted import Plan, pair

CHANCE = np.random.default_rng(11)
A, B = pair(Plan(questions=12, right_b=0.7), CHANCE)


def found(comparison: Comparison, figure: str) -> Difference:
    difference = comparison.of(figure)
    assert difference is not None
    return difference


def shifted(trials: list[Trial], by: float) -> list[Trial]:
    """The trials with machine scores that miss the human ones by so much, up and down in turn."""
    sign = [1 if n % 2 else -1 for n in range(len(trials))]
    human = [0.5 + 0.1 * (n % 3) for n in range(len(trials))]
    return [replace(t, human_score=h, score=h + by * s) for t, h, s in zip(trials, human, sign, strict=True)]


def test_figures_of_a_comparison_are_those_of_the_runs() -> None:
    compared, a, b = compare(A, B), figures(A), figures(B)
    for name in ("items.kappa", "items.accuracy", "scores.qwk", "scores.mae", "scores.within_question"):
        part, _, figure = name.partition(".")
        difference = found(compared, name)
        assert difference.a == pytest.approx(getattr(getattr(a, part), figure))
        assert difference.b == pytest.approx(getattr(getattr(b, part), figure))
        assert difference.difference == pytest.approx(difference.b - difference.a)
        assert difference.low <= difference.difference <= difference.high
    assert (compared.pairs, compared.answers, compared.questions) == (48, 48, 12)
    assert found(compared, "items.kappa").n == 48 * 5
    assert found(compared, "items.kappa").unit == "question"


def test_the_same_run_twice_is_the_same_within_margin() -> None:
    compared = compare(A, A)
    assert {d.verdict for d in compared.differences} == {"same within margin"}
    assert {(d.difference, d.low, d.high, d.p) for d in compared.differences} == {(0, 0, 0, 1)}
    assert all(math.isnan(d.effect) and d.no_worse for d in compared.differences)
    assert compared.flips == ()


def test_b_against_a_is_a_against_b_turned_round() -> None:
    there, back = compare(A, B), compare(B, A)
    for d in there.differences:
        e = found(back, d.figure)
        assert e.difference == pytest.approx(-d.difference)
        assert (e.low, e.high) == pytest.approx((-d.high, -d.low))
        assert e.p == pytest.approx(d.p)
        assert e.effect == pytest.approx(-d.effect, nan_ok=True)
        assert (d.verdict, e.verdict) in {
            ("worse", "improved"),
            ("improved", "worse"),
            ("cannot tell", "cannot tell"),
            ("same within margin", "same within margin"),
        }


def test_the_p_of_an_error_is_scipy_s_paired_test_over_questions() -> None:
    """Twelve questions of four answers: the mean error's difference is a sum over questions, signs flipped at once."""
    d = found(compare(A, B), "scores.mae")
    by_question: dict[str, float] = {}
    for a, b in zip(A, B, strict=True):
        assert None not in (a.score, b.score, a.human_score)
        gain = abs(b.score - a.human_score) - abs(a.score - a.human_score)  # type: ignore[operator]
        by_question[a.question] = by_question.get(a.question, 0) + gain
    gains = np.round(list(by_question.values()), 9)
    exact = stats.permutation_test((gains,), np.sum, permutation_type="samples", n_resamples=np.inf)
    assert d.p == pytest.approx(exact.pvalue)


def test_with_few_questions_answers_are_the_units() -> None:
    a, b = pair(Plan(questions=4, answers=10, right_b=0.7), CHANCE)
    d = found(compare(a, b), "items.kappa")
    assert (d.unit, d.units) == ("answer", 40)
    within = found(compare(a, b), "scores.within_question")
    assert within.unit == "answer"
    human = [t.human_score for t in b]
    assert within.b == pytest.approx(within_question(human, [t.score for t in b], [t.question for t in b]))  # type: ignore[arg-type]
    assert within.low < within.difference < within.high


def test_repeated_trials_are_one_unit_with_their_answer() -> None:
    once = compare(A, B, figures=["items.kappa"])
    twice = compare(*([*side, *(replace(t, trial=2) for t in side)] for side in (A, B)), figures=["items.kappa"])
    assert twice.pairs == 2 * once.pairs
    assert found(twice, "items.kappa").p == pytest.approx(found(once, "items.kappa").p)
    assert found(twice, "items.kappa").low == pytest.approx(found(once, "items.kappa").low)


def test_what_either_run_left_unscored_is_in_no_figure_but_its_share() -> None:
    """B refuses every criterion that A got wrong; on what is left both are the same."""
    refused = [
        replace(
            t,
            criteria=tuple(c if c.level == c.human else replace(c, level=None) for c in t.criteria),
        )
        for t in A
    ]
    compared = compare(A, refused)
    assert found(compared, "items.accuracy").a == found(compared, "items.accuracy").b == 1
    wrong = sum(c.level != c.human for t in A for c in t.criteria)
    unscored = found(compared, "items.unscored")
    assert (unscored.a, unscored.b) == pytest.approx((0, wrong / 240))
    assert unscored.verdict == "worse"


@pytest.mark.parametrize(
    ("before", "after", "verdict", "no_worse"),
    [
        (0.10, 0.10, "same within margin", True),
        (0.10, 0.11, "same within margin", True),  # certain, and nobody minds
        (0.10, 0.20, "worse", False),
        (0.20, 0.10, "improved", True),
    ],
)
def test_verdicts_on_errors_that_are_sure(before: float, after: float, verdict: Verdict, no_worse: bool) -> None:
    d = found(compare(shifted(A, before), shifted(A, after)), "scores.mae")
    assert (d.verdict, d.no_worse) == (verdict, no_worse)
    assert d.difference == pytest.approx(after - before)
    assert d.effect == pytest.approx(
        {0.0: math.nan, 0.01: -0.5, 0.1: -0.5, -0.1: 0.5}[round(after - before, 2)], nan_ok=True
    )


MADE = Difference("f", 0.5, 0.5, 0, 0, 0, 1, "cannot tell", None, 100, 30, "question", "higher", 0.05, 0, 0.02)


@pytest.mark.parametrize(
    ("low", "at", "high", "p", "verdict", "no_worse"),
    [
        (-0.04, 0.0, 0.04, 0.9, "same within margin", True),
        (0.01, 0.02, 0.04, 0.001, "same within margin", True),  # significant, within the margin all the same
        (-0.04, -0.02, -0.01, 0.001, "same within margin", True),
        (0.02, 0.06, 0.09, 0.01, "improved", True),
        (-0.09, -0.06, -0.02, 0.01, "worse", False),
        (-0.09, -0.02, 0.04, 0.6, "cannot tell", False),  # not significant is not equal
        (-0.01, 0.04, 0.09, 0.2, "cannot tell", True),  # no loss beyond the margin, and nothing more can be said
        (math.nan, 0.06, math.nan, 0.01, "improved", False),
        (math.nan, math.nan, math.nan, math.nan, "cannot tell", False),
    ],
)
@pytest.mark.parametrize("better", ["higher", "lower"])
def test_every_verdict(
    low: float, at: float, high: float, p: float, verdict: Verdict, no_worse: bool, better: str
) -> None:
    turned = better == "lower"
    ends = (-high, -low) if turned else (low, high)
    d = replace(MADE, difference=-at if turned else at, low=ends[0], high=ends[1], p=p, better=better)  # type: ignore[arg-type]
    assert decided(d, p, 0.05).verdict == verdict
    assert d.no_worse == no_worse
    assert (decided(d, p, 0.05).rows_needed is not None) == (verdict == "cannot tell")


def test_the_rows_needed_worked_by_hand() -> None:
    d = replace(MADE, difference=-0.02, low=-0.09, high=0.04, p=0.6)
    # (1.960 + 1.2816) * .02 / .05 = 1.2966, squared 1.6812, times 100 rows
    assert decided(d, 0.6, 0.05).rows_needed == 169
    # four pairs, 100 rows: six pairs have 150
    assert decided(replace(d, units=4), math.nan, 0.05).rows_needed == 150
    assert decided(replace(d, margin=0.0), 0.6, 0.05).rows_needed is None
    assert decided(replace(d, deviation=0.001), 0.6, 0.05).rows_needed == 101  # more than there are


def test_the_rows_needed_are_enough() -> None:
    """Runs of two equal graders, of the size that a smaller one asked for, are found the same in four of five."""
    chance = np.random.default_rng(5)
    margins = {"items.accuracy": 0.04}
    small = compare(*pair(Plan(questions=20, alike=0.5), chance), margins, ["items.accuracy"], ())
    needed = found(small, "items.accuracy").rows_needed
    assert needed is not None
    plan = Plan(questions=math.ceil(needed / 20), alike=0.5)
    fast = {"sliced": (), "draws": 300, "swaps": 99}
    runs = [compare(*pair(plan, chance), margins, ["items.accuracy"], **fast) for _ in range(60)]  # type: ignore[arg-type]
    same = sum(found(run, "items.accuracy").verdict == "same within margin" for run in runs)
    assert 0.62 < same / 60 < 0.97


@pytest.mark.parametrize("pairs", [1, 5, 6])
def test_fewer_than_six_pairs_cannot_tell(pairs: int) -> None:
    a, b = shifted(A, 0.0)[:pairs], shifted(A, 0.3)[:pairs]
    d = found(compare(a, b), "scores.mae")
    assert d.n == d.units == pairs
    assert d.verdict == ("cannot tell" if pairs < 6 else "worse")
    if pairs < 6:
        assert math.isnan(d.p)
        assert d.rows_needed == 6
        assert not d.no_worse


def test_a_figure_that_is_not_defined_cannot_be_told() -> None:
    flat = [replace(t, score=0.5) for t in A]
    d = found(compare(flat, flat), "scores.pearson")
    assert math.isnan(d.difference)
    assert d.verdict == "cannot tell"
    assert d.rows_needed is None
    bare = compare(
        [replace(t, criteria=(), human_score=None) for t in A], [replace(t, criteria=(), human_score=None) for t in B]
    )
    assert {d.figure for d in bare.differences} == {"coverage.ungraded_share", "cost.seconds_mean"}
    assert bare.slices == ()


def test_one_question_is_told_about_by_its_answers() -> None:
    a, b = pair(Plan(questions=1, answers=30, right_a=0.9, right_b=0.55), CHANCE)
    d = found(compare(a, b), "items.kappa")
    assert (d.unit, d.verdict) == ("answer", "worse")


def test_money_and_time_have_a_margin_in_proportion() -> None:
    a = [replace(t, cost_usd=0.002, seconds=1.0) for t in A]
    b = [replace(t, cost_usd=0.00215, seconds=0.5) for t in A]
    compared = compare(a, b)
    money, seconds = found(compared, "cost.usd_mean"), found(compared, "cost.seconds_mean")
    assert money.margin == pytest.approx(0.0002)
    assert (money.verdict, seconds.verdict) == ("same within margin", "improved")
    assert found(compare(a, b, {"cost.usd_mean": 0.05}), "cost.usd_mean").verdict == "worse"


def test_slices_are_corrected_for_being_many() -> None:
    a = [replace(t, topic=f"t{int(t.question[1:]) % 4}", answer_words=n) for n, t in enumerate(A)]
    b = [replace(t, topic=f"t{int(t.question[1:]) % 4}", answer_words=n) for n, t in enumerate(B)]
    compared = compare(a, b, sliced=("topic", "length"), headline=("items.kappa",))
    assert [(s.name, s.value) for s in compared.slices] == [
        *(("topic", f"t{n}") for n in range(4)),
        ("length", "1: up to 15 words"),
        ("length", "2: up to 31 words"),
        ("length", "3: over 31 words"),
    ]
    assert all(s.difference.p_holm >= s.difference.p for s in compared.slices)
    smallest = min(compared.slices, key=lambda s: s.difference.p)
    assert smallest.difference.p_holm == pytest.approx(min(1, 7 * smallest.difference.p))
    for s in compared.slices:
        inside = [t for t in b if s.value in (t.topic, "") or (s.name == "length" and in_band(t, s.value))]
        human, machine = (
            [level(c) == "met" for t in inside for c in t.criteria] for level in (lambda c: c.human, lambda c: c.level)
        )
        assert s.difference.b == pytest.approx(kappa(human, machine, 2))
        assert s.pairs == len(inside)


def in_band(trial: Trial, value: str) -> bool:
    low, high = {"1": (0, 15), "2": (16, 31), "3": (32, 99)}[value[0]]
    return low <= trial.answer_words <= high


def test_flips_and_unpaired_trials_are_listed() -> None:
    compared = compare(A[1:], B[:-1], figures=["items.kappa"], sliced=())
    changed = sum(
        x.level != y.level for a, b in zip(A, B, strict=True) for x, y in zip(a.criteria, b.criteria, strict=True)
    )
    ends = sum(x.level != y.level for n in (0, -1) for x, y in zip(A[n].criteria, B[n].criteria, strict=True))
    assert len(compared.flips) == changed - ends
    assert compared.flips[0].change == "lost"
    assert compared.unpaired_b == ((A[0].example, 1),)
    assert compared.unpaired_a == ((A[-1].example, 1),)


def test_the_seed_alone_makes_chance() -> None:
    a, b = pair(Plan(questions=20), CHANCE)
    assert compare(a, b, seed=4).as_dict() == compare(b=b[::-1], a=a[::-1], seed=4).as_dict()
    assert found(compare(a, b, seed=4), "items.kappa").p != found(compare(a, b, seed=5), "items.kappa").p


def test_json_has_null_where_nothing_is_defined() -> None:
    told = json.loads(json.dumps(compare(A, A).as_dict(), allow_nan=False))
    assert told["differences"][0]["effect"] is None
    assert told["differences"][0]["verdict"] == "same within margin"


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"a": [], "b": B}, "compare runs on the same set"),
        (
            {"figures": ["items.cappa"]},
            "items.cappa is no figure that runs are compared on; choose among items.accuracy",
        ),
        ({"margins": {"kappa": 0.1}}, "kappa is no figure"),
        ({"sliced": ["colour"]}, "colour is no slice; choose among topic"),
        ({"headline": ["length.qwk"]}, "length.qwk is no figure"),
    ],
)
def test_what_cannot_be_compared_is_refused(asked: dict[str, object], said: str) -> None:
    with pytest.raises(InputError, match=said):
        compare(**{"a": A, "b": B, **asked})  # type: ignore[arg-type]


def test_a_contradiction_missed_shows_even_where_few_have_one() -> None:
    """Eight contradicted criteria in eight answers to three questions: B finds none of them."""

    def trials(found: str) -> list[Trial]:
        return [
            replace(t, criteria=(*t.criteria, CriterionTrial("wrong", found, None, "contradicted")))  # type: ignore[arg-type]
            if n < 8
            else t
            for n, t in enumerate(A)
        ]

    d = next(
        d
        for d in compare(trials("contradicted"), trials("missed")).differences
        if d.figure == "items.contradiction_recall"
    )
    assert (d.a, d.b, d.n, d.units, d.unit) == (1, 0, 8, 8, "answer")
    assert d.verdict == "worse"
