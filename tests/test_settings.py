"""Settings: what is read, what is refused in which words, and that docs/settings.md names all of them and no others."""

import re
from pathlib import Path

import pytest

from interviewer import settings
from interviewer.errors import SettingsError
from interviewer.settings import Settings, environment_names

PAGE = Path(__file__).resolve().parent.parent / "docs" / "settings.md"
ROW = re.compile(
    r"^\| (?P<names>`[A-Z_]+`(?:, `[A-Z_]+`)*) \| (?P<default>[^|]+) \| (?P<meaning>[^|]+) \|$", re.MULTILINE
)


@pytest.fixture(autouse=True)
def nothing_configured(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for names in environment_names().values():
        for name in names:
            monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


def test_the_page_names_every_setting_and_no_other() -> None:
    rows = [tuple(re.findall(r"[A-Z_]+", row["names"])) for row in ROW.finditer(PAGE.read_text())]
    table = [line for line in PAGE.read_text().splitlines() if line.startswith("| `")]
    assert sorted(rows) == sorted(environment_names().values()) and len(rows) == len(table)


def test_the_page_gives_the_defaults() -> None:
    given = {re.findall(r"[A-Z_]+", row["names"])[0]: row["default"] for row in ROW.finditer(PAGE.read_text())}
    loaded = Settings()
    for field, (name, *_) in environment_names().items():
        value = loaded.api_key.get_secret_value() if field == "api_key" else getattr(loaded, field)
        expected = "none" if value in (None, "") else f"`{value}`"
        assert given[name] == ("the user's data folder" if field == "home" else expected)


def test_every_setting_is_read_under_each_of_its_names(monkeypatch: pytest.MonkeyPatch) -> None:
    values = {"grader": "embedded", "retrieval": "words", "temperature": "0.5", "price_in": "0.25", "price_out": "1.5"}
    values |= {"port": "8001", "max_tokens": "999", "context_tokens": "1001", "deadline_s": "9.5"}
    for field, names in environment_names().items():
        for name in names:
            with monkeypatch.context() as patch:
                patch.setenv(name, values.get(field, "given"))
                read = getattr(settings.load(), field)
                shown = read.get_secret_value() if field == "api_key" else str(read)
                assert shown == values.get(field, "given"), name


def test_dotenv_is_read_and_the_environment_wins(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("INTERVIEWER_MODEL=small\nPORT=8001\nINTERVIEWER_HOME=~/kept\nOTHER=1\n")
    monkeypatch.setenv("PORT", "8002")
    loaded = settings.load()
    assert (loaded.model, loaded.port, loaded.home) == ("small", 8002, Path.home() / "kept")
    assert settings.load(port=8003).port == 8003


def test_an_empty_variable_counts_as_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for names in environment_names().values():
        monkeypatch.setenv(names[0], "")
    assert settings.load() == Settings()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "abc"),
        ("PORT", "65536"),
        ("INTERVIEWER_PORT", "-1"),
        ("INTERVIEWER_GRADER", "human"),
        ("INTERVIEWER_RETRIEVAL", "magic"),
        ("INTERVIEWER_TEMPERATURE", "hot"),
        ("INTERVIEWER_TEMPERATURE", "3"),
        ("INTERVIEWER_MAX_TOKENS", "1.5"),
        ("INTERVIEWER_CONTEXT_TOKENS", "10"),
        ("INTERVIEWER_DEADLINE_S", "0"),
        ("INTERVIEWER_PRICE_IN", "-1"),
    ],
)
def test_a_value_that_cannot_be_used_is_refused_by_name(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    with pytest.raises(SettingsError, match=f"^{name}: .*; mend ") as caught:
        settings.load()
    assert "sk-secret" not in str(caught.value) and caught.value.__cause__ is None


def test_the_key_shows_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    loaded = settings.load()
    assert "sk-secret" not in f"{loaded!r} {loaded} {loaded.model_dump()} {loaded.model_dump_json()}"


@pytest.mark.parametrize(
    ("grader", "model", "uses"),
    [("auto", "", False), ("auto", "small", True), ("embedded", "small", False), ("llm", "", True)],
)
def test_a_model_grades_where_it_is_asked_for_or_named(grader: str, model: str, uses: bool) -> None:
    assert settings.load(grader=grader, model=model).uses_model is uses
