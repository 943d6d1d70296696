"""Runs of the harness in children killed at random moments: `python run_rounds.py`, one request in, one code back.

Everything is imported once and every child is forked from here. A request is a line of JSON: `words` of the command
line, `folder` to run in, `after_s` until it is killed (null: it may end).
"""

import importlib
import json
import os
import signal
import sys
import time

for name in "cli cli_run datasets evaluate figures runs wiring models.offline models.chosen models.embedded".split():
    importlib.import_module(f"interviewer.{name}")


def live(words: list[str], folder: str) -> None:
    """One command, as the command line runs it."""
    from interviewer import cli

    os.chdir(folder)
    sys.argv = ["interviewer", *words]
    try:
        cli.main()
    except SystemExit as ended:
        os._exit(int(ended.code or 0))


for line in sys.stdin:
    request = json.loads(line)
    child = os.fork()
    if child == 0:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        live(request["words"], request["folder"])
    if request["after_s"] is not None:
        time.sleep(request["after_s"])
        os.kill(child, signal.SIGKILL)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
