"""`Scripted`: lines in, history out."""

import pytest

from interviewer.errors import ModelRefused, ModelUnavailable
from interviewer.models import Ask, Message, Reply, Usage
from interviewer.models.offline import Scripted

FIRST, SECOND = Ask((Message("user", "one"),)), Ask((Message("user", "two"),))


async def test_lines_are_said_in_order_and_asks_are_kept() -> None:
    whole = Reply("b", "another", Usage(1, 2), 0.5)
    model = Scripted(["a", whole], name="script")
    model.queue(lambda ask: ask.messages[0].content.upper())
    assert (await model.complete(FIRST)).text == "a"
    assert await model.complete(SECOND) is whole
    assert await model.complete(SECOND) == Reply("TWO", "script", Usage(), 0.0)
    assert model.history == [FIRST, SECOND, SECOND]
    assert (model.name, model.parameters) == ("script", {})


async def test_an_error_in_the_script_is_raised_and_its_ask_kept() -> None:
    away = ModelUnavailable("away; try again")
    model = Scripted([away, lambda ask: away])
    for _ in range(2):
        with pytest.raises(ModelUnavailable) as caught:
            await model.complete(FIRST)
        assert caught.value is away
    assert model.history == [FIRST, FIRST]


async def test_a_script_that_has_ended_never_makes_a_reply_up() -> None:
    with pytest.raises(ModelRefused, match="queue another line"):
        await Scripted().complete(FIRST)


async def test_text_is_shown_to_whoever_listens() -> None:
    shown: list[str] = []
    await Scripted(["hello"]).complete(Ask(FIRST.messages, on_text=shown.append))
    assert shown == ["hello"]
