"""Starts commands quickly: this process has imported everything already and forks itself for each of them.

What runs is a process of its own, with its own files, environment and folder, and one second sooner than from nothing.
Reads one request a line on standard input, writes one exit code a line. `shell` starts it.
"""

import gc
import importlib
import json
import os
import sys
import traceback
from typing import Any

IMPORTED = (
    "chromadb langchain_chroma numpy openai rich.table sqlalchemy.dialects.sqlite tiktoken interviewer.cli_ask"
    " interviewer.cli_history interviewer.checkup interviewer.datasets interviewer.doctor interviewer.evaluate"
    " interviewer.figures interviewer.interview interviewer.index interviewer.models.embedded interviewer.models.chosen"
    " interviewer.runs interviewer.recordings interviewer.attackfigures interviewer.models.pace"
    " aiohttp interviewer.models.openai_lean interviewer.models.offline interviewer.tables interviewer.wiring"
)


def run(request: dict[str, Any]) -> int:
    """The exit code of one command, run in this process, which is a fresh copy made for it."""
    os.chdir(request["folder"])
    os.environ.clear()
    os.environ.update(request["env"])
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        flags = os.O_RDONLY if number == 0 else os.O_WRONLY | os.O_CREAT | os.O_TRUNC
        os.dup2(os.open(request[name], flags), number)
        setattr(sys, name, os.fdopen(number, "r" if number == 0 else "w", encoding="utf-8", closefd=False))
    sys.argv = ["interviewer", *request["words"]]
    from interviewer import cli

    try:
        cli.main()
    except SystemExit as ended:
        code = int(ended.code or 0)
    except BaseException:  # noqa: BLE001  # what an interpreter does at its end
        traceback.print_exc()
        code = 1
    if sys.stdout is not None:
        sys.stdout.flush()
    sys.stderr.flush()
    return code


def main() -> None:
    """Serves until standard input ends."""
    for name in IMPORTED.split():
        importlib.import_module(name)
    from interviewer.embeddings import StaticEmbeddings

    StaticEmbeddings().words_vectors(["loaded"])
    gc.freeze()  # else each copy's first collection would touch, and so copy, everything that was imported
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            os._exit(run(json.loads(line)))
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


if __name__ == "__main__":
    main()
