"""Numbers as people write them, read out of running text.

Decimals, thousands, fractions, percent, powers of ten, roots, LaTeX, small arithmetic, spoken numbers. Pure; knows no
question and no tolerance. Does not solve equations and knows no variables except phi, e and pi.
"""

import math
import re
from dataclasses import dataclass

from interviewer.spoken import Origin, Replacement, in_digits, substitute

MAX_DEPTH = 12
MAX_EXPONENT = 5_000.0
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
_LATEX: tuple[tuple["re.Pattern[str]", Replacement], ...] = (
    (re.compile(r"\\(?:left|right|,|;|!|approx)|[$]"), lambda m: " "),
    (re.compile(r"\\%"), lambda m: "%"),
    (re.compile(r"\\sqrt\s*\{([^{}]*)\}"), lambda m: f"sqrt({m[1]})"),
    (re.compile(r"\^\s*\{([^{}]*)\}"), lambda m: f"^({m[1]})"),
    (re.compile(r"\\[dt]?frac\s*\{([^{}]*)\}\s*\{([^{}]*)\}"), lambda m: f"(({m[1]})/({m[2]}))"),
    (re.compile(r"\\(?:cdot|times)"), lambda m: "*"),
    (re.compile(r"√\s*(\d+(?:\.\d+)?|\()"), lambda m: "sqrt" + (m[1] if m[1] == "(" else f"({m[1]})")),
    (re.compile(r"([⁻⁺]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)"), lambda m: f"^({m[1].translate(_SUPERSCRIPTS)})"),
)
_TOKEN = re.compile(
    r"(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?(?:[eE][-+]?\d+)?|\.\d+)"
    r"|(?P<name>sqrt|phi|φ|pi|π)(?![a-z])|(?P<power>\*\*|\^)|(?P<times>[*×·]|x(?=\s*\d))|(?P<op>[-+/()−÷])|(?P<percent>%)"
    r"|(?P<space>[ \t]+)",
    re.IGNORECASE,
)
_UNIT = re.compile(
    r"\s*(?P<unit>%|percent|per cent|[KMGT]i?B\b|(?:kilo|kibi|mega|mebi|giga|gibi)?bytes?"
    r"|bits?\b|degrees?|deg\b|°|radians?|rad\b|days?|weeks?|months?|years?|hours?|minutes?|seconds?"
    r"|thousand|million|billion|trillion|[KMBT](?![a-z]))",
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

    Example:
        >>> [(n.value, n.unit) for n in numbers("so 32/33, i.e. 97 % of 1,024 bytes")]
        [(0.9696969696969697, ''), (97.0, '%'), (1024.0, 'bytes')]
    """
    plain, origin = _plain(text)
    found, position = [], 0
    while match := _START.search(plain, position):
        reader = _Reader(plain, match.start())
        value = reader.expression()
        if value is None or reader.end <= match.start():
            position = match.end()
            continue
        unit = _UNIT.match(plain, reader.end)
        end = unit.end() if unit else reader.end
        if not (plain[match.start()].isdigit() and _inside_word(plain, match.start())):
            name = unit["unit"].lower() if unit else ""
            found.append(Number(value, name, origin[match.start()][0], origin[end - 1][1]))
        position = max(end, match.end())
    return found


_START = re.compile(r"(?<![\w.])(?:[-−]\s?)?(?:\d|\.\d|\(|(?:sqrt|phi|pi)(?![a-z])|φ|π)", re.IGNORECASE)


def _inside_word(plain: str, start: int) -> bool:
    return start > 0 and (plain[start - 1].isalpha() or plain[start - 1] == "_")


def _plain(text: str) -> tuple[str, Origin]:
    """The text with LaTeX, superscripts and number words in plain arithmetic, and for each character its origin."""
    plain, origin = text, [(i, i + 1) for i in range(len(text))]
    for pattern, replacement in _LATEX * 2:  # twice: one level of nesting, as in \\frac{\\sqrt{5}}{2}
        plain, origin = substitute(pattern, replacement, plain, origin)
    return in_digits(plain, origin)


class _Reader:
    """Recursive descent over one place of a text; stops where arithmetic stops."""

    def __init__(self, text: str, start: int) -> None:
        self.text, self.at, self.end = text, start, start

    def expression(self, depth: int = 0) -> float | None:
        """sum := product (('+' | '-') product)*; None where no number stands."""
        value = self._product(depth)
        while value is not None:
            mark = self.at, self.end
            sign = self._take("op", "+-−")
            right = self._product(depth) if sign else None
            if right is None:
                self.at, self.end = mark
                return value
            value = value + right if sign == "+" else value - right
        return None

    def _product(self, depth: int) -> float | None:
        value = self._power(depth)
        while value is not None:
            mark = self.at, self.end
            sign = self._take("times") or self._take("op", "/÷")
            right = self._power(depth) if sign else None
            if right is None or (sign in ("/", "÷") and right == 0):
                self.at, self.end = mark
                return value
            value = value / right if sign in ("/", "÷") else value * right
        return None

    def _power(self, depth: int) -> float | None:
        base = self._atom(depth)
        mark = self.at, self.end
        if base is None or not self._take("power"):
            return base
        exponent = self._power(depth + 1) if depth < MAX_DEPTH else None
        if exponent is None or abs(exponent) > MAX_EXPONENT:
            self.at, self.end = mark
            return base
        try:
            value = base**exponent
        except (OverflowError, ZeroDivisionError):
            return None
        return value if isinstance(value, float) and math.isfinite(value) else None

    def _atom(self, depth: int) -> float | None:
        if depth > MAX_DEPTH:
            return None
        if self._take("op", "-−"):
            value = self._atom(depth + 1)
            return None if value is None else -value
        if number := self._take("number"):
            value = float(number.replace(",", ""))
            return value if math.isfinite(value) else None
        if name := self._take("name"):
            return self._named(name.lower(), depth)
        if not self._take("op", "("):
            return None
        value = self.expression(depth + 1)
        return value if value is not None and self._take("op", ")") else None

    def _named(self, name: str, depth: int) -> float | None:
        if name in ("phi", "φ"):
            return (1 + math.sqrt(5)) / 2
        if name in ("pi", "π"):
            return math.pi
        value = self._atom(depth + 1)
        return math.sqrt(value) if value is not None and value >= 0 else None

    def _take(self, kind: str, which: str = "") -> str:
        at = self.at
        token = _TOKEN.match(self.text, at)
        while token and token.lastgroup == "space":
            at = token.end()
            token = _TOKEN.match(self.text, at)
        if not token or token.lastgroup != kind or (which and token.group() not in which):
            return ""
        self.at = self.end = token.end()
        return token.group()
