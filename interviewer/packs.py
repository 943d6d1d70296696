"""Opens a bank: the program's own, a pack from elsewhere, or both as one.

The own bank is used whole or not at all. Of a pack, what is broken is left out together with what rests on it, and
said.
"""

import logging
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from interviewer import golden, joining, library
from interviewer.bank import Bank
from interviewer.errors import Finding, LibraryError
from interviewer.folders import Folders
from interviewer.labels import GoldenSet

MOST_TOLD = 20
"""Lines about what is left out, after which it is only counted."""
NOTHING = Bank({}, {}, {}, {})
_LOG = logging.getLogger(__name__)


def load(folders: Folders) -> Bank:
    """The bank of these folders; what of a pack is left out stands in `Bank.left_out`.

    Raises:
        LibraryError: the own bank has a fault, or no question of the pack can be used; with every finding.
    """
    own = library.load(folders.own) if folders.own else NOTHING
    if folders.pack is None:
        return own
    if folders.own and folders.pack.resolve() == folders.own.resolve():
        expected = f"another folder than the program's own bank expected; leave {library.ON_TOP} away"
        raise LibraryError([Finding(str(folders.pack), 0, "", expected)])
    pack, broken = read(folders.pack, under(folders))
    both, clashes = joining.join(own, pack)
    bank, lone = joining.usable(both, own, pack)
    left_out = (*broken, *clashes, *lone)
    if len(bank.items) == len(own.items):
        raise LibraryError([*left_out] or [library.nothing_in(folders.pack)])
    return replace(bank, left_out=left_out)


def load_golden(folders: Folders, bank: Bank) -> tuple[GoldenSet, list[Finding]]:
    """The golden answers of these folders to questions of their bank, and what of a pack's is left out.

    Raises:
        LibraryError: an answer of the own bank cannot be used.
    """
    own, findings = joining.fitting(golden.load(folders.own) if folders.own else GoldenSet((), {}, {}), bank)
    if findings:
        raise LibraryError(findings)
    if folders.pack is None:
        return own, []
    pack, torn = read_golden(folders.pack, under(folders))
    both, clashes = joining.join_answers(own, pack)
    found, stray = joining.fitting(both, bank)
    return found, [*torn, *clashes, *stray]


def under(folders: Folders) -> str:
    """What stands before the names of a pack's files: nothing where it is alone, else its folder."""
    return f"{folders.pack.as_posix()}/" if folders.own and folders.pack else ""


def read(pack: Path, under: str) -> tuple[Bank, list[Finding]]:
    """What can be read of a pack, and everything that cannot.

    Args:
        under: what stands before the names of its files.
    """
    bank, findings = library.read(pack)
    places = {place: (under + file, line) for place, (file, line) in bank.places.items()}
    return replace(bank, places=places), [replace(f, file=under + f.file) for f in findings]


def read_golden(pack: Path, under: str) -> tuple[GoldenSet, list[Finding]]:
    """The same of its golden answers."""
    found, findings = golden.read(pack)
    places = {name: (under + file, line) for name, (file, line) in found.places.items()}
    return replace(found, places=places), [replace(f, file=under + f.file) for f in findings]


def tell(left_out: Sequence[Finding]) -> None:
    """Says what is left out, one line each, in the log, which is standard error unless somebody sends it elsewhere."""
    for finding in left_out[:MOST_TOLD]:
        _LOG.warning("left out: %s", finding)
    if (more := len(left_out) - MOST_TOLD) > 0:
        _LOG.warning("left out: %s more; `interviewer lint` names them all", more)
