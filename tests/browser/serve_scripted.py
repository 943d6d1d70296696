"""Serves the real page over three real questions with a scripted grader: what the browser test talks to.

`python serve_scripted.py HOME PORT`. The grader judges by plain words, so that what must be shown is known beforehand.
"""

import asyncio
import re
import sys
from dataclasses import replace
from pathlib import Path

from interviewer import library, settings, ui
from interviewer.answer import canonical
from interviewer.bank import Bank
from interviewer.errors import ModelTimeout
from interviewer.grade import Grade, Judgement, NumberFound, Provenance, State, Verdict, combine, ungraded
from interviewer.interview import Interview
from interviewer.item import Item
from interviewer.rubric import Criterion, Rubric
from interviewer.store import Store

QUESTIONS = ("clock-hands-angle", "dropout-inference", "softmax-scaling")
SLOW_S = 0.8
"""How long grading takes: long enough for a test to see the page wait."""


class ScriptedGrades:
    """Met where the answer says the criterion's first accepted phrasing, or the number; missed otherwise.

    "the grader is down" in an answer makes the first grading fail, as a model that does not answer would.
    """

    name = "scripted"
    state: State = "graded"

    def __init__(self, bank: Bank) -> None:
        self._bank = bank
        self._failed: set[str] = set()

    async def grade(self, item: Item, raw: str) -> Grade:
        """The scripted grade."""
        await asyncio.sleep(SLOW_S)
        rubric = self._bank.rubric_of(item)
        provenance = Provenance("scripted", "1", rubric.id, rubric.version, rubric.digest, "test")
        text = canonical(raw).text
        if "the grader is down" in text and text not in self._failed:
            self._failed.add(text)
            reason = str(ModelTimeout("the model did not answer within 45 s; grade again later"))
            return ungraded(rubric, reason, provenance)
        numbers = _numbers(item, text)
        verdict = Verdict(tuple(_judged(c, text, numbers) for c in rubric.criteria))
        return combine((verdict,), rubric, "graded", provenance, numbers)


def _judged(criterion: Criterion, text: str, numbers: tuple[NumberFound, ...]) -> Judgement:
    for found in numbers:
        if found.criterion_id == criterion.id:
            level, quotes = ("met", (found.quote,)) if found.status == "match" else ("missed", ())
            return Judgement(criterion.id, level, quotes, f"the number decides: {found.status}", None, criterion.notes)
    for phrase in criterion.accepts:
        if phrase in text:
            return Judgement(criterion.id, "met", (phrase,), "says so in these words", 0.9, criterion.notes)
    for wrong in criterion.misconceptions:
        if wrong in text:
            return Judgement(criterion.id, "contradicted", (wrong,), "asserts the opposite", 0.05, criterion.notes)
    return Judgement(criterion.id, "missed", (), "the answer does not say it", 0.1, criterion.notes)


def _numbers(item: Item, text: str) -> tuple[NumberFound, ...]:
    given = re.search(r"-?\d+(?:\.\d+)?", text)
    found = []
    for numeric in item.numerics:
        if given is None:
            found.append(NumberFound(numeric.criterion, "absent", numeric.value, None))
            continue
        value = float(given.group())
        status = "match" if abs(value - numeric.value) <= numeric.tolerance else "mismatch"
        found.append(NumberFound(numeric.criterion, status, numeric.value, value, given.group()))
    return tuple(found)


def few_questions() -> Bank:
    """The bank with three questions only: a choice of three is then known."""
    whole = library.load(library.home())
    items = {item_id: whole.items[item_id] for item_id in QUESTIONS}
    rubrics: dict[str, Rubric] = {item.rubric_id: whole.rubric_of(item) for item in items.values() if item.rubric_id}
    return replace(whole, items=items, rubrics=rubrics)


def main() -> None:
    """Serves until it is killed."""
    configured = settings.load(home=Path(sys.argv[1]), port=int(sys.argv[2]))
    bank = few_questions()
    interview = Interview(bank, ScriptedGrades(bank), Store(configured.home / "interviews.db"))
    ui.launch(ui.build(interview, configured), configured)


if __name__ == "__main__":
    main()
