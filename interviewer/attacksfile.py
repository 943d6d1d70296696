"""Reads `attacks.json` of a run folder: what came of a run over attack strings. Computes nothing."""

from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from interviewer.errors import InputError
from interviewer.robustness import FamilyFared

FILE = "attacks.json"


@dataclass(frozen=True, slots=True)
class _Content:
    families: tuple[FamilyFared, ...]


def families(folder: Path) -> tuple[FamilyFared, ...]:
    """The families of a run; empty for a run that is not over attacks.

    Raises:
        InputError: the file is there and cannot be read.
    """
    try:
        content = (folder / FILE).read_bytes()
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise InputError(f"{folder}/{FILE} cannot be read ({error.strerror}); make it readable") from error
    try:
        return TypeAdapter(_Content).validate_json(content).families
    except ValidationError as error:
        raise InputError(f"{folder}/{FILE} is not of this version; run the attacks again") from error
