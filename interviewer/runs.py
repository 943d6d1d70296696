"""A run folder: run.json and trials.jsonl, one line a trial, appended as they end. Judges nothing.

run.json is written when the run begins, without an end, and again when it ends. A process that is killed leaves at
worst half a line, which is taken off when the run is resumed.
"""

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout
from pydantic import TypeAdapter, ValidationError

from interviewer.errors import InputError
from interviewer.trial import Run, Trial

RUN, TRIALS, DROPPED = "run.json", "trials.jsonl", "dropped.jsonl"
_TRIAL, _RUN = TypeAdapter(Trial), TypeAdapter(Run)
_EXPLAINING = ("grader", "grader_version", "data", "parameters", "trials")
"""What has to be the same in both parts of a resumed run."""
_OF_DATA = ("data_digest", "rubric_versions")
"""And that, unless it goes on with other data."""


class RunFolder:
    """Where one run is written. One process at a time writes to it."""

    def __init__(self, path: Path, run: Run, resumes: bool = False, on_other_data: bool = False) -> None:
        """Begins a run in a new or empty folder, or goes on with the one that is there.

        Args:
            on_other_data: the answers, rubrics or labels may have changed since; `drop` then takes what is stale.

        Raises:
            InputError: it holds a run already, another process writes there, or it cannot be written; when resumed,
                another run than this one.
        """
        self.path, self.run = path, run
        self._lock = FileLock(path / ".lock")
        try:
            path.mkdir(parents=True, exist_ok=True)
            self._lock.acquire(timeout=0)
            self._begin(resumes, on_other_data)
        except InputError:
            self._lock.release()
            raise
        except Timeout as error:
            raise InputError(f"another process writes to {path}; wait for it or name another folder") from error
        except FileExistsError as error:
            raise InputError(f"{path} is no folder; name another folder with --out") from error
        except OSError as error:
            raise InputError(f"{path} cannot be written ({error.strerror}); name another folder with --out") from error

    def _begin(self, resumes: bool, on_other_data: bool) -> None:
        if resumes:
            self._resume(() if on_other_data else _OF_DATA)
        elif (self.path / TRIALS).exists():
            doing = "add --resume to go on with it, or name another folder with --out"
            raise InputError(f"{self.path} holds a run already; {doing}")
        self._trials = (self.path / TRIALS).open("ab")
        self._write({})

    def append(self, trial: Trial) -> None:
        """Writes one trial, flushed."""
        self._trials.write(_TRIAL.dump_json(trial) + b"\n")
        self._trials.flush()

    def close(self, seconds: float, finished: str | None, figures: dict[str, Any]) -> Run:
        """Writes run.json and lets go of the folder.

        Args:
            seconds: wall time of this part of the run.
            finished: ISO 8601; None where trials are still to be made.
        """
        self._trials.close()
        self.run = replace(self.run, seconds=round(self.run.seconds + seconds, 3), finished=finished)
        self._write(figures)
        self.release()
        return self.run

    def release(self) -> None:
        """Lets go of the folder as it stands."""
        self._trials.close()
        self._lock.release()

    def drop(self, is_stale: Callable[[Trial], bool]) -> int:
        """Moves trials that are to be made again to dropped.jsonl, before any is appended; returns how many."""
        self._trials.close()
        part, dropped = self.path / f"{TRIALS}.part", 0
        with part.open("wb") as kept, (self.path / DROPPED).open("ab") as gone:
            for trial in trials(self.path):
                stale = is_stale(trial)
                dropped += stale
                (gone if stale else kept).write(_TRIAL.dump_json(trial) + b"\n")
        part.replace(self.path / TRIALS)
        self._trials = (self.path / TRIALS).open("ab")
        return dropped

    def rewrite(self, changed: Callable[[Trial], Trial]) -> None:
        """Replaces every trial, all or none."""
        self._trials.close()
        part = self.path / f"{TRIALS}.part"
        with part.open("wb") as lines:
            lines.writelines(_TRIAL.dump_json(changed(trial)) + b"\n" for trial in trials(self.path))
        part.replace(self.path / TRIALS)
        self._trials = (self.path / TRIALS).open("ab")

    def _resume(self, same: tuple[str, ...]) -> None:
        before = described(self.path)
        odd = [name for name in (*_EXPLAINING, *same) if getattr(before, name) != getattr(self.run, name)]
        if odd:
            raise InputError(
                f"{self.path} holds another run ({', '.join(odd)} differ); resume it as it was begun, or name another "
                "folder with --out"
            )
        self.run = replace(self.run, started=before.started, seconds=before.seconds)
        with (self.path / TRIALS).open("ab") as file:
            file.truncate(_whole_lines(self.path / TRIALS))

    def _write(self, figures: dict[str, Any]) -> None:
        described = {f.name: getattr(self.run, f.name) for f in fields(self.run)}
        self.write(RUN, {**described, "figures": figures})

    def write(self, name: str, content: dict[str, Any]) -> None:
        """Writes a JSON file of the folder, whole or not at all."""
        part = self.path / f"{name}.part"
        part.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        part.replace(self.path / name)


def _whole_lines(path: Path) -> int:
    """Bytes up to the end of the last whole line."""
    with path.open("rb") as file:
        end = file.seek(0, os.SEEK_END)
        while end:
            start = max(0, end - 65_536)
            file.seek(start)
            found = file.read(end - start).rfind(b"\n")
            if found >= 0:
                return start + found + 1
            end = start
    return 0


def described(path: Path) -> Run:
    """What run.json says of a run; what it does not know is left unread.

    Raises:
        InputError: no run there, or one of another version.
    """
    try:
        return _RUN.validate_json((path / RUN).read_bytes())
    except ValidationError as error:
        raise InputError(f"{path}/{RUN} is not a run of this version; run again") from error
    except OSError as error:
        raise InputError(f"{path} holds no run ({error.strerror}); name the folder given to --out") from error


def trials(path: Path) -> Iterator[Trial]:
    """The trials of a run folder, in the order in which they ended. Half a line at the end of a run that is not
    finished is left out: its process was killed, or is just writing it.

    Raises:
        InputError: no run there, or a line that cannot be read.
    """
    try:
        with (path / TRIALS).open("rb") as lines:
            for number, line in enumerate(lines, 1):
                try:
                    yield _TRIAL.validate_json(line)
                except ValidationError as error:
                    if not line.endswith(b"\n") and described(path).finished is None:
                        return
                    raise InputError(f"{path}/{TRIALS}:{number} is not a trial of this version; run again") from error
    except OSError as error:
        raise InputError(f"{path} holds no run ({error.strerror}); name the folder given to --out") from error


def git_commit() -> str:
    """Commit of the checkout the program runs from, with `+` where files differ; empty outside a checkout.

    A virtual environment may stand inside somebody else's checkout: only files that are tracked count as ours.
    """
    folder = Path(__file__).parent

    def git(*words: str) -> str:
        answer = subprocess.run(  # noqa: S603  # fixed words, no shell
            ["git", *words],  # noqa: S607
            cwd=folder,
            capture_output=True,
            text=True,
            check=True,
            timeout=10,
        )
        return answer.stdout.strip()

    try:
        git("ls-files", "--error-unmatch", Path(__file__).name)
        return git("rev-parse", "--short=12", "HEAD") + ("+" if git("status", "--porcelain", "-uno") else "")
    except (OSError, subprocess.SubprocessError):
        return ""
