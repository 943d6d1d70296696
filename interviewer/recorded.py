"""What is done with recorded replies in this process."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal


@dataclass(frozen=True, slots=True)
class Recorded:
    """What is done with recorded replies."""

    path: Path
    use: Literal["new", "all", "replay", "batch"]
    """new: asks only what is not recorded · all: asks everything anew · replay: asks nothing · batch: what came
    back in files."""
    command: str = ""
    """What records the replies that a replay lacks."""
