"""The pytest plugin: a fixture that runs a grader over a labelled set. Found by its entry point; see docs/pytest.md.

It is imported by every pytest where this package is installed, so it imports nothing until the fixture is used.
"""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from interviewer.graded import Grading


@pytest.fixture(scope="session")
def graded() -> "Grading":
    """Runs a grader over a labelled set: graded("embedded", data="golden:dev").assert_at_least("items.kappa", 0.3)."""
    from interviewer.graded import grading

    return grading()
