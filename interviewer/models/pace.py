"""How many requests a server takes at once, learned from its refusals: halved at a 429, then slowly raised again."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from interviewer.errors import ModelUnavailable
from interviewer.models import Ask, ChatModel, Reply


class Paced:
    """A chat model that is asked at most so many times at once.

    Source: Chiu and Jain 1989, additive increase, multiplicative decrease: the limit is halved when the server says
    that it is asked too much, once for all requests that were on their way then, and grows by one for as many replies
    as it lets through.
    """

    def __init__(self, model: ChatModel, at_once: int) -> None:
        """
        Args:
            at_once: requests at most; 1 or more.
        """
        self._model, self._most = model, at_once
        self._limit, self._running, self._halvings = float(at_once), 0, 0
        self._freed = asyncio.Condition()

    @property
    def name(self) -> str:
        """The model asked."""
        return self._model.name

    @property
    def parameters(self) -> dict[str, Any]:
        """The model's own."""
        return self._model.parameters

    @property
    def limit(self) -> int:
        """Requests that may run at once now."""
        return int(self._limit)

    async def complete(self, ask: Ask) -> Reply:
        """One reply, once there is room for the request.

        Raises:
            ModelError: as the model.
        """
        async with self._place():
            halvings = self._halvings
            try:
                reply = await self._model.complete(ask)
            except ModelUnavailable as error:
                if error.is_rate_limited and halvings == self._halvings:
                    self._halvings += 1
                    self._limit = max(1.0, self._limit / 2)
                raise
            self._limit = min(self._most, self._limit + 1 / self._limit)
            return reply

    async def aclose(self) -> None:
        """Closes the model's connections."""
        if close := getattr(self._model, "aclose", None):
            await close()

    @asynccontextmanager
    async def _place(self) -> AsyncIterator[None]:
        async with self._freed:
            await self._freed.wait_for(lambda: self._running < self.limit)
            self._running += 1
        try:
            yield
        finally:
            async with self._freed:
                self._running -= 1
                self._freed.notify(max(1, self.limit - self._running))
