"""Chat models without a network: one by a script, one by recorded replies; and one that records another."""

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from interviewer.errors import ModelError, ModelRefused, NotRecorded
from interviewer.models import Ask, ChatModel, Reply, Usage
from interviewer.recordings import Key, Recordings, key_of

Said = str | Reply | ModelError
Line = Said | Callable[[Ask], Said]
"""What one call yields: a text, a whole reply, an error to raise, or a function of the ask that says which."""


class Scripted:
    """Answers each ask with the next line of its script; keeps every ask in `history`.

    Example:
        >>> import asyncio
        >>> from interviewer.models import Message
        >>> model = Scripted(["yes"])
        >>> asyncio.run(model.complete(Ask((Message("user", "Is it?"),)))).text
        'yes'
        >>> model.history[0].messages[0].content
        'Is it?'
    """

    def __init__(self, lines: Iterable[Line] = (), name: str = "scripted") -> None:
        self._lines = deque(lines)
        self._name = name
        self.history: list[Ask] = []

    @property
    def name(self) -> str:
        """The name given."""
        return self._name

    @property
    def parameters(self) -> dict[str, Any]:
        """Empty: nothing is sampled."""
        return {}

    def queue(self, *lines: Line) -> None:
        """Adds lines to the end of the script."""
        self._lines.extend(lines)

    async def complete(self, ask: Ask) -> Reply:
        """The next line of the script.

        Raises:
            ModelError: the one that stands next; ModelRefused when the script has ended.
        """
        self.history.append(ask)
        if not self._lines:
            raise ModelRefused(f"the script of {self._name} has ended; queue another line")
        line = self._lines.popleft()
        said = line(ask) if callable(line) else line
        if isinstance(said, ModelError):
            raise said
        if isinstance(said, str):
            said = Reply(said, self._name, Usage(), 0.0)
        if ask.on_text:
            ask.on_text(said.text)
        return said


class Replay:
    """Answers each ask with the reply that was recorded for it; asks nobody."""

    def __init__(self, recordings: Recordings, name: str, parameters: Mapping[str, Any], command: str = "") -> None:
        """
        Args:
            name: the model whose replies are meant.
            parameters: sampling parameters as configured; part of what a reply is found by.
            command: what records the replies that are missing, for the error.
        """
        self._recordings, self._name, self._sampling = recordings, name, dict(parameters)
        self._command = command or "the same with --record new in place of --replay"

    @property
    def name(self) -> str:
        """The model whose replies are replayed."""
        return self._name

    @property
    def parameters(self) -> dict[str, Any]:
        """As they were when the replies were recorded."""
        return dict(self._sampling)

    async def complete(self, ask: Ask) -> Reply:
        """The recorded reply.

        Raises:
            NotRecorded: there is none; says which part of what is asked has changed since.
        """
        key = key_of(self._name, self._sampling, ask)
        reply = self._recordings.find(key)
        if reply is None:
            raise NotRecorded(self._missing(key, ask.about))
        if ask.on_text:
            ask.on_text(reply.text)
        return reply

    async def aclose(self) -> None:
        """Nothing is open."""

    def _missing(self, key: Key, about: str) -> str:
        near = self._recordings.nearest(key, about)
        what = "nothing about it is recorded" if near is None else f"changed since: {', '.join(key.changed(near))}"
        return f"no recorded reply for {about}, trial {key.trial} ({what}); record it: {self._command}"


class Recorder:
    """Asks a model and keeps what it says; with `reuses`, asks only what has no recorded reply yet."""

    def __init__(self, model: ChatModel, recordings: Recordings, parameters: Mapping[str, Any], reuses: bool) -> None:
        self._model, self._recordings, self._sampling, self._reuses = model, recordings, dict(parameters), reuses

    @property
    def name(self) -> str:
        """The model asked."""
        return self._model.name

    @property
    def parameters(self) -> dict[str, Any]:
        """The model's own."""
        return self._model.parameters

    async def complete(self, ask: Ask) -> Reply:
        """The recorded reply, or a new one, recorded.

        Raises:
            ModelError: as the model; nothing is recorded then.
        """
        key = key_of(self.name, self._sampling, ask)
        found = self._recordings.find(key) if self._reuses else None
        if found is not None:
            return found
        reply = await self._model.complete(ask)
        self._recordings.add(key, self._sampling, ask.about, reply)
        return reply

    async def aclose(self) -> None:
        """Closes the model's connections."""
        if close := getattr(self._model, "aclose", None):
            await close()
