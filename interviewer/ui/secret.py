"""The key with which browsers keep the id of their interview; one for each home folder, made at the first start."""

import os
import secrets
from contextlib import suppress
from pathlib import Path

from interviewer.errors import StoreError


def browser_secret(home: Path) -> str:
    """The key kept in a home folder. Without a fixed one every restart would make browsers forget their interview.

    Raises:
        StoreError: it can be neither read nor made.
    """
    path = home / "browser.key"
    try:
        home.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            _make(path)
        return path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        wrong = f"{path} cannot be used ({error}); make its folder writable"
        raise StoreError(f"{wrong} or choose another one with INTERVIEWER_HOME") from error


def _make(path: Path) -> None:
    # Written aside and linked into place, so that two programs starting together read the same, whole key.
    aside = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(24))
        with suppress(FileExistsError):
            path.hardlink_to(aside)
    finally:
        aside.unlink()
