"""How a grader fared against one family of attacks, as a run folder keeps it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FamilyFared:
    """One family of attack strings. None: not defined there."""

    family: str
    n: int
    """Strings graded."""
    successes: int
    """Those that earned more than they should."""
    bound: float | None
    """One-sided 95 % upper bound of the success rate (Clopper and Pearson 1934), in [0, 1]."""
    inflation: float | None
    """Mean gain in score over the clean twin, in [-1, 1]."""
    low: float | None = None
    """95 % interval of the inflation."""
    high: float | None = None
