"""Files of text by the line, and CSV files by the record: never a line of any length, never a guessed encoding."""

import csv
from collections.abc import Iterator
from itertools import count
from pathlib import Path

from interviewer.errors import Finding

LONGEST_LINE = 1_000_000
"""Bytes of a line, and letters of a CSV field, that are read."""
NOT_UTF8 = "UTF-8 text expected; save the file as UTF-8 (in a spreadsheet: CSV UTF-8)"

Record = tuple[int, dict[str, str]]
"""Line on which a record begins, and its cells by column."""


def lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """Every line with its 1-based number; of one that is too long the first LONGEST_LINE + 1 bytes.

    Raises:
        OSError: the file cannot be read.
    """
    with path.open("rb") as file:
        for number in count(1):
            line = rest = file.readline(LONGEST_LINE + 1)
            if not line:
                return
            while len(line) > LONGEST_LINE and rest and not rest.endswith(b"\n"):
                rest = file.readline(LONGEST_LINE)
            yield number, line


def decoded(number: int, line: bytes) -> str:
    """A line as text, without the mark that some programs put before the first one.

    Raises:
        ValueError: too long, or not UTF-8; the message says what was expected.
    """
    if len(line) > LONGEST_LINE:
        raise ValueError(f"a line of at most {LONGEST_LINE:,} bytes expected")
    try:
        return line.decode("utf-8-sig" if number == 1 else "utf-8")
    except UnicodeDecodeError as error:
        raise ValueError(NOT_UTF8) from error


def table(path: Path, findings: list[Finding]) -> tuple[list[str], Iterator[Record]]:
    """The columns of a CSV file, and its records as they are read; rows without a word in them are left out.

    Raises:
        OSError: the file cannot be read.
    """
    records = _records(path, findings)
    names = [name.strip() for name in next(records, (1, []))[1]]
    if twice := [name for name in names if names.count(name) > 1]:
        findings.append(Finding(path.name, 1, twice[0], "columns with a name of their own each expected"))
        return [], iter(())
    return names, _by_column(path.name, names, records, findings)


def _by_column(
    file: str, names: list[str], records: Iterator[tuple[int, list[str]]], findings: list[Finding]
) -> Iterator[Record]:
    for line, cells in records:
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) == len(names):
            yield line, dict(zip(names, cells, strict=True))
        else:
            expected = f"{len(names)} cells, as in line 1, expected; found {len(cells)}"
            findings.append(Finding(file, line, "", expected))


def _records(path: Path, findings: list[Finding]) -> Iterator[tuple[int, list[str]]]:
    """The records of a CSV file as RFC 4180 has them: commas, double quotes, line ends inside quotes.

    What cannot be read ends it: after a quote that is never closed nothing can be told apart any more.
    """
    limit = csv.field_size_limit(LONGEST_LINE)
    reader = csv.reader((decoded(*line) for line in lines(path)), strict=True)
    begins = 1
    try:
        for record in reader:
            if record:
                yield begins, record
            begins = reader.line_num + 1
    except csv.Error as error:
        expected = f"commas and closed double quotes expected ({error}, in the record that begins here)"
        findings.append(Finding(path.name, begins, "", expected))
    except ValueError as error:
        findings.append(Finding(path.name, reader.line_num + 1, "", str(error)))
    finally:
        csv.field_size_limit(limit)
