"""Reads a bank folder (questions/, rubrics/) into a `Bank`. Gathers every error of every file, then raises once.

Does not judge the content; `lint` does.
"""

import hashlib
import re
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from interviewer import yamlfile
from interviewer.bank import Bank
from interviewer.bankforms import ItemsForm, RubricForm
from interviewer.errors import Finding, LibraryError
from interviewer.item import Item, Note
from interviewer.rubric import Rubric

F = TypeVar("F", bound=BaseModel)
V = TypeVar("V", Item, Rubric)
_HEADING = re.compile(r"^##\s+(?P<title>.+?)\s*\{#(?P<id>[a-z0-9-]+)\}\s*$")
_SOURCES = re.compile(r"^Sources?:\s*(?P<what>.+)", re.MULTILINE | re.DOTALL)


def home() -> Path:
    """Where the bank that comes with the program is: beside the package in a checkout, inside it in a wheel.

    Raises:
        LibraryError: neither is there.
    """
    package = Path(__file__).resolve().parent
    for root in (package.parent, package / "bank"):
        if (root / "questions").is_dir() and (root / "rubrics").is_dir():
            return root
    expected = "no questions/ and rubrics/ found; name a bank folder with INTERVIEWER_BANK"
    raise LibraryError([Finding(str(package.parent), 0, "", expected)])


def load(root: Path) -> Bank:
    """The bank in a folder.

    Raises:
        LibraryError: with every finding, when any file cannot be used or nothing is there to ask.
    """
    bank, findings = read(root)
    if findings:
        raise LibraryError(findings)
    if not bank.items:
        raise LibraryError([nothing_in(root)])
    lone = [i for i in bank.askable if i.rubric_id not in bank.rubrics]
    if lone:
        expected = "an existing rubric expected; there is no {}"
        raise LibraryError([bank.finding(("item", i.id, "rubric"), expected.format(i.rubric_id)) for i in lone])
    return bank


def nothing_in(root: Path) -> Finding:
    """The finding of a folder without any question."""
    what = "an empty bank" if root.is_dir() else "no such folder"
    expected = "questions/<topic>/items.yaml with at least one question expected; name a bank with INTERVIEWER_BANK"
    return Finding(str(root), 0, "", f"{what}: {expected}")


def read(root: Path) -> tuple[Bank, list[Finding]]:
    """What can be read of a bank folder, and everything that cannot."""
    findings: list[Finding] = []
    bank = Bank({}, {}, {}, {}, {})
    for path in sorted((root / "questions").glob("*/items.yaml")):
        _read_items(bank, root, path, findings)
    for path in sorted((root / "questions").glob("*/notes.md")):
        _read_notes(bank, root, path, findings)
    for path in sorted((root / "rubrics").glob("*/*.yaml")):
        _read_rubric(bank, root, path, findings)
    return bank, findings


def _text(root: Path, path: Path, findings: list[Finding]) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        findings.append(Finding(_name(root, path), 0, "", f"a readable UTF-8 file expected: {error}"))
        return None


def _name(root: Path, path: Path) -> str:
    return path.relative_to(root).as_posix()


def _form(root: Path, path: Path, form: type[F], findings: list[Finding]) -> tuple[F, yamlfile.Document] | None:
    text = _text(root, path, findings)
    if text is None:
        return None
    document, broken = yamlfile.parse(text, _name(root, path))
    findings += broken
    if document is None:
        return None
    try:
        return form.model_validate(document.data), document
    except ValidationError as error:
        findings += (document.finding(where, what) for where, what in _problems(error))
        return None


def _problems(error: ValidationError) -> list[tuple[yamlfile.Path, str]]:
    """Where each problem is and what was expected there, in the file's own terms.

    Where a field takes one thing or a list of them, pydantic reports both readings; only the nearer one is kept.
    """
    found: dict[tuple[yamlfile.Path, str], None] = {}
    misread: dict[yamlfile.Path, str] = {}
    for e in error.errors():
        where = tuple(p for p in e["loc"] if not _names_a_reading(p))
        if e["type"] in ("list_type", "model_type") and _names_a_reading(e["loc"][-1] if e["loc"] else ""):
            misread.setdefault(where, "one entry or a list of entries expected")
        elif e["type"] == "extra_forbidden":
            found[where, "no such key is known; take it out"] = None
        else:
            found[where, e["msg"].removeprefix("Value error, ")] = None
    inside = {where[:n] for where, _ in found for n in range(len(where) + 1)}
    return [*found, *((where, what) for where, what in misread.items() if where not in inside)]


def _names_a_reading(part: str | int) -> bool:
    return isinstance(part, str) and (part.endswith("Form") or "[" in part)


def _read_items(bank: Bank, root: Path, path: Path, findings: list[Finding]) -> None:
    read_form = _form(root, path, ItemsForm, findings)
    if read_form is None:
        return
    form, document = read_form
    if form.topic != path.parent.name:
        findings.append(document.finding(("topic",), f"the folder's name expected: {path.parent.name}"))
    bank.topics[form.topic] = form.title
    for n, item_form in enumerate(form.items):
        _add(bank.items, item_form.id, item_form.build(form.topic), document, ("items", n, "id"), findings)
        for place, line in document.lines.items():
            if place[:2] == ("items", n):
                bank.places.setdefault(("item", item_form.id, *map(str, place[2:])), (document.file, line))


def _read_rubric(bank: Bank, root: Path, path: Path, findings: list[Finding]) -> None:
    read_form = _form(root, path, RubricForm, findings)
    if read_form is None:
        return
    form, document = read_form
    if form.id != path.stem:
        findings.append(document.finding(("id",), f"the file's name expected: {path.stem}"))
    digest = hashlib.sha256(form.model_dump_json(exclude={"version"}).encode()).hexdigest()[:12]
    _add(bank.rubrics, form.id, form.build(digest), document, ("id",), findings)
    for place, line in document.lines.items():
        named = tuple(map(str, place))
        if len(place) > 1 and place[0] == "criteria" and isinstance(place[1], int):
            named = ("criteria", form.criteria[place[1]].id, *named[2:])
        bank.places.setdefault(("rubric", form.id, *named), (document.file, line))


def _add(
    known: dict[str, V], key: str, value: V, document: yamlfile.Document, place: yamlfile.Path, findings: list[Finding]
) -> None:
    if key in known:
        findings.append(document.finding(place, f"an id of its own expected; {key} is taken"))
    else:
        known[key] = value


def _read_notes(bank: Bank, root: Path, path: Path, findings: list[Finding]) -> None:
    text = _text(root, path, findings)
    if text is None:
        return
    file, topic = _name(root, path), path.parent.name
    starts: list[tuple[int, str, str]] = []
    lines = text.splitlines()
    for n, line in enumerate(lines):
        heading = _HEADING.match(line)
        if heading:
            starts.append((n, heading["id"], heading["title"]))
        elif line.startswith("## "):
            findings.append(Finding(file, n + 1, "", "a heading of the form '## Title {#id}' expected"))
    for (start, note_id, title), (end, _, _) in pairwise([*starts, (len(lines), "", "")]):
        body = "\n".join(lines[start + 1 : end]).strip()
        sources = _SOURCES.search(body)
        if note_id in bank.notes:
            findings.append(Finding(file, start + 1, note_id, f"an id of its own expected; {note_id} is taken"))
            continue
        prose = body[: sources.start()].strip() if sources else body
        bank.notes[note_id] = Note(note_id, topic, title, prose, " ".join(sources["what"].split()) if sources else "")
        bank.places[("note", note_id)] = (file, start + 1)
