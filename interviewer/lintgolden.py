"""Checks of golden answers against the questions and rubrics that they answer. Pure; a part of `lint`."""

from collections.abc import Iterator

from interviewer.answer import LIMIT_CHARS, canonical
from interviewer.bank import Bank
from interviewer.errors import Finding, InputError
from interviewer.item import Item
from interviewer.labels import GoldenAnswer, GoldenSet, Sort
from interviewer.numeric import check as read_number
from interviewer.rubric import Criterion

ANSWERS_A_QUESTION = 6
OF_EACH = 2
"""Golden answers with a criterion met, and as many with it not met."""
CROSSED: tuple[Sort, ...] = ("right-number-wrong-way", "wrong-number-right-way")
"""What only a question with a number has: else a grader may take the number for the way."""


def check(bank: Bank, golden: GoldenSet) -> Iterator[Finding]:
    """Every finding in a set of golden answers; none where a bank has no such answers at all."""
    by_question: dict[str, list[GoldenAnswer]] = {}
    for answer in golden.answers:
        by_question.setdefault(answer.question, []).append(answer)
        yield from _answer(bank, golden, answer)
    for item in bank.askable if golden.answers else ():
        yield from _question(bank, item, by_question.get(item.id, []))
        if golden.split and item.id not in golden.split:
            yield bank.finding(("item", item.id), "a place in evals/golden/split.yaml expected")
    for question in golden.split:
        if question not in bank.items:
            yield Finding(*golden.places[question], question, "an existing question expected")


def _question(bank: Bank, item: Item, answers: list[GoldenAnswer]) -> Iterator[Finding]:
    if len(answers) < ANSWERS_A_QUESTION:
        yield bank.finding(("item", item.id), f"{ANSWERS_A_QUESTION} golden answers expected; {len(answers)} found")
    elif item.rubric_id in bank.rubrics:
        yield from (f for c in bank.rubric_of(item).criteria for f in _covered(bank, item, c, answers))
    for sort in CROSSED if item.numerics else ():
        if sort not in {answer.sort for answer in answers}:
            yield bank.finding(("item", item.id, "numeric"), f"a golden answer of sort {sort} expected; none found")


def _covered(bank: Bank, item: Item, criterion: Criterion, answers: list[GoldenAnswer]) -> Iterator[Finding]:
    levels = [a.labels[criterion.id].level for a in answers if criterion.id in a.labels]
    for name, count in (("met", levels.count("met")), ("not met", len(levels) - levels.count("met"))):
        if count < OF_EACH:
            expected = f"at least two golden answers with it {name} expected; {count} found"
            yield bank.finding(("rubric", item.rubric_id or "", "criteria", criterion.id), expected)


def _answer(bank: Bank, golden: GoldenSet, answer: GoldenAnswer) -> Iterator[Finding]:
    at = golden.places[answer.id]
    item = bank.items.get(answer.question)
    if item is None or item.rubric_id not in bank.rubrics:
        yield Finding(*at, "question", f"a question with a rubric expected; got {answer.question}")
        return
    if not answer.id.startswith(f"{answer.question}/"):
        yield Finding(*at, "id", f"{answer.question}/ and a number expected; got {answer.id}")
    criteria = {c.id: c for c in bank.rubric_of(item).criteria}
    for name, labelled in (("author", answer.author), ("blind", answer.blind)):
        if labelled is not None and set(labelled) != set(criteria):
            odd = ", ".join(sorted(set(labelled) ^ set(criteria)))
            yield Finding(*at, name, f"every criterion of the rubric once expected; missing or unknown: {odd}")
    for faults in (_labels(answer, criteria), _second(answer, criteria), _numbers(answer, item)):
        yield from (Finding(*at, *fault) for fault in faults)


def _labels(answer: GoldenAnswer, criteria: dict[str, Criterion]) -> Iterator[tuple[str, str]]:
    """(field, what was expected) of single labels with their quotes."""
    for name, label in (*answer.author.items(), *answer.settled.items()):
        if name in criteria and label.level not in criteria[name].levels:
            yield name, f"one of {', '.join(criteria[name].levels)} expected; got {label.level}"
        if label.level != "missed" and not label.quotes:
            yield name, f"a quote that earns {label.level} expected"
        for quote in label.quotes:
            if quote not in answer.answer:
                yield name, f"a quote that occurs in the answer expected; got {quote!r}"


def _second(answer: GoldenAnswer, criteria: dict[str, Criterion]) -> Iterator[tuple[str, str]]:
    """The same of the blind labels and of what was settled where they differ from the author's."""
    for name, level in (answer.blind or {}).items():
        if name in criteria and level not in criteria[name].levels:
            yield f"blind.{name}", f"one of {', '.join(criteria[name].levels)} expected; got {level}"
        elif name in answer.author and level != answer.author[name].level and name not in answer.settled:
            yield f"settled.{name}", f"what holds expected: author {answer.author[name].level}, blind {level}"
    for name, label in answer.settled.items():
        if name not in criteria:
            yield f"settled.{name}", "a criterion of the rubric expected"
        elif not label.why.strip():
            yield f"settled.{name}", "a reason (why) expected"


def _numbers(answer: GoldenAnswer, item: Item) -> Iterator[tuple[str, str]]:
    """The same where code, which decides these criteria, reads the number in another way than it is labelled."""
    if not item.numerics and len(answer.answer) <= LIMIT_CHARS:
        return  # nothing to look for, and to read two thousand answers takes as long as all other checks
    try:
        text = canonical(answer.answer).text
    except InputError as error:
        yield "answer", f"a text that can be graded expected: {error}"
        return
    for numeric in item.numerics:
        label = answer.labels.get(numeric.criterion)
        status = read_number(text, numeric, tuple(n for n in item.numerics if n is not numeric)).status
        if label and (label.level == "met") != (status == "match"):
            what = "met" if status == "match" else "another level than met"
            yield numeric.criterion, f"{what} expected: code reads the number as {status}"
