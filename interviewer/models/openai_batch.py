"""A chat model behind OpenAI's Batch API: requests go out in files, replies come back in files within a day.

Source: OpenAI, "Batch API" (guide and API reference, November 2026): a file of at most 50,000 requests and 200 MB, each
line with `custom_id`, `method`, `url`, `body`; replies in any order in an output file, failures in an error file; what
has not been done within 24 hours has the error `batch_expired`; half the price.

`complete` asks nobody: it gives the reply that came back for an ask. `batching` says when files are sent and fetched.
"""

import hashlib
import json
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, Literal

from interviewer.errors import ModelError, ModelRefused, NotRecorded
from interviewer.models import Ask, Reply
from interviewer.models.completion import as_object, whole
from interviewer.models.faults import blotted
from interviewer.models.openai_chat import OPENAI_URL, OpenAIChat
from interviewer.recordings import Key, Recordings, key_of

ENDPOINT: Literal["/v1/chat/completions"] = "/v1/chat/completions"
ENDED = ("completed", "failed", "expired", "cancelled")
"""What a batch that goes on no more is called; only a failed one has done nothing at all."""
_SEND_S = 600.0
"""For a file of 200 MB."""
_LOOKED_THROUGH = 1_000
"""Newest batches of an account among which one is looked for."""


@dataclass(frozen=True, slots=True)
class BatchState:
    """How far a batch is."""

    id: str
    status: str
    """validating, in_progress, finalizing, cancelling, or one of ENDED."""
    output_file: str
    """Id of the file of replies; empty where there is none."""
    error_file: str
    """Id of the file of failures; empty where there is none."""
    done: int
    """Requests with a reply."""
    said: str
    """Why it failed; empty otherwise."""


