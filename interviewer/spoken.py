"""Numbers in words rewritten as digits, with every character's place of origin kept. Pure.

Does not touch a lone "one" (mostly a pronoun) nor ordinals that are not part of a fraction or a power.
"""

import re
from collections.abc import Callable

Origin = list[tuple[int, int]]
"""For each character, the (start, end) of what it stands for in the text it came from."""
Replacement = Callable[["re.Match[str]"], str]

_UNITS = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen".split()
_UNITS += "seventeen eighteen nineteen".split()
_TENS = {w: 10 * n for n, w in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)}
_SMALL = {**{w: n for n, w in enumerate(_UNITS)}, **_TENS, "fourty": 40}
_LARGE = {"hundred": 100, "thousand": 1_000, "million": 10**6, "billion": 10**9}
_PARTS = {"half": 2, "halves": 2, "third": 3, "thirds": 3, "quarter": 4, "quarters": 4, "fifth": 5, "fifths": 5}
_ORDINALS = {"fiftieth": 50, "tenth": 10, "hundredth": 100, "fifth": 5, "fourth": 4, "third": 3, "twentieth": 20}

_WORD = "|".join(sorted([*_SMALL, *_LARGE], key=len, reverse=True))
_DIGIT = "|".join(_UNITS[:10])
_RUN = re.compile(rf"\b(?:{_WORD})(?:(?:[ -]|\sand\s)(?:{_WORD}))*(?:\spoint(?:\s(?:{_DIGIT}|oh))+)?\b", re.IGNORECASE)
_POINT = re.compile(rf"\bpoint((?:\s(?:{_DIGIT}|oh))+)\b", re.IGNORECASE)
_ARITHMETIC: tuple[tuple["re.Pattern[str]", Replacement], ...] = (
    (re.compile(r"(?<=\d)\sand\sa\shalf\b", re.I), lambda m: ".5"),
    (re.compile(rf"\b(?:(\d+)|an?)[ -]({'|'.join(_PARTS)})\b", re.I), lambda m: f"{m[1] or 1}/{_PARTS[m[2].lower()]}"),
    (
        re.compile(
            r"(?<=[\d)])\s(?:raised\s)?to\sthe\s(?:power\s)?(?:of\s)?(?:(minus|negative)\s)?(-?\d+)(?:th|st|nd|rd)?\b",
            re.I,
        ),
        lambda m: f"^({'-' if m[1] else ''}{m[2]})",
    ),
    (
        re.compile(rf"(?<=[\d)])\sto\sthe\s({'|'.join(_ORDINALS)})\b(?:\spower)?", re.I),
        lambda m: f"^({_ORDINALS[m[1].lower()]})",
    ),
    (re.compile(r"(?<=[\d)])\ssquared\b", re.I), lambda m: "^2"),
    (re.compile(r"(?<=[\d)])\scubed\b", re.I), lambda m: "^3"),
    (re.compile(r"(?<=[\d)])\stimes\s(?=[\d(])", re.I), lambda m: " * "),
    (re.compile(r"(?<=[\d)])\s(?:over|divided by|out of)\s(?=[\d(])", re.I), lambda m: " / "),
    (re.compile(r"(?<=[\d)])\splus\s(?=[\d(])", re.I), lambda m: " + "),
    (re.compile(r"(?<=[\d)])\sminus\s(?=[\d(])", re.I), lambda m: " - "),
    (re.compile(r"\b(?:minus|negative)\s(?=\d)", re.I), lambda m: "-"),
    (re.compile(r"\b(?:the\s)?(?:square\s)?root\s(?:of\s)?(\d+)", re.I), lambda m: f"sqrt({m[1]})"),
)


def in_digits(plain: str, origin: Origin) -> tuple[str, Origin]:
    """The text with spoken numbers and spoken arithmetic in digits and signs.

    Example:
        >>> in_digits("thirty-two over thirty-three", [(i, i + 1) for i in range(28)])[0]
        '32 / 33'
    """
    plain, origin = substitute(_RUN, _run, plain, origin)
    plain, origin = substitute(_POINT, lambda m: "0." + _decimals(m[1]), plain, origin)
    for pattern, replacement in _ARITHMETIC:
        plain, origin = substitute(pattern, replacement, plain, origin)
    return plain, origin


def substitute(pattern: "re.Pattern[str]", replacement: Replacement, plain: str, origin: Origin) -> tuple[str, Origin]:
    """`pattern.sub` that keeps the origin: each new character stands for the whole of what was replaced."""
    out, places, at = list[str](), Origin(), 0
    for match in pattern.finditer(plain):
        new = replacement(match)
        whole = (origin[match.start()][0], origin[match.end() - 1][1])
        out += [plain[at : match.start()], new]
        places += [*origin[at : match.start()], *[whole] * len(new)]
        at = match.end()
    return "".join([*out, plain[at:]]), places + origin[at:]


def _run(match: "re.Match[str]") -> str:
    whole, _, decimals = match[0].lower().partition(" point")
    parts = [w for w in re.split(r"[\s-]+", whole) if w != "and"]
    if parts == ["one"] and not decimals:
        return match[0]
    total, current = 0, 0
    for word in parts:
        if word in _SMALL:
            if current and not _joins(current, _SMALL[word]):
                return match[0]  # "two three" is not a number
            current += _SMALL[word]
        elif _LARGE[word] == 100:
            current = max(current, 1) * 100
        else:
            total += max(current, 1) * _LARGE[word]
            current = 0
    return f"{total + current}" + ("." + _decimals(decimals) if decimals else "")


def _joins(current: int, new: int) -> bool:
    return (current % 100 == 0) or (current % 10 == 0 and current % 100 >= 20 and new < 10)


def _decimals(spoken: str) -> str:
    return "".join("0" if w == "oh" else str(_UNITS.index(w)) for w in spoken.lower().split())
