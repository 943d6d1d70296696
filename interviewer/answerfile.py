"""Reads an answer from a file or from standard input; refuses what is not a short text."""

import sys
from pathlib import Path

from interviewer.answer import LIMIT_CHARS
from interviewer.errors import InputError


def read(name: str) -> str:
    """The text of a file, or of standard input for `-`; may be empty.

    Raises:
        InputError: unreadable, not UTF-8, or longer than LIMIT_CHARS characters.
    """
    most = 4 * LIMIT_CHARS + 4  # bytes a text of that many characters can take, and a byte order mark
    try:
        if name == "-":
            raw = sys.stdin.buffer.read(most + 1)
        else:
            with Path(name).open("rb") as file:
                raw = file.read(most + 1)
    except OSError as error:
        raise InputError(
            f"{name} cannot be read ({error.strerror}); name a text file, or - for standard input"
        ) from error
    try:
        text = raw.decode("utf-8-sig") if len(raw) <= most else "x" * (LIMIT_CHARS + 1)
    except UnicodeDecodeError as error:
        raise InputError(f"{name} is not UTF-8 text (byte {error.start}); save it as UTF-8") from error
    if len(text) > LIMIT_CHARS:
        raise InputError(f"{name} has more than {LIMIT_CHARS:,} characters; shorten the answer")
    if "\x00" in text:
        raise InputError(f"{name} is not text (it holds NUL bytes); save it as UTF-8")
    return text
