"""Reads labelled answers into `Example`s: golden sets of a bank, and any external set.

External form, one JSON object a line: dataset, question_id, question, reference_answer, answer, score, max_score,
split, id, and where they exist `rubric_items: [{id, text, weight, met}]`; in place of `met` (true, false, null for
"nobody labelled it") an item may have a `level` (missed, partial, met, null). A row without score and labels is graded
and counts in no agreement. Other keys are left unread. `interchange` brings CSV files and promptfoo's tests into this
form.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from interviewer import attackset, golden, interchange
from interviewer.bank import Bank
from interviewer.derive import rubric_from_reference
from interviewer.errors import Finding, InputError, LibraryError
from interviewer.example import INVARIANCE, Example
from interviewer.item import Item
from interviewer.rowforms import Row
from interviewer.rubric import Criterion, LevelName, Rubric


class _RubricItem(BaseModel):
    model_config = ConfigDict(extra="ignore", coerce_numbers_to_str=True)
    id: str
    text: str = Field(min_length=1)
    weight: float = Field(1.0, gt=0, allow_inf_nan=False)
    met: bool | None
    level: Literal["missed", "partial", "met"] | None = None
    partial: bool = False

    @model_validator(mode="before")
    @classmethod
    def _labelled_in_one_way(cls, given: Any) -> Any:
        return {"met": None, **given} if isinstance(given, dict) and "level" in given else given

    @property
    def label(self) -> LevelName | None:
        """What people said; None where nobody did."""
        if self.level is None and self.met is not None:
            return "met" if self.met else "missed"
        return self.level

    def criterion(self) -> Criterion:
        """The criterion that it is judged by."""
        half = "Says part of this." if self.partial or self.level == "partial" else None
        return Criterion(self.id, self.text, self.weight, self.text, half)


class _Row(BaseModel):
    model_config = ConfigDict(extra="ignore", coerce_numbers_to_str=True)
    id: str | None = None
    dataset: str = ""
    question_id: str
    question: str
    reference_answer: str | None = ""
    answer: str
    score: float | None = Field(None, allow_inf_nan=False)
    max_score: float = Field(1.0, gt=0, allow_inf_nan=False)
    split: str = ""
    rubric_items: list[_RubricItem] = []


def load(which: str, bank: Bank | Callable[[], Bank], root: Path) -> list[Example]:
    """The examples that `--data` names: `golden`, `golden:dev`, `golden:<slice>` (of evals/golden/slices.yaml), or the
    path of a file of answers (`file.jsonl`, `.csv`, `.yaml`; `file.jsonl:split` too).

    Args:
        bank: or what reads it, where a set from elsewhere may do without.

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


def attacks(bank: Bank, root: Path) -> list[Example]:
    """The attack strings of a bank, each with its clean twin (`<id>/twin`), and the invariance pairs (`<id>/a`, `/b`).

    Raises:
        InputError: there are none.
        LibraryError: lines that cannot be used.
    """
    found = attackset.load(root, {item.id for item in bank.askable})
    texts = [(a.question, f"{a.id}{end}", family, text) for a in found.attacks
             for end, family, text in (("/twin", "twin", a.twin), ("", a.family, a.string))]  # fmt: skip
    texts += [(p.question, f"{p.id}/{end}", f"{INVARIANCE}{p.kind}", text) for p in found.pairs
              for end, text in (("a", p.a), ("b", p.b))]  # fmt: skip
    if not texts:
        raise InputError(f"{root} holds no attacks; put them into evals/attacks/attacks.v1.jsonl")
    items = bank.items
    return [
        Example(name, "attacks", "", items[question], bank.rubric_of(items[question]), text, {}, None, family=family)
        for question, name, family, text in texts
    ]


