"""What every command shares: its objects, its one event loop, its JSON, and how an error becomes one line."""

import errno
import json
import sys
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import typer

from interviewer.errors import InterviewerError

if TYPE_CHECKING:
    from interviewer.wiring import Wiring

T = TypeVar("T")
_FULL = {errno.ENOSPC, errno.EDQUOT}


def wired(**overrides: object) -> "Wiring":
    """The objects of this process's settings; an override of None leaves the setting as it is."""
    from interviewer import settings
    from interviewer.wiring import Wiring

    return Wiring(settings.load(**{k: v for k, v in overrides.items() if v is not None}))


def finished(wiring: "Wiring", work: Coroutine[Any, Any, T]) -> T:
    """What the work comes to; connections to a model are closed before its event loop ends."""
    import asyncio  # 0.08 s that only commands which grade pay

    async def whole() -> T:
        try:
            return await work
        finally:
            await wiring.aclose()

    return asyncio.run(whole())


def printed(content: Any) -> None:
    """JSON on standard output: UTF-8, or pure ASCII where the terminal takes another encoding."""
    is_utf8 = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
    print(json.dumps(content, indent=1, ensure_ascii=not is_utf8))


def run(app: Callable[..., Any]) -> int:
    """Runs a command line and returns its exit code: 0 done, 1 found wrong, 2 misuse, 130 interrupted."""
    for stream in (sys.stdout, sys.stderr):
        if reconfigure := getattr(stream, "reconfigure", None):
            reconfigure(errors="backslashreplace")  # no letter of an answer is worth a traceback
    try:
        with _told():
            code = app(standalone_mode=False)
            sys.stdout.flush()  # here, where a full disk or a closed pipe still has somebody to catch it
        return int(code or 0)
    except _Told as told:
        return told.code


class _Told(Exception):
    """An error that the user has been told of."""

    def __init__(self, code: int) -> None:
        self.code = code


@contextmanager
def _told() -> Iterator[None]:
    """Every error that a user can meet as one line on standard error."""
    try:
        yield
    except typer.TyperException as error:  # misuse of the command line itself; empty where help was shown instead
        said = error.format_message().replace("Value error, ", "").rstrip(".")
        raise _failed(f"{said}; see `interviewer --help`" if said else "") from error
    except InterviewerError as error:
        raise _failed(str(error)) from error
    except BrokenPipeError as error:  # whoever read the output has seen enough
        sys.stdout = None  # type: ignore[assignment]  # nothing is left to flush at exit
        raise _Told(1) from error
    except OSError as error:
        raise _failed(_of_system(error)) from error
    except (KeyboardInterrupt, typer.Abort) as error:
        raise _Told(130) from error


def _failed(line: str) -> _Told:
    if line:
        print(f"interviewer: {line}", file=sys.stderr)
    return _Told(2)


def _of_system(error: OSError) -> str:
    if error.errno in _FULL:
        _give_up_output()
        return "no space left on the disk; free some and try again, nothing that was saved is lost"
    at = f"{error.filename}: " if error.filename else ""
    return f"{at}{error.strerror or error}; make it readable and writable, or name another folder with INTERVIEWER_HOME"


def _give_up_output() -> None:
    """What could not be written to a full disk must not be tried once more at exit."""
    sys.stdout = None  # type: ignore[assignment]
