"""A hundred kills at random moments: no acknowledged answer is lost, and the interview goes on where it was."""

import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from scripted import ScriptedGrades, bank

from interviewer.interview import Interview
from interviewer.screen import Screen
from interviewer.session import Phase
from interviewer.store import Store, StoredSession

KILLS = 100
SEED = 20260301
AFTER = {"Asked": Phase.ANSWERING, "Answered": Phase.GRADING, "Graded": Phase.REVIEWING, "MovedOn": Phase.ENDED}
"""The phase that must follow from a session's last event."""


@pytest.mark.slow
async def test_a_hundred_kills_lose_nothing(tmp_path: Path) -> None:
    root = Path(__file__).resolve().parent
    children = subprocess.Popen(
        [sys.executable, str(root / "kill_rounds.py"), str(tmp_path), str(SEED)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=root.parent,
        env={"PYTHONPATH": f"{root.parent}:{root}", "PATH": "/usr/bin:/bin"},
    )
    assert children.stdin is not None and children.stdout is not None
    killed_in: Counter[str] = Counter()
    said: list[list[str]] = []
    try:
        for _ in range(KILLS):
            children.stdin.write("live\n")
            children.stdin.flush()
            assert children.stdout.readline().strip() == str(-signal.SIGKILL)
            said = _said(tmp_path)
            killed_in[await _checked(tmp_path, said)] += 1
    finally:
        children.stdin.close()
        children.stdout.close()
        children.wait(10)
    answers = [line for line in said if line[0] == "answer"]
    assert len(answers) >= KILLS // 2, "the children must live long enough to answer"
    assert {"answering", "grading"} <= set(killed_in), f"kills must fall into different phases: {killed_in}"


def _said(home: Path) -> list[list[str]]:
    log = home / "said.log"
    return [line.split("\t") for line in log.read_text(encoding="utf-8").splitlines()] if log.exists() else []


async def _checked(home: Path, said: list[list[str]]) -> str:
    """The phase in which the last life ended, after everything it said was found in the database."""
    if not (home / "interviews.db").exists():
        return "unborn"
    store = Store(home / "interviews.db")
    sessions = {s.id: s for s in store.history(10_000)}
    for kind, session_id, position, text in said:
        if kind == "answer":
            assert _answers(sessions[session_id])[int(position)] == text
        if kind == "graded":
            assert "Graded" in _kinds_at(sessions[session_id], int(position))
    if not sessions:
        store.close()
        return "unborn"
    last = next(iter(sessions.values()))
    _check_draft(last, said)
    phase = await _check_resumed(last, store)
    store.close()
    return phase


def _answers(session: StoredSession) -> dict[int, str]:
    return {e.body["position"]: e.body["text"] for e in session.events if e.kind == "Answered"}


def _kinds_at(session: StoredSession, position: int) -> list[str]:
    return [e.kind for e in session.events if e.body.get("position") == position]


def _check_draft(session: StoredSession, said: list[list[str]]) -> None:
    """The last draft that was acknowledged is there, or a longer one that was on its way, or the answer itself."""
    drafts = [line for line in said if line[0] == "draft" and line[1] == session.id]
    if not drafts:
        return
    _, _, position, text = drafts[-1]
    kept = dict(session.drafts).get(int(position)) or _answers(session).get(int(position), "")
    assert kept.startswith(text)


async def _check_resumed(session: StoredSession, store: Store) -> str:
    """The screen that a new program shows first is the one that was left, with the same question and the same text."""
    grades = ScriptedGrades()
    screens: list[Screen] = []
    live = Interview(bank(), grades, store)
    async for screen in live.resume(session.id):
        screens.append(screen)
        break  # what is shown first; grading goes on with the next life
    first = screens[0]
    assert first.phase is AFTER[session.events[-1].kind]
    if first.place is not None:
        position = max(e.body["position"] for e in session.events)
        assert first.position == position
        assert first.place.question == bank().items[session.plan[position]].text
        assert first.draft == dict(session.drafts).get(position, "")
    if first.phase is Phase.GRADING:
        assert first.answer == _answers(session)[first.position]
    return str(first.phase)
