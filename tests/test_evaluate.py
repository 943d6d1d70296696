"""The harness: every example becomes one trial, whatever the grader makes of it, and a run folder keeps them all."""

import asyncio
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import scripted

from interviewer import __version__, evaluate, evidence, runs
from interviewer.answer import canonical
from interviewer.errors import InputError, SettingsError, StoreError
from interviewer.evaluate import Plan
from interviewer.example import Example
from interviewer.grade import Grade, Judgement, Unscored, Verdict, combine
from interviewer.item import Item
from interviewer.rubric import Rubric
from interviewer.trial import Trial

BANK = scripted.bank()
ITEM, RUBRIC = BANK.items["one"], BANK.rubrics["one"]


def example(number: int, answer: str = "A is so.", score: float | None = 0.75) -> Example:
    labels = {"a": "met", "b": "missed"}
    return Example(
        f"made/{number}", "made", "dev", BANK.items["one"], BANK.rubrics["one"], answer, labels, score, "full"
    )  # type: ignore[arg-type]


class Told:
    """Gives each answer the outcome it names: `met`, `none`, `refuse`, `break`; counts who is in at once."""

    def __init__(self) -> None:
        self.inside, self.most = 0, 0
        self.trials: list[int] = []

    async def grade(self, item: Item, raw: str, rubric: Rubric | None = None, trial: int = 1) -> Grade:
        assert rubric is not None
        self.trials.append(trial)
        self.inside += 1
        self.most = max(self.most, self.inside)
        await asyncio.sleep(0.002 if "slow" in raw else 0)
        self.inside -= 1
        if "refuse" in raw:
            raise InputError("the answer is too long; shorten it")
        if "break" in raw:
            raise StoreError("the disk is gone; put it back")
        if "none" in raw:
            return scripted.no_grade("one", "no reply; try again")
        grade = scripted.grade_of("one", quote=raw)
        (call,) = grade.provenance.calls
        calls = {"twice": (call, call), "unpriced": (call, replace(call, cost_usd=None))}.get(raw, (call,))
        return replace(grade, provenance=replace(grade.provenance, calls=calls))


async def made(*examples: Example, told: Told | None = None, **plan: Any) -> list[Trial]:
    """The trials of a run, in the order in which they ended."""
    kept: list[Trial] = []
    await evaluate.run(told or Told(), examples, kept.append, Plan(**plan))
    return kept


async def test_every_example_is_one_trial_kept_as_it_ends() -> None:
    kept = await made(example(1, "slow"), example(2), example(3))
    assert [t.example for t in kept] == ["made/2", "made/3", "made/1"]


async def test_each_answer_is_graded_as_often_as_planned_but_for_what_is_done() -> None:
    told, kept = Told(), list[Trial]()
    examples, progress = [example(1), example(2, "none")], evaluate.Progress(6, done=2)
    done = {("made/1", 2), ("made/2", 1)}
    ended = await evaluate.run(told, examples, kept.append, Plan(1, trials=3), done, progress)
    assert [(t.example, t.trial) for t in kept] == [("made/1", 1), ("made/1", 3), ("made/2", 2), ("made/2", 3)]
    assert told.trials == [1, 3, 2, 3]
    assert ended is progress and (progress.done, progress.ungraded, progress.total) == (6, 2, 6)
    assert progress.cost_usd == pytest.approx(0.004) and not progress.is_out_of_money


async def test_no_answer_is_begun_once_the_money_is_spent() -> None:
    kept: list[Trial] = []
    plan = Plan(concurrency=1, max_cost_usd=0.0025)
    ended = await evaluate.run(Told(), [example(n) for n in range(9)], kept.append, plan)
    assert (len(kept), ended.is_out_of_money, ended.done) == (3, True, 3)  # .001 each: the third one goes past it
    kept.clear()
    before = evaluate.Progress(9, cost_usd=0.0025)
    await evaluate.run(Told(), [example(1)], kept.append, plan, progress=before)
    assert kept == [] and before.is_out_of_money


async def test_a_cost_that_is_not_known_cannot_be_limited() -> None:
    with pytest.raises(SettingsError, match="INTERVIEWER_PRICE_IN"):
        await made(example(1, "unpriced"), max_cost_usd=1.0)
    assert len(await made(example(1, "unpriced"))) == 1


async def test_what_a_rubric_in_several_calls_cost_is_added_up() -> None:
    (trial,) = await made(example(1, "twice"))
    assert (trial.input_tokens, trial.output_tokens, trial.cost_usd) == (20, 10, 0.002)
    (trial,) = await made(example(1, "unpriced"))
    assert (trial.input_tokens, trial.cost_usd) == (20, None), "a part that is not known leaves the sum unknown"


