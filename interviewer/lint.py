"""Checks of a whole bank that no single file can make: links, coverage, wording, the source list. Pure.

Form errors (schema, unknown keys, duplicate ids) are found while reading, by `library` and `golden`.
"""

import hashlib
import re
from collections.abc import Callable, Iterator

from interviewer import lintgolden
from interviewer.bank import Bank
from interviewer.errors import Finding
from interviewer.item import Item, Note, Numeric
from interviewer.labels import GoldenSet
from interviewer.latex import fault
from interviewer.numeric import check as read_number
from interviewer.numeric import value_of
from interviewer.rubric import Rubric
from interviewer.words import ngrams, words

PASSAGE_WORDS = (80, 250)
NEAR_DUPLICATE = 0.35
"""Share of common word 3-grams (Jaccard) from which two passages say the same thing twice."""
_COMPOUND = re.compile(r";|\band also\b|\bas well as\b|\band\b.*\band\b", re.IGNORECASE)
At = Callable[[str, str], Finding]


def check(bank: Bank, golden: GoldenSet, seeds: dict[int, str] | None = None) -> list[Finding]:
    """Every finding in a bank, sorted by place; warnings among them are marked.

    Args:
        seeds: number -> sha256 of the question's text in the source list; None where the bank has no such list.
    """
    findings = [f for item in bank.askable for f in _item(bank, item)]
    findings += [f for rubric in bank.rubrics.values() for f in _rubric(bank, rubric)]
    findings += [f for note in bank.notes.values() for f in _note(bank, note)]
    findings += _twins(bank)
    findings += lintgolden.check(bank, golden)
    if seeds:
        findings += _seeds(bank, seeds)
    return sorted(set(findings), key=lambda f: (f.file, f.line, f.field, f.expected))


def seed_digest(text: str) -> str:
    """sha256 of a question's text, as the source list's file in the bank keeps it."""
    return hashlib.sha256(text.encode()).hexdigest()


def _item(bank: Bank, item: Item) -> Iterator[Finding]:
    def at(field: str, expected: str) -> Finding:
        return bank.finding(("item", item.id, *field.split(".")), expected)

    if item.rubric_id not in bank.rubrics:
        yield at("rubric", f"an existing rubric expected; there is no {item.rubric_id}")
        return
    criteria = bank.rubric_of(item).criteria
    ids = {c.id for c in criteria}
    yield from (
        at("notes", f"an existing passage expected; there is no {n}") for n in item.notes if n not in bank.notes
    )
    settling = {n for c in criteria for n in c.notes}
    yield from (at("notes", f"the passage {n} expected; a criterion rests on it") for n in settling - set(item.notes))
    asked = {criterion for criterion, _ in item.follow_ups}
    yield from (at("follow_ups", f"a follow-up for criterion {c} expected") for c in ids - asked)
    yield from (at("follow_ups", f"a criterion of the rubric expected; there is no {c}") for c in asked - ids)
    costs = [hint.cost for hint in item.hints]
    if costs != sorted(costs):
        yield at("hints", "costs that rise from hint to hint expected")
    asked_for = [("numeric", item.numerics)] + ([("variant.numeric", item.variant.numerics)] if item.variant else [])
    for place, numerics in asked_for:
        for numeric in numerics:
            yield from _numeric(at, place, numeric, ids)
    yield from _outcomes(bank, item)


def _numeric(at: At, field: str, numeric: Numeric, ids: set[str]) -> Iterator[Finding]:
    if numeric.criterion not in ids:
        yield at(f"{field}.criterion", f"a criterion of the rubric expected; there is no {numeric.criterion}")
    for form in numeric.accepted:
        value = value_of(form, numeric.unit)
        if value is not None and abs(value - numeric.value) > numeric.tolerance:
            yield at(f"{field}.accepted", f"a spelling of {numeric.value:g} expected; {form!r} is {value:g}")


def _outcomes(bank: Bank, item: Item) -> Iterator[Finding]:
    """Model answers that do not come to the numbers that are asked for, as code reads them."""
    place: tuple[str, ...] = ("rubric", item.rubric_id or "", "model_answer")
    told = [(place, item.numerics, bank.rubric_of(item).model_answer)]
    if item.variant:
        told.append((("item", item.id, "variant", "model_answer"), item.variant.numerics, item.variant.model_answer))
    for place, numerics, answer in told:
        for numeric in numerics:
            others = tuple(n for n in numerics if n is not numeric)
            if (status := read_number(answer, numeric, others).status) != "match":
                expected = f"{numeric.value:g} {numeric.unit}".strip()
                yield bank.finding(place, f"the outcome {expected} expected; code reads the number as {status}")


def _rubric(bank: Bank, rubric: Rubric) -> Iterator[Finding]:
    if not any(item.rubric_id == rubric.id for item in bank.items.values()):
        yield bank.finding(("rubric", rubric.id, "id"), "a question that uses this rubric expected")
    for criterion in rubric.criteria:
        place = ("rubric", rubric.id, "criteria", criterion.id)
        for note in criterion.notes:
            if note not in bank.notes:
                yield bank.finding((*place, "notes"), f"an existing passage expected; there is no {note}")
        if _COMPOUND.search(criterion.claim):
            yield bank.finding((*place, "claim"), f"one claim expected: {criterion.claim!r}", warning=True)
        if len({*criterion.accepts, *criterion.misconceptions}) < len(criterion.accepts + criterion.misconceptions):
            yield bank.finding((*place, "accepts"), "different wordings expected; one stands twice")


def _note(bank: Bank, note: Note) -> Iterator[Finding]:
    place, (least, most) = ("note", note.id), PASSAGE_WORDS
    count = len(note.text.split())
    if not least <= count <= most:
        yield bank.finding(place, f"{least} to {most} words expected; the passage has {count}")
    if not note.sources:
        yield bank.finding(place, "a last line 'Sources: ...' expected")
    if problem := fault(note.text):
        yield bank.finding(place, f"LaTeX that parses expected: {problem}")


def _twins(bank: Bank) -> Iterator[Finding]:
    grams = {note.id: ngrams(words(note.text), 3) for note in bank.notes.values()}
    seen: dict[tuple[str, ...], list[str]] = {}
    for note_id, own in grams.items():
        shared: dict[str, int] = {}
        for gram in own:
            for other in seen.setdefault(gram, []):
                shared[other] = shared.get(other, 0) + 1
            seen[gram].append(note_id)
        for other, common in shared.items():
            if common > NEAR_DUPLICATE * len(own | grams[other]):
                yield bank.finding(("note", note_id), f"a passage of its own expected; it repeats {other}")


def _seeds(bank: Bank, seeds: dict[int, str]) -> Iterator[Finding]:
    numbered = [item for item in bank.items.values() if item.number is not None]
    for item in numbered:
        if seeds.get(item.number or 0) != seed_digest(item.text):
            yield bank.finding(
                ("item", item.id, "text"), f"the text of number {item.number} in the source list expected"
            )
    have = [item.number for item in numbered]
    for number in seeds:
        if have.count(number) != 1:
            yield Finding("questions", 0, "source.number", f"number {number} once expected; found {have.count(number)}")
