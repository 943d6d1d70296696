"""The harness: every example becomes one trial, whatever the grader makes of it, and a run folder keeps them all."""

import asyncio
import json
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
import scripted

from interviewer import __version__, evaluate, evidence, runs
from interviewer.answer import canonical
from interviewer.errors import InputError, StoreError
from interviewer.example import Example
from interviewer.grade import Grade, Judgement, Unscored, Verdict, combine
from interviewer.item import Item
from interviewer.rubric import Rubric
from interviewer.runs import RunFolder
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

    async def grade(self, item: Item, raw: str, rubric: Rubric | None = None) -> Grade:
        assert rubric is not None
        self.inside += 1
        self.most = max(self.most, self.inside)
        await asyncio.sleep(0.002 if "slow" in raw else 0)
        self.inside -= 1
        if "refuse" in raw:
            raise InputError("the answer is too long; shorten it")
        if "break" in raw:
            raise StoreError("the disk is gone; put it back")
        return scripted.no_grade("one", "no reply; try again") if "none" in raw else scripted.grade_of("one", quote=raw)


async def test_every_example_is_one_trial_in_order_and_kept_as_it_ends() -> None:
    kept: list[Trial] = []
    examples = [example(1, "slow"), example(2), example(3)]
    trials = await evaluate.run(Told(), examples, kept.append)
    assert [t.example for t in trials] == ["made/1", "made/2", "made/3"]
    assert [t.example for t in kept] == ["made/2", "made/3", "made/1"]


@pytest.mark.parametrize("concurrency", [1, 3])
async def test_no_more_are_graded_at_once_than_asked(concurrency: int) -> None:
    told = Told()
    await evaluate.run(told, [example(n, "slow") for n in range(9)], lambda trial: None, concurrency)
    assert told.most == concurrency


async def test_a_trial_says_what_judge_and_people_said() -> None:
    (trial,) = await evaluate.run(Told(), [example(1)], lambda trial: None)
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
    trials = await evaluate.run(Told(), [example(1, "none"), example(2, "refuse"), example(3)], lambda trial: None)
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
        await evaluate.run(Told(), [example(1, "break"), example(2)], lambda trial: None)


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


async def test_a_run_folder_gives_its_trials_back(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path / "new" / "run")
    examples = [example(1, 'a "quoted" answer é\n'), example(2, "none")]
    trials = await evaluate.run(Told(), examples, folder.append)
    assert list(runs.trials(folder.path)) == trials  # readable while the run is going on
    folder.close(_described(examples), {"n": 2})
    kept = json.loads((folder.path / "run.json").read_text())
    assert kept["grader"] == "scripted" and kept["figures"] == {"n": 2}
    with pytest.raises(InputError, match="holds a run already"):
        RunFolder(folder.path)


def test_a_run_that_cannot_be_read_says_where(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no run"):
        list(runs.trials(tmp_path))
    (tmp_path / "trials.jsonl").write_text("{}\n")
    with pytest.raises(InputError, match=r"trials\.jsonl:1"):
        list(runs.trials(tmp_path))
    (tmp_path / "trials.jsonl").write_bytes(b"\xff\n")
    with pytest.raises(InputError, match="UTF-8"):
        list(runs.trials(tmp_path))


def test_the_commit_is_ours_or_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    own = runs.git_commit()
    assert own == "" or len(own.rstrip("+")) == 12
    # A copy installed somewhere inside another checkout must not claim that checkout's commit.
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    (tmp_path / "runs.py").touch()
    monkeypatch.setattr(runs, "__file__", str(tmp_path / "runs.py"))
    assert runs.git_commit() == ""
