"""The same road as `openai_chat` without the SDK: what a run of thousands of requests takes.

Measured on 500 requests to a local endpoint of 100 ms, 32 at once, two cores (`make bench`): the SDK costs 1.2 s before
its first request and 3 ms of CPU a request, in which the server waits; one aiohttp session costs 0.2 s and 0.5 ms.
Streams, which a person watches, still go through the SDK.
"""

import asyncio
import json
from typing import TYPE_CHECKING, Any

from interviewer.errors import FormNotTaken, ModelError, ModelUnavailable
from interviewer.models import Ask
from interviewer.models.completion import Completion, as_object, whole
from interviewer.models.faults import by_status
from interviewer.models.openai_chat import CONNECT_S, OpenAIChat

if TYPE_CHECKING:
    import aiohttp

_MOST_SAID = 2_000


class LeanChat(OpenAIChat):
    """A chat model behind an OpenAI-compatible endpoint, asked over one pool of connections."""

    _session: "aiohttp.ClientSession | None" = None
    _session_loop: asyncio.AbstractEventLoop | None = None

    async def prepare(self) -> None:
        """Opens the pool."""
        self._opened()

    async def completion(self, request: dict[str, Any], ask: Ask) -> Completion:
        """What the server said.

        Raises:
            ModelError: one of its kinds.
        """
        if ask.on_text is not None:
            return await super().completion(request, ask)
        import aiohttp

        try:
            async with self._opened().post(f"{self.url}/chat/completions", json=request) as response:
                raw = await response.read()
        except aiohttp.ClientError as error:
            raise self._away(error) from self.address.cause(error)
        if response.status >= 400:
            headers = {name.lower(): value for name, value in response.headers.items()}
            raise self._refused(response.status, raw, headers, request)
        try:
            # An object with attributes, as the SDK has it, so that one piece of code reads both.
            return whole(json.loads(raw, object_hook=as_object), self.address)
        except ValueError as error:
            if "json" not in response.content_type:  # a page, not an accident on the way
                return whole(None, self.address)
            raise ModelUnavailable(f"{self.address}: the reply is not JSON; try again") from error

    async def aclose(self) -> None:
        """Closes the connections; a later call opens new ones."""
        session, self._session = self._session, None
        if session is not None and self._session_loop is asyncio.get_running_loop():
            await session.close()
        await super().aclose()

    def _opened(self) -> "aiohttp.ClientSession":
        loop = asyncio.get_running_loop()
        if self._session is None or self._session_loop is not loop:
            import aiohttp

            # trust_env: the proxy that the environment names, as the SDK does it.
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=0),
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_S),
                headers={"Authorization": f"Bearer {self.key or 'none'}"},
                trust_env=True,
            )
            self._session_loop = loop
        return self._session

    def _refused(self, status: int, raw: bytes, headers: dict[str, str], request: dict[str, Any]) -> ModelError:
        said = _said(raw)
        learned = self.manner.learn(status, said, request.keys() - {"model", "messages"})
        if learned:
            return FormNotTaken(f"{self.address}: {learned}; ask again")
        return by_status(status, said, self.address, headers)

    def _away(self, error: Exception) -> ModelUnavailable:
        why = self.address.clean(str(error)) or type(error).__name__
        doing = "check that the server runs and INTERVIEWER_BASE_URL"
        return ModelUnavailable(f"{self.address}: cannot be reached ({why}); {doing}")


def _said(raw: bytes) -> str:
    """The server's words and codes in the body of a refusal."""
    text = raw[:_MOST_SAID].decode("utf-8", "replace")
    try:
        body = json.loads(raw)
    except ValueError:
        return text
    error = body.get("error", body) if isinstance(body, dict) else body
    if not isinstance(error, dict):
        return str(error)
    parts = (error.get(name) for name in ("message", "detail", "param", "code"))
    return " ".join(str(part) for part in parts if part) or text
