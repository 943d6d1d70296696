"""Reads a bank folder (questions/, rubrics/) into a `Bank`. Gathers every error of every file, then raises once.

What has a fault is not read; the rest is: of a file of questions each question by itself, of notes each passage, a
rubric as a whole. Does not judge the content; `lint` does.
"""

import hashlib
import re
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

from interviewer import yamlfile
from interviewer.bank import Bank
from interviewer.bankforms import ItemsForm, RubricForm
from interviewer.errors import Finding, LibraryError
from interviewer.folders import Folders
from interviewer.formcheck import filled
from interviewer.item import Item, Note
from interviewer.rubric import Rubric

V = TypeVar("V", Item, Rubric)
ON_TOP = "+"
"""Before a folder's name: on top of the bank that comes with the program, not in its place."""
_HEADING = re.compile(r"^##\s+(?P<title>.+?)\s*\{#(?P<id>[a-z0-9-]+)\}\s*$")
_SOURCES = re.compile(r"^Sources?:\s*(?P<what>.+)", re.MULTILINE | re.DOTALL)
_REMEDY = "name a bank folder with --bank or INTERVIEWER_BANK"


def chosen(setting: str) -> Folders:
    """The folders that the setting `bank` names: `FOLDER` alone, `+FOLDER` on top of the program's, empty for that one.

    Raises:
        LibraryError: the program's own bank is wanted and is not there.
    """
    folder = setting.removeprefix(ON_TOP)
    if not folder:
        return Folders(home())
    return Folders(home() if setting.startswith(ON_TOP) else None, Path(folder).expanduser())


def home() -> Path:
    """Where the bank that comes with the program is: beside the package in a checkout, inside it in a wheel.

    Raises:
        LibraryError: neither is there.
    """
    package = Path(__file__).resolve().parent
    for root in (package.parent, package / "bank"):
        if (root / "questions").is_dir() and (root / "rubrics").is_dir():
            return root
    raise LibraryError([Finding(str(package.parent), 0, "", f"no questions/ and rubrics/ found; {_REMEDY}")])


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
    expected = "questions/<topic>/items.yaml with at least one question expected"
    return Finding(str(root), 0, "", f"{what}: {expected}; {_REMEDY}")


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


def _document(root: Path, path: Path, findings: list[Finding]) -> tuple[yamlfile.Document | None, list[yamlfile.Path]]:
    """The document of a file, and the places of keys that stand twice: nobody knows which of the two is meant."""
    text = _text(root, path, findings)
    if text is None:
        return None, []
    document, broken = yamlfile.parse(text, _name(root, path))
    findings += broken
    return document, [tuple(int(p) if p.isdigit() else p for p in f.field.split(".")) for f in broken]


def _read_items(bank: Bank, root: Path, path: Path, findings: list[Finding]) -> None:
    document, doubled = _document(root, path, findings)
    if document is None:
        return
    form, problems = filled(document.data, ItemsForm)
    findings += (document.finding(where, what) for where, what in problems)
    faults = [*(where for where, _ in problems), *doubled]
    if any(where[:1] != ("items",) or len(where) < 2 for where in faults):
        return
    faulty = {where[1] for where in faults}
    kept = [n for n in range(len(document.data["items"])) if n not in faulty]
    if faulty:
        form, _ = filled({**document.data, "items": [document.data["items"][n] for n in kept]}, ItemsForm)
    if form is None or form.topic != path.parent.name:
        findings.append(document.finding(("topic",), f"the folder's name expected: {path.parent.name}"))
        return
    bank.topics[form.topic] = form.title
    for n, item_form in zip(kept, form.items, strict=True):
        place: yamlfile.Path = ("items", n)
        if _add(bank.items, item_form.id, item_form.build(form.topic), document, (*place, "id"), findings):
            _place(bank, ("item", item_form.id), document, place)


def _read_rubric(bank: Bank, root: Path, path: Path, findings: list[Finding]) -> None:
    document, doubled = _document(root, path, findings)
    if document is None:
        return
    form, problems = filled(document.data, RubricForm)
    findings += (document.finding(where, what) for where, what in problems)
    if form is None or doubled:
        return
    if form.id != path.stem:
        findings.append(document.finding(("id",), f"the file's name expected: {path.stem}"))
        return
    digest = hashlib.sha256(form.model_dump_json(exclude={"version"}).encode()).hexdigest()[:12]
    if _add(bank.rubrics, form.id, form.build(digest), document, ("id",), findings):
        _place(bank, ("rubric", form.id), document, ())
        for n, criterion in enumerate(form.criteria):
            _place(bank, ("rubric", form.id, "criteria", criterion.id), document, ("criteria", n))


def _place(bank: Bank, name: tuple[str, ...], document: yamlfile.Document, place: yamlfile.Path) -> None:
    """Remembers the lines of everything below a place under the name that findings use."""
    for where, line in document.lines.items():
        if where[: len(place)] == place:
            bank.places[(*name, *map(str, where[len(place) :]))] = (document.file, line)


def _add(
    known: dict[str, V], key: str, value: V, document: yamlfile.Document, place: yamlfile.Path, findings: list[Finding]
) -> bool:
    if key in known:
        findings.append(document.finding(place, f"an id of its own expected; {key} is taken"))
        return False
    known[key] = value
    return True


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
            starts.append((n, "", ""))
    for (start, note_id, title), (end, _, _) in pairwise([*starts, (len(lines), "", "")]):
        body = "\n".join(lines[start + 1 : end]).strip()
        sources = _SOURCES.search(body)
        if not note_id:
            continue
        if note_id in bank.notes:
            findings.append(Finding(file, start + 1, note_id, f"an id of its own expected; {note_id} is taken"))
            continue
        prose = body[: sources.start()].strip() if sources else body
        bank.notes[note_id] = Note(note_id, topic, title, prose, " ".join(sources["what"].split()) if sources else "")
        bank.places[("note", note_id)] = (file, start + 1)
