"""What a number in an answer comes to in the unit that is asked for. Pure; values only."""

import math

from interviewer.expressions import Number

_BYTES = {"": 1, "k": 1e3, "m": 1e6, "g": 1e9, "t": 1e12, "ki": 2**10, "mi": 2**20, "gi": 2**30, "ti": 2**40}
_BYTE_WORDS = {"kilobyte": "k", "megabyte": "m", "gigabyte": "g", "kibibyte": "ki", "mebibyte": "mi", "gibibyte": "gi"}
_BYTE_WORDS |= {"byte": "", "meg": "m", "gig": "g"}
_COUNTS = {"thousand": 1e3, "k": 1e3, "million": 1e6, "m": 1e6, "billion": 1e9, "b": 1e9, "trillion": 1e12, "t": 1e12}
_TIME = {"second": 1.0, "minute": 60.0, "hour": 3600.0, "day": 86400.0, "week": 604800.0, "month": 2629800.0}
_TIME |= {"year": 31557600.0, "min": 60.0, "hr": 3600.0}


def in_unit(number: Number, unit: str) -> float | None:
    """The number's value in `unit`; None where it counts something else (a bare number counts anything)."""
    given = number.unit
    if given in ("%", "percent", "per cent"):
        return number.value / 100 if unit in ("probability", "fraction", "") else None
    if not given:
        return number.value
    if unit.lower() in ("kib", "kb", "mib", "mb", "gib", "gb", "byte", "bytes"):
        scale = _byte_scale(given)
        return None if scale is None else number.value * scale / (_byte_scale(unit) or 1)
    if given in _COUNTS:
        return number.value * _COUNTS[given] if unit not in _TIME else None
    singular, wanted = given.rstrip("s"), unit.rstrip("s")
    if singular in _TIME and wanted in _TIME:
        return number.value * _TIME[singular] / _TIME[wanted]
    if wanted == "degree" and singular in ("degree", "deg", "°", "radian", "rad"):
        return math.degrees(number.value) if singular.startswith("rad") else number.value
    return number.value if singular == wanted else None


def _byte_scale(unit: str) -> float | None:
    name = unit.lower().rstrip("s")
    if name in _BYTE_WORDS:
        return _BYTES[_BYTE_WORDS[name]]
    if name == "bit":
        return 1 / 8
    if name in ("thousand", "million", "billion", "trillion"):
        return _COUNTS[name]
    return _BYTES.get(name.removesuffix("b"))