class OpenAIBatch(OpenAIChat):
    """A chat model whose replies have come back in files."""

    def __init__(self, *where: str, recordings: Recordings, sampling: Mapping[str, Any], **how: Any) -> None:
        """
        Args:
            where: model, base URL and key, as for OpenAIChat.
            recordings: where replies are kept.
            sampling: parameters as configured; part of what a reply is found by.
            how: as for OpenAIChat.
        """
        super().__init__(*where, **how)
        self._recordings, self._sampling = recordings, dict(sampling)
        self._failed: dict[Key, ModelError] = {}
        if self._price and self.url == OPENAI_URL and how.get("price_in") is None:
            price = self._price
            self._price = replace(price, input=price.input / 2, cached=price.cached / 2, output=price.output / 2)

    def id_of(self, ask: Ask) -> str:
        """What a request is called in the files; the same ask has the same name, another model or form another one."""
        key = self._key(ask)
        parts = f"{key.model}\0{key.parameters}\0{key.messages}\0{key.form}"
        return f"{hashlib.sha256(parts.encode()).hexdigest()[:32]}-{key.trial}"

    def line(self, ask: Ask) -> dict[str, Any]:
        """An ask as one line of a file of requests."""
        return {"custom_id": self.id_of(ask), "method": "POST", "url": ENDPOINT, "body": self.request(ask)}

    def take(self, ask: Ask, line: bytes | None) -> ModelError | None:
        """Keeps the reply to an ask; returns why there is none that can be used, which `complete` then says too.

        Args:
            line: that of the output or error file; None where neither has one.
        """
        key = self._key(ask)
        if self._recordings.find(key):
            return None
        try:
            reply = self._said(ask, line)
        except ModelError as error:
            self._failed[key] = error
            return error
        self._recordings.add(key, self._sampling, ask.about, reply)
        return None

    async def complete(self, ask: Ask) -> Reply:
        """The reply that came back.

        Raises:
            NotRecorded: none did.
            ModelError: one did, and it cannot be used.
        """
        key = self._key(ask)
        if reply := self._recordings.find(key):
            return reply
        raise self._failed.get(key) or self._none(ask, "it was not in the batch")

    def _key(self, ask: Ask) -> Key:
        return key_of(self.name, self._sampling, ask)

    def _said(self, ask: Ask, line: bytes | None) -> Reply:
        if line is None:
            raise self._none(ask, "the files that came back do not have it")
        told = json.loads(line, object_hook=as_object)
        error, response = getattr(told, "error", None), getattr(told, "response", None)
        status = getattr(response, "status_code", None) or 0
        if response is None or status >= 400:
            failure = error or getattr(getattr(response, "body", None), "error", None) or {}
            words = failure if isinstance(failure, dict) else vars(failure)
            said = " ".join(str(words[k]) for k in ("code", "message") if words.get(k)) or "no reason given"
            raise self._none(ask, self.address.clean(f"HTTP {status}: {said}" if status else said))
        try:
            completion = whole(response.body, self.address)
        except (AttributeError, TypeError) as odd:
            raise self._none(ask, f"what came back is in no known form: {odd}") from odd
        except ModelError as wrong:
            raise self._none(ask, str(wrong)) from wrong
        return self._reply(completion, ask, 0.0)

    def _none(self, ask: Ask, why: str) -> NotRecorded:
        doing = "ask for it live: eval run --only failed --record new"
        return NotRecorded(f"the batch has no reply for {ask.about}, trial {ask.trial} ({why}); {doing}")

    async def upload(self, name: str, content: bytes) -> str:
        """Sends a file of requests; its id.

        Raises:
            ModelError: it was not taken.
        """
        with self._faults():
            files = self._connected().with_options(timeout=_SEND_S).files
            return self._id(await files.create(file=(name, content), purpose="batch"))

    async def create(self, file_id: str) -> str:
        """Has a file of requests worked through; the batch's id.

        Raises:
            ModelError: it was not taken.
        """
        with self._faults():
            batches = self._connected().batches
            made = await batches.create(completion_window="24h", endpoint=ENDPOINT, input_file_id=file_id)
            return self._id(made)

    async def batch_of(self, file_id: str) -> str:
        """The batch that works through a file; empty where there is none among the newest.

        Raises:
            ModelError: the server does not say.
        """
        seen = 0
        with self._faults():
            async for batch in self._connected().batches.list(limit=100):
                if batch.input_file_id == file_id:
                    return self._id(batch)
                seen += 1
                if seen >= _LOOKED_THROUGH:
                    break
        return ""

    async def state(self, batch_id: str) -> BatchState:
        """How far a batch is.

        Raises:
            ModelError: the server does not say.
        """
        with self._faults():
            batch = await self._connected().batches.retrieve(batch_id)
            self._id(batch, "status")
        wrong = (batch.errors.data if batch.errors else None) or []
        said = "; ".join(f"{e.code or ''} {e.message or ''}".strip() for e in wrong[:3])
        done = batch.request_counts.completed if batch.request_counts else 0
        files = (batch.output_file_id or "", batch.error_file_id or "")
        return BatchState(batch_id, batch.status, *files, done, self.address.clean(said))

    async def content(self, file_id: str) -> AsyncIterator[bytes]:
        """A file that came back, piece by piece.

        Raises:
            ModelError: it cannot be fetched.
        """
        with self._faults():
            files = self._connected().with_options(timeout=_SEND_S).files
            async with files.with_streaming_response.content(file_id) as response:
                async for piece in response.iter_bytes():
                    yield piece

    def clean(self, text: str) -> str:
        """A text without the key, nor anything that looks like one."""
        return blotted(text.replace(self.key, "***") if self.key else text)

    def _id(self, made: Any, *also: str) -> str:
        """The id of what the server made, after checking that it is a thing with an id (and what is named)."""
        if all(isinstance(getattr(made, name, None), str) for name in ("id", *also)):
            return str(made.id)
        raise ModelRefused(f"{self.address}: what answers there takes no batches; check INTERVIEWER_BASE_URL")

    @contextmanager
    def _faults(self) -> Iterator[None]:
        import openai

        try:
            yield
        except openai.APIError as error:
            raise self._fault(error, {}) from self.address.cause(error)
        except json.JSONDecodeError as error:
            raise ModelRefused(
                f"{self.address}: what answers there takes no batches; check INTERVIEWER_BASE_URL"
            ) from error
