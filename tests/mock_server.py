"""The misbehaving server of the folder `shared` beside the repository, as a process of its own."""

import json
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

MOCK = Path(__file__).parents[2] / "shared" / "bench" / "mock_openai.py"


class Mock:
    """The misbehaving server."""

    def __init__(self, port: int) -> None:
        self._root = f"http://127.0.0.1:{port}"

    @property
    def url(self) -> str:
        return f"{self._root}/v1"

    def stats(self) -> dict[str, Any]:
        with urllib.request.urlopen(f"{self._root}/stats", timeout=5) as reply:
            return json.load(reply)

    def set(self, **faults: Any) -> None:
        """Only the faults named, counters at zero."""
        none = dict.fromkeys(
            ["bad_every", "e429_every", "e500_every", "reset_every", "truncate_every", "hang_every", "latency_ms"], 0
        )
        self._post("/config", {**none, "retry_after": "1", **faults})
        self._post("/reset", {})

    def _post(self, path: str, body: dict[str, Any]) -> None:
        request = urllib.request.Request(f"{self._root}{path}", json.dumps(body).encode())
        urllib.request.urlopen(request, timeout=5).close()


@contextmanager
def running() -> Iterator[Mock]:
    """The server for as long as it is needed."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen([sys.executable, str(MOCK), "--port", str(port), "--latency-ms", "0"])
    try:
        server = Mock(port)
        for _ in range(200):
            try:
                server.stats()
                break
            except OSError:
                assert process.poll() is None, "the mock server ended"
                time.sleep(0.05)
        yield server
    finally:
        process.kill()  # on a mere request to end it would sit out its hung handlers
        process.wait(10)


def in_seconds(seconds: float) -> str:
    """A moment as Retry-After gives it."""
    return format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)
