"""Which chat model the settings mean, and whose key goes where."""

from pathlib import Path
from typing import Any

import pytest

from interviewer import settings as settings_module
from interviewer.errors import SettingsError
from interviewer.models.chosen import chat_model

KEY = "sk-live-0123456789abcdefghijklmnop"


@pytest.fixture(autouse=True)
def nothing_configured(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("INTERVIEWER_MODEL", "INTERVIEWER_BASE_URL", "INTERVIEWER_API_KEY", "OPENAI_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("model", "base_url", "expected"),
    [
        ("gpt-4o", "", "OpenAIChat('gpt-4o', 'https://api.openai.com/v1')"),
        ("ft:gpt-4o:us::x", "", "OpenAIChat('ft:gpt-4o:us::x', 'https://api.openai.com/v1')"),
        ("llama3.1:8b", "http://127.0.0.1:11434/v1/", "OpenAIChat('llama3.1:8b', 'http://127.0.0.1:11434/v1')"),
        ("openai:gpt-4o", "", "LangchainChat('openai:gpt-4o', 'langchain/openai')"),
        ("anthropic:claude", "", "LangchainChat('anthropic:claude', 'langchain/anthropic')"),
    ],
)
def test_a_name_and_an_address_choose_the_road(model: str, base_url: str, expected: str) -> None:
    chat = chat_model(settings_module.load(model=model, base_url=base_url, api_key=KEY))
    assert repr(chat) == expected


def test_settings_reach_the_model() -> None:
    chat = chat_model(settings_module.load(model="m", base_url="http://x/v1", temperature=0.5, max_tokens=99))
    assert chat.parameters == {
        "endpoint": "http://x/v1",
        "temperature": 0.5,
        "max_tokens": 99,
        "reply_form": "json_schema",
    }


@pytest.mark.parametrize(("model", "handed"), [("openai:gpt-4o", {"api_key": KEY}), ("anthropic:claude", {})])
def test_a_key_reaches_nobody_it_was_not_meant_for(model: str, handed: dict[str, str]) -> None:
    chat: Any = chat_model(settings_module.load(model=model, api_key=KEY))
    assert chat._access == handed


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ({}, "INTERVIEWER_MODEL"),
        ({"model": "gpt-4o"}, "OPENAI_API_KEY"),
        ({"model": ":x"}, "provider:model"),
        ({"model": "m", "base_url": "http://x", "price_in": 1.0}, "INTERVIEWER_PRICE_OUT"),
    ],
)
def test_settings_that_cannot_be_used_together_are_refused(names: dict[str, Any], expected: str) -> None:
    with pytest.raises(SettingsError, match=expected):
        chat_model(settings_module.load(**names))
