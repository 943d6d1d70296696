"""`diagnose`: what is configured is tried for real, and each trouble is one line that says what to do."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from model_server import Answer, ModelServer, refuses, says

from interviewer import settings as settings_module
from interviewer.doctor import Check, diagnose
from interviewer.settings import Settings

MET = '{"level": "met"}'
TOP = [{"token": "yes", "logprob": -0.1, "bytes": None}]


@pytest.fixture
async def stack() -> AsyncIterator[AsyncExitStack]:
    async with AsyncExitStack() as stack:
        yield stack


@pytest.fixture
def configured(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """Settings of nothing but what the test names."""
    for name in ("MODEL", "BASE_URL", "API_KEY", "GRADER", "BANK", "PRICE_IN", "PRICE_OUT"):
        monkeypatch.delenv(f"INTERVIEWER_{name}", raising=False)
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.chdir(tmp_path)

    def of(**names: Any) -> Settings:
        return settings_module.load(**{"home": tmp_path / "home", **names})

    return of


def by_name(checks: list[Check]) -> dict[str, Check]:
    assert len({c.name for c in checks}) == len(checks)
    assert all(c.line and "\n" not in c.line for c in checks)
    return {c.name: c for c in checks}


def everything(body: dict[str, Any]) -> Answer:
    return says(MET if "response_format" in body else "yes", top=TOP if body.get("logprobs") else None)


async def test_without_a_model_the_embedded_grader_is_named(configured: Any) -> None:
    checks = by_name(await diagnose(configured()))
    assert all(c.ok and not c.warning for c in checks.values())
    assert "embedded grader" in checks["model"].line and "INTERVIEWER_MODEL" in checks["model"].line
    assert "questions can be asked" in checks["bank"].line
    assert list(checks) == ["bank", "home", "vocabulary", "model"]


async def test_a_model_that_is_switched_off_is_not_asked(configured: Any) -> None:
    settings = configured(model="small", base_url="http://127.0.0.1:9/v1", grader="embedded")
    checks = by_name(await diagnose(settings))
    assert checks["model"].ok and "INTERVIEWER_GRADER=embedded" in checks["model"].line


async def test_a_good_server_passes_every_check(configured: Any, stack: AsyncExitStack) -> None:
    server = await stack.enter_async_context(ModelServer(everything))
    settings = configured(model="small", base_url=server.url, price_in=1.0, price_out=1.0)
    checks = by_name(await diagnose(settings))
    assert all(c.ok and not c.warning for c in checks.values()), checks
    assert list(checks)[3:] == ["model", "structured output", "speed", "price", "log-probabilities"]
    assert "answers" in checks["model"].line and "served-model" in checks["model"].line
    assert "USD 0.000110" in checks["price"].line
    assert len(server.bodies) == 2


async def test_a_plain_server_passes_with_warnings(configured: Any, stack: AsyncExitStack) -> None:
    def plain(body: dict[str, Any]) -> Answer:
        for name in ("response_format", "logprobs"):
            if name in body:
                return refuses(400, f"unknown parameter: {name}")
        return says(MET)

    server = await stack.enter_async_context(ModelServer(plain))
    checks = by_name(await diagnose(configured(model="small", base_url=server.url)))
    assert all(c.ok for c in checks.values())
    assert [c.name for c in checks.values() if c.warning] == ["structured output", "log-probabilities"]
    assert "asked for as text" in checks["structured output"].line
    assert "INTERVIEWER_PRICE_IN" in checks["price"].line


async def test_a_slow_server_is_named(configured: Any, stack: AsyncExitStack) -> None:
    server = await stack.enter_async_context(ModelServer(everything))
    checks = by_name(await diagnose(configured(model="small", base_url=server.url), slow_s=0.0))
    assert checks["speed"].warning and "INTERVIEWER_DEADLINE_S" in checks["speed"].line


@pytest.mark.parametrize(
    ("line", "names", "expected"),
    [
        (refuses(401, "Incorrect API key"), {}, "set OPENAI_API_KEY"),
        (refuses(404, "The model does not exist"), {}, "check INTERVIEWER_MODEL"),
        (refuses(429, "busy", {"Retry-After": "600"}), {}, "wait 600 s"),
        (refuses(500, "oops"), {}, "try again later"),
        ("reset", {}, "check that the server runs"),
        ("hang", {"deadline_s": 0.3}, "INTERVIEWER_DEADLINE_S"),
        (Answer(200, "<html>Welcome</html>"), {}, "INTERVIEWER_BASE_URL"),
        (says(None, refusal="No."), {}, "change the answer or the model"),
    ],
)
async def test_a_model_that_cannot_be_used_is_explained(
    line: Any, names: dict[str, Any], expected: str, configured: Any, stack: AsyncExitStack
) -> None:
    server = await stack.enter_async_context(ModelServer(line))
    checks = by_name(await diagnose(configured(model="small", base_url=server.url, **names)))
    assert not checks["model"].ok and expected in checks["model"].line
    assert "structured output" not in checks
    assert len(server.bodies) <= 4


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (says("Yes, I think it is met."), "not the JSON asked for"),
        (says('{"level": "superb"}'), "not the JSON asked for"),
        (says('{"level"', "length"), "raise INTERVIEWER_MAX_TOKENS"),
    ],
)
async def test_a_model_that_cannot_keep_to_a_form_is_named(
    line: Any, expected: str, configured: Any, stack: AsyncExitStack
) -> None:
    server = await stack.enter_async_context(ModelServer(line))
    checks = by_name(await diagnose(configured(model="small", base_url=server.url)))
    assert checks["model"].ok and not checks["structured output"].ok
    assert expected in checks["structured output"].line


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ({"model": "gpt-4o-mini"}, "OPENAI_API_KEY"),
        ({"grader": "llm"}, "INTERVIEWER_MODEL"),
        ({"model": "small", "base_url": "localhost:11434"}, "http://"),
        ({"model": "nobody:small"}, "LangChain knows no such provider"),
    ],
)
async def test_settings_that_cannot_work_are_explained(names: dict[str, Any], expected: str, configured: Any) -> None:
    checks = by_name(await diagnose(configured(**names)))
    assert not checks["model"].ok and expected in checks["model"].line


async def test_nobody_there_is_explained(configured: Any) -> None:
    async with ModelServer("reset") as server:
        url = server.url
    checks = by_name(await diagnose(configured(model="small", base_url=url)))
    assert not checks["model"].ok and "cannot be reached" in checks["model"].line


async def test_a_folder_that_cannot_be_written_is_named(configured: Any, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    checks = by_name(await diagnose(configured(home=tmp_path / "file")))
    assert not checks["home"].ok and "INTERVIEWER_HOME" in checks["home"].line


async def test_a_broken_bank_is_named_with_its_first_finding(configured: Any, tmp_path: Path) -> None:
    topic = tmp_path / "bank" / "questions" / "topic"
    topic.mkdir(parents=True)
    (tmp_path / "bank" / "rubrics").mkdir()
    items = topic / "items.yaml"
    items.write_text("topic: other\ntitle: T\nitems: []\nextra: 1\n")
    checks = by_name(await diagnose(configured(bank=str(tmp_path / "bank"))))
    assert not checks["bank"].ok and "items.yaml:4" in checks["bank"].line and "interviewer lint" in checks["bank"].line
    items.write_text("topic: topic\ntitle: T\nitems: []\n")
    checks = by_name(await diagnose(configured(bank=str(tmp_path / "bank"))))
    assert not checks["bank"].ok and "empty bank" in checks["bank"].line
