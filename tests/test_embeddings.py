"""Vectors without a network, and vectors from an endpoint: a real server on the loopback interface."""

import asyncio
import inspect
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from aiohttp import web

from interviewer.embeddings import StaticEmbeddings
from interviewer.errors import (
    InterviewerError,
    ModelRefused,
    ModelTimeout,
    ModelUnavailable,
    ReplyInvalid,
    SettingsError,
)
from interviewer.index import open_index
from interviewer.item import Note
from interviewer.models.embeddings_endpoint import EndpointEmbeddings, endpoint_embeddings

KEY = "sk-loopback-0123456789"


@pytest.fixture(scope="module")
def static() -> StaticEmbeddings:
    return StaticEmbeddings()


def test_meets_the_interface_of_langchain(static: StaticEmbeddings) -> None:
    from langchain_core.embeddings import Embeddings

    assert Embeddings.__abstractmethods__
    for name in Embeddings.__abstractmethods__:
        wanted = list(inspect.signature(getattr(Embeddings, name)).parameters)
        for ours in (StaticEmbeddings, EndpointEmbeddings):
            assert list(inspect.signature(getattr(ours, name)).parameters) == wanted
    assert static.embed_documents(["a mean", "a median"])[1] == static.embed_query("a median")


def test_vectors_have_unit_length_and_do_not_depend_on_their_company(static: StaticEmbeddings) -> None:
    texts = ["Dropout is off at inference.", "x", "", "$\\frac{1}{2}$ " * 300, "Ω ≠ 0"]
    together = static.vectors(texts)
    assert together.shape == (5, static.dimensions)
    assert together.dtype == np.float32
    assert np.linalg.norm(together, axis=1) == pytest.approx([1, 1, 0, 1, 1], abs=1e-6)
    for text, row in zip(texts, together, strict=True):
        assert np.array_equal(static.vectors([text])[0], row)
    assert static.vectors([]).shape == (0, static.dimensions)


def test_a_text_without_tokens_is_zeros_not_nan(static: StaticEmbeddings) -> None:
    assert static.embed_query("") == [0.0] * static.dimensions


@pytest.mark.parametrize(
    ("text", "near", "far"),
    [
        ("gradient", "derivative", "banana"),
        ("average", "mean", "restaurant"),
        ("the training loss goes down", "the error on the training set decreases", "a recipe for soup"),
    ],
)
def test_what_means_the_same_is_nearer(static: StaticEmbeddings, text: str, near: str, far: str) -> None:
    own, one, other = static.vectors([text, near, far])
    assert own @ one > own @ other + 0.1


def test_word_vectors_are_the_vectors_of_the_words(static: StaticEmbeddings) -> None:
    words = ["dropout", "backpropagation", "dropout", ""]
    rows = static.words_vectors(words)
    assert np.array_equal(rows, static.vectors(words))
    assert np.array_equal(rows, static.words_vectors(words))
    assert static.words_vectors([]).shape == (0, static.dimensions)


def test_handing_out_word_vectors_does_not_expose_the_kept_ones(static: StaticEmbeddings) -> None:
    first = static.words_vectors(["kernel"])
    kept = first.copy()
    first[:] = 7
    assert np.array_equal(static.words_vectors(["kernel"]), kept)


def test_tokens_are_the_text_and_their_mean_is_its_vector(static: StaticEmbeddings) -> None:
    tokens = static.tokens("Batch normalisation rescales activations")
    assert "".join(tokens.texts).replace("▁", " ").strip() == "Batch normalisation rescales activations"
    assert tokens.vectors.shape == (len(tokens.texts), static.dimensions)
    mean = tokens.vectors.mean(axis=0)
    assert mean / np.linalg.norm(mean) == pytest.approx(static.vectors(["Batch normalisation rescales activations"])[0])
    assert static.tokens("").vectors.shape == (0, static.dimensions)


