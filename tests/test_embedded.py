"""The embedded grader: the same to the bit everywhere, its quotes stand in the answer, its weights are checked."""

import hashlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from interviewer import golden, library
from interviewer.answer import canonical
from interviewer.embeddings import StaticEmbeddings
from interviewer.errors import InputError, SettingsError
from interviewer.grade import Judgement, Verdict
from interviewer.models import Task, embedded
from interviewer.models.embedded import FOLDER, Embedded, Head
from interviewer.models.features import NAMES, Lexicon, features, read, target

ROOT = Path(__file__).resolve().parent.parent
BANK = library.load(ROOT)
GOLDEN = golden.load(ROOT).answers
GOLDEN = GOLDEN[:: max(1, len(GOLDEN) // 120)]
"""Evenly from all questions, few enough to be quick."""
ANSWERS = [(a.question, a.answer) for a in GOLDEN]


@pytest.fixture(scope="module")
def judge() -> Embedded:
    return Embedded(StaticEmbeddings().words_vectors, embedded.load())


def task_of(question: str, answer: str) -> Task:
    item = BANK.items[question]
    return Task(item, BANK.rubric_of(item), canonical(answer), ())


async def judged(judge: Embedded, question: str, answer: str) -> Verdict:
    return await judge.judge(task_of(question, answer))


def in_digits(verdict: Verdict) -> list[tuple[str, str, str, tuple[str, ...]]]:
    """A verdict to the last bit."""
    assert all(isinstance(o, Judgement) for o in verdict.outcomes)
    return [(o.criterion_id, o.level, (o.probability or 0.0).hex(), o.quotes) for o in verdict.outcomes]  # type: ignore[union-attr]


async def test_golden_answers_get_sound_verdicts(judge: Embedded) -> None:
    for question, text in ANSWERS:
        task = task_of(question, text)
        verdict = await judge.judge(task)
        assert [o.criterion_id for o in verdict.outcomes] == [c.id for c in task.rubric.criteria]
        assert verdict.calls == ()
        for outcome, criterion in zip(verdict.outcomes, task.rubric.criteria, strict=True):
            assert isinstance(outcome, Judgement) and outcome.level in criterion.levels
            assert outcome.probability is not None and 0 < outcome.probability < 1
            assert bool(outcome.quotes) == (outcome.level != "missed")
            assert all(q and q in task.answer.text for q in outcome.quotes)
            assert outcome.notes == criterion.notes and outcome.reason


async def test_what_is_met_is_given_more_than_what_is_not(judge: Embedded) -> None:
    """No measured figure (those are `interviewer eval run`'s): a floor that a broken feature falls through."""
    given: dict[bool, list[float]] = {True: [], False: []}
    for answer in GOLDEN:
        for outcome in (await judged(judge, answer.question, answer.answer)).outcomes:
            assert isinstance(outcome, Judgement) and outcome.probability is not None
            given[answer.labels[outcome.criterion_id].level == "met"].append(outcome.probability)
    met, not_met = np.array(given[True])[:, None], np.array(given[False])
    assert (met > not_met).mean() > 0.75, (met > not_met).mean()  # the area under the ROC curve


PROGRAM = """
import asyncio, hashlib, json, sys
sys.path[:0] = [{tests!r}, {root!r}]
import test_embedded as t
judge = t.Embedded(t.StaticEmbeddings().words_vectors, t.embedded.load())
print(asyncio.run(t.fingerprint(judge)))
"""


async def fingerprint(judge: Embedded) -> str:
    """Of the verdicts on every third answer."""
    verdicts = [in_digits(await judged(judge, question, text)) for question, text in ANSWERS[::3]]
    return hashlib.sha256(json.dumps(verdicts).encode()).hexdigest()


async def test_another_process_judges_the_same_to_the_bit(judge: Embedded) -> None:
    program = PROGRAM.format(tests=str(ROOT / "tests"), root=str(ROOT))
    there = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONHASHSEED": "4711"},
    )
    assert there.stdout.strip() == await fingerprint(judge)


async def test_what_was_judged_before_changes_nothing(judge: Embedded) -> None:
    (question, text), (other, other_text) = ANSWERS[0], ANSWERS[-1]
    first = in_digits(await judged(judge, question, text))
    await judged(judge, other, other_text)
    assert in_digits(await judged(judge, question, text)) == first


async def test_the_witness_says_what_the_judge_says(judge: Embedded) -> None:
    for question, text in ANSWERS[::10]:
        task = task_of(question, text)
        opinion = judge.probabilities(task)
        outcomes = (await judge.judge(task)).outcomes
        assert opinion == {o.criterion_id: o.probability for o in outcomes if isinstance(o, Judgement)}


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300))
@example("")
@example("1 2 3")
@example("∑∫√ 7,5° \\frac{15}{2}")
@example("a" * 5_000)
@example("no. " * 200)
async def test_any_text_can_be_read(text: str) -> None:
    try:
        task = task_of("clock-hands-angle", text)
    except InputError:  # NUL
        assert "\x00" in text
        return
    verdict = await JUDGE.judge(task)
    for outcome in verdict.outcomes:
        assert isinstance(outcome, Judgement) and 0 < (outcome.probability or 0) < 1
        assert all(q in task.answer.text for q in outcome.quotes)


