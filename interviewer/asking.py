"""Builds the messages of a grading request out of a prompt, a rubric, notes and an answer. Pure.

The stable part (rubric, notes) comes first and the answer last, so that a provider's prompt cache hits from one answer
to the next. The answer stands behind a code that the candidate cannot know.
"""

import hashlib
import re

from interviewer.item import Note
from interviewer.models import Message, Task
from interviewer.prompt import Prompt

_PLACEHOLDER = re.compile(r"\{\{(\w+)\}\}")


def grading_messages(prompt: Prompt, task: Task) -> tuple[Message, ...]:
    """System and user message for one answer.

    The fence's code is a digest of prompt and answer instead of a random number: an answer cannot contain a digest of
    itself, so it is as hard to guess, and the same request is the same bytes again, which replaying a run needs.
    """
    nonce = hashlib.sha256(f"{prompt.digest}\0{task.rubric.digest}\0{task.answer.text}".encode()).hexdigest()[:16]
    parts = {
        "question": task.item.text,
        "rubric": task.rubric.prompt_text(),
        "notes": notes_text(task.notes),
        "criteria": ", ".join(c.id for c in task.rubric.criteria),
        "claim": " ".join(c.claim for c in task.rubric.criteria),
        "answer": task.answer.text,
        "nonce": nonce,
    }

    def fill(template: str) -> str:
        return _PLACEHOLDER.sub(lambda match: parts[match[1]], template)

    return (Message("system", fill(prompt.system)), Message("user", fill(prompt.user)))


def notes_text(notes: tuple[Note, ...]) -> str:
    """The passages as the prompt shows them; `(none)` where there are none."""
    return "\n\n".join(f"### {note.title}\n{note.text}" for note in notes) or "(none)"
