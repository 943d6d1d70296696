"""A whole embedded interview, retrieval included, asks nobody outside this machine, from the first import on.

It runs in a process of its own, so that what libraries do while they are imported counts too.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from shell import Shell

PROGRAM = """
import asyncio, json, socket, sys

ATTEMPTS = []
LOOPBACK = ("127.", "::1", "localhost")


def watched(name):
    real = getattr(socket.socket, name)

    def outward(self, *given):
        address = given[-1]
        inside = self.family == socket.AF_UNIX or str(address[0]).startswith(LOOPBACK)
        if inside:
            return real(self, *given)
        ATTEMPTS.append(f"{name} {address}")
        raise OSError(f"refused by the test: {address}")

    return outward


for name in ("connect", "connect_ex", "sendto"):
    setattr(socket.socket, name, watched(name))
ask_for_address = socket.getaddrinfo


def getaddrinfo(host, *rest, **more):
    if host is not None and not str(host).startswith(LOOPBACK):
        ATTEMPTS.append(f"getaddrinfo {host}")
        raise socket.gaierror(f"refused by the test: {host}")
    return ask_for_address(host, *rest, **more)


socket.getaddrinfo = getaddrinfo

from interviewer import settings
from interviewer.selection import Choice
from interviewer.session import Answered, Ended, GradeAgain, MovedOn, Phase
from interviewer.wiring import Wiring

ANSWERS = ["The hour hand has moved on, so it is 7.5 degrees.", "It regularises, I think, by noise.", "", "No idea."]


async def last(screens):
    async for shown in screens:
        pass
    return shown


async def whole():
    wiring = Wiring(settings.load())
    live = wiring.interview()
    shown = await live.begin(Choice((), count=len(ANSWERS)))
    reviews = []
    for answer in ANSWERS:
        await live.keep_draft(shown.session_id, shown.position, answer)
        shown = await last(live.play(shown.session_id, Answered(shown.position, answer, live.now())))
        shown = await last(live.play(shown.session_id, GradeAgain(shown.position, live.now())))
        reviews.append((shown.review.state, shown.review.score))
        shown = await last(live.play(shown.session_id, MovedOn(shown.position, live.now())))
    (session,) = wiring.store.history()
    assert len(session.grades) == 2 * len(ANSWERS)
    item = wiring.bank.askable[0]
    found = wiring.passages(item, wiring.bank.rubric_of(item))
    await wiring.aclose()
    return {"phase": shown.phase, "reviews": reviews, "found": len(found), "rows": len(shown.summary.rows)}


print(json.dumps({**asyncio.run(whole()), "attempts": ATTEMPTS}))
"""


def interviewed(folder: Path, *before: str) -> dict[str, Any]:
    """What an interview came to."""
    env = Shell(folder).environment(INTERVIEWER_RETRIEVAL="hybrid")
    assert not [name for name in env if name.lower().endswith("_proxy")]
    command = [*before, sys.executable, "-c", PROGRAM]
    done = subprocess.run(command, capture_output=True, text=True, cwd=folder, env=env)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return json.loads(done.stdout)  # type: ignore[no-any-return]


def test_a_whole_interview_asks_nobody(tmp_path: Path) -> None:
    """Where this user may, in a network namespace without any interface: there native code finds nobody either."""
    alone = ["unshare", "-n"]
    may = shutil.which("unshare") and not subprocess.run([*alone, "true"], capture_output=True).returncode
    came = interviewed(tmp_path, *alone if may else ())
    assert came["attempts"] == []
    assert came["phase"] == "ended" and came["rows"] == 4
    assert all(state == "provisional" and score is not None for state, score in came["reviews"])
    assert came["found"] == 3, (
        "the passages, which a language model would be shown, are looked up without asking anybody"
    )


def test_the_watch_sees_what_it_is_for(tmp_path: Path) -> None:
    """A program that does ask is caught: the test above can fail."""
    asks = "\ntry: socket.create_connection(('203.0.113.1', 80))\nexcept OSError: print(ATTEMPTS)"
    program = PROGRAM.split("from interviewer import settings")[0] + asks
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=dict(os.environ))
    assert "203.0.113.1" in done.stdout
