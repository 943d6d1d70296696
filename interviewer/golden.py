"""Reads golden answers (evals/golden/<topic>.v<N>.jsonl) and their fixed split. Judges nothing."""

import json
from collections.abc import Collection
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from interviewer import formcheck, yamlfile
from interviewer.bankforms import SlicesForm, SplitForm
from interviewer.errors import Finding, LibraryError
from interviewer.labels import SPLITS, GoldenAnswer, GoldenSet, Split

F = TypeVar("F", bound=BaseModel)


def read(root: Path) -> tuple[GoldenSet, list[Finding]]:
    """The golden answers of a bank folder (none where there is no evals/golden), and what could not be read."""
    folder, findings = root / "evals" / "golden", list[Finding]()
    answers: list[GoldenAnswer] = []
    places: dict[str, tuple[str, int]] = {}
    for path in sorted(folder.glob("*.jsonl")):
        file = path.relative_to(root).as_posix()
        for number, line in enumerate(_text(root, path, findings).split("\n"), 1):  # U+2028 may stand in an answer
            answer = _answer(file, number, line, findings) if line.strip() else None
            if answer is None:
                continue
            if answer.id in places:
                findings.append(Finding(file, number, "id", f"an id of its own expected; {answer.id} is taken"))
                continue
            answers.append(answer)
            places[answer.id] = (file, number)
    slices = _slices(root, places, findings)
    return GoldenSet(tuple(answers), places, _split(root, places, findings), slices), findings


def load(root: Path) -> GoldenSet:
    """The golden answers of a bank folder.

    Raises:
        LibraryError: any line cannot be used.
    """
    golden, findings = read(root)
    if findings:
        raise LibraryError(findings)
    return golden


def _text(root: Path, path: Path, findings: list[Finding]) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        expected = f"a readable UTF-8 file expected: {error}"
        findings.append(Finding(path.relative_to(root).as_posix(), 0, "", expected))
        return ""


def _answer(file: str, number: int, line: str, findings: list[Finding]) -> GoldenAnswer | None:
    try:
        return GoldenAnswer.model_validate(json.loads(line))
    except json.JSONDecodeError as error:
        findings.append(Finding(file, number, "", f"one JSON object a line expected: {error}"))
    except ValidationError as error:
        findings += [Finding(file, number, ".".join(map(str, e["loc"])), e["msg"]) for e in error.errors()]
    return None


def _slices(root: Path, answers: Collection[str], findings: list[Finding]) -> dict[str, frozenset[str]]:
    found = _form(root, "slices.yaml", SlicesForm, findings)
    if found is None:
        return {}
    form, document = found
    for name, ids in form.root.items():
        for n, gone in ((n, i) for n, i in enumerate(ids) if i not in answers):
            findings.append(document.finding((name, n), f"the id of a golden answer expected; there is no {gone}"))
    return {name: frozenset(ids) for name, ids in form.root.items()}


def _split(root: Path, places: dict[str, tuple[str, int]], findings: list[Finding]) -> dict[str, Split]:
    found = _form(root, "split.yaml", SplitForm, findings)
    if found is None:
        return {}
    form, document = found
    split: dict[str, Split] = {}
    for name in SPLITS:
        for n, question in enumerate(getattr(form, name)):
            if question in split:
                findings.append(document.finding((name, n), f"one split a question expected; {question} is in two"))
            split[question] = name
            places[question] = (document.file, document.line((name, n)))
    return split


def _form(root: Path, name: str, form: type[F], findings: list[Finding]) -> tuple[F, yamlfile.Document] | None:
    """A file of evals/golden in its form; None, with findings, where it cannot be used, and where there is none."""
    path = root / "evals" / "golden" / name
    if not path.exists():
        return None
    before = len(findings)
    text = _text(root, path, findings)
    if len(findings) > before:
        return None
    document, broken = yamlfile.parse(text, path.relative_to(root).as_posix())
    findings += broken
    if document is None:
        return None
    filled, problems = formcheck.filled(document.data, form)
    findings += (document.finding(where, what) for where, what in problems)
    return (filled, document) if filled else None
