"""The deterministic gate: what is decided without asking any judge. Pure.

Only answers that say nothing at all are stopped; a short right answer ("O(log n)", "7.5", "yes, because ...") passes.
"""

import re

from interviewer.answer import Answer
from interviewer.item import Item
from interviewer.words import ASSERTING, content_words, copied_share, words

COPIED = 0.8
"""Share of an answer's word 4-grams found in the question from which it counts as the question copied back."""
_OPENERS = """
thought process | solution | answer | final answer | explanation | reasoning | step by step | the answer is
let's solve this problem step by step | let us think step by step | let's think step by step | lets think step by step
here is the answer | here is my answer | sure | sure here is the answer | ok | okay | yes of course | the solution is
see above | as above | n/a | none | test | correct | pass | full marks | skip | next | pass please | mastered | done
i don't know | i do not know | idk | no idea | i have no idea | dont know | don't know | not sure | i am not sure
i'm not sure | no clue
"""
"""Openers that make careless graders give full marks, and plain admissions of not knowing.

The kind is described by Zhao et al. 2025, "One Token to Fool LLM-as-a-Judge"; the list is ours."""
_BARE = re.compile(r"^[\W_]*$")


def stopped(answer: Answer, item: Item) -> str:
    """Why nothing in the answer can be judged; empty where a judge must look.

    The reasons: `empty`, `no-words`, `opener`, `question-copied`.

    Example:
        >>> from interviewer.answer import canonical
        >>> from interviewer.item import Item
        >>> item = Item("i", "t", "concept", 1, "T", "How does the cost of a sort grow with n?", 60, None)
        >>> [stopped(canonical(raw), item) for raw in (" ", "Solution:", "O(n log n)", "7.5")]
        ['empty', 'opener', '', '']
    """
    text = answer.text
    if not text:
        return "empty"
    if _BARE.match(text):
        return "no-words"
    plain = " ".join(words(text))
    if plain in _PLAIN_OPENERS:
        return "opener"
    if len(words(text)) >= 4 and copied_share(text, [item.text, item.title]) >= COPIED:
        return "question-copied"
    if not content_words(text) and not any(c.isdigit() for c in text) and not set(words(text)) & ASSERTING:
        return "no-words"
    return ""


_PLAIN_OPENERS = frozenset(" ".join(words(opener)) for opener in re.split(r"[|\n]", _OPENERS) if opener.strip())

REASONS = {
    "empty": "The answer is empty.",
    "no-words": "The answer says nothing about the question.",
    "opener": "The answer announces an answer but gives none.",
    "question-copied": "The answer repeats the question without answering it.",
}
