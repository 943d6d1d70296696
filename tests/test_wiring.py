"""Settings become the objects they name, each once, and no other."""

import os
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from model_server import ModelServer, says

from interviewer import evidence, settings
from interviewer.errors import SettingsError
from interviewer.judges import ModelJudge
from interviewer.models.embedded import Embedded
from interviewer.models.langchain_chat import LangchainChat
from interviewer.models.openai_chat import OpenAIChat
from interviewer.wiring import PASSAGES, Wiring

LOCAL = {"model": "small", "base_url": "http://127.0.0.1:9/v1"}


@pytest.fixture
def wired(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    for name in [n for n in os.environ if n.startswith("INTERVIEWER_") or n == "OPENAI_API_KEY"]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return lambda **given: Wiring(settings.load(**{"home": tmp_path, "retrieval": "words", **given}))


@pytest.mark.parametrize(
    ("given", "kind", "expected"),
    [
        ({}, "auto", Embedded),
        (LOCAL, "auto", ModelJudge),
        (LOCAL, "embedded", Embedded),
        (LOCAL, "llm", ModelJudge),
        ({**LOCAL, "grader": "embedded"}, "auto", Embedded),
    ],
)
def test_the_judge_is_the_one_asked_for_else_the_one_set(wired: Any, given: Any, kind: str, expected: type) -> None:
    wiring = wired(**given)
    assert isinstance(wiring.judge(kind), expected)
    grader = wiring.grader(kind)
    assert (grader.witness is None) == (expected is Embedded)
    assert grader.common() == evidence.common_stems(wiring.bank.rubrics.values())


@pytest.mark.parametrize("given", [{}, {"grader": "llm"}])
def test_a_model_that_is_not_named_is_asked_for(wired: Any, given: Any) -> None:
    with pytest.raises(SettingsError, match="INTERVIEWER_MODEL"):
        wired(**given).judge("llm")


def test_a_live_grade_waits_as_long_as_set_and_a_run_longer(wired: Any) -> None:
    wiring = wired(**LOCAL, deadline_s=7.0)
    assert wiring.judge().policy.deadline_s == 7.0
    assert wiring.judge(in_run=True).policy.deadline_s > 60 and wiring.judge(in_run=True).policy.sits_out


def test_notes_are_fitted_beside_the_longest_reply(wired: Any) -> None:
    wiring = wired(**LOCAL, context_tokens=4_000, max_tokens=2_000)
    notes = tuple(wiring.bank.notes.values())
    kept = wiring.judge().fit_notes("the prompt " * 300, notes)
    assert 0 < len(kept) < len(notes)
    more = wired(**LOCAL, context_tokens=8_000, max_tokens=2_000).judge().fit_notes("the prompt " * 300, notes)
    assert len(more) > len(kept)


def test_things_are_built_once_and_only_when_needed(wired: Any) -> None:
    wiring = wired(**LOCAL)
    assert wiring.bank is wiring.bank and set(vars(wiring)) & {"model", "store", "index", "words", "embedded"} == set()
    assert wiring.grader().judge.model is wiring.grader().judge.model
    assert wiring.grader("embedded").judge is wiring.embedded
    assert not (wiring.settings.home / "interviews.db").exists()


def test_the_passages_of_a_question_are_looked_up_once(wired: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    wiring = wired()
    item = wiring.bank.items["dropout-inference"]
    rubric = wiring.bank.rubric_of(item)
    found = wiring.passages(item, rubric)
    assert len(found) == PASSAGES and set(item.notes) & {n.id for n in found}
    monkeypatch.setattr(wiring.index, "search", lambda *_: pytest.fail("looked up again"))
    assert wiring.passages(item, rubric) is found
    assert wiring.passages(replace(item), rubric) is found  # as it comes back from another process
    elsewhere = replace(item, text="A question from elsewhere that happens to share the id?")
    assert wiring.passages(elsewhere, rubric) == ()


def test_many_threads_find_the_same_passages_through_one_index(wired: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    wiring, built = wired(), []
    real = wiring.index_of
    monkeypatch.setattr(wiring, "index_of", lambda: built.append(1) or real())
    found: list[tuple[str, ...]] = []

    def look() -> None:
        found.extend(
            tuple(n.id for n in wiring.passages(item, wiring.bank.rubric_of(item))) for item in wiring.bank.askable
        )

    threads = [threading.Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    n = len(wiring.bank.askable)
    assert built == [1] and len(found) == 4 * n and len(set(found)) <= n


@pytest.mark.parametrize(("name", "kind"), [("small", OpenAIChat), ("openai:small", LangchainChat)])
async def test_connections_are_closed_and_opened_again(wired: Any, name: str, kind: type) -> None:
    async with ModelServer(says("{}")) as server:
        url = {"base_url": server.url} if kind is OpenAIChat else {}
        wiring = wired(model=name, api_key="sk-test", **url)
        if kind is LangchainChat:
            wiring.__dict__["model"] = LangchainChat(name, server.url, "sk-test")
        item = wiring.bank.items["dropout-inference"]
        grader = wiring.grader()
        for _ in range(2):
            grade = await grader.grade(item, "At test time nothing is dropped, every unit is used.")
            assert grade.score is None and grade.reason.startswith("ReplyInvalid")
            await wiring.aclose()
        assert len(server.bodies) == 4


async def test_closing_builds_nothing(wired: Any) -> None:
    wiring = wired(grader="llm")
    await wiring.aclose()
    assert "model" not in vars(wiring)


def test_a_record_says_how_the_judge_was_asked(wired: Any) -> None:
    wiring = wired(**LOCAL, api_key="sk-secret")
    said = wiring.parameters("llm")
    assert said["endpoint"] == LOCAL["base_url"] and said["prompt"].startswith("rubric.v") and said["prompt_digest"]
    assert said["witness"] == wiring.embedded.version and "sk-secret" not in repr(said)
    assert wired().parameters("embedded") == {"weights": wiring.embedded.version}