def test_using_them_leaves_logging_alone_and_importing_them_loads_nothing() -> None:
    script = """
import logging, sys
import interviewer.embeddings as e
assert not {"wordllama", "langchain_core", "tokenizers"} & set(sys.modules), "loaded at import"
e.StaticEmbeddings().embed_query("x")
root = logging.getLogger()
print(root.level, root.handlers)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False)
    assert (done.stdout.strip(), done.stderr) == ("30 []", "")


class Server:
    """An embeddings endpoint: answers what it is told to, keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.status = 200
        self.headers: dict[str, str] = {}
        self.body: str | None = None
        self.hang_s = 0.0
        self.url = ""

    def vector(self, text: str) -> list[float]:
        """Counts of letters: texts with the same letters are the same."""
        return [float(text.lower().count(c)) + 0.01 for c in "abcdefghijklmnopqrstuvwxyz"]

    async def answer(self, request: web.Request) -> web.Response:
        self.keys.append(request.headers.get("Authorization", ""))
        sent = await request.json()
        self.asked.append(sent)
        await asyncio.sleep(self.hang_s)
        if self.body is None:
            listed = [
                {"object": "embedding", "index": n, "embedding": self.vector(t)} for n, t in enumerate(sent["input"])
            ]
            usage = {"prompt_tokens": 1, "total_tokens": 1}
            body = json.dumps({"object": "list", "data": listed, "model": sent["model"], "usage": usage})
        else:
            body = self.body
        return web.Response(text=body, status=self.status, headers=self.headers, content_type="application/json")


@pytest.fixture
def server() -> Iterator[Server]:
    served = Server()
    loop = asyncio.new_event_loop()
    ready: Future[int] = Future()

    async def serve(stop: asyncio.Event) -> None:
        app = web.Application()
        app.router.add_post("/v1/embeddings", served.answer)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        ready.set_result(runner.addresses[0][1])
        await stop.wait()
        await runner.cleanup()

    stop = asyncio.Event()
    thread = threading.Thread(target=loop.run_until_complete, args=(serve(stop),))
    thread.start()
    served.url = f"http://127.0.0.1:{ready.result(timeout=10)}/v1"
    yield served
    loop.call_soon_threadsafe(stop.set)
    thread.join(timeout=10)
    loop.close()


def test_an_endpoint_is_asked_in_batches_of_plain_texts(server: Server) -> None:
    embeddings = endpoint_embeddings("letters", server.url, KEY)
    texts = [f"text {'abc'[n % 3]}" for n in range(70)]
    assert embeddings.embed_documents(texts) == [server.vector(t) for t in texts]
    assert [len(asked["input"]) for asked in server.asked] == [32, 32, 6]
    assert {(a["model"], a["encoding_format"], type(a["input"][0])) for a in server.asked} == {
        ("letters", "float", str)
    }
    assert set(server.keys) == {f"Bearer {KEY}"}
    assert embeddings.embed_query("abc") == server.vector("abc")
    assert embeddings.embed_documents([]) == []
    assert KEY not in repr(embeddings) + embeddings.name


