"""The browser's face without a browser: handlers called directly, what they draw, how the page is served."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from scripted import ScriptedGrades, interview, no_grade

from interviewer.errors import StoreError
from interviewer.screen import Screen


@pytest.fixture(scope="module")
def ui() -> Any:
    """The modules that need Gradio."""
    import interviewer.ui

    del interviewer
    from interviewer.ui import draw as drawing
    from interviewer.ui import dress, handlers, layout, look, secret, server

    return {
        "dress": dress,
        "draw": drawing,
        "handlers": handlers,
        "layout": layout,
        "look": look,
        "secret": secret,
        "server": server,
    }


class Seat:
    """One visitor: a face over a database of its own, and what a page would hold."""

    def __init__(self, ui: Any, folder: Path, grades: ScriptedGrades | None = None) -> None:
        self.handlers = ui["handlers"]
        self.grades = grades or ScriptedGrades()
        live = interview(folder, self.grades)
        demo = ui["layout"].build(live, "secret")
        partials = [fn.fn for fn in demo.fns.values()]
        self.face = partials[0].args[0]
        self.page = self.face.page
        self.demo = demo

    async def press(self, handler: Any, *inputs: Any) -> list[dict[str, Any]]:
        """Every update a handler yields, by the name of the component."""
        names = {id(getattr(self.page, name)): name for name in self.page.__dataclass_fields__ if name != "slots"}
        for n, slot in enumerate(self.page.slots):
            names |= {id(getattr(slot, part)): f"{part}{n}" for part in slot.__dataclass_fields__}
        return [{names[id(c)]: _plain(v) for c, v in u.items()} async for u in handler(self.face, *inputs)]


def _plain(update: Any) -> Any:
    """What an update says: a value, or the visibility and the value of a component."""
    if isinstance(update, str | int):
        return update
    return {
        "visible": update.visible,
        "value": getattr(update, "value", None),
        "label": getattr(update, "label", None),
    }


@pytest.fixture
async def seat(ui: Any, tmp_path: Path) -> Seat:
    # Asynchronous because Gradio takes the running event loop, or else makes one that nobody closes.
    return Seat(ui, tmp_path)


async def begin(seat: Seat) -> dict[str, Any]:
    (started,) = await seat.press(seat.handlers.begin, ["nets"], 1, 5, 2)
    return started


async def test_a_first_visit_can_choose(seat: Seat) -> None:
    for nothing_yet in ("", "none"):
        (drawn,) = await seat.press(seat.handlers.resume, nothing_yet)
        assert drawn["start"]["visible"] and not drawn["question"]["visible"]
        assert (drawn["session_id"], drawn["position"], drawn["notice"]["visible"]) == ("none", -1, False)


async def test_a_whole_interview_by_buttons(seat: Seat) -> None:
    drawn = await begin(seat)
    session_id = drawn["session_id"]
    assert drawn["question"]["visible"] and drawn["answering"]["visible"] and not drawn["start"]["visible"]
    for position in range(2):
        assert drawn["position"] == position
        waiting, drawn = await seat.press(seat.handlers.hand_in, session_id, position, "my words")
        assert (
            waiting["waiting"]["visible"] and not waiting["answering"]["visible"] and "my words" in waiting["grading"]
        )
        assert drawn["review"]["visible"] and "75 %" in drawn["total"]
        assert drawn["fold0"] == {"visible": True, "value": None, "label": "Reference: Passage A"}
        assert "Why $a$ holds." in drawn["passages0"] and "*Sources: Book A*" in drawn["passages0"]
        assert "**Passage B**" in drawn["passages1"] or drawn["passages1"] == "B."
        (drawn,) = await seat.press(seat.handlers.move_on, session_id, position)
    assert drawn["summary"]["visible"] and drawn["rows"].count("75 %") == 3
    (drawn,) = await seat.press(seat.handlers.resume, session_id)
    assert drawn["summary"]["visible"]
    (drawn,) = await seat.press(seat.handlers.new)
    assert drawn["start"]["visible"] and drawn["session_id"] == "none"


async def test_the_last_review_offers_the_summary(seat: Seat) -> None:
    session_id = (await begin(seat))["session_id"]
    *_, drawn = await seat.press(seat.handlers.hand_in, session_id, 0, "x")
    assert drawn["move_on"]["value"] == "Next question" and drawn["end"]["visible"]
    await seat.press(seat.handlers.move_on, session_id, 0)
    *_, drawn = await seat.press(seat.handlers.hand_in, session_id, 1, "x")
    assert drawn["move_on"]["value"] == "Finish and see the summary" and not drawn["end"]["visible"]


async def test_before_the_attempt_the_page_holds_nothing_of_the_rubric(seat: Seat) -> None:
    drawn = await begin(seat)
    page = json.dumps(drawn) + json.dumps(seat.demo.get_config_file(), default=str)
    for secret in ("model answer of", "says A", "Passage A", "Why $a$ holds", "Book A"):
        assert secret not in page
    session_id = drawn["session_id"]
    *_, reviewed = await seat.press(seat.handlers.hand_in, session_id, 0, "x")
    assert "model answer of" in reviewed["closing"]
    (following,) = await seat.press(seat.handlers.move_on, session_id, 0)
    assert (following["closing"], following["total"], following["passages0"]) == ("", "", "")


async def test_without_a_grade_no_number_is_shown(ui: Any, tmp_path: Path) -> None:
    seat = Seat(ui, tmp_path, ScriptedGrades([no_grade("one", "the model is away; grade again")]))
    session_id = (await begin(seat))["session_id"]
    *_, drawn = await seat.press(seat.handlers.hand_in, session_id, 0, "x")
    assert "Not graded" in drawn["total"] and "The model is away; grade again." in drawn["total"]
    assert "%" not in drawn["total"] and not drawn["group0"]["visible"]
    *_, drawn = await seat.press(seat.handlers.grade_again, session_id, 0)
    assert "75 %" in drawn["total"]


async def test_a_draft_is_kept_and_its_refusal_said(seat: Seat) -> None:
    session_id = (await begin(seat))["session_id"]
    keep = seat.handlers.keep_draft
    (line,) = (await keep(seat.face, session_id, 0, "half a thought")).values()
    assert "14 of 20,000" in line
    (drawn,) = await seat.press(seat.handlers.resume, session_id)
    assert (drawn["answer"], drawn["draft_line"]) == ("half a thought", line)
    (line,) = (await keep(seat.face, session_id, 0, "x" * 200_001)).values()
    assert "Not kept: a draft of 200,001 characters" in line
    (line,) = (await keep(seat.face, "nobody", 0, "x")).values()
    assert "Not kept: there is no such interview" in line


async def test_an_error_leaves_what_was_typed_alone(seat: Seat) -> None:
    session_id = (await begin(seat))["session_id"]
    (drawn,) = await seat.press(seat.handlers.hand_in, session_id, 0, "x" * 20_001)
    assert set(drawn) == {"notice", "retry"}
    assert "The answer has 20,001 characters; shorten it to 20,000" in drawn["notice"]["value"]
    (drawn,) = await seat.press(seat.handlers.begin, ["no-such"], 1, 5, 3)
    assert "No question matches" in drawn["notice"]["value"]


@pytest.mark.parametrize("session_id", ["nobody", "\ud800", ["a"], {"x": 1}, 7, "' OR 1=1 --"])
async def test_every_handler_checks_the_session_on_the_server(seat: Seat, session_id: object) -> None:
    await begin(seat)
    handlers = seat.handlers
    for handler, inputs in [
        (handlers.hand_in, (0, "x")),
        (handlers.grade_again, (0,)),
        (handlers.move_on, (0,)),
        (handlers.end, ()),
    ]:
        (drawn,) = await seat.press(handler, session_id, *inputs)
        assert set(drawn) == {"notice", "retry"}
    (drawn,) = await seat.press(handlers.resume, session_id)
    assert drawn["start"]["visible"] and "cannot be taken up again" in drawn["notice"]["value"]
    assert seat.grades.asked == []


@pytest.mark.parametrize("position", [None, "x", float("nan"), float("inf"), [], 10**40, -1])
async def test_a_position_that_is_none_moves_nothing(seat: Seat, position: object) -> None:
    session_id = (await begin(seat))["session_id"]
    (drawn,) = await seat.press(seat.handlers.hand_in, session_id, position, "x")
    assert "Nothing was changed" in drawn["notice"]["value"] and drawn["position"] == 0
    assert seat.grades.asked == []


async def test_the_range_may_be_given_the_other_way_round(seat: Seat) -> None:
    (drawn,) = await seat.press(seat.handlers.begin, [], 5, 1, 3)
    assert drawn["question"]["visible"]


async def test_every_endpoint_is_private_and_shows_no_progress_of_its_own(seat: Seat) -> None:
    assert len(seat.demo.fns) == 10
    assert {fn.api_visibility for fn in seat.demo.fns.values()} == {"private"}
    assert {fn.show_progress for fn in seat.demo.fns.values()} == {"hidden"}


async def test_every_input_has_a_label(seat: Seat) -> None:
    page = seat.page
    assert all(c.label for c in (page.topics, page.easiest, page.hardest, page.count, page.answer))


async def test_there_is_a_place_for_every_criterion(seat: Seat) -> None:
    assert len(seat.page.slots) == 3


async def test_a_handler_yields_nothing_more_after_an_error(ui: Any, tmp_path: Path) -> None:
    seat = Seat(ui, tmp_path)

    async def broken() -> AsyncIterator[Screen]:
        yield seat.face.interview.opening()
        raise StoreError("no space is left; free some")

    drawn = [updates async for updates in seat.handlers._drawn(seat.face, broken())]
    assert len(drawn) == 2 and "No space is left" in drawn[1][seat.page.notice].value
    assert drawn[1][seat.page.retry].visible
