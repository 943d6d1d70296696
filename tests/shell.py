"""The command line as a user meets it: a process of its own, with nothing configured but what a test names."""

import atexit
import functools
import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
ZYGOTE = Path(__file__).with_name("zygote.py")
_OURS = ("INTERVIEWER_", "OPENAI_", "GRADIO_")
_OTHERS = {"PORT", "HOST", "PYTHONDONTWRITEBYTECODE", "PYTHONWARNINGS", "PYTHONUTF8", "PYTHONIOENCODING", "LC_ALL"}


@dataclass(frozen=True)
class Said:
    """What came of one command."""

    code: int
    raw: bytes
    """Standard output as it came."""
    err: str

    @property
    def out(self) -> str:
        """Standard output."""
        return self.raw.decode()

    @property
    def json(self) -> Any:
        """Standard output as JSON."""
        return json.loads(self.raw)


@dataclass(frozen=True)
class Shell:
    """Runs commands in a folder with a home of its own."""

    folder: Path

    @property
    def home(self) -> Path:
        """Where the program keeps what it keeps."""
        return self.folder / "home"

    def run(self, *words: str | Path, stdin: bytes | str = b"", **env: str | Path) -> Said:
        """One `interviewer` command in a forked process; see `zygote`.

        Args:
            env: further environment variables.
        """
        with tempfile.TemporaryDirectory() as files:
            paths = {name: f"{files}/{name}" for name in ("stdin", "stdout", "stderr")}
            Path(paths["stdin"]).write_bytes(stdin.encode() if isinstance(stdin, str) else stdin)
            asked = {"words": [*map(str, words)], "folder": str(self.folder), "env": self.environment(**env), **paths}
            zygote = _zygote()
            assert zygote.stdin and zygote.stdout
            zygote.stdin.write(json.dumps(asked) + "\n")
            zygote.stdin.flush()
            code = int(zygote.stdout.readline())
            return Said(code, Path(paths["stdout"]).read_bytes(), Path(paths["stderr"]).read_text())

    def run_line(self, line: str, stdin: bytes | str = b"", **env: str | Path) -> Said:
        """A line of shell in which `interviewer` is the command, started from nothing as a user's shell does."""
        command = f'interviewer() {{ "{sys.executable}" -m interviewer.cli "$@"; }}; {line}'
        given = stdin.encode() if isinstance(stdin, str) else stdin
        done = subprocess.run(
            ["bash", "-c", command], input=given, capture_output=True, cwd=self.folder, env=self.environment(**env)
        )
        return Said(done.returncode, done.stdout, done.stderr.decode())

    def environment(self, **env: str | Path) -> dict[str, str]:
        """What a command sees; retrieval by shared words, which spares most tests the building of an index."""
        kept = {
            k: v
            for k, v in os.environ.items()
            if not k.startswith(_OURS) and k not in _OTHERS and not k.lower().endswith("_proxy")
        }
        ours = {"INTERVIEWER_HOME": str(self.home), "INTERVIEWER_RETRIEVAL": "words", "COLUMNS": "200"}
        return {**kept, "PYTHONPATH": str(ROOT), **ours, **{k: str(v) for k, v in env.items()}}


@functools.cache
def _zygote() -> "subprocess.Popen[str]":
    env = {**os.environ, "PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1", "TOKENIZERS_PARALLELISM": "false"}
    pipe = subprocess.PIPE
    process = subprocess.Popen([sys.executable, str(ZYGOTE)], stdin=pipe, stdout=pipe, text=True, env=env)
    atexit.register(process.kill)
    return process


def small_bank(folder: Path, *topics: str) -> Path:
    """A bank folder with some topics of the real one, to be broken at will.

    All notes are in it, for a question may rest on those of another topic.
    """
    for kind in ("questions", "rubrics"):
        (folder / kind).mkdir(parents=True)
        for topic in topics:
            shutil.copytree(ROOT / kind / topic, folder / kind / topic)
    for notes in (ROOT / "questions").glob("*/notes.md") if topics else ():
        place = folder / "questions" / notes.parent.name
        place.mkdir(exist_ok=True)
        shutil.copy(notes, place)
    return folder


def refusal(said: Said, *, code: int = 2) -> str:
    """The one line in which a command said what is wrong, after checking that it is one."""
    assert said.code == code, (said.code, said.err)
    assert "Traceback" not in said.err, said.err
    lines = said.err.splitlines()
    assert len(lines) == 1 and lines[0].startswith("interviewer: "), said.err
    return lines[0]
