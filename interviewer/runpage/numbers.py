"""How a number is written on the page. nan is "not defined", never a number and never blank."""

import math

from interviewer.glossary import Unit
from interviewer.resampling import Interval

ABSENT = "not defined"
_GAP = "\u00a0"
"""Between a number and its unit, which stay on one line."""


def number(value: float, unit: Unit = "number") -> str:
    r"""A figure in its unit.

    Example:
        >>> number(0.6124), number(-0.04), number(0.031, "share"), number(1234.4, "tokens"), number(0.00123, "usd")
        ('0.612', '−0.040', '3.1\xa0%', '1,234', '$0.00123')
        >>> number(float("nan"), "seconds")
        'not defined'
    """
    if not math.isfinite(value):
        return ABSENT
    if unit == "share":
        return _minus(f"{100 * value:z.1f}{_GAP}%")
    if unit == "tokens":
        return f"{value:,.0f}"
    if unit == "usd":
        digits = 2 if value >= 1 or value <= 0 else 2 - math.floor(math.log10(value))
        return f"${value:,.{digits}f}"
    if unit == "seconds":
        return f"{value:.2f}{_GAP}s" if value >= 1 else f"{1000 * value:.3g}{_GAP}ms"
    return _minus(f"{value:z.3f}")


def short(value: float) -> str:
    """A tick of a scale.

    Example:
        >>> short(-0.2), short(1.0)
        ('−0.2', '1')
    """
    return _minus(f"{value:g}")


def between(interval: Interval, unit: Unit = "number") -> str:
    """An interval; empty where there is none.

    Example:
        >>> between(Interval(0.5412, 0.676, 40))
        '0.541 to 0.676'
    """
    if math.isnan(interval.low) or math.isnan(interval.high):
        return ""
    return f"{number(interval.low, unit)} to {number(interval.high, unit)}"


def percent(part: float, whole: float) -> str:
    r"""A share in whole percent; a dash for nothing of nothing. What is there is never 0 %, what is not never 100 %.

    Example:
        >>> percent(1, 8), percent(1, 900), percent(899, 900), percent(0, 0)
        ('12\xa0%', '<1\xa0%', '>99\xa0%', '–')
    """
    if not whole:
        return "–"
    if 0 < part / whole < 0.005:
        return f"<1{_GAP}%"
    return f">99{_GAP}%" if 0.995 <= part / whole < 1 else f"{100 * part / whole:.0f}{_GAP}%"


def many(n: int, one: str, more: str = "") -> str:
    """A number with its noun.

    Example:
        >>> many(1, "answer"), many(2_000, "answer")
        ('1 answer', '2,000 answers')
    """
    return f"{n:,} {one if n == 1 else more or one + 's'}"


def _minus(written: str) -> str:
    return written.replace("-", "−")
