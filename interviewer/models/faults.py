"""What an HTTP answer of a model server means here: which `ModelError`, how long to wait, in words that say what to do.

Knows no SDK; `openai_chat` and `langchain_chat` use it. No key ever gets into a message.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from interviewer.errors import ModelError, ModelRefused, ModelUnavailable

_LONGEST_SAID = 300
_PASSING = {408, 409, 425, 429}
_TOO_LONG = re.compile(
    r"context.?(?:length|window|size)|maximum context|too many tokens|prompt is too long", re.IGNORECASE
)
_USED_UP = re.compile(r"insufficient_quota|exceeded your current quota|insufficient (?:balance|credit)", re.IGNORECASE)
_FILTERED = re.compile(r"content_filter|content management policy|content policy", re.IGNORECASE)
_LIKE_A_KEY = re.compile(r"\b(?:sk|gsk|xai|pplx)[-_][-_*.A-Za-z0-9]{8,}|\bAIza[-_A-Za-z0-9]{16,}")


@dataclass(frozen=True, slots=True)
class Address:
    """A model and the place it is asked at, as messages name it."""

    model: str
    endpoint: str
    """Without user name and password."""
    secret: str = field(default="", repr=False)
    """What `clean` takes out of everything that is shown."""
    key_variable: str = "OPENAI_API_KEY or INTERVIEWER_API_KEY"

    def __str__(self) -> str:
        return f"model '{self.model}' at {self.endpoint}"

    def clean(self, text: str) -> str:
        """One line of at most 300 characters; the secret, and whatever looks like a provider's key, taken out."""
        line = " ".join(text.split())
        if self.secret:
            line = line.replace(self.secret, "***")
        line = blotted(line)
        return line if len(line) <= _LONGEST_SAID else line[: _LONGEST_SAID - 1] + "…"

    def cause(self, error: Exception) -> Exception | None:
        """What an error may be raised from: itself, or None when a traceback would show the secret."""
        shown = str(error)
        return None if (self.secret and self.secret in shown) or _LIKE_A_KEY.search(shown) else error


def blotted(text: str) -> str:
    """The text with whatever looks like a provider's key blotted out.

    Example:
        >>> blotted("the key sk-abcdefghijkl was refused")
        'the key *** was refused'
    """
    return _LIKE_A_KEY.sub("***", text)


def bare_url(url: str) -> str:
    """A URL without user name, password and query, for messages and records.

    Example:
        >>> bare_url("https://me:secret@llm.example/v1/?key=1")
        'https://llm.example/v1'
    """
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}".rstrip("/")


def is_too_long(said: str) -> bool:
    """Whether a server's words are about a prompt that does not fit the model."""
    return bool(_TOO_LONG.search(said))


def by_status(status: int, said: str, address: Address, headers: Mapping[str, str]) -> ModelError:
    """The error that a refusal of the server stands for.

    Args:
        status: HTTP status, or the equal number from an error object in the body.
        said: the server's own words and error codes.
        headers: lower-case names; read for Retry-After.
    """
    words = address.clean(said)
    if status in (401, 403):
        # The server's words stay out: they often repeat a part of the key.
        doing = f"set {address.key_variable} to a key that may use this model"
        return ModelRefused(f"{address}: the key was refused (HTTP {status}); {doing}")
    if status == 402 or _USED_UP.search(said):
        return ModelRefused(f"{address}: the account has no quota left (HTTP {status}); add credit or use another key")
    if status == 404:
        doing = "check INTERVIEWER_MODEL and INTERVIEWER_BASE_URL"
        return ModelRefused(f"{address}: unknown model or address (HTTP 404: {words}); {doing}")
    if status in _PASSING or status >= 500:
        error = ModelUnavailable(f"{address}: {_passing(status)} (HTTP {status}: {words}){_later(headers)}")
        error.retry_after_s = retry_after_s(headers)
        error.is_rate_limited = status == 429
        return error
    if _TOO_LONG.search(said) or status == 413:
        doing = "lower INTERVIEWER_CONTEXT_TOKENS to what the model reads, or shorten the answer"
        return ModelRefused(f"{address}: the prompt is too long for it (HTTP {status}: {words}); {doing}")
    if _FILTERED.search(said):
        return ModelRefused(f"{address}: its content filter refused the text; change the answer or the model")
    return ModelRefused(f"{address}: the request was refused (HTTP {status}: {words}); check the settings of the model")


def _passing(status: int) -> str:
    return {408: "timed out", 409: "in conflict", 425: "not ready", 429: "rate limited"}.get(status, "server error")


def _later(headers: Mapping[str, str]) -> str:
    wait_s = retry_after_s(headers)
    return "; try again later" if wait_s is None else f"; it asks to wait {wait_s:g} s, try again then"


def retry_after_s(headers: Mapping[str, str], now: datetime | None = None) -> float | None:
    """Seconds a server asks to wait: `retry-after-ms`, else `retry-after` in seconds or as an HTTP date. None where it
    asks nothing that can be read; a date in the past is 0.

    Example:
        >>> retry_after_s({"retry-after": "1.5"})
        1.5
        >>> retry_after_s({"retry-after-ms": "250", "retry-after": "9"})
        0.25
    """
    for name, unit_s in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        number = _number(headers.get(name, ""))
        if number is not None:
            return max(0.0, number * unit_s)
    try:
        when = parsedate_to_datetime(headers.get("retry-after", ""))
    except (ValueError, IndexError):
        return None
    if when.tzinfo is None:  # RFC 9110: an HTTP date is in UTC, "-0000" included
        when = when.replace(tzinfo=UTC)
    return max(0.0, (when - (now or datetime.now(UTC))).total_seconds())


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None
