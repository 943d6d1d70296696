"""Opens promptfoo's test files: a promptfooconfig.yaml, a list of tests, a CSV file, and those that they name.

What a test means is told in `promptfoo`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from interviewer import textlines, yamlfile
from interviewer.errors import Finding
from interviewer.promptfoo import FILE, Asserted, Test, csv_tests, row_of
from interviewer.rowforms import Given, Row

LARGEST_YAML = 20_000_000
"""Bytes; the parser takes some hundred times as many of memory."""
YAML = (".yaml", ".yml")


def rows(path: Path, findings: list[Finding]) -> Iterator[Row]:
    """The rows of a YAML file of tests.

    Raises:
        OSError: the file cannot be read.
    """
    document = _document(path, findings)
    if document is None:
        return
    reading = _Reading(document, findings)
    default = Test(path.name, 1)
    if isinstance(document.data, dict) and "defaultTest" in document.data:
        default = reading.test(("defaultTest",), document.data["defaultTest"])
    for test in _tests(path, reading, follows=True):
        yield row_of(test, default, findings)


def _document(path: Path, findings: list[Finding]) -> yamlfile.Document | None:
    if path.stat().st_size > LARGEST_YAML:
        expected = f"at most {LARGEST_YAML:,} bytes of YAML expected; use a CSV or JSONL file for more"
        findings.append(Finding(path.name, 0, "", expected))
        return None
    parts: list[str] = []
    for number, line in textlines.lines(path):
        try:
            parts.append(textlines.decoded(number, line))
        except ValueError as error:
            findings.append(Finding(path.name, number, "", str(error)))
            return None
    document, broken = yamlfile.parse("".join(parts), path.name)
    findings += broken
    return document


def _tests(path: Path, reading: "_Reading", follows: bool) -> Iterator[Test]:
    """The tests of a document, in order.

    Args:
        follows: it may name further files.
    """
    data = reading.document.data
    where = ("tests",) if isinstance(data, dict) else ()
    tests = data.get("tests") if isinstance(data, dict) else data
    if isinstance(data, dict) and isinstance(tests, str):
        tests = [tests]
    if not isinstance(tests, list) or not tests:
        reading.wrong(where, "a list of tests (under `tests:` where there is more) expected")
        return
    for n, entry in enumerate(tests):
        here = (*where, n)
        if isinstance(entry, str) and entry.startswith(FILE) and follows:
            yield from _named(path.parent / entry.removeprefix(FILE), here, reading)
        elif isinstance(entry, dict) and "path" not in entry:
            yield reading.test(here, entry)
        else:
            reading.wrong(here, f"a test, or {FILE} and the name of a .yaml or .csv file, expected")


def _named(path: Path, here: yamlfile.Path, reading: "_Reading") -> Iterator[Test]:
    try:
        if path.suffix.lower() == ".csv":
            yield from csv_tests(path.name, textlines.table(path, reading.findings)[1])
        elif path.suffix.lower() in YAML:
            if document := _document(path, reading.findings):
                yield from _tests(path, _Reading(document, reading.findings), follows=False)
        else:
            reading.wrong(here, f"a .yaml or .csv file expected; {path.name} is not opened")
    except OSError as error:
        reading.wrong(here, f"a file that can be read expected; {path.name}: {error.strerror}")


@dataclass(frozen=True, slots=True)
class _Reading:
    """One YAML document being read."""

    document: yamlfile.Document
    findings: list[Finding]

    def wrong(self, path: yamlfile.Path, expected: str) -> None:
        self.findings.append(self.document.finding(path, expected))

    def test(self, path: yamlfile.Path, entry: Any) -> Test:
        """The test that stands at a place."""
        test = Test(self.document.file, self.document.line(path))
        if not isinstance(entry, dict):
            self.wrong(path, "a test with vars and assert expected")
            return test
        test.variables = self._given((*path, "vars"), entry.get("vars"))
        test.metadata = self._given((*path, "metadata"), entry.get("metadata"))
        test.metadata += [self._one((*path, "providerOutput"), "providerOutput", entry.get("providerOutput"))]
        test.asserted = list(self._asserted((*path, "assert"), entry.get("assert"), None))
        return test

    def _one(self, path: yamlfile.Path, name: str, value: Any) -> Given:
        return Given(name, value, (self.document.line(path), ".".join(map(str, path))))

    def _given(self, path: yamlfile.Path, values: Any) -> list[Given]:
        if values is None:
            return []
        if not isinstance(values, dict):
            self.wrong(path, "names and their values expected")
            return []
        return [self._one((*path, str(name)), str(name), value) for name, value in values.items()]

    def _asserted(self, path: yamlfile.Path, entries: Any, of_set: float | None) -> Iterator[Asserted]:
        """The assertions of a list.

        Args:
            of_set: what they weigh together, in an assert-set.
        """
        if not isinstance(entries or [], list):
            self.wrong(path, "a list of assertions expected")
            return
        weights = [self._weight((*path, n), entry) for n, entry in enumerate(entries or [])]
        scale = of_set / (sum(weights) or 1.0) if of_set is not None else 1.0
        for n, (entry, weight) in enumerate(zip(entries or [], weights, strict=True)):
            here = (*path, n)
            if not isinstance(entry, dict) or not isinstance(entry.get("type"), str):
                self.wrong(here, "an assertion with a type expected")
            elif entry["type"] == "assert-set":
                yield from self._asserted((*here, "assert"), entry.get("assert"), weight * scale)
            else:
                place = (self.document.line(here), ".".join(map(str, here)))
                yield Asserted(entry["type"], entry.get("value"), weight * scale, place)

    def _weight(self, path: yamlfile.Path, entry: Any) -> float:
        weight = entry.get("weight", 1) if isinstance(entry, dict) else 1
        if isinstance(weight, int | float) and not isinstance(weight, bool) and 0 <= weight < 1e9:
            return float(weight)
        self.wrong((*path, "weight"), f"a number of 0 or more expected; got {str(weight)[:40]!r}")
        return 1.0
