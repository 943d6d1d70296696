"""Criteria for a question that comes with a reference answer and no rubric. Pure."""

import hashlib

from interviewer.answer import sentences
from interviewer.rubric import Criterion, Rubric
from interviewer.words import content_words

MOST_CRITERIA = 8


def rubric_from_reference(question_id: str, reference: str) -> Rubric:
    """A rubric whose criteria are the sentences of a reference answer, weighted by their content words.

    Sentences of fewer than three content words join the one before. Where there are more than MOST_CRITERIA, neighbours
    are joined, shortest first. The same reference always gives the same rubric.
    """
    parts: list[str] = []
    for sentence in sentences(reference):
        if parts and len(content_words(sentence.text)) < 3:
            parts[-1] += " " + sentence.text
        else:
            parts.append(sentence.text)
    while len(parts) > MOST_CRITERIA:
        at = min(range(len(parts) - 1), key=lambda i: len(parts[i]) + len(parts[i + 1]))
        parts[at : at + 2] = [parts[at] + " " + parts[at + 1]]
    criteria = tuple(
        Criterion(f"part-{n}", part, max(1, len(content_words(part))), "Says this.", "Says part of this.")
        for n, part in enumerate(parts or [reference], 1)
    )
    return Rubric(question_id, 0, criteria, reference, hashlib.sha256(reference.encode()).hexdigest()[:12])
