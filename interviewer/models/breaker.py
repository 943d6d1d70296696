"""Stops asking a model server that does not answer, for a while: one breaker for each endpoint and model.

Knows no clock: the time is handed in. `retry` is its only caller.
"""

from dataclasses import dataclass

from interviewer.errors import FormNotTaken, ModelTimeout, ModelUnavailable
from interviewer.models import ChatModel


@dataclass(slots=True)
class Breaker:
    """Opens after `limit` asks in a row that were given up because the server was not there."""

    guarded: str = "the model"
    """What it guards, as messages name it."""
    limit: int = 3
    open_s: float = 20.0
    failures: int = 0
    closed_from: float = 0.0
    """Moment from which the next ask is let through."""

    def admit(self, now: float) -> float:
        """Seconds until an ask is let through; 0 lets this one through. Of an open breaker whose time is over one ask
        probes the server, the others go on waiting for what it finds."""
        if self.failures < self.limit:
            return 0.0
        if now < self.closed_from:
            return self.closed_from - now
        self.closed_from = now + self.open_s
        return 0.0

    def note(self, error: Exception | None, now: float) -> None:
        """Takes in how an ask ended; None for a reply. A refusal or a bad reply shows that the server is there."""
        away = isinstance(error, ModelUnavailable | ModelTimeout) and not isinstance(error, FormNotTaken)
        self.failures = self.failures + 1 if away else 0
        if self.failures >= self.limit:
            self.closed_from = now + self.open_s

    def refusal(self, wait_s: float) -> ModelUnavailable:
        """The error of an ask that is not let through."""
        error = ModelUnavailable(
            f"{self.guarded} failed {self.failures} times in a row and is left alone for {wait_s:.0f} s;"
            " grade again then, or run `interviewer doctor`"
        )
        error.retry_after_s, error.calls = wait_s, 0
        return error


_BREAKERS: dict[tuple[str, str], Breaker] = {}


def breaker_of(model: ChatModel) -> Breaker:
    """The breaker that this process keeps for a model's endpoint and name; a fresh one where no endpoint is named."""
    endpoint = str(model.parameters.get("endpoint", ""))
    if not endpoint:
        return Breaker(model.name)
    return _BREAKERS.setdefault((endpoint, model.name), Breaker(f"model '{model.name}' at {endpoint}"))
