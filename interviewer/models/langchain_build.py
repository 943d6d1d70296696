"""Builds the LangChain chat model of a provider with what its class can be given. Only `langchain_chat` calls it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from interviewer.errors import ModelRefused
from interviewer.models.faults import Address

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

_FIELDS = {
    "temperature": ("temperature",),
    "max_tokens": ("max_tokens", "max_output_tokens", "max_completion_tokens", "num_predict"),
    "timeout": ("timeout", "request_timeout", "default_request_timeout"),
    "max_retries": ("max_retries",),
    "stream_usage": ("stream_usage",),
}
"""What we set and the names that integrations give it; the first that a class has is used."""


@dataclass(frozen=True, slots=True)
class Built:
    """A chat model ready to be asked."""

    chat: "BaseChatModel"
    is_langchain_openai: bool = False
    """Built on LangChain's own OpenAI integration."""
    connections: Any = None
    """The HTTP client that was made for it, to be closed with it; None where the provider keeps its own."""


def build(name: str, address: Address, access: dict[str, Any], wishes: dict[str, Any]) -> Built:
    """The chat model of `provider:model`. Imports LangChain and the provider's package, which takes seconds.

    Args:
        access: base_url and api_key, where the user gave them.
        wishes: temperature, max_tokens, timeout; each is set if the provider's class knows it under one of its names.

    Raises:
        ModelRefused: the package or the key is missing, or the provider is unknown.
    """
    from langchain.chat_models import init_chat_model

    try:
        plain = init_chat_model(name, **access)
        fields = type(plain).model_fields
        known = {*fields, *(f.alias for f in fields.values() if f.alias)}
        taken = _known_as({**wishes, "max_retries": 0, "stream_usage": True}, known)
        if not any(c.__name__ == "BaseChatOpenAI" for c in type(plain).__mro__):
            return Built(init_chat_model(name, **taken, **access))
        # Its own default is one HTTP client for the whole process, tied to the event loop that used it first.
        from openai import DefaultAsyncHttpxClient

        connections = DefaultAsyncHttpxClient()
        return Built(init_chat_model(name, **taken, **access, http_async_client=connections), True, connections)
    except ImportError as error:
        raise ModelRefused(f"{name}: {error}") from error
    except Exception as error:  # noqa: BLE001  # every provider raises its own; each must become one of ours
        said = str(error)
        if "model_provider" in said or "Unsupported provider" in said:
            doing = "set INTERVIEWER_MODEL to provider:model with one of LangChain's providers"
            raise ModelRefused(f"{name}: LangChain knows no such provider; {doing}") from None
        why = address.clean(said.partition("[type=")[0])
        # The original stays out of the traceback: pydantic repeats what it was given, keys included.
        raise ModelRefused(f"{name} cannot be set up ({why}); set {address.key_variable}") from None


def _known_as(wishes: dict[str, Any], known: set[str]) -> dict[str, Any]:
    names = {wish: next((n for n in _FIELDS[wish] if n in known), None) for wish in wishes}
    return {name: wishes[wish] for wish, name in names.items() if name and wishes[wish] is not None}
