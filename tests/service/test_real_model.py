"""The road to a language model against a real one: any OpenAI-compatible server at INTERVIEWER_TEST_BASE_URL.

`make test-llm` starts a small model on this machine. What is asserted is the protocol, not the model's judgement.
"""

import json
import os
from collections.abc import AsyncIterator

import pytest

from interviewer.doctor import diagnose
from interviewer.errors import ReplyInvalid
from interviewer.models import Ask, Message
from interviewer.models.breaker import Breaker
from interviewer.models.langchain_chat import LangchainChat
from interviewer.models.openai_chat import OpenAIChat
from interviewer.models.retry import Policy, ask
from interviewer.settings import load

URL = os.environ.get("INTERVIEWER_TEST_BASE_URL", "")
NAME = os.environ.get("INTERVIEWER_TEST_MODEL", "smollm2")
pytestmark = [
    pytest.mark.service,
    pytest.mark.skipif(not URL, reason="INTERVIEWER_TEST_BASE_URL names no server; `make test-llm` starts one"),
]
SCHEMA = {
    "type": "object",
    "properties": {
        "quotes": {"type": "array", "items": {"type": "string", "maxLength": 40}, "maxItems": 1},
        "reason": {"type": "string", "maxLength": 60},
        "level": {"type": "string", "enum": ["missed", "partial", "met"]},
    },
    "required": ["quotes", "reason", "level"],
    "additionalProperties": False,
}
"""Short strings: a tiny model rambles to the token limit inside a long one."""
LEVEL_ONLY = {
    "type": "object",
    "properties": {"level": {"type": "string", "enum": ["missed", "partial", "met"]}},
    "required": ["level"],
    "additionalProperties": False,
}
MESSAGES = (
    Message("system", "You grade interview answers. Be brief."),
    Message("user", 'Does the answer say that dropout is off at test time? Answer: "At test time nothing is dropped."'),
)
PATIENT = Policy(deadline_s=170.0)


@pytest.fixture(params=["openai", "langchain"])
async def model(request: pytest.FixtureRequest) -> AsyncIterator[OpenAIChat | LangchainChat]:
    options = {"max_tokens": 300, "deadline_s": 80.0}
    chat = (
        OpenAIChat(NAME, URL, **options)  # type: ignore[arg-type]
        if request.param == "openai"
        else LangchainChat(f"openai:{NAME}", URL, "none", **options)  # type: ignore[arg-type]
    )
    yield chat
    await chat.aclose()


def verdict(text: str) -> dict[str, object]:
    try:
        found = json.loads(text)
    except ValueError as error:
        raise ReplyInvalid(f"JSON expected: {error}") from error
    if set(found) != set(SCHEMA["properties"]):  # type: ignore[arg-type]
        raise ReplyInvalid(f"quotes, reason and level expected, not {sorted(found)}")
    return dict(found)


async def test_a_verdict_satisfies_its_schema(model: OpenAIChat | LangchainChat) -> None:
    value, reply = await ask(model, Ask(MESSAGES, schema=SCHEMA), verdict, PATIENT, breaker=Breaker())
    assert value["level"] in ("missed", "partial", "met") and isinstance(value["quotes"], list)
    assert model.parameters["reply_form"] == "json_schema"
    assert reply.attempts <= 2 and reply.finish == "stop"
    assert reply.usage.input_tokens and reply.usage.output_tokens


async def test_the_first_token_has_its_probabilities(model: OpenAIChat | LangchainChat) -> None:
    schema = {**LEVEL_ONLY, "properties": {"level": {"type": "string", "enum": ["met"]}}}
    question = Ask(MESSAGES, schema=schema, top_logprobs=5)
    _, reply = await ask(model, question, str, PATIENT, breaker=Breaker())
    chances = [t.logprob for t in reply.first_token]
    assert len(chances) == 5 and chances == sorted(chances, reverse=True) and max(chances) <= 0


async def test_a_stream_is_what_the_reply_says(model: OpenAIChat | LangchainChat) -> None:
    pieces: list[str] = []
    question = Ask(MESSAGES, schema=LEVEL_ONLY, on_text=pieces.append)
    level, reply = await ask(model, question, lambda t: json.loads(t)["level"], PATIENT, breaker=Breaker())
    assert level in ("missed", "partial", "met")
    assert len(pieces) > 1 and "".join(pieces).strip() == reply.text
    assert reply.usage.output_tokens


async def test_the_doctor_finds_everything_in_order() -> None:
    settings = load(model=NAME, base_url=URL, api_key="", grader="llm", max_tokens=300, deadline_s=120.0)
    checks = {c.name: c for c in await diagnose(settings, slow_s=100.0)}
    for name in ("model", "structured output", "log-probabilities", "speed"):
        assert checks[name].ok and not checks[name].warning, checks[name].line
