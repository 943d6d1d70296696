"""Reads golden answers (evals/golden/<topic>.v<N>.jsonl) and their fixed split. Judges nothing."""

import json
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
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            answer = _answer(file, number, line, findings)
            if answer is None:
                continue
            if answer.id in places:
                findings.append(Finding(file, number, "id", f"an id of its own expected; {answer.id} is taken"))
                continue
            answers.append(answer)
            places[answer.id] = (file, number)
    return GoldenSet(tuple(answers), places, _split(root, findings)), findings


def load(root: Path) -> GoldenSet:
    """The golden answers of a bank folder.

    Raises:
        LibraryError: any line cannot be used.
    """
    golden, findings = read(root)
    if findings:
        raise LibraryError(findings)
    return golden


def _answer(file: str, number: int, line: str, findings: list[Finding]) -> GoldenAnswer | None:
    try:
        return GoldenAnswer.model_validate(json.loads(line))
    except json.JSONDecodeError as error:
        findings.append(Finding(file, number, "", f"one JSON object a line expected: {error}"))
    except ValidationError as error:
        findings += [Finding(file, number, ".".join(map(str, e["loc"])), e["msg"]) for e in error.errors()]
    return None


def _split(root: Path, findings: list[Finding]) -> dict[str, Split]:
    path = root / "evals" / "golden" / "split.yaml"
    if not path.exists():
        return {}
    document, broken = yamlfile.parse(path.read_text(encoding="utf-8"), path.relative_to(root).as_posix())
    findings += broken
    content: Any = document.data if document else None
    if not isinstance(content, dict) or set(content) != set(SPLITS):
        findings.append(Finding(path.relative_to(root).as_posix(), 1, "", f"the keys {', '.join(SPLITS)} expected"))
        return {}
    split: dict[str, Split] = {}
    for name in SPLITS:
        for question in content[name] or []:
            if question in split:
                findings.append(Finding(path.relative_to(root).as_posix(), 1, name, f"{question} is in two splits"))
            split[question] = name
    return split
