"""The deterministic gate: what is decided without asking any judge. Pure.

Only answers that say nothing at all are stopped; a short right answer ("O(log n)", "7.5", "yes, because ...") passes.
"""

import re

from interviewer.answer import Answer
from interviewer.item import Item
from interviewer.words import copied_share, says_nothing, words

COPIED = 0.8
"""Share of an answer's word 4-grams found in the question from which it counts as the question copied back."""
LONGEST_OPENER = 20
"""Words."""
_OPENERS = """
thought process | solution | answer | final answer | explanation | reasoning | step by step | the answer is
my answer | my final answer | my answer is | here's my answer | here's the answer | here is my solution
let's solve this problem step by step | let us think step by step | let's think step by step | lets think step by step
here is the answer | here is my answer | sure | sure here is the answer | ok | okay | yes of course | the solution is
see above | as above | n/a | none | test | correct | pass | full marks | skip | next | pass please | mastered | done
skip this | skip this one | next question | i don't know | i do not know | i dont know | idk | no idea | i have no idea
dont know | don't know | not sure | i am not sure | i'm not sure | no clue | i can't answer this | i cannot answer this
i can't answer that | i don't know this one | i don't know the answer | can't say
"""
"""Openers that make careless graders give full marks, and plain admissions of not knowing.

The kind is described by Zhao et al. 2025, "One Token to Fool LLM-as-a-Judge"; the list is ours."""
_BARE = re.compile(r"(?:_|[^\w∞∅])*")
_AROUND = frozenset("sorry please well honestly thanks um uh hmm so just hi hello then oh".split())
"""Words that may stand before or after an opener and change nothing."""


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
    if _BARE.fullmatch(text):
        return "no-words"
    tokens = words(text)
    if _bare_phrase(tokens) in _PLAIN_OPENERS:
        return "opener"
    sources = (f"{item.title} {item.text} {item.title}", f"{item.text} {item.text}", f"question {item.text}")
    if len(tokens) >= 4 and copied_share(text, sources) >= COPIED:
        return "question-copied"
    return "no-words" if says_nothing(text) else ""


def _bare_phrase(tokens: list[str]) -> str:
    """The words without what may stand around them; one word said again and again counts once."""
    kept = [t for t, before in zip(tokens, ["", *tokens], strict=False) if t != before]
    if len(kept) > LONGEST_OPENER:
        return ""
    while len(kept) > 1 and kept[0] in _AROUND:
        kept = kept[1:]
    while len(kept) > 1 and kept[-1] in _AROUND:
        kept = kept[:-1]
    return " ".join(kept)


_PLAIN_OPENERS = frozenset(" ".join(words(opener)) for opener in re.split(r"[|\n]", _OPENERS) if opener.strip())

REASONS = {
    "empty": "The answer is empty.",
    "no-words": "The answer says nothing about the question.",
    "opener": "The answer announces an answer but gives none.",
    "question-copied": "The answer repeats the question without answering it.",
}
