"""OpenAI's files and batches on loopback: batches go through the stages a test names, replies are up to the test."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from model_server import Answer, Line, ModelServer

Spoils = Callable[[str, dict[str, Any]], dict[str, Any] | None]
"""(custom_id, body) -> the `error` of a request that fails, `{}` for one that is lost, None for one that is done."""


@dataclass
class Batch:
    """One batch as the server has it."""

    id: str
    input_file_id: str
    stages: list[str]
    files: dict[str, str | None] = field(default_factory=dict)


class BatchServer(ModelServer):
    """Also answers live requests, with the same replies."""

    def __init__(self, reply: Callable[[dict[str, Any]], Answer]) -> None:
        super().__init__(reply)
        self.reply = reply
        self.forget()

    def forget(self) -> None:
        """As new."""
        self.script(self.reply)
        self.keys.clear()
        self.files: dict[str, bytes] = {}
        self.batches: dict[str, Batch] = {}
        self.stages = ["validating", "in_progress", "completed"]
        self.spoils: Spoils = lambda name, body: None
        self.says: dict[str, Any] = {}
        """Further fields of every batch."""
        self.trouble: dict[str, list[Line | None]] = {"upload": [], "create": [], "state": [], "content": []}
        """What the next requests of a kind are answered with; `reset` for none; None: as usual. A batch is made all
        the same but with an answer below 500."""
        self.counted = dict.fromkeys(self.trouble, 0)

    def route(self, app: web.Application) -> None:
        """Says what is answered where."""
        super().route(app)
        app.router.add_post("/v1/files", self._upload)
        app.router.add_get("/v1/files/{id}/content", self._content)
        app.router.add_post("/v1/batches", self._create)
        app.router.add_get("/v1/batches", self._list)
        app.router.add_get("/v1/batches/{id}", self._state)

    def requests(self) -> list[dict[str, Any]]:
        """Every request of every batch, in the order in which they came."""
        return [json.loads(line) for b in self.batches.values() for line in self.files[b.input_file_id].splitlines()]

    async def _upload(self, request: web.Request) -> web.Response:
        form = await request.post()
        assert form["purpose"] == "batch"
        name = f"file-{len(self.files)}"
        self.files[name] = form["file"].file.read()  # type: ignore[union-attr]
        made = {"id": name, "object": "file", "bytes": 1, "created_at": 1, "filename": "x", "purpose": "batch"}
        return self._answer("upload", request, {**made, "status": "processed"})

    async def _create(self, request: web.Request) -> web.Response:
        asked = await request.json()
        assert asked == {
            "completion_window": "24h",
            "endpoint": "/v1/chat/completions",
            "input_file_id": asked["input_file_id"],
        }
        trouble = self.trouble["create"]
        if trouble and isinstance(trouble[0], Answer) and trouble[0].status < 500:
            return self._answer("create", request, {})
        made = Batch(f"batch-{len(self.batches)}", asked["input_file_id"], list(self.stages))
        self.batches[made.id] = made
        return self._answer("create", request, self._shown(made))

    async def _list(self, request: web.Request) -> web.Response:
        newest = [self._shown(b) for b in reversed(self.batches.values())]
        return web.json_response({"object": "list", "data": newest, "has_more": False})

    async def _state(self, request: web.Request) -> web.Response:
        batch = self.batches[request.match_info["id"]]
        if len(batch.stages) > 1:
            batch.stages.pop(0)
        if batch.stages[0] in ("completed", "expired", "cancelled") and not batch.files:
            self._work(batch)
        return self._answer("state", request, self._shown(batch))

    async def _content(self, request: web.Request) -> web.Response:
        trouble = self.trouble["content"]
        if trouble and trouble[0]:
            return self._answer("content", request, {})
        return web.Response(body=self.files[request.match_info["id"]], content_type="application/octet-stream")

    def _answer(self, kind: str, request: web.Request, body: dict[str, Any]) -> web.Response:
        self.counted[kind] += 1
        self.keys.append(request.headers.get("Authorization"))
        line = self.trouble[kind].pop(0) if self.trouble[kind] else None
        if line == "reset":
            assert request.transport
            request.transport.abort()
        if isinstance(line, Answer):
            if isinstance(line.body, str):
                return web.Response(text=line.body, status=line.status, content_type="text/html")
            return web.json_response(line.body, status=line.status)
        return web.json_response(body)

    def _shown(self, batch: Batch) -> dict[str, Any]:
        asked = len(self.files[batch.input_file_id].splitlines())
        counts = {"total": asked, "completed": asked if batch.stages[0] == "completed" else 0, "failed": 0}
        shown = {"id": batch.id, "object": "batch", "endpoint": "/v1/chat/completions", "created_at": 1}
        shown |= {"input_file_id": batch.input_file_id, "completion_window": "24h", "status": batch.stages[0]}
        return {**shown, **batch.files, "request_counts": counts, **self.says}

    def _work(self, batch: Batch) -> None:
        """Makes the output and the error file, last request first: replies come in any order."""
        out: dict[str, list[str]] = {"output_file_id": [], "error_file_id": []}
        for line in reversed(self.files[batch.input_file_id].decode().splitlines()):
            asked = json.loads(line)
            error = self.spoils(asked["custom_id"], asked["body"])
            told: dict[str, Any] = {"id": "r", "custom_id": asked["custom_id"], "response": None, "error": error}
            if error is None:
                answer = self.reply(asked["body"])
                told["response"] = {"status_code": answer.status, "request_id": "r", "body": answer.body}
            good = error is None and told["response"]["status_code"] == 200
            if error != {}:
                out["output_file_id" if good else "error_file_id"].append(json.dumps(told) + "\n")
        for name, lines in out.items():
            file_id = f"file-{len(self.files)}" if lines else None
            batch.files[name] = file_id
            if file_id:
                self.files[file_id] = "".join(lines).encode()
