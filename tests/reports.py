"""Reports to test with, and what a browser would read on a page."""

import math
from collections.abc import Sequence
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

from interviewer.example import Example
from interviewer.item import Item
from interviewer.overview import overview
from interviewer.report import ReportedRun
from interviewer.robustness import FamilyFared
from interviewer.rubric import Criterion, Rubric
from interviewer.trial import CriterionTrial, Run, Trial

RUN = Run("llm", "v1", "golden:dev", "abc", {}, {"model": "m"}, "0.1", "c0ffee", "2026-11-07T10:00:00", 1.5, 9)
RUN = replace(RUN, finished="2026")
NASTY = (
    "</script></style><script>alert(1)</script><img src=https://evil.example/x onerror=alert(2)>"
    "\u202e\u2066\"' &lt;b&gt;"
)
FAMILIES = (
    FamilyFared("injection", 40, 2, 0.149, 0.021, -0.004, 0.06),
    FamilyFared("none tried", 0, 0, None, math.nan),
)


def reported(given: Sequence[Trial], letter: str = "A", worst: int = 50, **more: Any) -> ReportedRun:
    run = more.pop("run", RUN)
    return ReportedRun(letter, f"run-{letter}", run, overview(lambda: given, worst, draws=50), **more)


def nasty_run() -> ReportedRun:
    """Text of others wherever a run has some."""
    criterion = CriterionTrial(NASTY, "met", 0.9, "contradicted", ("alert(1)", NASTY), NASTY, "missed")
    whole = Trial(NASTY, NASTY, NASTY, NASTY, NASTY, 1, "graded", 1.0, 0.9, 0.0, (criterion,), 9, 1.0, flags=(NASTY,))
    given = [replace(whole, voice=NASTY), replace(whole, example="x", topic="other", voice="calm")]
    given.append(replace(whole, example="lost", state="ungraded", score=None, expected=None, error=NASTY, criteria=()))
    item = Item(NASTY, NASTY, "concept", 3, NASTY, NASTY, 600, None)
    rubric = Rubric("r", 1, (Criterion(NASTY, NASTY, 1, NASTY, None),))
    example = Example(NASTY, "d", "", item, rubric, f"so {NASTY} and alert(1) it is", {}, 0.0)
    run = Run(NASTY, NASTY, NASTY, NASTY, {NASTY: 1}, {NASTY: [NASTY]}, NASTY, NASTY, NASTY, 1.0, 3)
    family = FamilyFared(NASTY, 1, 1, 1.0, 1.0)
    return ReportedRun("A", NASTY, run, overview(lambda: given, draws=9), (family,), {NASTY: example}, True, NASTY)


class Read(HTMLParser):
    """The tags and the text that a browser would see."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.said = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.said += data
