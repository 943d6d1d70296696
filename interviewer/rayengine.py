"""Maps a function over the workers of a Ray cluster. Knows nothing of grading, and imports Ray only when it is used.

A worker is a process with a CPU of its own, which builds the function once and then runs many calls at a time. Ray
starts a lost worker anew and gives it again what it was doing; the caller sees each result once. How many calls are
under way is the caller's business: nothing is queued here.
"""

import asyncio
import math
import os
import secrets
import socket
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from interviewer.errors import InputError, InterviewerError

Work = Callable[..., Awaitable[Any]]
Make = Callable[[int], Work]
"""Builds the function in a worker, given how many calls that one gets at once."""
RETRIES = 3
"""Times that a call is made again whose worker was lost."""
START_S = 300.0
"""Longest wait for the first worker: a cluster may have to start a machine for it."""
_KNOCK_S = 10.0
_SHOWN = 200
"""Letters of either end of a long error."""
_STORE_BYTES = 100 << 20
"""Shared memory of a local cluster. What is graded is too small to go there; Ray's own choice is a third of all."""


@contextmanager
def workers(make: Make, address: str, at_once: int) -> Iterator[Work]:
    """What runs a call on one of the workers of a cluster; they end with the context.

    Args:
        make: can be pickled; goes to the workers through Ray's object store and nowhere else.
        address: of a running cluster; empty for one on this machine, as long as the context lasts.
        at_once: calls under way at most; 1 or more.

    Raises:
        InputError: Ray is not installed, there is no such cluster, or no worker can be started. Also by a call, where
            its worker was lost again and again.
        InterviewerError: what `make` or a call raises in a worker.
    """
    with redirect_stdout(sys.stderr):  # where Ray tells of lost workers
        ray = _connected(address)
        try:
            yield _Pool(ray, make, at_once).run
        finally:
            ray.shutdown()


def _connected(address: str) -> Any:
    where = f"the Ray cluster at {address}" if address else "a Ray cluster on this machine"
    ray = _imported(is_here=not address)
    quiet = {"log_to_driver": False, "logging_level": "ERROR"}
    try:
        if address:
            _knocked(address)
            ray.init(address=address, **quiet)
        else:
            ray.init(address="local", include_dashboard=False, object_store_memory=_STORE_BYTES, **quiet)
    except (ConnectionError, RuntimeError, ValueError, OSError) as error:
        doing = "check RAY_ADDRESS, RAY_AUTH_TOKEN, and that Ray and Python have one version here and there"
        raise InputError(f"{where} cannot be used ({_line(error)}); {doing}") from error
    return ray


def _knocked(address: str) -> None:
    """Sees that somebody is there, since Ray itself goes on trying for many minutes."""
    if address == "auto":  # the one that runs on this machine
        return
    place = urlsplit(address if "://" in address else f"ray://{address}")
    if not place.hostname or not place.port:
        raise ValueError("an address has the form host:port")
    socket.create_connection((place.hostname, place.port), _KNOCK_S).close()


def _imported(is_here: bool) -> Any:
    """Ray, which reads the environment while it is imported."""
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")  # older ones would warn of what is to come
    if is_here and "RAY_AUTH_MODE" not in os.environ:  # it listens on every interface and runs what it is sent
        os.environ |= {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": secrets.token_hex(32)}
    try:
        import ray
    except ModuleNotFoundError as error:
        raise InputError("Ray is not installed; pip install 'rubric-interviewer[ray]'") from error
    return ray


class _Worker:
    """Lives in a process of the cluster.

    What builds the function comes with each call, as a reference in a list, which costs nothing: in the constructor's
    arguments Ray would not promise to have it again for a worker that is started anew.
    """

    def __init__(self, at_once: int) -> None:
        self._at_once = at_once
        self._work: Work | None = None
        self._building = asyncio.Lock()

    async def started(self, box: list[Any]) -> None:
        await self._built(box)

    async def run(self, box: list[Any], *inputs: Any) -> Any:
        return await (await self._built(box))(*inputs)

    async def _built(self, box: list[Any]) -> Work:
        async with self._building:
            if self._work is None:
                self._work = (await box[0])(self._at_once)
            return self._work


@dataclass(slots=True)
class _Place:
    """A worker and the calls it is busy with."""

    worker: Any
    calls: int = 0


class _Pool:
    """The workers that have started."""

    def __init__(self, ray: Any, make: Make, at_once: int) -> None:
        self._ray = ray
        count = min(at_once, max(1, int(ray.available_resources().get("CPU", 0))))
        share = math.ceil(at_once / count)
        options = {"num_cpus": 1, "max_restarts": -1, "max_task_retries": RETRIES, "max_concurrency": share}
        kind = ray.remote(**options)(_Worker)
        self._box = [ray.put(make)]
        self._places = [_Place(worker) for worker in self._started([kind.remote(share) for _ in range(count)])]

    def _started(self, asked: list[Any]) -> list[Any]:
        pending = {worker.started.remote(self._box): worker for worker in asked}
        ready, late = self._ray.wait(list(pending), num_returns=len(pending), timeout=START_S)
        try:
            self._ray.get(ready)
        except self._ray.exceptions.RayTaskError as error:
            raise _cause(error) from error
        except self._ray.exceptions.RayError as error:
            doing = "install rubric-interviewer[ray] with all it needs on every machine"
            raise InputError(f"the workers of the Ray cluster cannot start ({_line(error)}); {doing}") from error
        if not ready:
            doing = "see `ray status`: each needs a CPU that is free"
            raise InputError(f"no worker of the Ray cluster has started within {START_S:.0f} s; {doing}")
        for reference in late:
            self._ray.kill(pending[reference])
        return [pending[reference] for reference in ready]

    async def run(self, *inputs: Any) -> Any:
        """One call, by the worker that is busy with the fewest."""
        place = min(self._places, key=lambda place: place.calls)
        place.calls += 1
        try:
            return await place.worker.run.remote(self._box, *inputs)
        except self._ray.exceptions.RayTaskError as error:
            raise _cause(error) from error
        except self._ray.exceptions.RayError as error:
            doing = "look into Ray's logs, then make it again with --only failed"
            raise InputError(f"{type(error).__name__}: lost with its worker {RETRIES + 1} times; {doing}") from error
        finally:
            place.calls -= 1


def _cause(error: Any) -> Exception:
    """What the worker raised, where it is for a user to read; else Ray's error, with the traceback from there."""
    return error.cause if isinstance(error.cause, InterviewerError) else error


def _line(error: Exception) -> str:
    """What an error says, in one line: of a long one the beginning and the end, which is where Ray has the cause."""
    text = " ".join(str(error).split()) or type(error).__name__
    return text if len(text) <= 2 * _SHOWN else f"{text[:_SHOWN]} ... {text[-_SHOWN:]}"
