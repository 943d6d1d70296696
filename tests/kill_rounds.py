"""Sits interviews in children killed at random moments: `python kill_rounds.py HOME SEED`, one line in, one line out.

Everything is imported once and every child is forked from here, so that a life costs milliseconds. A child writes a
line to HOME/said.log only after the call that it reports has returned: whatever stands there was acknowledged.
"""

import asyncio
import os
import random
import signal
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from scripted import ScriptedGrades, bank, grade_of

from interviewer import eventlog
from interviewer.grade import Grade
from interviewer.interview import Interview
from interviewer.item import Item
from interviewer.screen import Screen
from interviewer.selection import Choice
from interviewer.session import Answered, Asked, Graded, MovedOn, Phase
from interviewer.store import Store, StoredGrade, StoredSession


class UnhurriedGrades(ScriptedGrades):
    """Takes a few milliseconds, so that some kills fall into the grading."""

    async def grade(self, item: Item, raw: str) -> Grade:
        """The scripted grade, a little later."""
        await asyncio.sleep(random.uniform(0.0, 0.01))
        return await super().grade(item, raw)


async def sit(home: Path, life: int) -> None:
    """Goes on with the last interview, and with new ones after it, until it is killed."""
    log = os.open(home / "said.log", os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def say(*parts: object) -> None:
        os.write(log, ("\t".join(map(str, parts)) + "\n").encode())

    store = Store(home / "interviews.db")
    live = Interview(bank(), UnhurriedGrades(), store)
    last = store.history(1)
    screen = await _last(live.resume(last[0].id)) if last else await live.begin(Choice(count=3))
    number = 0
    while True:
        if screen.phase is Phase.ENDED:
            screen = await live.begin(Choice(count=3))
        session_id, position = screen.session_id, screen.position
        if screen.phase is Phase.REVIEWING:
            screen = await _last(live.play(session_id, MovedOn(position, live.now())))
            continue
        number += 1
        text = f"life {life}, answer {number}: naïve ∑ \\frac{{1}}{{2}} 'quoted'"
        for part in (text[:12], text[:20]):
            if await live.keep_draft(session_id, position, part):
                say("draft", session_id, position, part)
        screens = live.play(session_id, Answered(position, text, live.now()))
        screen = await anext(screens)
        say("answer", session_id, position, text)
        screen = await _last(screens)
        say("graded", session_id, position, "")


async def _last(screens: object) -> Screen:
    return [screen async for screen in screens][-1]  # type: ignore[attr-defined]


def _warm_up() -> None:
    """What a child would otherwise spend its short life on: SQLAlchemy's import and pydantic's schemas."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder) / "warm.db")
        at = datetime(2026, 1, 1, tzinfo=UTC)
        events = (eventlog.stored(Asked(0, "one", at)), eventlog.stored(Answered(0, "x", at)))
        store.start(StoredSession("s", at, ("one",), {}, 1, "0", (*events, eventlog.stored(Graded(0, "g", at)))))
        store.add_grade(StoredGrade("g", "one", "x", at, grade_of("one"), "s"))
        eventlog.stored(MovedOn(0, at))
        eventlog.session_of(store.session("s"))
        store.close()


def _wait_for_words(log: Path) -> None:
    before = log.stat().st_size if log.exists() else 0
    until = time.monotonic() + 10
    while time.monotonic() < until and not (log.exists() and log.stat().st_size > before):
        time.sleep(0.001)


def main() -> None:
    """One child for each line read; says how it ended."""
    home = Path(sys.argv[1])
    chance = random.Random(int(sys.argv[2]))
    _warm_up()
    for life, _ in enumerate(sys.stdin):
        child = os.fork()
        if child == 0:
            random.seed(life)
            asyncio.run(sit(home, life))
            os._exit(1)
        if chance.random() < 0.8:  # most lives say something first, however slow the machine is
            _wait_for_words(home / "said.log")
        time.sleep(chance.uniform(0.0, 0.12))
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    main()
