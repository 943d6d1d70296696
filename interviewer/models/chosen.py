"""Which chat model the settings mean. Opens and imports nothing of a provider; `wiring` and `doctor` call it."""

from typing import Any

from interviewer.errors import SettingsError
from interviewer.models.langchain_chat import LangchainChat
from interviewer.models.offline import Replay
from interviewer.models.openai_batch import OpenAIBatch
from interviewer.models.openai_chat import OpenAIChat
from interviewer.models.openai_lean import LeanChat
from interviewer.recordings import Recordings
from interviewer.settings import Settings

_NO_PROVIDERS = {"ft"}
"""Words before a colon that belong to OpenAI's own model names (fine-tuned models)."""


def chat_model(settings: Settings, in_run: bool = False) -> OpenAIChat | LangchainChat:
    """The model that the settings name.

    Args:
        in_run: thousands of requests are to come, and nobody watches a reply being written.

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
    return (LeanChat if in_run else OpenAIChat)(
        name,
        settings.base_url,
        key,
        temperature=settings.temperature,
        max_tokens=settings.max_tokens,
        deadline_s=settings.deadline_s,
        price_in=settings.price_in,
        price_out=settings.price_out,
    )


def batch_model(settings: Settings, recordings: Recordings) -> OpenAIBatch:
    """The model that the settings name, asked in batches.

    Raises:
        SettingsError: as `chat_model`; or it is not asked in OpenAI's dialect.
    """
    live = chat_model(settings)
    if not isinstance(live, OpenAIChat):
        doing = "name a model of OpenAI's, or set INTERVIEWER_BASE_URL to a server with /v1/files and /v1/batches"
        raise SettingsError(f"{live.name} cannot be asked in batches; {doing}")
    return OpenAIBatch(
        live.name,
        settings.base_url,
        settings.api_key.get_secret_value(),
        recordings=recordings,
        sampling=sampling(settings),
        temperature=settings.temperature,
        max_tokens=settings.max_tokens,
        deadline_s=settings.deadline_s,
        price_in=settings.price_in,
        price_out=settings.price_out,
    )


SAMPLING = ("temperature", "max_tokens")
"""Settings that change what a model says."""


def sampling(settings: Settings) -> dict[str, Any]:
    """The sampling parameters as configured: a part of what a recorded reply is found by."""
    return {name: getattr(settings, name) for name in SAMPLING}


def recorded_model(settings: Settings, recordings: Recordings, command: str) -> Replay:
    """The recorded replies of the model that the settings name, else of the only one there.

    Sampling parameters that nobody set are those of the recording.

    Raises:
        SettingsError: nothing is recorded, or of several models.
    """
    asked = recordings.asked()
    models = list(dict.fromkeys(model for model, _ in asked))
    name = settings.model.strip() or (models[0] if len(models) == 1 else "")
    if not name:
        there = f"holds replies of {', '.join(models)}; name one with --model" if models else "holds no reply"
        raise SettingsError(f"{recordings.path} {there}")
    recorded = next((parameters for model, parameters in asked if model == name), sampling(settings))
    given = {n: getattr(settings, n) for n in SAMPLING if n in settings.model_fields_set}
    return Replay(recordings, name, {**recorded, **given}, command)
