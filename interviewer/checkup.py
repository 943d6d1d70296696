"""The whole checkup of a bank folder: what cannot be read and what contradicts itself. Called by the command line."""

import json
from pathlib import Path

from interviewer import golden, library, lint
from interviewer.errors import Finding

SEEDS = "questions/neuraprep.sha256.json"
"""Digests of the seed questions' texts, by number; a folder of one's own need not have it."""


def findings(root: Path) -> list[Finding]:
    """Every finding in a bank folder, form errors first."""
    bank, broken = library.read(root)
    answers, torn = golden.read(root)
    seeds, spoilt = _seeds(root / SEEDS)
    empty = [] if bank.items or broken else [library.nothing_in(root)]
    return [*broken, *torn, *spoilt, *empty, *lint.check(bank, answers, seeds)]


def _seeds(path: Path) -> tuple[dict[int, str] | None, list[Finding]]:
    if not path.exists():
        return None, []
    try:
        texts = json.loads(path.read_text(encoding="utf-8"))["texts"]
        return {int(number): str(digest) for number, digest in texts.items()}, []
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None, [Finding(SEEDS, 0, "texts", "an object of digests by question number expected; restore the file")]
