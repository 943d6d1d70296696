"""The files of a batch, in the folder of its run: requests that go out, replies that come back, how far each file is.

`batch/batch.json` says what was asked for and what has been sent; it is written whole or not at all, after each step.
`batch/requests-001.jsonl` ... go out as they are. Asks nobody.
"""

import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout
from pydantic import BaseModel, ConfigDict, ValidationError

from interviewer.errors import InputError

MOST_REQUESTS = 50_000
MOST_BYTES = 200_000_000
"""Of a file of requests. Source: OpenAI, API reference of POST /v1/batches."""
_NAME = "batch.json"


class RequestFile(BaseModel):
    """One file of requests, and what has become of it."""

    model_config = ConfigDict(extra="forbid")
    name: str
    requests: int
    file_id: str = ""
    """What the server calls the uploaded file; empty before."""
    batch_id: str = ""
    """What the server calls the batch; empty before it is made."""
    status: str = ""
    """As the server said last, the word that ends it only once its replies are here."""
    done: int = 0
    """Requests that had a reply then."""
    said: str = ""
    """Why it failed."""


class Sent(BaseModel):
    """What a batch is made for: the options of the run and its files."""

    model_config = ConfigDict(extra="forbid")
    version: int = 1
    data: str
    attacks: bool
    prompt: str
    model: str
    trials: int
    files: list[RequestFile] = []


class BatchFolder:
    """The batch of one run folder."""

    def __init__(self, run: Path) -> None:
        self.run, self.path = run, run / "batch"

    @property
    def recordings(self) -> Path:
        """File of the replies, as `recordings` has them."""
        return self.path / "replies.jsonl"

    def requests(self, file: RequestFile) -> Path:
        """Where a file of requests is."""
        return self.path / file.name

    async def write(
        self, lines: AsyncIterator[dict[str, Any]], most: int = MOST_REQUESTS, most_bytes: int = MOST_BYTES
    ) -> list[RequestFile]:
        """Writes requests, each custom_id once, into as many files as they need.

        Args:
            lines: requests as they go out.

        Raises:
            OSError: they cannot be written.
        """
        self.path.mkdir()
        files: list[RequestFile] = []
        seen, size = set[str](), 0
        with ExitStack() as opened:
            async for line in lines:
                if line["custom_id"] in seen:
                    continue
                seen.add(line["custom_id"])
                raw = json.dumps(line, ensure_ascii=False).encode() + b"\n"
                if not files or files[-1].requests == most or size + len(raw) > most_bytes:
                    files.append(RequestFile(name=f"requests-{len(files) + 1:03}.jsonl", requests=0))
                    size, out = 0, opened.enter_context(self.requests(files[-1]).open("wb"))
                out.write(raw)
                files[-1].requests += 1
                size += len(raw)
        return files

    def save(self, sent: Sent) -> None:
        """Writes batch.json."""
        part = self.path / f"{_NAME}.part"
        part.write_text(sent.model_dump_json(indent=1) + "\n", encoding="utf-8")
        part.replace(self.path / _NAME)

    def load(self) -> Sent:
        """What batch.json says.

        Raises:
            InputError: there is none, or it is of another version.
        """
        try:
            return Sent.model_validate_json((self.path / _NAME).read_bytes())
        except OSError as error:
            doing = "write one with `interviewer eval batch write --out FOLDER`"
            raise InputError(f"{self.run} holds no batch ({error.strerror}); {doing}") from error
        except ValidationError as error:
            raise InputError(f"{self.path / _NAME} is not of this version; write the batch again") from error

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keeps other processes off the folder.

        Raises:
            InputError: one is at it.
        """
        lock = FileLock(self.run / ".lock")
        try:
            lock.acquire(timeout=0)
        except Timeout as error:
            raise InputError(f"another process writes to {self.run}; wait for it") from error
        try:
            yield
        finally:
            lock.release()

    async def keep(
        self, file: RequestFile, kind: str, pieces: AsyncIterator[bytes], clean: Callable[[str], str]
    ) -> None:
        """Keeps a file that came back, whole or not at all.

        Args:
            kind: output or errors.
            clean: takes out what may not be kept.
        """
        place = self._back(file, kind)
        raw, part = place.with_suffix(".raw"), place.with_suffix(".part")
        with raw.open("wb") as out:
            async for piece in pieces:
                out.write(piece)
        with raw.open("rb") as lines, part.open("wb") as out:
            out.writelines(clean(line.decode("utf-8", "replace")).encode() for line in lines)
        part.replace(place)
        raw.unlink()

    def _back(self, file: RequestFile, kind: str) -> Path:
        return self.path / file.name.replace(".jsonl", f".{kind}.jsonl")

    def replies(self, sent: Sent) -> "Replies":
        """The lines that have come back."""
        return Replies([self._back(file, kind) for kind in ("output", "errors") for file in sent.files])


class Replies:
    """The lines of files that came back, found by custom_id; holds where they stand, not what they say."""

    def __init__(self, paths: list[Path]) -> None:
        self._places: dict[str, tuple[Path, int]] = {}
        for path in paths:
            if path.exists():
                self._index(path)

    def _index(self, path: Path) -> None:
        with path.open("rb") as lines:
            start = 0
            for line in lines:
                try:
                    name = json.loads(line)["custom_id"]
                except (ValueError, TypeError, KeyError, RecursionError):
                    name = None  # a line that answers nothing we asked
                if isinstance(name, str):
                    self._places.setdefault(name, (path, start))
                start += len(line)

    def line(self, custom_id: str) -> bytes | None:
        """The line about a request; None where there is none."""
        if custom_id not in self._places:
            return None
        path, start = self._places[custom_id]
        with path.open("rb") as file:
            file.seek(start)
            return file.readline()
