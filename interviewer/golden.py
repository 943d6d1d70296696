"""Reads golden answers (evals/golden/<topic>.v<N>.jsonl) and their fixed split. Judges nothing."""

import json
from collections.abc import Collection
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from interviewer import yamlfile
from interviewer.errors import Finding, LibraryError
from interviewer.labels import SPLITS, GoldenAnswer, GoldenSet, Split


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
    return GoldenSet(tuple(answers), places, _split(root, findings), slices), findings


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
    path = root / "evals" / "golden" / "slices.yaml"
    if not path.exists():
        return {}
    document, broken = yamlfile.parse(_text(root, path, findings), path.relative_to(root).as_posix())
    findings += broken
    content: Any = document.data if document else {}
    if document and not (isinstance(content, dict) and all(isinstance(ids, list) for ids in content.values())):
        findings.append(document.finding((), "a list of ids of answers for each slice expected"))
        return {}
    for name, ids in content.items():
        for n, gone in ((n, i) for n, i in enumerate(ids) if i not in answers):
            if document:
                findings.append(document.finding((name, n), f"the id of a golden answer expected; there is no {gone}"))
    return {str(name): frozenset(map(str, ids)) for name, ids in content.items()}


def _split(root: Path, findings: list[Finding]) -> dict[str, Split]:
    path = root / "evals" / "golden" / "split.yaml"
    if not path.exists():
        return {}
    document, broken = yamlfile.parse(_text(root, path, findings), path.relative_to(root).as_posix())
    findings += broken
    if document is None:
        return {}
    content: Any = document.data
    if not isinstance(content, dict) or set(content) != set(SPLITS):
        findings.append(document.finding((), f"the keys {', '.join(SPLITS)} expected"))
        return {}
    split: dict[str, Split] = {}
    for name in SPLITS:
        questions = content[name] or []
        if not isinstance(questions, list) or not all(isinstance(q, str) for q in questions):
            findings.append(document.finding((name,), "a list of question ids expected"))
            continue
        for n, question in enumerate(questions):
            if question in split:
                findings.append(document.finding((name, n), f"one split a question expected; {question} is in two"))
            split[question] = name
    return split
