"""The whole checkup of a bank folder: what cannot be read and what contradicts itself. Called by the command line."""

import json
from pathlib import Path

from interviewer import golden, library, lint
from interviewer.errors import Finding


def findings(root: Path) -> list[Finding]:
    """Every finding in a bank folder, form errors first."""
    bank, broken = library.read(root)
    answers, torn = golden.read(root)
    path = root / "questions" / "neuraprep.sha256.json"
    seeds = None
    if path.exists():
        seeds = {int(n): digest for n, digest in json.loads(path.read_text(encoding="utf-8"))["texts"].items()}
    return [*broken, *torn, *lint.check(bank, answers, seeds)]
