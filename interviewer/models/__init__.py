"""The seams: what a language model and a judge look like to the rest of the program. No SDK is imported here."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from interviewer.answer import Answer
from interviewer.grade import Verdict
from interviewer.item import Item, Note
from interviewer.rubric import Rubric


@dataclass(frozen=True, slots=True)
class Message:
    """One chat message."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one call as the server counted them; None where it did not say."""

    input_tokens: int | None = None
    output_tokens: int | None = None
    cached_tokens: int | None = None


@dataclass(frozen=True, slots=True)
class TokenChance:
    """One candidate for the first token of a reply."""

    token: str
    logprob: float


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back from one call."""

    text: str
    model: str
    """The name the server answered with, which may differ from the one asked for."""
    usage: Usage
    seconds: float
    finish: str = "stop"
    attempts: int = 1
    first_token: tuple[TokenChance, ...] = ()
    """Most likely first tokens, when log-probabilities were asked for and the server gives them."""
    cost_usd: float | None = None
    """None where the price of the model is not known, or the server did not count the tokens."""
    is_replayed: bool = False
    """It was read from a recording, and so are its seconds."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One request to a chat model."""

    messages: tuple[Message, ...]
    schema: dict[str, Any] | None = None
    """JSON schema the reply must satisfy; None for free text."""
    top_logprobs: int = 0
    max_tokens: int | None = None
    """None: as the model is configured."""
    on_text: Callable[[str], None] | None = field(default=None, compare=False)
    """Called with each piece of text as it arrives; asks for a streamed reply."""
    trial: int = 1
    """1-based number of the repetition; not sent, but a recorded reply belongs to one trial only."""
    about: str = ""
    """What is judged, in words that name it in an error; not sent."""


class ChatModel(Protocol):
    """The one network seam."""

    @property
    def name(self) -> str:
        """The model asked for, as the user configured it."""
        ...

    @property
    def parameters(self) -> dict[str, Any]:
        """How and where it is asked, for the record: endpoint, temperature, ...; never a key.

        Read it after a call: a parameter that the server refused is left out from then on.
        """
        ...

    async def complete(self, ask: Ask) -> Reply:
        """One reply.

        Raises:
            ModelError: one of its kinds; never a made-up reply.
        """
        ...


@dataclass(frozen=True, slots=True)
class Task:
    """Everything a judge sees of one answer."""

    item: Item
    rubric: Rubric
    answer: Answer
    notes: tuple[Note, ...]
    """Retrieved by question and criteria, best first; never by the answer."""
    trial: int = 1
    """1-based number of the repetition."""


class Judge(Protocol):
    """Judges one answer, criterion by criterion."""

    @property
    def name(self) -> str:
        """`embedded`, or the model's name."""
        ...

    @property
    def version(self) -> str:
        """Version of the weights or of the prompt: whatever changes a verdict."""
        ...

    @property
    def state(self) -> Literal["graded", "provisional"]:
        """What a grade by this judge may claim to be."""
        ...

    @property
    def reads_notes(self) -> bool:
        """Whether reference passages have to be retrieved for it."""
        ...

    async def judge(self, task: Task) -> Verdict:
        """One verdict, covering the rubric in its order.

        Raises:
            ModelError: no usable reply came.
        """
        ...
