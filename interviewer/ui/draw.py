"""A Screen onto the page: a dict keyed by component. Which parts show follows from what the Screen holds."""

from typing import TYPE_CHECKING, Any

import gradio as gr

from interviewer.review import CriterionShown, Passage
from interviewer.screen import Screen
from interviewer.session import Phase
from interviewer.ui import dress

if TYPE_CHECKING:
    from interviewer.ui.layout import Page, Slot

Updates = dict[Any, Any]
NO_SESSION = "none"
"""What a browser keeps while no interview is going on; Gradio does not write an empty value over an older one."""


def draw(page: "Page", screen: Screen) -> Updates:
    """Everything on the page as the screen has it; what the screen does not hold is emptied, not only hidden."""
    answering, grading = screen.phase is Phase.ANSWERING, screen.phase is Phase.GRADING
    return {
        page.session_id: screen.session_id or NO_SESSION,
        page.position: screen.position,
        page.notice: _notice(screen.notice),
        page.start: gr.Column(visible=screen.opening is not None),
        page.question: gr.Column(visible=screen.place is not None),
        page.asked: dress.question(screen) if screen.place else "",
        page.answering: gr.Column(visible=answering),
        page.answer: screen.draft,
        page.draft_line: dress.draft_line(screen.draft),
        page.waiting: gr.Column(visible=grading),
        page.grading: dress.grading(screen.answer) if grading else "",
        page.retry: gr.Button(visible=False),
        **_review(page, screen),
        page.summary: gr.Column(visible=screen.summary is not None),
        page.rows: dress.summary(screen.summary) if screen.summary else "",
    }


def complain(page: "Page", line: str) -> Updates:
    """Only a line above what is shown: nothing typed is touched. While grading, a way to try again comes with it."""
    return {page.notice: _notice(line[:1].upper() + line[1:]), page.retry: gr.Button(visible=True)}


def _notice(line: str) -> gr.HTML:
    return gr.HTML(dress.notice(line), visible=bool(line))


def _review(page: "Page", screen: Screen) -> Updates:
    review = screen.review
    updates: Updates = {
        page.review: gr.Column(visible=review is not None),
        page.total: dress.total(review) if review else "",
        page.closing: dress.closing(review) if review else "",
    }
    if screen.place:
        last = screen.place.position + 1 == screen.place.of
        updates[page.move_on] = gr.Button("Finish and see the summary" if last else "Next question")
        updates[page.end] = gr.Button(visible=not last)
    criteria = review.criteria if review else ()
    for n, slot in enumerate(page.slots):
        updates |= _slot(slot, criteria[n] if n < len(criteria) else None)
    return updates


def _slot(slot: "Slot", criterion: CriterionShown | None) -> Updates:
    passages = criterion.passages if criterion else ()
    return {
        slot.group: gr.Group(visible=criterion is not None),
        slot.criterion: dress.criterion(criterion) if criterion else "",
        slot.fold: gr.Accordion(label=_fold_label(passages), open=False, visible=bool(passages)),
        slot.passages: "\n\n---\n\n".join(_markdown(passage, len(passages) > 1) for passage in passages),
    }


def _fold_label(passages: tuple[Passage, ...]) -> str:
    return "Reference: " + " · ".join(passage.title for passage in passages)


def _markdown(passage: Passage, titled: bool) -> str:
    title = f"**{passage.title}**\n\n" if titled else ""
    sources = f"\n\n*Sources: {passage.sources}*" if passage.sources else ""
    return f"{title}{passage.text}{sources}"
