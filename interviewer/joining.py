"""Two banks as one: what of a pack cannot stand beside the program's own bank, or rests on what is not there. Pure."""

from collections.abc import Iterator
from dataclasses import replace
from typing import TypeVar

from interviewer.bank import Bank
from interviewer.errors import Finding
from interviewer.item import Item
from interviewer.labels import GoldenAnswer, GoldenSet

V = TypeVar("V")
_TAKEN = "an id of its own expected; the program's own bank has {} too"


def join(own: Bank, pack: Bank) -> tuple[Bank, list[Finding]]:
    """Both banks as one, and a finding for each id that both have; the pack's entry of that id is left out.

    Where a question and its rubric clash together, that is one finding.
    """
    told = {pack.items[name].rubric_id for name in pack.items.keys() & own.items.keys()}
    clashes = [("item", name) for name in pack.items if name in own.items]
    clashes += [("rubric", name) for name in pack.rubrics if name in own.rubrics and name not in told]
    clashes += [("note", name) for name in pack.notes if name in own.notes]
    both = Bank(
        items=_beside(own.items, pack.items),
        rubrics=_beside(own.rubrics, pack.rubrics),
        notes=_beside(own.notes, pack.notes),
        topics=_beside(own.topics, pack.topics),
        places={**pack.places, **own.places},
    )
    return both, [pack.finding(place, _TAKEN.format(place[1])) for place in clashes]


def _beside(own: dict[str, V], pack: dict[str, V]) -> dict[str, V]:
    return {**own, **{name: value for name, value in pack.items() if name not in own}}


def usable(both: Bank, own: Bank, pack: Bank) -> tuple[Bank, list[Finding]]:
    """The joined bank without the pack's questions that rest on what is not there, and a finding for each of them."""
    findings = list[Finding]()
    kept = dict(both.items)
    for name, item in pack.items.items():
        if name in own.items or item.draft:
            continue
        if lack := _lack(both, own, pack, item):
            field, expected = lack
            findings.append(both.finding(("item", name, field), expected))
            del kept[name]
    asked = {item.topic for item in kept.values()}
    return replace(both, items=kept, topics={t: title for t, title in both.topics.items() if t in asked}), findings


def _lack(both: Bank, own: Bank, pack: Bank, item: Item) -> tuple[str, str] | None:
    """The field and the words for what a question of the pack needs and has not; None where it has all."""
    # Where both banks have an id, the own one's entry stands, and that is not what this question means.
    rubric = item.rubric_id or ""
    if rubric in own.rubrics and rubric in pack.rubrics:
        return "rubric", f"a rubric expected; the id {rubric} is taken"
    if rubric not in both.rubrics:
        return "rubric", f"a rubric expected; {rubric} is missing or broken"
    needed = dict.fromkeys([*item.notes, *(n for c in both.rubrics[rubric].criteria for n in c.notes)])
    taken = [n for n in needed if n in own.notes and n in pack.notes]
    gone = [n for n in needed if n not in both.notes]
    if taken:
        return "notes", f"passages of its own expected; the id is taken: {', '.join(taken)}"
    return ("notes", f"existing passages expected; missing or broken: {', '.join(gone)}") if gone else None


def join_answers(own: GoldenSet, pack: GoldenSet) -> tuple[GoldenSet, list[Finding]]:
    """Both sets of golden answers as one; where both have ids of one question, the pack's are left out: one finding."""
    clashes = {answer.question: answer.id for answer in reversed(pack.answers) if answer.id in own.places}
    slices = {
        name: own.slices.get(name, frozenset()) | pack.slices.get(name, frozenset())
        for name in (*own.slices, *pack.slices)
    }
    both = GoldenSet(
        answers=(*own.answers, *(a for a in pack.answers if a.id not in own.places)),
        places=_beside(own.places, pack.places),
        split=_beside(own.split, pack.split),
        slices=slices,
    )
    return both, [Finding(*pack.places[name], "id", _TAKEN.format(name)) for name in clashes.values()]


def fitting(golden: GoldenSet, bank: Bank) -> tuple[GoldenSet, list[Finding]]:
    """The golden answers that a bank can be measured with, and what is wrong with the others.

    Answers to a question that the bank does not ask are one finding together.
    """
    lost = dict[str, list[GoldenAnswer]]()
    findings, kept = list[Finding](), list[GoldenAnswer]()
    for answer in golden.answers:
        item = bank.items.get(answer.question)
        if item is None or item.draft:
            lost.setdefault(answer.question, []).append(answer)
        elif set(answer.labels) != {c.id for c in bank.rubric_of(item).criteria}:
            expected = f"a label for each criterion of the rubric expected; see {answer.question}"
            findings.append(Finding(*golden.places[answer.id], "labels", expected))
        else:
            kept.append(answer)
    findings += _strays(golden, lost)
    return replace(golden, answers=tuple(kept)), sorted(findings, key=lambda f: (f.file, f.line))


def _strays(golden: GoldenSet, lost: dict[str, list[GoldenAnswer]]) -> Iterator[Finding]:
    for question, answers in lost.items():
        expected = f"a question that can be asked expected; {question} is none ({len(answers)} answers to it)"
        yield Finding(*golden.places[answers[0].id], "question", expected)
