"""The page: its components, where they stand, and which handler each button calls. Decides nothing.

Everything but the page's own frame starts hidden; the first event of a page (`resume`) says what is shown.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import partial
from typing import Any

import gradio as gr

from interviewer.interview import Interview
from interviewer.screen import Opening
from interviewer.selection import MOST_QUESTIONS
from interviewer.ui import dress, handlers

TITLE = "Machine-learning interview"
_LATEX: list[dict[str, str | bool]] = [
    {"left": "$$", "right": "$$", "display": True},
    {"left": "$", "right": "$", "display": False},
]


@dataclass(frozen=True, slots=True, eq=False)
class Slot:
    """Where one criterion of a review is shown."""

    group: gr.Group
    criterion: gr.HTML
    fold: gr.Accordion
    passages: gr.Markdown


@dataclass(frozen=True, slots=True, eq=False)
class Page:
    """Every component that a handler reads or draws."""

    session_id: gr.BrowserState
    position: gr.Number
    """Which question this page shows: goes along with every event, so that a page left behind changes nothing."""
    notice: gr.HTML
    start: gr.Column
    topics: gr.CheckboxGroup
    easiest: gr.Slider
    hardest: gr.Slider
    count: gr.Slider
    begin: gr.Button
    question: gr.Column
    asked: gr.HTML
    answering: gr.Column
    answer: gr.Textbox
    draft_line: gr.HTML
    save_draft: gr.Button
    submit: gr.Button
    end_now: gr.Button
    waiting: gr.Column
    grading: gr.HTML
    retry: gr.Button
    review: gr.Column
    total: gr.HTML
    slots: tuple[Slot, ...]
    closing: gr.HTML
    again: gr.Button
    move_on: gr.Button
    end: gr.Button
    summary: gr.Column
    rows: gr.HTML
    new: gr.Button

    def components(self) -> list[Any]:
        """All of them, flat: what a drawing may change."""
        plain = [getattr(self, f.name) for f in fields(self) if f.name != "slots"]
        return plain + [getattr(slot, f.name) for slot in self.slots for f in fields(slot)]


def build(interview: Interview, secret: str) -> gr.Blocks:
    """The page over an interview.

    Args:
        secret: key with which browsers keep the id of their interview.
    """
    opening = interview.opening().opening
    assert opening is not None  # noqa: S101  # an opening screen has one by definition
    demo = gr.Blocks(title=TITLE, analytics_enabled=False)
    with demo:
        gr.HTML('<header class="brand"><span aria-hidden="true">◧</span> Machine-learning interview</header>')
        page = _page(opening, interview.most_criteria, secret)
        _wire(demo, handlers.Face(interview, page))
    return demo


def _page(opening: Opening, slots: int, secret: str) -> Page:
    session_id = gr.BrowserState("", storage_key="interview", secret=secret)
    position = gr.Number(-1, visible=False, precision=0, label="question")
    notice = gr.HTML(visible=False, elem_id="notice")
    return Page(
        session_id=session_id,
        position=position,
        notice=notice,
        **_start(opening),
        **_question(),
        **_review(slots),
        **_summary(),
    )


def _start(opening: Opening) -> dict[str, Any]:
    with gr.Column(visible=False, elem_id="start") as start:
        gr.HTML(dress.welcome(opening))
        topics = gr.CheckboxGroup(
            [(f"{topic.title} ({topic.count})", topic.id) for topic in opening.topics],
            label="Topics",
            info="In brackets: how many questions. Tick none to be asked about everything.",
            elem_id="topics",
        )
        with gr.Row():
            easiest = gr.Slider(1, 5, 1, step=1, label="Easiest question", info="1: a screening call", buttons=[])
            hardest = gr.Slider(1, 5, 5, step=1, label="Hardest question", info="5: a senior round", buttons=[])
        most = min(MOST_QUESTIONS, max(1, opening.count))
        count = gr.Slider(1, most, value=min(5, most), step=1, label="Number of questions", buttons=[])
        begin = gr.Button("Start the interview", variant="primary", elem_id="begin")
    return {
        "start": start,
        "topics": topics,
        "easiest": easiest,
        "hardest": hardest,
        "count": count,
        "begin": begin,
    }


def _question() -> dict[str, Any]:
    with gr.Column(visible=False, elem_id="question") as question:
        asked = gr.HTML()
        with gr.Column(visible=False) as answering:
            answer = gr.Textbox(
                label="Your answer",
                info="Ctrl+Enter hands it in. What you type is kept as you go.",
                lines=8,
                max_lines=24,
                elem_id="answer",
                autoscroll=False,
            )
            draft_line = gr.HTML(elem_id="draft-line")
            # Clicked by the page's script a moment after the last key.
            save_draft = gr.Button("Keep draft", elem_id="save-draft", elem_classes="offscreen")
            with gr.Row(elem_classes="moves"):
                submit = gr.Button("Hand in", variant="primary", elem_id="submit")
                end_now = gr.Button("End interview", elem_id="end-now", elem_classes="ends")
        with gr.Column(visible=False) as waiting:
            grading = gr.HTML(elem_id="grading")
            retry = gr.Button("Try again", visible=False, elem_id="retry")
    return {
        "question": question,
        "asked": asked,
        "answering": answering,
        "answer": answer,
        "draft_line": draft_line,
        "save_draft": save_draft,
        "submit": submit,
        "end_now": end_now,
        "waiting": waiting,
        "grading": grading,
        "retry": retry,
    }


def _review(slots: int) -> dict[str, Any]:
    with gr.Column(visible=False, elem_id="review") as review:
        total = gr.HTML()
        filled = tuple(_slot() for _ in range(slots))
        closing = gr.HTML()
        with gr.Row(elem_classes="moves"):
            move_on = gr.Button("Next question", variant="primary", elem_id="move-on")
            again = gr.Button("Grade again", elem_id="again")
            end = gr.Button("End interview", elem_id="end", elem_classes="ends")
    return {
        "review": review,
        "total": total,
        "slots": filled,
        "closing": closing,
        "again": again,
        "move_on": move_on,
        "end": end,
    }


def _slot() -> Slot:
    with gr.Group(visible=False, elem_classes="slot") as group:
        criterion = gr.HTML()
        with gr.Accordion("Reference passage", open=False, visible=False) as fold:
            passages = gr.Markdown(latex_delimiters=_LATEX, elem_classes="passages")
    return Slot(group, criterion, fold, passages)


def _summary() -> dict[str, Any]:
    with gr.Column(visible=False, elem_id="summary") as summary:
        rows = gr.HTML()
        new = gr.Button("New interview", variant="primary", elem_id="new")
    return {"summary": summary, "rows": rows, "new": new}


def _wire(demo: gr.Blocks, face: handlers.Face) -> None:
    page = face.page
    here = [page.session_id, page.position]
    everything = page.components()

    def on(listen: Callable[..., Any], handler: Callable[..., Any], inputs: list[Any], outputs: list[Any]) -> None:
        listen(partial(handler, face), inputs, outputs, show_progress="hidden", api_visibility="private", queue=True)

    on(demo.load, handlers.resume, [page.session_id], everything)
    on(page.begin.click, handlers.begin, [page.topics, page.easiest, page.hardest, page.count], everything)
    on(page.submit.click, handlers.hand_in, [*here, page.answer], everything)
    on(page.save_draft.click, handlers.keep_draft, [*here, page.answer], [page.draft_line])
    for button in (page.again, page.retry):
        on(button.click, handlers.grade_again, here, everything)
    on(page.move_on.click, handlers.move_on, here, everything)
    for button in (page.end_now, page.end):
        on(button.click, handlers.end, [page.session_id], everything)
    on(page.new.click, handlers.new, [], everything)
