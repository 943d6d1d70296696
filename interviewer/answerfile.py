"""Reads an answer from a file or from standard input; refuses what is not a short text."""

import sys
from pathlib import Path

from interviewer.answer import LIMIT_CHARS
from interviewer.errors import InputError

_MOST_BYTES = 4 * LIMIT_CHARS + 3
"""What that many characters can take, and a byte order mark; no more is read, whatever the file is."""


def read(name: str) -> str:
    """The text of a file, or of standard input for `-`; may be empty.

    Raises:
        InputError: unreadable, not UTF-8, or longer than LIMIT_CHARS characters.
    """
    shown = "standard input" if name == "-" else name
    raw = _bytes(name, shown)
    try:
        text = raw.decode("utf-8-sig") if len(raw) <= _MOST_BYTES else "x" * (LIMIT_CHARS + 1)
    except UnicodeDecodeError as error:
        raise InputError(f"{shown} is not UTF-8 text (byte {error.start}); save it as UTF-8") from error
    if len(text) > LIMIT_CHARS:
        raise InputError(f"{shown} has more than {LIMIT_CHARS:,} characters; shorten the answer")
    if "\x00" in text:
        raise InputError(f"{shown} is not text (it holds NUL bytes); save it as UTF-8")
    return text


def _bytes(name: str, shown: str) -> bytes:
    try:
        if name != "-":
            with Path(name).open("rb") as file:
                return file.read(_MOST_BYTES + 1)
        if sys.stdin is None:  # closed by whoever started us
            return b""
        return sys.stdin.buffer.read(_MOST_BYTES + 1)
    except OSError as error:
        doing = "name a text file, or - for standard input"
        raise InputError(f"{shown} cannot be read ({error.strerror}); {doing}") from error
