"""Processor time of a piece of work, for tests that hold a limit on it while other work runs on the same cores."""

import time
from collections.abc import Callable


def cpu_seconds(work: Callable[[], object], enough: float = 0.4) -> float:
    """The best of three measurements; fewer where one is already below `enough`."""
    best = float("inf")
    for _ in range(3):
        started = time.process_time()
        work()
        best = min(best, time.process_time() - started)
        if best < enough:
            break
    return best