@pytest.mark.parametrize("concurrency", [1, 3])
async def test_no_more_are_graded_at_once_than_asked(concurrency: int) -> None:
    told = Told()
    await made(*(example(n, "slow") for n in range(9)), told=told, concurrency=concurrency)
    assert told.most == concurrency


async def test_a_trial_says_what_judge_and_people_said() -> None:
    (trial,) = await made(example(1))
    assert (trial.question, trial.topic, trial.kind, trial.sort, trial.trial) == ("one", "nets", "concept", "full", 1)
    assert (trial.state, trial.score, trial.human_score, trial.error) == ("graded", 0.75, 0.75, "")
    assert [(c.id, c.level, c.probability, c.human) for c in trial.criteria] == [
        ("a", "met", 0.9, "met"),
        ("b", "missed", 0.2, "missed"),
        ("c", "missed", None, None),
    ]
    assert trial.criteria[0].quotes == ("A is so.",) and trial.answer_words == 3
    # 3 points with P = .9 and 1 point with P = .2; the bonus does not count: 2.9 / 4
    assert trial.expected == pytest.approx(0.725)
    assert (trial.input_tokens, trial.output_tokens, trial.cost_usd) == (10, 5, 0.001)


async def test_an_answer_that_cannot_be_graded_is_a_row_and_not_the_end() -> None:
    trials = await made(example(1, "none"), example(2, "refuse"), example(3), concurrency=1)
    assert [(t.state, t.score, t.expected) for t in trials[:2]] == [("ungraded", None, None)] * 2
    assert [t.error for t in trials] == ["no reply; try again", "the answer is too long; shorten it", ""]
    assert all(c.level is None and c.probability is None for t in trials[:2] for c in t.criteria)
    assert [c.human for c in trials[1].criteria] == ["met", "missed", None]
    assert trials[2].score == 0.75


def test_invented_quotes_are_counted_and_other_failures_are_not() -> None:
    """The outcomes are those of `evidence.checked` on a judge that credits `a` and `b` with words of its own."""
    invented = [
        evidence.checked(Judgement(name, "met", ("never said",)), c, canonical("A is so."), ITEM, RUBRIC)
        for name, c in zip("ab", RUBRIC.criteria[:2], strict=True)
    ]
    for outcomes, count in (
        ((*invented, Judgement("c", "missed")), 2),
        ((invented[0], Unscored("b", "no reply"), Judgement("c", "missed")), 1),
        ((Unscored("a", "no reply"), Judgement("b", "missed"), Judgement("c", "missed", (), evidence.INVENTED)), 0),
    ):
        grade = combine((Verdict(outcomes),), RUBRIC, "graded", scripted.provenance())
        assert evaluate.trial_of(example(1), grade, 0.1).invented_quotes == count


async def test_a_broken_machine_ends_the_run() -> None:
    with pytest.raises(StoreError):
        await made(example(1, "break"), example(2))


def test_without_every_probability_there_is_no_expected_score() -> None:
    rubric = BANK.rubrics["one"]
    outcomes = (
        Judgement("a", "met", ("x",), "", None),
        Judgement("b", "missed", (), "", 0.1),
        Judgement("c", "missed"),
    )
    grade = combine((Verdict(outcomes),), rubric, "graded", scripted.provenance())
    assert evaluate.trial_of(example(1), grade, 0.1).expected is None


def test_the_digest_of_a_set_changes_with_all_that_can_move_a_score() -> None:
    base = [example(1), example(2)]
    other_rubric = replace(base[1].rubric, digest="d2")
    changed = [
        [example(1), example(2, "A is not so.")],
        [example(1), example(2, score=0.5)],
        [example(1), replace(base[1], rubric=other_rubric)],
        [example(1)],
        [example(2), example(1)],
    ]
    digests = [_described(examples).data_digest for examples in (base, *changed)]
    assert len(set(digests)) == len(digests) and _described(base).data_digest == digests[0]
    assert len(digests[0]) == 12


def _described(examples: list[Example]) -> runs.Run:
    return evaluate.describe("scripted", "1", {"temperature": 0.0}, "made", examples)


def test_a_run_is_described_by_what_made_it() -> None:
    run = _described([example(1), example(2)])
    assert (run.grader, run.grader_version, run.data, run.n, run.code_version) == (
        "scripted",
        "1",
        "made",
        2,
        __version__,
    )
    assert (
        run.rubric_versions == {"one": 1}
        and run.rubric_digests == {"one": "d1"}
        and run.parameters == {"temperature": 0.0}
    )
    assert run.started.endswith("+00:00") and run.finished is None


def test_the_commit_is_ours_or_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    own = runs.git_commit()
    assert own == "" or len(own.rstrip("+")) == 12
    # A copy installed somewhere inside another checkout must not claim that checkout's commit.
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    (tmp_path / "runs.py").touch()
    monkeypatch.setattr(runs, "__file__", str(tmp_path / "runs.py"))
    assert runs.git_commit() == ""
