"""The whole checkup of a bank folder: what cannot be read and what contradicts itself. Called by the command line."""

import json
from pathlib import Path

from interviewer import golden, joining, library, lint, packs
from interviewer.errors import Finding
from interviewer.folders import Folders

SEEDS = "questions/neuraprep.sha256.json"
"""Digests of the seed questions' texts, by number; a folder of one's own need not have it."""


def findings(folders: Folders) -> list[Finding]:
    """Every finding in the folders of a bank, form errors first; of two banks the own one's first."""
    if folders.own and folders.pack:
        return [*_alone(folders.own), *_on_top(folders.own, folders.pack, packs.under(folders))]
    return _alone(folders.home)


def _alone(root: Path) -> list[Finding]:
    bank, broken = library.read(root)
    answers, torn = golden.read(root)
    seeds, spoilt = _seeds(root / SEEDS)
    empty = [] if bank.items or broken else [library.nothing_in(root)]
    return [*broken, *torn, *spoilt, *empty, *lint.check(bank, answers, seeds)]


def _on_top(root: Path, folder: Path, under: str) -> list[Finding]:
    """What is wrong in a pack that may use what the own bank has, and must not repeat it."""
    (own, _), (own_answers, _) = library.read(root), golden.read(root)
    (pack, broken), (answers, torn) = packs.read(folder, under), packs.read_golden(folder, under)
    both, clashes = joining.join(own, pack)
    _, twice = joining.join_answers(own_answers, answers)
    empty = [] if pack.items or broken else [library.nothing_in(folder)]
    found = [f for f in lint.check(both, answers) if f.file.startswith(under)]
    return [*broken, *torn, *clashes, *twice, *empty, *found]


def _seeds(path: Path) -> tuple[dict[int, str] | None, list[Finding]]:
    if not path.exists():
        return None, []
    try:
        texts = json.loads(path.read_text(encoding="utf-8"))["texts"]
        return {int(number): str(digest) for number, digest in texts.items()}, []
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None, [Finding(SEEDS, 0, "texts", "an object of digests by question number expected; restore the file")]
