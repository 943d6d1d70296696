"""The boundary in code: may these quotes earn this level? Judges propose, this module disposes. Pure.

A failed check lowers a level or leaves the criterion unscored; no check ever raises one. What is checked: the quote
occurs in the answer; it is not the question, the rubric or an interviewer's turn given back; its sentence is not a
remark about the grading, an instruction, or somebody else's claim; it is more than a list of terms; nowhere does the
answer assert the criterion's misconception.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from interviewer.answer import Answer, Span, find_quote
from interviewer.grade import Judgement, Outcome, Unscored
from interviewer.item import Item
from interviewer.patterns import ABOUT_GRADING, FAKE_VERDICT, INSTRUCTION, SOMEBODY_ELSE, without_quotations
from interviewer.rubric import Criterion, Rubric
from interviewer.words import STOP_WORDS, copied_share, negations, says_nothing, stems, words

COPIED = 0.8
"""Share of a quote's 4-grams in the question or the rubric from which it is an echo."""
COPIED_WHOLE = 0.6
"""The same for a whole answer: between pasted sentences no 4-gram matches, and by chance no answer comes near."""
ECHO_WORDS = 7
"""Quotes below this length are not called echoes: few words coincide by honest chance."""
INVENTED = "the grader credited it without words that occur in the answer"
"""Why a criterion is left unscored whose every quote the judge made up."""
ASSERTED = 0.85
"""Share of common stems, both ways, from which a sentence is a listed misconception."""

_BOUNDARIES = ((INSTRUCTION, "instruction"), (ABOUT_GRADING, "about-grading"), (SOMEBODY_ELSE, "somebody-else"))
_FORMULA = re.compile(r"[=≈≤≥^]|\d\s*[-+*/×·]\s*\d|[(\[]\s*-?\d|\w/\(")
_ACRONYM = re.compile(r"\b[A-Za-z]*[A-Z][A-Za-z]*[A-Z]\b")
_SEPARATOR = re.compile(r"[,;/|·•\n]|\s-\s")


def checked(judgement: Judgement, criterion: Criterion, answer: Answer, item: Item, rubric: Rubric) -> Outcome:
    """The judgement with its quotes verified, or lowered, or unscored where the judge quoted what is not there."""
    found = [q for quote in judgement.quotes if (q := find_quote(answer.text, quote))]
    quotes = tuple(dict.fromkeys(found))
    if judgement.level == "missed":
        return replace(judgement, quotes=quotes)
    if judgement.level == "contradicted":
        return replace(judgement, quotes=quotes) if quotes else _missed(judgement, "It is not said.")
    if not quotes:
        return Unscored(criterion.id, INVENTED)
    wrong = asserted_misconception(answer, criterion)
    if wrong:
        return replace(judgement, level="contradicted", quotes=(wrong.text,), reason="The answer asserts the opposite.")
    faults = [objection(answer, quote, item, rubric) for quote in quotes]
    kept = tuple(quote for quote, fault in zip(quotes, faults, strict=True) if not fault)
    if not kept:
        return _missed(judgement, OBJECTIONS[faults[0]])
    return replace(judgement, quotes=kept)


OBJECTIONS = {
    "echo": "The words offered as evidence only give the question or the rubric back.",
    "about-grading": "The words offered as evidence speak about the grading, not about the subject.",
    "instruction": "The words offered as evidence are an instruction, not an answer.",
    "somebody-else": "The claim is put into somebody else's mouth, not made.",
    "list": "Terms are listed without saying how they hang together.",
    "no-content": "The words offered as evidence say nothing about the subject.",
    "repetition": "The same words are repeated over and over.",
}


def objection(answer: Answer, quote: str, item: Item, rubric: Rubric) -> str:
    """Why a quote cannot earn anything, as a key of OBJECTIONS; empty where it can."""
    sentence = _around(answer, quote)
    if says_nothing(quote) and not _ACRONYM.search(quote):
        return "no-content"
    if FAKE_VERDICT.search(sentence):
        return "instruction"
    used = without_quotations(sentence)
    for pattern, name in _BOUNDARIES:
        if pattern.search(used):
            return name
    if _is_reported(answer.text, quote):
        return "somebody-else"
    if is_echo(quote, item, rubric) or is_echo(answer.text, item, rubric, COPIED_WHOLE):
        return "echo"
    if is_list(sentence):
        return "list"
    return "repetition" if _is_repetition(answer.text) else ""


def _is_reported(text: str, quote: str) -> bool:
    """Whether a quote follows "the model answer says:" or the like, and nobody has spoken for himself since."""
    at = text.find(quote)
    for opened in SOMEBODY_ELSE.finditer(text, 0, at):
        announced = _ANNOUNCES.match(text, opened.end())
        if announced and announced.end() <= at and not _FOR_HIMSELF.search(text, announced.end(), at):
            return True
    return False


_ANNOUNCES = re.compile(r"[^.!?\n]{0,40}:")
_FOR_HIMSELF = re.compile(
    r"[.!?\n]\s*(?:but |now |and )?(?:i think|i would|i'd|in my (?:view|opinion)|personally|as for me)\b", re.IGNORECASE
)


def is_echo(quote: str, item: Item, rubric: Rubric, limit: float = COPIED) -> bool:
    """Whether a quote gives the question, the rubric or a hint back in their own words."""
    if sum(len(w) > 1 and w.isalpha() for w in words(quote)) < ECHO_WORDS:
        return False
    sources = [item.text, *(h.text for h in item.hints), *(q for _, q in item.follow_ups)]
    for c in rubric.criteria:
        sources += [c.claim, c.met, c.partial or "", *c.misconceptions]
    return copied_share(quote, sources) >= limit


