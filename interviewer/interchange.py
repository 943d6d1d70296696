"""Labelled answers out of files: JSONL in our own form, CSV with named columns, promptfoo's tests. Checks no value.

Plain CSV: one answer a row, columns named as in `rowforms.NAMES` in any order, others left unread. A column
`criterion:<what is claimed>` holds a human level (`rowforms.WORDS`) of that criterion. A criterion belongs to the
questions that have a level in its column, to all of them where the column is empty throughout; an empty cell is a
criterion that nobody labelled.
"""

import json
from collections.abc import Iterator
from pathlib import Path

from interviewer import promptfoo, promptfoofiles, textlines
from interviewer.errors import Finding
from interviewer.rowforms import NAMES, Given, Row, field_of, level_of, row
from interviewer.rubric import LevelName
from interviewer.textlines import Record

CRITERION = "criterion:"
"""Before a claim, in the name of a column."""


def rows(path: Path, findings: list[Finding]) -> Iterator[Row]:
    """The rows of a file: promptfoo's tests in .yaml and .yml, and in .csv with a column that begins with `__`; plain
    .csv; everything else is JSONL. What is no row at all goes to the findings.

    Raises:
        OSError: the file cannot be read.
    """
    kind = path.suffix.lower()
    if kind in promptfoofiles.YAML:
        return promptfoofiles.rows(path, findings)
    return _csv(path, findings) if kind == ".csv" else _jsonl(path, findings)


def _jsonl(path: Path, findings: list[Finding]) -> Iterator[Row]:
    for number, line in textlines.lines(path):
        if not line.strip():
            continue
        try:
            content = json.loads(textlines.decoded(number, line))
        except (ValueError, RecursionError) as error:
            findings.append(Finding(path.name, number, "", str(error)))
        else:
            yield Row(path.name, number, content)


def _csv(path: Path, findings: list[Finding]) -> Iterator[Row]:
    names, records = textlines.table(path, findings)
    claims = [name for name in names if name.lower().startswith(CRITERION)]
    tests = any(name.startswith("__") for name in names)
    if tests and claims:
        expected = "either such columns or promptfoo's `__` columns expected, not both in one file"
        findings.append(Finding(path.name, 1, claims[0], expected))
    elif names and _has_columns(path, names, ("question",) if tests else ("question", "answer"), findings):
        if tests:
            default = promptfoo.Test(path.name, 1)
            yield from (promptfoo.row_of(t, default, findings) for t in promptfoo.csv_tests(path.name, records))
        else:
            yield from _plain(path, claims, records, findings)


def _has_columns(path: Path, names: list[str], needed: tuple[str, ...], findings: list[Finding]) -> bool:
    lacking = set(needed) - {field_of(name)[0] for name in names}
    for name in sorted(lacking):
        others, found = ", ".join(NAMES[name][1:]), ", ".join(names)[:80]
        expected = f"columns separated by commas, one of them {name} (or {others}), expected; found: {found}"
        findings.append(Finding(path.name, 1, name, expected))
    return not lacking


def _plain(path: Path, claims: list[str], records: Iterator[Record], findings: list[Finding]) -> Iterator[Row]:
    def bare(line: int, cells: dict[str, str]) -> Row:
        return row(path.name, line, findings, [Given(n, c, (line, n)) for n, c in cells.items() if n not in claims])

    if not claims:
        yield from (bare(*record) for record in records)
        return
    made: list[tuple[Row, dict[str, LevelName | None]]] = []
    for line, cells in records:
        levels = {name: level_of(cells[name], path.name, (line, name), findings) for name in claims}
        made.append((bare(line, cells), levels))
    asked = {name: {one.content["question_id"] for one, levels in made if levels[name]} for name in claims}
    halves = {name for name in claims if any(levels[name] == "partial" for _, levels in made)}
    for one, levels in made:
        own = [name for name in claims if not asked[name] or one.content["question_id"] in asked[name]]
        items = [
            {
                "id": f"criterion-{claims.index(name) + 1}",
                "text": name[len(CRITERION) :].strip(),
                "level": levels[name],
                "partial": name in halves,
            }
            for name in own
        ]
        places = {f"rubric_items.{n}": (one.line, name) for n, name in enumerate(own)}
        content = {**one.content, "rubric_items": items} if items else one.content
        yield Row(one.file, one.line, content, {**(one.places or {}), **places})
