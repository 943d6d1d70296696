"""Which folders a bank is read from, as a value. Reading them is `packs`' job."""

import hashlib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Folders:
    """The program's own bank, a pack from elsewhere, or the pack on top of the own bank; at least one of the two."""

    own: Path | None
    """The bank that comes with the program: used whole or not at all."""
    pack: Path | None = None
    """A bank from elsewhere: what of it is broken is left out, and said."""

    @property
    def home(self) -> Path:
        """The folder that what is made for this bank is kept in (baselines): the pack's where there is one."""
        home = self.pack or self.own
        if home is None:
            raise ValueError("a folder expected")
        return home

    def kept_in(self, home: Path) -> Path:
        """Where the passage index belongs: a pack has its own place, so that no bank undoes the index of another.

        Args:
            home: the folder of `Settings.home`.
        """
        if self.pack is None:
            return home
        named = f"{self.own and self.own.resolve()}\0{self.pack.resolve()}"
        return home / "packs" / hashlib.sha256(named.encode()).hexdigest()[:12]