def is_list(sentence: str) -> bool:
    """Whether a sentence is a list of terms with no relation said: many short pieces, hardly a function word.

    Example:
        >>> is_list("Dropout, Bernoulli mask, scaling, ensemble, keep probability, inference")
        True
        >>> is_list("off at test time, weights times p, else the next layer sees too much")
        False
    """
    if _FORMULA.search(sentence):
        return False
    pieces = [p for p in _SEPARATOR.split(sentence) if p.strip()]
    tokens = words(sentence)
    if len(tokens) < 6:
        return len(pieces) >= 4 and all(len(words(p)) <= 2 for p in pieces)
    linking = sum(t in STOP_WORDS or t in _VERBS for t in tokens) / len(tokens)
    short = sum(len(words(p)) <= 3 for p in pieces) / len(pieces)
    tiny = sum(len(words(p)) <= 2 for p in pieces) / len(pieces)
    bare = len(pieces) >= 5 and short >= 0.7 and linking < 0.2
    return bare or (len(pieces) >= 8 and tiny >= 0.85) or (len(tokens) >= 10 and linking < 0.06)


_VERBS = frozenset(
    """gives give given makes make made keep keeps kept need needs multiply multiplies divide divides scale scales
    turn turns stay stays drop drops grow grows increase increases reduce reduces decrease decreases lower lowers raise
    raises depend depends learn learns predict predicts fit fits train trains see sees help helps cause causes become
    becomes goes go take takes work works add adds leads lead share shares split splits compute computes assume assumes
    prevent prevents avoid avoids measure measures equals equal contains contain changes change""".split()
)


def _is_repetition(text: str) -> bool:
    """Whether a long answer is a short one said many times."""
    tokens = words(text)
    return len(tokens) >= 60 and len(set(tokens)) / len(tokens) < 0.12


def asserted_misconception(answer: Answer, criterion: Criterion) -> Span | None:
    """The sentence that asserts a listed misconception nearly word for word and without denying it, or None.

    Deliberately narrow: paraphrases are the judge's business; this only keeps a judge from crediting a listed error.
    """
    for sentence in answer.sentences:
        own = set(stems(sentence.text))
        for wrong in criterion.misconceptions:
            listed = set(stems(wrong))
            common = len(own & listed)
            near = listed and own and common >= ASSERTED * len(listed) and common >= ASSERTED * len(own)
            if near and negations(sentence.text) % 2 == negations(wrong) % 2:
                return sentence
    return None


def off_topic(answer: Answer, item: Item, rubric: Rubric, common: frozenset[str]) -> bool:
    """Whether an answer shares so few telling words with question and rubric that it cannot be about them.

    Meant for answers that a judge was talked into crediting: fewer than three different telling stems in common, and
    less than 60 % of its own. Answers without any telling word ("No.", "7.5") are not called off topic.

    Args:
        common: stems that tell nothing, since they stand in many rubrics.
    """
    said = set(stems(answer.text)) - common
    if not any(s[0].isalpha() for s in said):
        return False
    said -= _IDLE
    own = {s for s in said if len(s) > 1 and not s[0].isdigit()}
    written = stems(" ".join((item.title, rubric.model_answer, *map(_wording, rubric.criteria))))
    both = {s for s in said & {*written, *stems(item.text)} if len(s) > 1}
    # A number tells only beside a telling word: page numbers and years coincide by chance.
    shared = len(both) if any(s[0].isalpha() for s in both) else 0
    return shared < TELLING and (not own or shared < 0.6 * len(own))


_IDLE = frozenset(
    stems(
        "first second third fourth last great good nice best better fine see seen prove proof doubt beyond nature"
        " natural conclusion answer question thing point example important interesting consider depend aspect et al"
    )
)
"""Stems that stand in many kinds of text, whatever the bank."""
TELLING = 3
"""Every golden answer that earns anything passes; tests/test_containment.py holds that."""


def _wording(criterion: Criterion) -> str:
    return " ".join(
        (criterion.claim, criterion.met, criterion.partial or "", *criterion.accepts, *criterion.misconceptions)
    )


def common_stems(rubrics: Iterable[Rubric], share: float = 0.4) -> frozenset[str]:
    """Stems that occur in at least `share` of the rubrics."""
    texts = [" ".join((r.model_answer, *map(_wording, r.criteria))) for r in rubrics]
    counts = Counter(s for text in texts for s in set(stems(text)))
    return frozenset(s for s, n in counts.items() if n >= share * len(texts))


def _missed(judgement: Judgement, reason: str) -> Judgement:
    return replace(judgement, level="missed", quotes=(), reason=reason)


def _around(answer: Answer, quote: str) -> str:
    """The sentences that a quote touches, as one text."""
    start = answer.text.find(quote)
    end = start + len(quote)
    return " ".join(s.text for s in answer.sentences if s.start < end and s.end > start)


def invented(judgements: Iterable[Judgement], answer: Answer) -> list[str]:
    """Quotes of credited judgements that do not occur in the answer: what a repair request names."""
    credited = [j for j in judgements if j.level in ("partial", "met")]
    return [q for j in credited if not any(find_quote(answer.text, q) for q in j.quotes) for q in (j.quotes or ("",))]