JUDGE = Embedded(StaticEmbeddings().words_vectors, embedded.load())


def test_saying_the_claim_counts_for_more_than_speaking_of_something_else() -> None:
    item = BANK.items["dropout-inference"]
    rubric = BANK.rubric_of(item)
    for criterion in rubric.criteria:
        said = JUDGE.probabilities(Task(item, rubric, canonical(criterion.claim), ()))[criterion.id]
        cake = canonical("My grandmother bakes an apple cake with cinnamon every Sunday afternoon.")
        assert said > 0.5 > JUDGE.probabilities(Task(item, rubric, cake, ()))[criterion.id]


def test_features_are_numbers_of_the_named_kind() -> None:
    lexicon = Lexicon(StaticEmbeddings().words_vectors, {}, 1.0)
    item = BANK.items["dropout-inference"]
    criterion = BANK.rubric_of(item).criteria[0]
    goal = target(criterion, item.text, lexicon)
    for text in ("", "7", criterion.claim, "Nothing to do with it at all."):
        row, place = features(goal, read(text, lexicon))
        assert row.shape == (len(NAMES),) and np.isfinite(row).all()
        assert text[place.start : place.end] == place.text
    assert len(set(NAMES)) == len(NAMES)


def test_a_head_stays_between_0_and_1_at_any_height() -> None:
    head = Head(np.array([1e9]), 0.0)
    assert 0 < head.probability(np.array([-1e9])) < 0.5 < head.probability(np.array([1e9])) < 1


def newest() -> dict[str, Any]:
    return json.loads(max(FOLDER.glob("embedded.v*.json")).read_text())  # type: ignore[no-any-return]


DAMAGES = {
    "cut off": lambda w: json.dumps(w)[:-100],
    "no object": lambda w: "[1]",
    "a word": lambda w: '"weights"',
    "a head missing": lambda w: json.dumps({k: v for k, v in w.items() if k != "credit"}),
    "a head that is none": lambda w: json.dumps({**w, "credit": "x"}),
    "too few numbers": lambda w: json.dumps({**w, "mean": w["mean"][:-1]}),
    "no numbers": lambda w: json.dumps({**w, "scale": ["x"] * len(w["scale"])}),
    "not finite": lambda w: json.dumps({**w, "scale": [float("nan")] * len(w["scale"])}),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_damaged_weights_are_refused(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "embedded.v9.json"
    path.write_text(DAMAGES[damage](newest()))
    with pytest.raises(SettingsError, match="install the program again"):
        embedded.load(path)


def test_weights_for_other_features_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "embedded.v9.json"
    path.write_text(json.dumps({**newest(), "features": [*NAMES[:-1], "shoe-size"]}))
    with pytest.raises(SettingsError, match="other features; run evals/train_embedded"):
        embedded.load(path)
    with pytest.raises(SettingsError, match="cannot be read"):
        embedded.load(tmp_path / "absent.v1.json")


async def test_an_answer_is_judged_in_milliseconds(judge: Embedded) -> None:
    times = []
    for question, text in ANSWERS[:60]:
        started = time.perf_counter()
        await judged(judge, question, text)
        times.append(time.perf_counter() - started)
    assert sorted(times)[30] < 0.05, sorted(times)[30]
