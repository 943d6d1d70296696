"""Everything this program raises on purpose.

InterviewerError
├── LibraryError       a bank file is missing, broken or contradicts another one
├── SettingsError      a setting cannot be used
├── InputError         what the user handed in (an answer, an id, a file) cannot be used
├── StoreError         the database cannot be opened, read or written
├── PassageIndexError  the passage index is held by another writer or cannot be built
├── IllegalMove        an event that the session's phase does not allow
└── ModelError         a language model gave no usable reply
    ├── ModelUnavailable   unreachable, rate limited, server error
    │   └── FormNotTaken   the server does not take this form of asking; the model has learned another
    ├── ModelRefused       key, model name or content refused: trying again will not help
    ├── ModelTimeout       no reply before the deadline
    ├── ReplyInvalid       a reply came, but not in the asked form
    └── NotRecorded        only recorded replies are used, and there is none for this ask

A message ends with what to do.
"""

from dataclasses import dataclass


class InterviewerError(Exception):
    """Anything this program refuses to do; the message says what to do about it."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong in one place of the bank."""

    file: str
    line: int
    """1-based; 0 where the whole file is meant."""
    field: str
    """Dotted path inside the file, empty where the whole file is meant."""
    expected: str
    warning: bool = False

    def __str__(self) -> str:
        at = f"{self.file}:{self.line}" if self.line else self.file
        field = f" {self.field}:" if self.field else ""
        return f"{at}:{field} {'warning: ' if self.warning else ''}{self.expected}"


class LibraryError(InterviewerError):
    """The bank cannot be loaded; carries every finding, not only the first."""

    def __init__(self, findings: list[Finding]) -> None:
        self.findings = findings
        super().__init__("\n".join(str(f) for f in findings))


class SettingsError(InterviewerError):
    """A setting cannot be used."""


class InputError(InterviewerError):
    """An answer, an id or a file handed in by the user cannot be used."""


class StoreError(InterviewerError):
    """The database cannot be opened, read or written."""


class PassageIndexError(InterviewerError):
    """The passage index is held by another writer or cannot be built."""


class IllegalMove(InterviewerError):
    """An event that the session's phase does not allow."""


class ModelError(InterviewerError):
    """A language model gave no usable reply."""

    retry_after_s: float | None = None
    """What the server asked us to wait, in seconds; None where it asked nothing."""
    calls: int = 1
    """Requests that were made before giving up."""


class ModelUnavailable(ModelError):
    """Unreachable, rate limited or a server error: later may help."""

    is_rate_limited: bool = False
    """The server was asked too much at once (HTTP 429)."""


class FormNotTaken(ModelUnavailable):
    """The server does not take a parameter we sent; the model object leaves it out from now on: ask again at once."""


class ModelRefused(ModelError):
    """Wrong key, unknown model or refused content: trying the same again will not help."""


class ModelTimeout(ModelError):
    """No reply before the deadline."""


class ReplyInvalid(ModelError):
    """A reply came, but not in the asked form."""


class NotRecorded(ModelError):
    """Only recorded replies are used, and there is none for what is asked now."""

    calls = 0
