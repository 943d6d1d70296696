"""A model server on loopback that answers from a script: what it was sent is kept, what it says is up to the test."""

import asyncio
import json
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Self

from aiohttp import web


@dataclass
class Answer:
    """One HTTP answer."""

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)


Line = Answer | Callable[[dict[str, Any]], Answer] | str
"""An answer, a function of the request's body, or `hang`, `reset`, `break` (a stream that ends in the middle)."""


def says(
    text: str | None, finish: str = "stop", *, usage: dict | None = None, top: list | None = None, **message: Any
) -> Answer:
    """A chat completion."""
    logprobs = {"content": [{"token": "x", "logprob": -0.1, "bytes": None, "top_logprobs": top}]} if top else None
    choice = {"index": 0, "finish_reason": finish, "logprobs": logprobs}
    choice["message"] = {"role": "assistant", "content": text, **message}
    body = {"id": "c", "object": "chat.completion", "created": 1, "model": "served-model", "choices": [choice]}
    return Answer(200, {**body, "usage": usage or {"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110}})


def refuses(status: int, message: str, headers: dict[str, str] | None = None, **error: Any) -> Answer:
    """An error in OpenAI's form."""
    return Answer(status, {"error": {"message": message, **error}}, headers or {})


class ModelServer:
    """Answers POST /v1/chat/completions with the lines of its script in order; the last one is repeated."""

    def __init__(self, *lines: Line) -> None:
        self._lines = deque(lines)
        self.bodies: list[dict[str, Any]] = []
        self.keys: list[str | None] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}/v1"

    def script(self, *lines: Line) -> None:
        """Replaces what is left of the script and forgets what was sent."""
        self._lines = deque(lines)
        self.bodies.clear()

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=300_000_000)
        self.route(app)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self._port = self._runner.addresses[0][1]
        return self

    def route(self, app: web.Application) -> None:
        """Says what is answered where."""
        app.router.add_post("/v1/chat/completions", self._chat)

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    async def _chat(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        self.bodies.append(body)
        self.keys.append(request.headers.get("Authorization"))
        line = self._lines.popleft() if len(self._lines) > 1 else self._lines[0]
        if line == "hang":
            await asyncio.sleep(60)
        if line == "reset":
            assert request.transport
            request.transport.abort()
            return web.Response()
        if line == "break":
            return await _stream(request, says("this is broken off").body, whole=False)
        answer = line(body) if callable(line) else line
        assert isinstance(answer, Answer)
        if body.get("stream") and answer.status == 200:
            return await _stream(request, answer.body)
        if isinstance(answer.body, str):
            kind = {"Content-Type": "text/html", **answer.headers}
            return web.Response(text=answer.body, status=answer.status, headers=kind)
        return web.json_response(answer.body, status=answer.status, headers=answer.headers)


@contextmanager
def in_thread(server: ModelServer) -> Iterator[ModelServer]:
    """The server in a thread of its own, for tests of commands, which wait for one another."""
    loop, ready, ended = asyncio.new_event_loop(), threading.Event(), asyncio.Event()

    async def serve() -> None:
        async with server:
            ready.set()
            await ended.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    assert ready.wait(10)
    try:
        yield server
    finally:
        loop.call_soon_threadsafe(ended.set)
        thread.join(10)
        loop.close()


async def _stream(request: web.Request, body: dict[str, Any], whole: bool = True) -> web.StreamResponse:
    out = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await out.prepare(request)
    choice = body["choices"][0]
    words = (choice["message"]["content"] or "").split(" ")
    head = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": body["model"]}
    pieces = [word if n == 0 else f" {word}" for n, word in enumerate(words)]
    for n, piece in enumerate(pieces if whole else pieces[:2]):
        delta = {"index": 0, "delta": {"content": piece}, "finish_reason": None}
        delta["logprobs"] = choice["logprobs"] if n == 0 else None
        await out.write(_event({**head, "choices": [delta]}))
    if whole:
        end = {"index": 0, "delta": {}, "finish_reason": choice["finish_reason"]}
        await out.write(_event({**head, "choices": [end]}))
        await out.write(_event({**head, "choices": [], "usage": body["usage"]}))
        await out.write(b"data: [DONE]\n\n")
    return out


def _event(chunk: dict[str, Any]) -> bytes:
    return b"data: " + json.dumps(chunk).encode() + b"\n\n"
