"""The JSON forms that other programs read: of a grade, of the bank. Pure. Keys only ever get added."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from interviewer.bank import Bank
from interviewer.grade import Grade, Judgement, NumberFound, Outcome
from interviewer.item import Item, Numeric


def of_grade(grade: Grade) -> dict[str, Any]:
    """A grade; `score` and a criterion's `level` are null exactly where it could not be scored."""
    return {
        "state": grade.state,
        "score": grade.score,
        "reason": grade.reason,
        "criteria": [_of_outcome(outcome) for outcome in grade.outcomes],
        "numeric": _first_with_others([_of_number(found) for found in grade.numeric]),
        "flags": list(grade.flags),
        "spread": grade.spread,
        "provenance": asdict(grade.provenance),
    }


def _of_outcome(outcome: Outcome) -> dict[str, Any]:
    judged = outcome if isinstance(outcome, Judgement) else None
    return {
        "id": outcome.criterion_id,
        "level": judged.level if judged else None,
        "quotes": list(judged.quotes) if judged else [],
        "reason": outcome.reason,
        "notes": list(judged.notes) if judged else [],
        "probability": judged.probability if judged else None,
    }


def _of_number(found: NumberFound) -> dict[str, Any]:
    return {
        "criterion": found.criterion_id,
        "status": found.status,
        "match": found.status == "match",
        "expected": found.expected,
        "given": found.given,
        "quote": found.quote,
    }


def of_bank(bank: Bank) -> list[dict[str, Any]]:
    """Every question, drafts included, in file order."""
    return [_of_item(item) for item in bank.items.values()]


def _of_item(item: Item) -> dict[str, Any]:
    plain = {name: getattr(item, name) for name in ("id", "number", "topic", "kind", "difficulty", "company", "title")}
    numeric = _first_with_others([_of_numeric(n) for n in item.numerics])
    return {**plain, "text": item.text, "draft": item.draft, "numeric": numeric, "time_limit_s": item.time_limit_s}


def _of_numeric(numeric: Numeric) -> dict[str, Any]:
    return {**asdict(numeric), "accepted": list(numeric.accepted)}


def _first_with_others(values: Sequence[dict[str, Any]]) -> dict[str, Any] | None:
    """The principal number with any further ones under `others`; None where the question asks for none."""
    return {**values[0], "others": list(values[1:])} if values else None
