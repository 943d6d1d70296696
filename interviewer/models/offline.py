"""A chat model without a network: a queue of replies in, the history of asks out."""

from collections import deque
from collections.abc import Callable, Iterable
from typing import Any

from interviewer.errors import ModelError, ModelRefused
from interviewer.models import Ask, Reply, Usage

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
