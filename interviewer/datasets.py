"""Reads labelled answers into `Example`s: golden sets of a bank, and any external set in the one JSONL form.

External form, one object a line: dataset, question_id, question, reference_answer, answer, score, max_score, split, and
where they exist `rubric_items: [{id, text, weight, met}]`. Other keys are left unread.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from interviewer import attackset, packs
from interviewer.bank import Bank
from interviewer.derive import rubric_from_reference
from interviewer.errors import Finding, InputError, LibraryError
from interviewer.example import INVARIANCE, Example
from interviewer.folders import Folders
from interviewer.item import Item
from interviewer.rubric import Criterion, LevelName, Rubric

LONGEST_LINE = 1_000_000


class _RubricItem(BaseModel):
    model_config = ConfigDict(extra="ignore", coerce_numbers_to_str=True)
    id: str
    text: str = Field(min_length=1)
    weight: float = Field(1.0, gt=0, allow_inf_nan=False)
    met: bool


class _Row(BaseModel):
    model_config = ConfigDict(extra="ignore", coerce_numbers_to_str=True)
    dataset: str = ""
    question_id: str
    question: str
    reference_answer: str | None = ""
    answer: str
    score: float | None = Field(None, allow_inf_nan=False)
    max_score: float = Field(1.0, gt=0, allow_inf_nan=False)
    split: str = ""
    rubric_items: list[_RubricItem] = []


def load(which: str, bank: Bank | Callable[[], Bank], root: Path | Folders) -> list[Example]:
    """The examples that `--data` names: `golden`, `golden:dev`, `golden:<slice>` (of evals/golden/slices.yaml), or the
    path of a JSONL file (`file.jsonl:split` too).

    Args:
        bank: or what reads it, where a set from elsewhere may do without.
        root: folders of the bank; a path stands for a bank that is used whole or not at all.

    Raises:
        InputError: no such set, split or file.
        LibraryError: lines that cannot be used; every one is named.
    """
    name, _, split = which.partition(":") if not Path(which).exists() else (which, "", "")
    if name == "golden":
        examples, slices = _golden(bank if isinstance(bank, Bank) else bank(), root)
    else:
        examples, slices = external(Path(name)), {}
    chosen = [e for e in examples if split in ("", e.split) or e.id in slices.get(split, ())]
    if not chosen:
        splits = ", ".join([*sorted({e.split for e in examples}), *slices]) or "none"
        raise InputError(f"{which} holds no labelled answers (splits there: {splits}); name another set with --data")
    return chosen


def attacks(bank: Bank, root: Path | Folders) -> list[Example]:
    """The attack strings of a bank, each with its clean twin (`<id>/twin`), and the invariance pairs (`<id>/a`, `/b`).

    Args:
        root: folders of the bank; where a pack lies on top of the own bank, the attacks are the own bank's.

    Raises:
        InputError: there are none.
        LibraryError: lines that cannot be used.
    """
    folder = root if isinstance(root, Path) else root.own or root.home
    found = attackset.load(folder, {item.id for item in bank.askable})
    texts = [(a.question, f"{a.id}{end}", family, text) for a in found.attacks
             for end, family, text in (("/twin", "twin", a.twin), ("", a.family, a.string))]  # fmt: skip
    texts += [(p.question, f"{p.id}/{end}", f"{INVARIANCE}{p.kind}", text) for p in found.pairs
              for end, text in (("a", p.a), ("b", p.b))]  # fmt: skip
    if not texts:
        raise InputError(f"{folder} holds no attacks; put them into evals/attacks/attacks.v1.jsonl")
    items = bank.items
    return [
        Example(name, "attacks", "", items[question], bank.rubric_of(items[question]), text, {}, None, family=family)
        for question, name, family, text in texts
    ]


def _golden(bank: Bank, root: Path | Folders) -> tuple[list[Example], dict[str, frozenset[str]]]:
    found, left_out = packs.load_golden(Folders(root) if isinstance(root, Path) else root, bank)
    packs.tell(left_out)
    examples = list[Example]()
    for answer in found.answers:
        item = bank.items[answer.question]
        rubric = bank.rubric_of(item)
        labels = {name: label.level for name, label in answer.labels.items()}
        split = found.split.get(answer.question, "")
        score = rubric.score(labels)
        sounds, second = (answer.sort, answer.voice), answer.blind or {}
        examples.append(
            Example(answer.id, "golden", split, item, rubric, answer.answer, labels, score, *sounds, second)
        )
    return examples, found.slices


def external(path: Path) -> list[Example]:
    """The rows of an external set; ids are the file's name and the line.

    Raises:
        InputError: the file cannot be read.
        LibraryError: lines that cannot be used.
    """
    try:
        lines = path.read_bytes().splitlines()
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror}); name golden[:split] or a JSONL file") from error
    findings: list[Finding] = []
    rubrics: dict[str, Rubric] = {}
    examples = [e for n, line in enumerate(lines, 1) if line.strip() and (e := _row(path, n, line, rubrics, findings))]
    if findings:
        raise LibraryError(findings)
    return examples


def _row(path: Path, number: int, line: bytes, rubrics: dict[str, Rubric], findings: list[Finding]) -> Example | None:
    try:
        if len(line) > LONGEST_LINE:
            raise ValueError(f"a line of at most {LONGEST_LINE:,} bytes expected")
        row = _Row.model_validate(json.loads(line.decode("utf-8")))
        if not row.rubric_items and not (row.reference_answer or "").strip():
            raise ValueError("rubric_items or a reference_answer expected")
        if len({i.id for i in row.rubric_items}) < len(row.rubric_items):
            raise ValueError("rubric_items with an id of their own each expected")
    except ValidationError as error:
        findings += [Finding(path.name, number, ".".join(map(str, e["loc"])), e["msg"]) for e in error.errors()]
        return None
    except (ValueError, RecursionError) as error:
        findings.append(Finding(path.name, number, "", str(error)))
        return None
    return _example(path, number, row, rubrics)


def _example(path: Path, number: int, row: _Row, rubrics: dict[str, Rubric]) -> Example:
    labels: dict[str, LevelName] = {i.id: "met" if i.met else "missed" for i in row.rubric_items}
    if row.rubric_items:
        criteria = tuple(Criterion(i.id, i.text, i.weight, i.text, None) for i in row.rubric_items)
        rubric = Rubric(row.question_id, 0, criteria, row.reference_answer or "")
    else:
        key = f"{row.question_id}\0{row.reference_answer}"
        if key not in rubrics:
            rubrics[key] = rubric_from_reference(row.question_id, row.reference_answer or "")
        rubric = rubrics[key]
    score = rubric.score(labels) if row.score is None and labels else None
    item = Item(row.question_id, row.dataset or path.stem, "concept", 3, row.question_id, row.question, 600, None)
    human: Any = score if row.score is None else min(1.0, max(0.0, row.score / row.max_score))
    return Example(f"{path.stem}/{number}", item.topic, row.split, item, rubric, row.answer, labels, human)
