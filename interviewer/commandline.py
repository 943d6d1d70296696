"""What every command shares: its objects, its one event loop, its JSON, and how an error becomes one line."""

import asyncio
import errno
import json
import os
import sys
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer
from typer.core import TyperCommand, TyperGroup

from interviewer.errors import Finding, InterviewerError, LibraryError

if TYPE_CHECKING:
    from interviewer.recorded import Recorded
    from interviewer.wiring import Wiring

T = TypeVar("T")
BANK = "--bank"
DONE, MISUSE, INTERRUPTED = 0, 2, 130
"""Exit codes; a command that found something wrong ends with 1 of its own accord."""
SHOWN_FINDINGS = 5
"""Of broken files; `interviewer lint` shows all."""


def wired(recorded: "Recorded | None" = None, at_once: int = 0, **overrides: object) -> "Wiring":
    """The objects of this process's settings; an override of None leaves the setting as it is.

    Args:
        recorded: what is done with recorded replies.
        at_once: requests to a model at once at most; 0 for no limit.
    """
    from interviewer import settings
    from interviewer.wiring import Wiring

    return Wiring(settings.load(**{k: v for k, v in overrides.items() if v is not None}), recorded, at_once)


def finished(wiring: "Wiring", work: Coroutine[Any, Any, T]) -> T:
    """What the work comes to; connections to a model are closed before its event loop ends."""

    async def whole() -> T:
        try:
            return await work
        finally:
            await wiring.aclose()

    return asyncio.run(whole())


def printed(content: Any) -> None:
    """JSON on standard output: UTF-8, or pure ASCII where another encoding is set."""
    encoding = (getattr(sys.stdout, "encoding", "") or "").lower().replace("-", "")
    print(json.dumps(content, indent=1, ensure_ascii=encoding != "utf8"))


def run(app: Callable[..., Any]) -> int:
    """Runs a command line and returns its exit code; whatever a user can meet is said in one line on standard error."""
    for stream in (sys.stdout, sys.stderr):
        if reconfigure := getattr(stream, "reconfigure", None):
            reconfigure(errors="backslashreplace")  # a letter that the terminal lacks is no reason to fail
    try:
        code = int(app(standalone_mode=False) or DONE)
    except MET as error:
        code = _told(error)
    except (KeyboardInterrupt, typer.Abort):
        code = INTERRUPTED
    return _flushed(code)


MET = (typer.TyperException, InterviewerError, OSError)
"""What a user can meet; anything else is a fault of this program."""


def of_bank(
    bank: Annotated[
        str | None,
        typer.Option(
            BANK,
            metavar="FOLDER",
            help="Questions of another folder: FOLDER in place of ours, +FOLDER on top of ours. In place of "
            "INTERVIEWER_BANK; may stand behind the command too.",
        ),
    ] = None,
) -> None:
    """Makes the option what the setting is, for this process and those that it starts."""
    if bank is not None:
        os.environ["INTERVIEWER_BANK"] = bank


class BankAnywhere(TyperGroup):
    """Commands whose `--bank` may stand before or behind the command's name, up to a `--`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """As the base, with that option brought to the front."""
        end = args.index("--") if "--" in args else len(args)
        front, rest, before = list[str](), list[str](), iter(args[:end])
        for arg in before:
            if arg == BANK:
                value = next(before, None)
                if value is None:
                    return super().parse_args(ctx, [BANK])  # whose complaint is the right one
                front += [arg, value]
            else:
                (front if arg.startswith(f"{BANK}=") else rest).append(arg)
        return super().parse_args(ctx, [*front, *rest, *args[end:]])


class ExitsWith3(TyperCommand):
    """A command that ends with 3 on errors and misuse, because its 2 says something else."""

    def make_context(self, *args: Any, **named: Any) -> Any:
        """As the base; parsing is where most misuse is found."""
        return self._three(super().make_context, *args, **named)

    def invoke(self, ctx: Any) -> Any:
        """As the base."""
        return self._three(super().invoke, ctx)

    def _three(self, work: Callable[..., T], *args: Any, **named: Any) -> T:
        try:
            return work(*args, **named)
        except MET as error:
            _told(error)
            raise typer.Exit(3) from error


def _told(error: Exception) -> int:
    """Says it on standard error."""
    if isinstance(error, typer.TyperException):
        return _misused(error.format_message().replace("Value error, ", "").rstrip("."), "; see `interviewer --help`")
    if isinstance(error, LibraryError):
        return _broken(error.findings)
    return _misused(_of_system(error) if isinstance(error, OSError) else str(error))


def _misused(said: str, remedy: str = "") -> int:
    if said:  # empty where help was shown in its place
        print(f"interviewer: {said}{remedy}", file=sys.stderr)
    return MISUSE


def _broken(findings: list[Finding]) -> int:
    """Files with faults in them: the first few, one a line."""
    *shown, last = findings[:SHOWN_FINDINGS]
    for finding in shown:
        _misused(str(finding))
    more = len(findings) - SHOWN_FINDINGS
    return _misused(str(last), (f" (and {more} more)" if more > 0 else "") + "; mend that and try again")


def _flushed(code: int) -> int:
    """The exit code once standard output has been written out; at exit nobody could catch a full disk any more."""
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except BrokenPipeError:  # whoever read the output has seen enough
        sys.stdout = None
    except OSError as error:
        sys.stdout = None
        return _misused(_of_system(error))
    return code


def _of_system(error: OSError) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "no space left on the disk; free some and try again, nothing that was saved is lost"
    at = f"{error.filename}: " if error.filename else ""
    doing = "make it readable and writable, or name another folder (INTERVIEWER_HOME, --out)"
    return f"{at}{error.strerror or error}; {doing}"
