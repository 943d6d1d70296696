"""Values as JSON has them: dataclasses as objects, nan as null. Pure."""

import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass

DIGITS = 10
"""Significant digits kept: sums of floats taken in another order differ in the sixteenth, and must not show."""


def plain(value: object) -> object:
    """The value as JSON types; a nan or an infinite number becomes None, since JSON has neither.

    Example:
        >>> plain({"kappa": math.nan, "n": (1, 2 / 3)})
        {'kappa': None, 'n': [1, 0.6666666667]}
    """
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [plain(v) for v in value]
    if isinstance(value, float):
        return float(f"{value:.{DIGITS}g}") if math.isfinite(value) else None
    return value
