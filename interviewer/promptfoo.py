"""Tests in the form of promptfoo, read as labelled answers: what they assert becomes criteria or the reference answer.

Source: promptfoo's own documentation and code as of November 2026: "Test Case Configuration" (CSV, `__expected`,
`__metadata:`, `defaultTest`) at promptfoo.dev/docs/configuration/test-cases, "Assertions and Metrics" (`weight`,
`assert-set`) at promptfoo.dev/docs/configuration/expected-outputs, `assertionFromString` in src/csv.ts.

promptfoo asks a model for the output that its assertions judge; here the output is an answer that somebody gave. It is
a variable (`answer`, `response`, `output` ...) or `providerOutput`. Human labels are variables too (`score` with
`max_score`, or `label`); `metadata` is looked at for what the variables lack. Of the assertions

- llm-rubric, g-eval and model-graded-closedqa become criteria with their `weight` (those of 0 are left out; the values
  of a list, and the assertions of an assert-set, share the weight of the whole),
- factuality, equals and similar give the reference answer,
- all others (contains, latency, javascript ...) judge nothing that a rubric could say and are left unread.

`{{name}}` in a value is filled with the variable; no other template is evaluated, no code is run, no URL is opened.
Tests may stand in files beside this one (`file://tests.csv`, `.yaml`).
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from interviewer.errors import Finding
from interviewer.rowforms import Given, Place, Row, field_of, row

CRITERIA = ("llm-rubric", "g-eval", "model-graded-closedqa")
REFERENCES = ("factuality", "model-graded-factuality", "equals", "similar")
FILE = "file://"
_OTHERS = """
answer-relevance bleu classifier contains contains-all contains-any contains-html contains-json contains-sql
contains-xml context-faithfulness context-recall context-relevance conversation-relevance cost eval finish-reason fn
gleu guardrails icontains icontains-all icontains-any is-html is-json is-refusal is-sql is-valid-function-call
is-valid-openai-function-call is-valid-openai-tools-call is-xml javascript latency levenshtein max-score meteor
moderation perplexity perplexity-score pi python regex rouge-n ruby search-rubric select-best starts-with tool-call-f1
trace-error-spans trace-span-count trace-span-duration webhook word-count
"""
_KNOWN = {"grade", *CRITERIA, *REFERENCES, *_OTHERS.split()}
_ASSERTION = re.compile(r"(?P<type>(?:not-)?(?P<bare>[a-z0-9-]+?))(?:\([\d.]+\))?(?::(?P<value>.*))?", re.DOTALL)
_VARIABLE = re.compile(r"\{\{-?\s*(\w+)\s*-?\}\}")


@dataclass(frozen=True, slots=True)
class Asserted:
    """One assertion, and where it stands."""

    kind: str
    value: Any
    weight: float
    place: Place


@dataclass(slots=True)
class Test:
    """One test as it stands in a file."""

    file: str
    line: int
    variables: list[Given] = field(default_factory=list)
    metadata: list[Given] = field(default_factory=list)
    asserted: list[Asserted] = field(default_factory=list)


def csv_tests(file: str, records: Iterable[tuple[int, dict[str, str]]]) -> Iterator[Test]:
    """The tests of a CSV file.

    Args:
        records: line and cells by column.
    """
    for line, cells in records:
        test = Test(file, line)
        for name, cell in cells.items():
            place = (line, name)
            if name.startswith("__expected"):
                test.asserted += [Asserted(*parsed(cell.strip()), 1.0, place)] if cell.strip() else []
            elif name.startswith("__metadata:"):
                test.metadata.append(Given(name.partition(":")[2], cell, place))
            elif name == "__providerOutput":
                test.metadata.append(Given("providerOutput", cell or None, place))
            elif not name.startswith("__"):
                test.variables.append(Given(name, cell, place))
        yield test


def parsed(text: str) -> tuple[str, str]:
    """Type and value of an assertion in one cell; a text without a type of promptfoo's is what the output should equal.

    Example:
        >>> parsed("grade: Names the loss"), parsed("similar(0.8):Paris"), parsed("Note: Paris")
        (('llm-rubric', 'Names the loss'), ('similar', 'Paris'), ('equals', 'Note: Paris'))
    """
    match = _ASSERTION.fullmatch(text)
    if match is None or match["bare"] not in _KNOWN:
        return "equals", text
    return match["type"].replace("grade", "llm-rubric"), (match["value"] or "").strip()


def row_of(test: Test, default: Test, findings: list[Finding]) -> Row:
    """The row that a test makes, with what the tests of its file share."""
    before = len(findings)
    reading = _Reading(test.file, {g.name: g.value for g in (*default.variables, *test.variables)}, findings)
    layers = [test.variables, default.variables, test.metadata, default.metadata]
    known = [[g for g in layer if not field_of(g.name)[0] or reading.is_text(g.value, g.place)] for layer in layers]
    made = row(test.file, test.line, findings, *known)
    items: list[dict[str, Any]] = []
    places = dict(made.places or {})
    for one in (*default.asserted, *test.asserted):
        if one.kind in CRITERIA:
            for text in reading.texts(one) if one.weight else ():
                places[f"rubric_items.{len(items)}"] = one.place
                share = one.weight / (len(one.value) if isinstance(one.value, list) else 1)
                items.append({"id": f"criterion-{len(items) + 1}", "text": text, "weight": share, "met": None})
        elif one.kind in REFERENCES:
            reading.references.update(dict.fromkeys(reading.texts(one), one.place))
        elif one.kind.removeprefix("not-") in CRITERIA:
            reading.wrong(one.place, f"a claim that a good answer makes, and so no {one.kind}, expected")
    content = {**made.content, "rubric_items": items} if items else made.content
    for text, place in reading.references.items():
        content["reference_answer"], places["reference_answer"] = text, place
    if len(reading.references) > 1:
        reading.wrong(places["reference_answer"], "one reference answer expected; the assertions of this test differ")
    if not items and not str(content.get("reference_answer", "")).strip():
        if len(findings) == before:
            kinds = ", ".join((*CRITERIA, REFERENCES[0]))
            reading.wrong((test.line, "assert"), f"one of {kinds}, or a variable with the reference answer, expected")
        content["reference_answer"] = "-"  # said already; the rest of the row is still checked
    return Row(test.file, test.line, content, places)


@dataclass(slots=True)
class _Reading:
    """The values of one test."""

    file: str
    variables: dict[str, Any]
    findings: list[Finding]
    references: dict[str, Place] = field(default_factory=dict)

    def wrong(self, place: Place, expected: str) -> None:
        self.findings.append(Finding(self.file, *place, expected))

    def is_text(self, value: Any, place: Place) -> bool:
        """Whether a value can be read as it stands; a finding where not."""
        if isinstance(value, list | dict):
            self.wrong(place, "one text or number expected; write a test of its own for each")
        elif isinstance(value, str) and value.startswith(FILE):
            self.wrong(place, f"the text itself expected; {value[:60]} is not opened")
        else:
            return True
        return False

    def texts(self, one: Asserted) -> list[str]:
        """The texts of an assertion's value, variables filled in."""
        values = one.value if isinstance(one.value, list) else [one.value]
        if not values or any(v is None or not str(v).strip() for v in values):
            self.wrong(one.place, f"a value with words in it expected for {one.kind}")
            return []
        return [self._filled(str(v), one.place) for v in values if self.is_text(v, one.place)]

    def _filled(self, text: str, place: Place) -> str:
        names = _VARIABLE.findall(text)
        if text.count("{{") + text.count("{%") > len(names) or not self.variables.keys() >= set(names):
            self.wrong(
                place, f"{{{{name}}}} of a variable of this test, and no other template, expected; got {text[:60]!r}"
            )
        return _VARIABLE.sub(lambda match: str(self.variables.get(match[1])), text)
