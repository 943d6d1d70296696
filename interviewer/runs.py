"""A run folder: run.json and trials.jsonl, one line a trial, appended as they end. Judges nothing."""

import dataclasses
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from interviewer.errors import InputError
from interviewer.trial import Run, Trial


class RunFolder:
    """Where one run is written."""

    def __init__(self, path: Path) -> None:
        """A new folder, or an empty one.

        Raises:
            InputError: it holds a run already, or cannot be written.
        """
        self.path = path
        try:
            path.mkdir(parents=True, exist_ok=True)
            # "x": of two runs into one folder the second is refused, however close they are.
            self._trials = (path / "trials.jsonl").open("x", encoding="utf-8")
        except FileExistsError as error:
            what = "holds a run already" if path.is_dir() else "is no folder"
            raise InputError(f"{path} {what}; name another folder with --out") from error
        except OSError as error:
            raise InputError(f"{path} cannot be written ({error.strerror}); name another folder with --out") from error

    def append(self, trial: Trial) -> None:
        """Writes one trial, flushed."""
        self._trials.write(json.dumps(dataclasses.asdict(trial), ensure_ascii=False) + "\n")
        self._trials.flush()

    def close(self, run: Run, figures: dict[str, Any]) -> None:
        """Writes run.json and ends the run."""
        self._trials.close()
        content = {**dataclasses.asdict(run), "figures": figures}
        (self.path / "run.json").write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def trials(path: Path) -> Iterator[Trial]:
    """The trials of a run folder, in the order in which they ended.

    Raises:
        InputError: no run there, or a line that cannot be read.
    """
    adapter = TypeAdapter(Trial)
    try:
        with (path / "trials.jsonl").open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                try:
                    yield adapter.validate_json(line)
                except ValidationError as error:
                    raise InputError(
                        f"{path}/trials.jsonl:{number} is not a trial of this version; run again"
                    ) from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path}/trials.jsonl is not UTF-8 text; run again") from error
    except OSError as error:
        raise InputError(f"{path} holds no run ({error.strerror}); name the folder given to --out") from error


def described(path: Path) -> Run:
    """The description of a run folder; keys of a newer version are left unread.

    Raises:
        InputError: no run there, or a description that cannot be read.
    """
    try:
        return TypeAdapter(Run).validate_json((path / "run.json").read_bytes())
    except ValidationError as error:
        raise InputError(f"{path}/run.json is not a run of this version; run again") from error
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
