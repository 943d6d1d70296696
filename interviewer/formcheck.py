"""Holds the data of a file against its form, and says what is wrong in the file's own terms. Knows no form."""

from typing import TypeVar

from pydantic import BaseModel, ValidationError

from interviewer.yamlfile import Path

F = TypeVar("F", bound=BaseModel)


def filled(data: object, form: type[F]) -> tuple[F | None, list[tuple[Path, str]]]:
    """The form filled with the data of a file; or None, with where each problem is and what was expected there."""
    try:
        return form.model_validate(data), []
    except ValidationError as error:
        return None, _problems(error)


def _problems(error: ValidationError) -> list[tuple[Path, str]]:
    """Where a field takes one thing or a list of them, pydantic reports both readings; only the nearer one is kept."""
    found: dict[tuple[Path, str], None] = {}
    misread: dict[Path, str] = {}
    for e in error.errors():
        where = tuple(p for p in e["loc"] if not _names_a_reading(p))
        if e["type"] in ("list_type", "model_type") and _names_a_reading(e["loc"][-1] if e["loc"] else ""):
            misread.setdefault(where, "one entry or a list of entries expected")
        elif e["type"] == "extra_forbidden":
            found[where, "no such key is known; take it out"] = None
        else:
            found[where, e["msg"].removeprefix("Value error, ").partition(" or instance of ")[0]] = None
    inside = {where[:n] for where, _ in found for n in range(len(where) + 1)}
    return [*found, *((where, what) for where, what in misread.items() if where not in inside)]


def _names_a_reading(part: str | int) -> bool:
    return isinstance(part, str) and (part.endswith("Form") or "[" in part)
