"""Numbers as people write them, read out of running text.

Decimals (point or comma), thousands, fractions, percent, powers of ten, roots, LaTeX, small arithmetic, spoken numbers.
Pure; knows no question and no tolerance. Does not solve equations and knows no variables except phi and pi.
"""

import math
import re
from dataclasses import dataclass

from interviewer.figureforms import in_plain_figures
from interviewer.spoken import in_digits

MAX_DEPTH = 12
"""Deepest nesting of brackets, signs and powers that is read."""
MAX_EXPONENT = 5_000.0
_TOKEN = re.compile(
    r"[ \t]*(?:(?P<number>\d+(?:\.\d+)?(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?)"
    r"|(?P<name>sqrt|phi|φ|pi|π)(?![a-z])|(?P<power>\*\*|\^)|(?P<times>[*×·]|x(?=\s*\d))|(?P<op>[-+/()÷]))",
    re.IGNORECASE,
)
_NONE = ("", "", 0)
_UNIT = re.compile(
    r"\s*(?:(?P<unit>%|percent|per cent|[KMGT]i?B\b|(?:kilo|kibi|mega|mebi|giga|gibi)?bytes?|(?:meg|gig)s?\b"
    r"|bits?\b|degrees?|deg\b|°|radians?|rad\b|days?|weeks?|months?|years?|hours?|hrs?\b|minutes?|mins?\b|seconds?"
    r"|thousand|million|billion|trillion)|(?P<letter>(?-i:[KMBT])(?![\w-])|(?<=\d)[kmbt](?![\w-])))",
    re.IGNORECASE,
)
_ORDINAL = re.compile(r"(?:st|nd|rd|th)\b", re.IGNORECASE)
_START = re.compile(
    r"(?<!\w)(?<!\d\.)(?:-\s?)?(?:\d|(?<!\.)\.\d|\(|(?:sqrt|phi|pi)(?![a-z])|φ|π)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Number:
    """One number in a text."""

    value: float
    unit: str
    """As written, lower case; empty where none follows."""
    start: int
    end: int
    """Positions in the text that was read, unit included."""


def numbers(text: str) -> list[Number]:
    """Every number of a text in order; the longest arithmetic expression at a place counts as one number.

    An expression too large or not real (9^9^9, the root of -1) is no number, and neither are its parts.

    Example:
        >>> [(n.value, n.unit) for n in numbers("so 32/33, i.e. 97 % of 1,024 bytes")]
        [(0.9696969696969697, ''), (97.0, '%'), (1024.0, 'bytes')]
    """
    plain, origin = in_digits(*in_plain_figures(text))
    reader = _Reader(plain)
    found, position = [], 0
    while match := _START.search(plain, position):
        value = reader.read(match.start())
        if value is None:
            position = max(match.end(), reader.beyond)
            continue
        unit = _UNIT.match(plain, reader.end)
        end = unit.end() if unit else reader.end
        if not _ORDINAL.match(plain, reader.end):
            name = (unit["unit"] or unit["letter"]).lower() if unit else ""
            found.append(Number(value, name, origin[match.start()][0], origin[end - 1][1]))
        position = max(end, match.end())
    return found


class _Reader:
    """Recursive descent over the places of one text; stops where arithmetic stops. Each token is read once."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = self.end = self.beyond = 0
        self._tokens: dict[int, tuple[str, str, int]] = {}
        self._depths = _bracket_depths(text)

    def read(self, start: int) -> float | None:
        """The value of the expression that starts here; `end` is then behind it.

        Where it cannot be computed, `beyond` is behind it, so that no part of it is taken for the whole.
        """
        self.at = self.end = start
        self.beyond = 0
        value = self._sum(0)
        if self.beyond:
            self.at = self.beyond
            while self._take("op") or self._take("times") or self._take("power"):
                self._take("number") or self._take("name")
                self.beyond = self.end
        return value

    def _sum(self, depth: int) -> float | None:
        """sum := product (('+' | '-') product)*; None where no number stands."""
        value = self._product(depth)
        while value is not None:
            mark = self.at, self.end
            sign = self._take("op", "+-")
            if not sign and not self.beyond:
                return value
            right = self._product(depth) if sign else None
            if right is None:
                self.at, self.end = mark
                return None if self.beyond else value
            value = value + right if sign == "+" else value - right
        return None

    def _product(self, depth: int) -> float | None:
        value = self._power(depth)
        while value is not None:
            mark = self.at, self.end
            kind, written, _ = self._token(self.at)
            signed = kind == "times" or (kind == "op" and written in "/÷")
            sign = self._take(kind) if signed else self._factor_follows()
            right = self._power(depth) if sign else None
            if right is None or (sign in ("/", "÷") and right == 0):
                self.at, self.end = mark
                return None if self.beyond else value
            value = value / right if sign in ("/", "÷") else value * right
            if not math.isfinite(value):
                return self._uncomputable()
        return None

    def _factor_follows(self) -> str:
        """Whether a factor follows without a sign: (1/2)(3/4), 2 pi."""
        last, rest = self.text[self.at - 1 : self.at], self.text[self.at : self.at + 2].lstrip(" ")
        if last == ")" and rest.startswith("("):
            return "("
        return "name" if last.isdigit() and self._token(self.at)[0] == "name" else ""

    def _power(self, depth: int) -> float | None:
        if depth <= MAX_DEPTH and self._take("op", "-"):
            value = self._power(depth + 1)
            return None if value is None else -value
        base = self._atom(depth)
        mark = self.at, self.end
        if base is None or not self._take("power"):
            return base
        exponent = self._power(depth + 1) if depth < MAX_DEPTH else None
        if exponent is None:
            self.at, self.end = mark
            return None if self.beyond else base
        try:
            value = base**exponent if abs(exponent) <= MAX_EXPONENT else math.inf
        except (OverflowError, ZeroDivisionError):
            return self._uncomputable()
        return value if isinstance(value, float) and math.isfinite(value) else self._uncomputable()

    def _atom(self, depth: int) -> float | None:
        if depth > MAX_DEPTH:
            return self._uncomputable()
        if number := self._take("number"):
            return float(number) if math.isfinite(float(number)) else self._uncomputable()
        if name := self._take("name"):
            return self._named(name.lower(), depth)
        start = self.at
        if not self._take("op", "(") or self._depths.get(self._opened(start), MAX_DEPTH) >= MAX_DEPTH - depth:
            return None
        value = self._sum(depth + 1)
        return value if value is not None and self._take("op", ")") else None

    def _opened(self, start: int) -> int:
        """Where the bracket stands that was just taken."""
        return self.text.index("(", start)

    def _named(self, name: str, depth: int) -> float | None:
        if name in ("phi", "φ"):
            return (1 + math.sqrt(5)) / 2
        if name in ("pi", "π"):
            return math.pi
        value = self._atom(depth + 1)
        if value is None:
            return None
        return math.sqrt(value) if value >= 0 else self._uncomputable()

    def _uncomputable(self) -> float | None:
        self.beyond = max(self.beyond, self.end)
        return None

    def _take(self, kind: str, which: str = "") -> str:
        group, token, end = self._token(self.at)
        if group != kind or (which and token not in which):
            return ""
        self.at = self.end = end
        return token

    def _token(self, at: int) -> tuple[str, str, int]:
        """Kind, text and end of the token that stands here, behind blanks."""
        known = self._tokens.get(at)
        if known is None:
            match = _TOKEN.match(self.text, at)
            known = (match.lastgroup or "", match[match.lastindex or 0], match.end()) if match else _NONE
            self._tokens[at] = known
        return known


def _bracket_depths(text: str) -> dict[int, int]:
    """Place of each bracket that is closed again -> how many levels of brackets it holds, itself not counted."""
    depths: dict[int, int] = {}
    opened: list[tuple[int, int]] = []
    for mark in re.finditer(r"[()]", text):
        if mark.group() == "(":
            opened.append((mark.start(), 0))
        elif opened:
            place, depth = opened.pop()
            depths[place] = depth
            if opened:
                outer, deepest = opened[-1]
                opened[-1] = outer, max(deepest, depth + 1)
    return depths
