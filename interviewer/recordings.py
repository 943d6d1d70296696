"""A file of recorded replies: what a model said, found again by what it was asked. Judges nothing.

`<name>.jsonl` grows by a line a reply, flushed. `<name>.jsonl.gz` is the same compressed, for git: new replies wait
beside it in `<name>.jsonl.gz.new` and are folded in by `close`, so that a killed run loses none. Of two replies with
one key the later one holds. No key or header is ever part of an ask, and whatever looks like a key in a text is
blotted out.
"""

import gzip
import hashlib
import json
import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from interviewer.errors import InputError
from interviewer.models import Ask, Reply, TokenChance, Usage
from interviewer.models.faults import blotted

PARTS = ("model", "parameters", "messages", "form", "trial")
"""What a reply is found by. form: the schema, how many tokens and which log-probabilities were asked for."""


@dataclass(frozen=True, slots=True)
class Key:
    """What was asked, each part as the first 16 hex digits of its sha256 (the trial as its number)."""

    model: str
    parameters: str
    messages: str
    form: str
    trial: int

    def changed(self, other: "Key") -> tuple[str, ...]:
        """The parts in which the two differ."""
        return tuple(part for part in PARTS if getattr(self, part) != getattr(other, part))


def key_of(model: str, parameters: Mapping[str, Any], ask: Ask) -> Key:
    """The key of an ask.

    Args:
        parameters: sampling parameters as configured; what a server refused of them does not change the key.
    """
    messages = [(m.role, m.content) for m in ask.messages]
    form = (ask.schema, ask.top_logprobs, ask.max_tokens)
    return Key(model, _digest(dict(parameters)), _digest(messages), _digest(form), ask.trial)


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:16]


class _Line(BaseModel):
    """One recorded reply as it stands in the file."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    about: str
    model: str
    parameters: dict[str, Any]
    messages: str
    form: str
    trial: int
    text: str
    answered: str
    input_tokens: int | None = None
    output_tokens: int | None = None
    cached_tokens: int | None = None
    seconds: float
    finish: str
    first_token: list[tuple[str, float]] = []
    cost_usd: float | None = None

    @property
    def key(self) -> Key:
        return Key(self.model, _digest(self.parameters), self.messages, self.form, self.trial)

    def reply(self) -> Reply:
        usage = Usage(self.input_tokens, self.output_tokens, self.cached_tokens)
        chances = tuple(TokenChance(token, logprob) for token, logprob in self.first_token)
        shown = (self.text, self.answered, usage, self.seconds, self.finish)
        return Reply(*shown, first_token=chances, cost_usd=self.cost_usd, is_replayed=True)


class Recordings:
    """The replies of one file, read once and added to."""

    def __init__(self, path: Path) -> None:
        """Reads the file, which need not exist yet.

        Raises:
            InputError: a line that is no recorded reply, or a file that cannot be read.
        """
        self.path = path
        self._new = path.with_name(path.name + ".new") if path.suffix == ".gz" else path
        self._lines = {line.key: line for line in _read(path)}
        if self._new != path:
            self._lines |= {line.key: line for line in _read(self._new)}
        self._lock = threading.Lock()
        self._is_mended = False

    def __len__(self) -> int:
        return len(self._lines)

    def asked(self) -> list[tuple[str, dict[str, Any]]]:
        """Each (model, parameters) that replies are recorded of, in the order of the file."""
        found = {(line.model, _digest(line.parameters)): line.parameters for line in self._lines.values()}
        return [(model, dict(parameters)) for (model, _), parameters in found.items()]

    def find(self, key: Key) -> Reply | None:
        """The reply recorded under that key."""
        line = self._lines.get(key)
        return line.reply() if line else None

    def nearest(self, key: Key, about: str) -> Key | None:
        """The key, of the replies about the same thing, that differs in the fewest parts; None where there is none."""
        others = [line.key for line in self._lines.values() if line.about == about]
        return min(others, key=lambda other: len(key.changed(other)), default=None)

    def add(self, key: Key, parameters: Mapping[str, Any], about: str, reply: Reply) -> None:
        """Keeps a reply, at once on the disk."""
        usage = reply.usage
        line = _Line(
            about=about,
            model=key.model,
            parameters=dict(parameters),
            messages=key.messages,
            form=key.form,
            trial=key.trial,
            text=blotted(reply.text),
            answered=reply.model,
            input_tokens=usage.input_tokens,
            output_tokens=usage.output_tokens,
            cached_tokens=usage.cached_tokens,
            seconds=round(reply.seconds, 3),
            finish=reply.finish,
            first_token=[(chance.token, round(chance.logprob, 4)) for chance in reply.first_token],
            cost_usd=reply.cost_usd,
        )
        with self._lock:
            self._lines[line.key] = line
            self._mend()
            with self._new.open("a", encoding="utf-8") as file:
                file.write(_dumped(line))

    def _mend(self) -> None:
        """Takes off, before the first line is added, what a killed process left of its last one."""
        if self._is_mended:
            return
        self._new.parent.mkdir(parents=True, exist_ok=True)
        raw = self._new.read_bytes() if self._new.exists() else b""
        if not raw.endswith(b"\n"):
            self._new.write_bytes(raw[: raw.rfind(b"\n") + 1])
        self._is_mended = True

    def close(self) -> None:
        """Folds new replies into a compressed file, sorted, so that the same replies are the same bytes."""
        if self._new == self.path or not self._new.exists():
            return
        lines = sorted(self._lines.values(), key=lambda line: (line.model, line.about, line.trial, line.messages))
        part = self.path.with_name(self.path.name + ".part")
        part.write_bytes(gzip.compress("".join(map(_dumped, lines)).encode(), mtime=0))
        part.replace(self.path)
        self._new.unlink()


def _dumped(line: _Line) -> str:
    return line.model_dump_json(exclude_defaults=True) + "\n"


def _read(path: Path) -> Iterator[_Line]:
    if not path.exists():
        return
    try:
        raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    except (OSError, EOFError) as error:
        raise InputError(f"{path} cannot be read ({error}); restore it or name another file") from error
    yield from _parsed(path, raw.splitlines(keepends=True))


def _parsed(path: Path, lines: Iterable[bytes]) -> Iterator[_Line]:
    for number, line in enumerate(lines, 1):
        try:
            yield _Line.model_validate_json(line)
        except ValidationError as error:
            if not line.endswith(b"\n"):
                return  # the last line of a process that was killed while it wrote
            raise InputError(f"{path}:{number} is no recorded reply; take the line out or record anew") from error