@pytest.mark.parametrize(
    ("status", "body", "kind", "says"),
    [
        (401, f'{{"error": {{"message": "bad key {KEY}"}}}}', ModelRefused, "OPENAI_API_KEY"),
        (404, '{"error": {"message": "no such model"}}', ModelRefused, "INTERVIEWER_EMBEDDINGS_MODEL"),
        (400, '{"error": {"message": "maximum context length is 512 tokens"}}', ModelRefused, "a note is longer"),
        (413, "{}", ModelRefused, "a note is longer"),
        (429, '{"error": {"message": "slow down"}}', ModelUnavailable, "rate limited"),
        (500, "{}", ModelUnavailable, "try again"),
        (200, "{}", ReplyInvalid, "holds no vectors"),
        (200, '{"data": []}', ReplyInvalid, "2 vectors of one length expected, 0"),
        (200, '{"data": [{"embedding": [1, 2]}]}', ReplyInvalid, "2 vectors of one length expected, 1"),
        (200, '{"data": [{"embedding": [1, 2]}, {"embedding": [1]}]}', ReplyInvalid, r"lengths [1, 2]"),
        (200, '{"data": [{"embedding": [1, NaN]}, {"embedding": [1, 2]}]}', ReplyInvalid, "finite number"),
        (200, '{"data": [{"index": 0}, {"index": 1}]}', ReplyInvalid, "holds no vectors"),
        (200, "[1, 2]", ReplyInvalid, "holds no vectors"),
        (200, "not json", ReplyInvalid, "holds no vectors"),
    ],
)
def test_each_fault_of_an_endpoint_has_its_kind(
    server: Server, status: int, body: str, kind: type[InterviewerError], says: str
) -> None:
    server.status, server.body = status, body
    with pytest.raises(kind) as caught:
        endpoint_embeddings("letters", server.url, KEY).embed_documents(["one", "two"])
    assert type(caught.value) is kind
    assert says in str(caught.value)
    assert KEY not in str(caught.value)
    assert "\n" not in str(caught.value)
    assert len(server.asked) == 1


def test_a_wait_that_is_asked_for_is_handed_on(server: Server) -> None:
    server.status, server.body, server.headers = 429, "{}", {"Retry-After": "7"}
    with pytest.raises(ModelUnavailable) as caught:
        endpoint_embeddings("letters", server.url).embed_query("one")
    assert caught.value.retry_after_s == 7


def test_an_endpoint_that_hangs_is_left(server: Server) -> None:
    server.hang_s = 2
    with pytest.raises(ModelTimeout, match=r"no vectors within 0\.2 s"):
        endpoint_embeddings("letters", server.url, timeout_s=0.2).embed_query("one")


def test_an_endpoint_that_is_not_there_is_unavailable() -> None:
    with pytest.raises(ModelUnavailable, match="check that the server runs"):
        endpoint_embeddings("letters", "http://127.0.0.1:9/v1").embed_query("one")


def test_an_index_is_built_and_searched_by_an_endpoint(server: Server, tmp_path: Path) -> None:
    notes = {i: Note(i, "t", i, text, "") for i, text in (("x", "axe axiom"), ("o", "ohm moon"))}
    server.status = 503
    with pytest.raises(ModelUnavailable):
        open_index(notes, tmp_path, endpoint_embeddings("letters", server.url), "vectors")
    assert not list((tmp_path / "index").glob("passages-*"))
    server.status = 200
    open_index(notes, tmp_path, endpoint_embeddings("letters", server.url), "vectors").close()
    requests = len(server.asked)
    index = open_index(notes, tmp_path, endpoint_embeddings("letters", server.url), "vectors")
    assert len(server.asked) == requests, "opening what is built asks nothing"
    assert [index.search("moo", 1) for _ in range(3)] == [[notes["o"]]] * 3
    assert len(server.asked) == requests + 1
    server.status = 503
    with pytest.raises(ModelUnavailable):
        index.search("axe", 1)
    server.status = 200
    assert index.search("axe", 1) == [notes["x"]]
    index.close()


@pytest.mark.parametrize(
    ("model", "url", "key", "says"),
    [
        ("", "http://127.0.0.1:1/v1", "", "INTERVIEWER_EMBEDDINGS_MODEL"),
        ("m", "127.0.0.1:1", "", "INTERVIEWER_EMBEDDINGS_BASE_URL"),
        ("m", "ftp://somewhere", "", "not a web address"),
        ("m", "", "", "OPENAI_API_KEY"),
    ],
)
def test_settings_that_cannot_work_are_refused_before_any_request(model: str, url: str, key: str, says: str) -> None:
    with pytest.raises(SettingsError, match=says):
        endpoint_embeddings(model, url, key)
