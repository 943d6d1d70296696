"""Which chat model the settings mean. Opens and imports nothing of a provider; `wiring` and `doctor` call it."""

from interviewer.errors import SettingsError
from interviewer.models.langchain_chat import LangchainChat
from interviewer.models.openai_chat import OpenAIChat
from interviewer.settings import Settings

_NO_PROVIDERS = {"ft"}
"""Words before a colon that belong to OpenAI's own model names (fine-tuned models)."""


def chat_model(settings: Settings) -> OpenAIChat | LangchainChat:
    """The model that the settings name.

    With a base URL it is asked there in OpenAI's dialect, whatever its name (Ollama's names have colons too); without
    one, `provider:model` goes through LangChain. The key is handed to OpenAI's dialect only: every other provider reads
    its own variable, so that no key reaches somebody it was not meant for.

    Raises:
        SettingsError: no model named, or the settings cannot be used together.
    """
    name, key = settings.model.strip(), settings.api_key.get_secret_value()
    if not name:
        raise SettingsError("no model named; set INTERVIEWER_MODEL, or INTERVIEWER_GRADER=embedded")
    provider, colon, _ = name.partition(":")
    if colon and not settings.base_url and provider not in _NO_PROVIDERS:
        return LangchainChat(
            name,
            api_key=key if provider == "openai" else "",
            temperature=settings.temperature,
            max_tokens=settings.max_tokens,
            deadline_s=settings.deadline_s,
            price_in=settings.price_in,
            price_out=settings.price_out,
        )
    return OpenAIChat(
        name,
        settings.base_url,
        key,
        temperature=settings.temperature,
        max_tokens=settings.max_tokens,
        deadline_s=settings.deadline_s,
        price_in=settings.price_in,
        price_out=settings.price_out,
    )