def _golden(bank: Bank, root: Path) -> tuple[list[Example], dict[str, frozenset[str]]]:
    found = golden.load(root)
    examples, findings = list[Example](), list[Finding]()
    for answer in found.answers:
        item = bank.items.get(answer.question)
        rubric = None if item is None or item.draft else bank.rubric_of(item)
        if item is None or rubric is None or set(answer.labels) != {c.id for c in rubric.criteria}:
            expected = f"a question with a rubric and a label for each of its criteria expected; see {answer.question}"
            findings.append(Finding(*found.places[answer.id], "labels", expected))
            continue
        labels = {name: label.level for name, label in answer.labels.items()}
        split = found.split.get(answer.question, "")
        score = rubric.score(labels)
        sounds, second = (answer.sort, answer.voice), answer.blind or {}
        examples.append(
            Example(answer.id, "golden", split, item, rubric, answer.answer, labels, score, *sounds, second)
        )
    if findings:
        raise LibraryError(findings)
    return examples, found.slices


def external(path: Path) -> list[Example]:
    """The rows of an external set; ids are the file's name and the row's id, or its line where it has none.

    A row that nobody scored or labelled is graded all the same; its human score is None and its labels are empty.

    Raises:
        InputError: the file cannot be read.
        LibraryError: rows that cannot be used; every one is named.
    """
    findings: list[Finding] = []
    reading = _Reading(path, findings)
    try:
        examples = [e for row in interchange.rows(path, findings) if (e := reading.example(row))]
    except OSError as error:
        doing = "name golden[:split] or a file of answers (.jsonl, .csv, .yaml)"
        raise InputError(f"{path} cannot be read ({error.strerror}); {doing}") from error
    if findings:
        raise LibraryError(sorted(findings, key=lambda f: (f.file, f.line)))
    return examples


@dataclass(slots=True)
class _Reading:
    """One file being read."""

    path: Path
    findings: list[Finding]
    rubrics: dict[str, Rubric] = field(default_factory=dict)
    ids: dict[str, tuple[str, int]] = field(default_factory=dict)
    """File and line in which each id was met."""

    def example(self, source: Row) -> Example | None:
        """The example that a row makes; None, with findings, where it cannot be used."""
        try:
            row = _Row.model_validate(source.content)
        except ValidationError as error:
            wrong = [(".".join(map(str, e["loc"])), e["msg"]) for e in error.errors()]
            self.findings += [source.finding(*fault) for fault in wrong]
            return None
        name = f"{source.file.rpartition('.')[0] or source.file}/{row.id or source.line}"
        faults = [source.finding(*fault) for fault in self._faults(row, source, name)]
        self.findings += faults
        return None if faults else self._made(row, name)

    def _faults(self, row: _Row, source: Row, name: str) -> Iterator[tuple[str, str]]:
        """(field, what was expected) of what no single value shows."""
        if not row.rubric_items and not (row.reference_answer or "").strip():
            yield "", "rubric_items or a reference_answer expected"
        if len({i.id for i in row.rubric_items}) < len(row.rubric_items):
            yield "", "rubric_items with an id of their own each expected"
        if row.score is not None and not 0 <= row.score <= row.max_score:
            yield "score", f"a score of 0 to {row.max_score:g} (max_score) expected; got {row.score:g}"
        here = (source.file, source.line)
        if (first := self.ids.setdefault(name, here)) != here:
            yield "id", f"an id of its own expected; {name} is that of {first[0]}:{first[1]} too"

    def _made(self, row: _Row, name: str) -> Example:
        labels = {i.id: label for i in row.rubric_items if (label := i.label)}
        rubric = self._rubric(row)
        item = Item(
            row.question_id, row.dataset or self.path.stem, "concept", 3, row.question_id, row.question, 600, None
        )
        score = None if row.score is None else row.score / row.max_score
        if score is None and labels and len(labels) == len(row.rubric_items):
            score = rubric.score(labels)
        return Example(name, item.topic, row.split, item, rubric, row.answer, labels, score)

    def _rubric(self, row: _Row) -> Rubric:
        if row.rubric_items:
            criteria = tuple(i.criterion() for i in row.rubric_items)
            return Rubric(row.question_id, 0, criteria, row.reference_answer or "")
        key = f"{row.question_id}\0{row.reference_answer}"
        if key not in self.rubrics:
            self.rubrics[key] = rubric_from_reference(row.question_id, row.reference_answer or "")
        return self.rubrics[key]
