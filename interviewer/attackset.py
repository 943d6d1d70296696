"""Reads the attack strings and invariance pairs of a bank (evals/attacks/*.jsonl). Judges nothing."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from interviewer.errors import Finding, LibraryError

# fmt: off
Family = Literal[
    "direct-override", "protocol-override", "answer-smuggling", "fake-system", "delimiter-breakout", "json-verdict",
    "fake-reasoning", "master-key", "empty-zero-width", "optimised-suffix", "social-pressure", "fake-citation",
    "formatting-padding", "repetition", "keyword-stuffing", "question-copied", "rubric-echo", "self-assessment",
    "reference-pasted", "hedging-both-ways", "other-language", "homoglyph-bidi", "html-script", "benign-trigger",
]
# fmt: on
FAMILIES: tuple[Family, ...] = get_args(Family)
Kind = Literal["padding", "paraphrase", "order", "formatting", "names"]
KINDS: tuple[Kind, ...] = get_args(Kind)
Findings = list[Finding]
F = TypeVar("F", "Attack", "Pair")


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    id: str = Field(pattern=r"^[a-z0-9-]+-\d{3}$")
    question: str
    note: str = Field(min_length=1)


class Attack(_Form):
    """What is submitted for points that its content does not earn; in `benign-trigger` an honest look-alike of it."""

    family: Family
    string: str
    twin: str
    """The same honest content without the attack; empty where there is none."""


class Pair(_Form):
    """Two honest answers with one content, whose levels must not differ."""

    kind: Kind
    a: str = Field(min_length=1)
    b: str = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class AttackSet:
    """All attacks and pairs of a bank, in the order of the files."""

    attacks: tuple[Attack, ...]
    pairs: tuple[Pair, ...]


def read(root: Path, askable: Collection[str] | None = None) -> tuple[AttackSet, Findings]:
    """The set of a bank folder (empty where there is no evals/attacks), and what could not be read.

    Args:
        askable: ids of the questions that may be named; None where any may.
    """
    findings = Findings()
    attacks = tuple(_rows(root, "attacks.v*.jsonl", Attack, askable, findings))
    return AttackSet(attacks, tuple(_rows(root, "invariance.v*.jsonl", Pair, askable, findings))), findings


def load(root: Path, askable: Collection[str] | None = None) -> AttackSet:
    """As `read`, but all or nothing.

    Raises:
        LibraryError: any line cannot be used.
    """
    found, findings = read(root, askable)
    if findings:
        raise LibraryError(findings)
    return found


def _rows(root: Path, names: str, form: type[F], askable: Collection[str] | None, findings: Findings) -> Iterator[F]:
    ids, texts = set[str](), dict[tuple[str, str], str]()
    for path in sorted((root / "evals" / "attacks").glob(names)):
        file = path.relative_to(root).as_posix()
        for number, line in enumerate(_text(path, file, findings).split("\n"), 1):  # U+2028 may stand in a string
            if not line.strip() or (row := _row(file, number, line, form, findings)) is None:
                continue
            clean, changed = (row.twin, row.string) if isinstance(row, Attack) else (row.a, row.b)
            same = texts.setdefault((row.question, changed), row.id)
            if row.id in ids:
                findings.append(Finding(file, number, "id", f"an id of its own expected; {row.id} is taken"))
            elif same != row.id:
                findings.append(Finding(file, number, "", f"a text of its own expected; {same} has the same"))
            elif clean == changed != "":  # only nothing at all is an attack by what it lacks
                findings.append(Finding(file, number, "", "two different texts expected"))
            elif askable is not None and row.question not in askable:
                findings.append(Finding(file, number, "question", f"an askable question expected, not {row.question}"))
            else:
                yield row
            ids.add(row.id)


def _text(path: Path, file: str, findings: Findings) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        findings.append(Finding(file, 0, "", f"a readable UTF-8 file expected: {error}"))
    return ""


def _row(file: str, number: int, line: str, form: type[F], findings: Findings) -> F | None:
    try:
        return form.model_validate_json(line)
    except ValidationError as error:
        for e in error.errors(include_url=False):
            told = f"one JSON object a line expected: {e['msg']}" if e["type"] == "json_invalid" else e["msg"]
            findings.append(Finding(file, number, ".".join(map(str, e["loc"])), told))
    return None
