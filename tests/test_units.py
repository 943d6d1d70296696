"""Numbers in the unit that is asked for."""

import math

import pytest

from interviewer.expressions import Number
from interviewer.units import in_unit


@pytest.mark.parametrize(
    ("value", "given", "wanted", "expected"),
    [
        (97, "%", "probability", 0.97),
        (97, "percent", "fraction", 0.97),
        (97, "per cent", "", 0.97),
        (97, "%", "degree", None),
        (97, "%", "day", None),
        (7.5, "", "degree", 7.5),
        (7.5, "°", "degree", 7.5),
        (7.5, "deg", "degree", 7.5),
        (7.5, "degrees", "degree", 7.5),
        (math.pi, "radians", "degree", 180),
        (math.pi, "rad", "degree", 180),
        (15, "minutes", "degree", None),
        (16, "kib", "bytes", 16384),
        (16, "kb", "bytes", 16000),
        (16, "k", "bytes", 16000),
        (16, "kibibytes", "bytes", 16384),
        (16, "thousand", "bytes", 16000),
        (0.5, "mib", "bytes", 524288),
        (0.5, "megabyte", "bytes", 500000),
        (2, "gb", "bytes", 2e9),
        (0.5, "meg", "bytes", 500000),
        (2, "gigs", "bytes", 2e9),
        (16384, "bytes", "KiB", 16),
        (131072, "bits", "bytes", 16384),
        (8, "days", "bytes", None),
        (6, "weeks", "day", 42),
        (24, "hours", "day", 1),
        (1, "year", "day", 365.25),
        (2, "months", "day", 60.875),
        (90, "mins", "hour", 1.5),
        (7, "bytes", "day", None),
        (3, "million", "", 3e6),
        (3, "k", "factor", 3000),
        (3, "million", "day", None),
        (0.2, "minutes", "per minute", None),
        (4, "days", "user", None),
    ],
)
def test_a_number_in_the_wanted_unit(value: float, given: str, wanted: str, expected: float | None) -> None:
    assert in_unit(Number(value, given, 0, 1), wanted) == (None if expected is None else pytest.approx(expected))
