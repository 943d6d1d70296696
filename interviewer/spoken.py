"""Numbers in words rewritten as digits, with every character's place of origin kept. Pure.

Does not touch a lone "one" (mostly a pronoun) outside arithmetic, nor ordinals that are not part of a fraction or a
power.
"""

import re
from collections.abc import Callable

Origin = list[tuple[int, int]]
"""For each character, the (start, end) of what it stands for in the text it came from."""
Replacement = Callable[["re.Match[str]"], str]

MOST = 10**15
"""Spoken numbers above this are left as words: nobody says them, and arithmetic on them has no end."""

_UNITS = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen".split()
_UNITS += "seventeen eighteen nineteen".split()
_TENS = {w: 10 * n for n, w in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)}
_SMALL = {**{w: n for n, w in enumerate(_UNITS)}, **_TENS, "fourty": 40}
_LARGE = {"hundred": 100, "thousand": 1_000, "million": 10**6, "billion": 10**9, "trillion": 10**12}
_ORDINAL_UNITS = {w: n for n, w in enumerate("second third fourth fifth sixth seventh eighth ninth".split(), 2)}
_ORDINALS = dict(_ORDINAL_UNITS)
_ORDINALS.update({w: n for n, w in enumerate("tenth eleventh twelfth thirteenth fourteenth fifteenth".split(), 10)})
_ORDINALS.update({w: n for n, w in enumerate("sixteenth seventeenth eighteenth nineteenth".split(), 16)})
_ORDINALS.update({w.removesuffix("y") + "ieth": n for w, n in _TENS.items()})
_ORDINALS.update({"hundredth": 100, "thousandth": 1_000, "millionth": 10**6})
_PARTS = {"half": 2, "halve": 2, "quarter": 4, **_ORDINALS}
_MIXED = {"half": ".5", "quarter": ".25"}
_NOT_AFTER_AN = frozenset("second fourth sixth seventh eighth ninth".split())
"""After "a" these are mostly ordinals ("a sixth flip"), not parts."""

_WORD = "|".join(sorted([*_SMALL, *_LARGE], key=len, reverse=True))
_BIG = "|".join(_LARGE)
_DIGIT = "|".join(_UNITS[:10])
_UNIT_ORDINAL = "|".join(_ORDINAL_UNITS)
_ORDINAL = (
    rf"(?:(?:{'|'.join(_TENS)})[ -](?:first|{_UNIT_ORDINAL})|{'|'.join(sorted(_ORDINALS, key=len, reverse=True))})"
)
_AND = r"(?:(?<=hundred)|(?<=thousand)|(?<=million)|(?<=billion))\sand\s"
_RUN = re.compile(
    rf"(?:(?<![\w.,])\d+(?:\.\d+)?[ -](?=(?:{_BIG})\b)|(?<!point )\b(?=[a-z]))"
    rf"(?:{_WORD})\b(?:(?:[ -]|{_AND})(?:{_WORD})\b)*(?!(?<=ty)[ -](?:{_UNIT_ORDINAL})s?\b)"
    rf"(?:\spoint(?:\s(?:{_DIGIT}|oh))+\b)?",
    re.IGNORECASE,
)
_POINT = re.compile(rf"(?<!the )(?<!this )(?<!a )(?<!main )(?<!my )\bpoint((?:\s(?:{_DIGIT}|oh))+)\b", re.IGNORECASE)
_FRACTION = re.compile(
    rf"\b(?:(?P<over>\d+)|(?P<one>one)|an?)[ -](?P<under>{_ORDINAL}|half|halve|quarter)(?P<many>s)?\b", re.IGNORECASE
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
        if new == match[0]:
            continue
        whole = (origin[match.start()][0], origin[match.end() - 1][1])
        out += [plain[at : match.start()], new]
        places += [*origin[at : match.start()], *[whole] * len(new)]
        at = match.end()
    return ("".join([*out, plain[at:]]), places + origin[at:]) if at else (plain, origin)


def _run(match: "re.Match[str]") -> str:
    whole, _, decimals = match[0].lower().partition(" point")
    parts = [w for w in re.split(r"[\s-]+", whole) if w != "and"]
    if parts == ["one"] and not decimals:
        return match[0]
    total, current = 0.0, 0.0
    for word in parts:
        if word in _SMALL:
            if current and not _joins(current, _SMALL[word]):
                return match[0]  # "two three" is not a number
            current += _SMALL[word]
        elif word not in _LARGE:
            current = float(word)
        elif _LARGE[word] == 100:
            current = (current or 1) * 100
        else:
            total += (current or 1) * _LARGE[word]
            current = 0
        if total + current > MOST:
            return match[0]
    figure = f"{total + current:.10f}".rstrip("0").rstrip(".")
    return figure + ("." + _decimals(decimals) if decimals else "")


def _joins(current: float, new: int) -> bool:
    return current % 100 == 0 or (current % 10 == 0 and current % 100 >= 20 and new < 10)


def _decimals(spoken: str) -> str:
    return "".join("0" if w == "oh" else str(_UNITS.index(w)) for w in spoken.lower().split())


def _ordinal(word: str) -> int:
    tens, _, unit = word.lower().replace(" ", "-").rpartition("-")
    return _TENS.get(tens, 0) + (1 if unit == "first" else _PARTS[unit])


def _fraction(match: "re.Match[str]") -> str:
    over, under = match["over"] or "1", match["under"].lower()
    if match["many"]:
        unsaid = under == "second" or not match["over"]  # "30 seconds" are time; "one thirds" says nothing
        return match[0] if unsaid else f"{over}/{_ordinal(under)}"
    said_one = match["one"] or match["over"] == "1"
    mostly_ordinal = under in _NOT_AFTER_AN or under.endswith(("first", "second"))
    if over != "1" or under == "second" or (mostly_ordinal and not said_one):
        return match[0]
    return f"1/{_ordinal(under)}"


def _power(match: "re.Match[str]") -> str:
    exponent = match["digits"] or str(_ordinal(match["word"]))
    return f"^({'-' if match['minus'] else ''}{exponent})"


_ARITHMETIC: tuple[tuple["re.Pattern[str]", Replacement], ...] = (
    (
        re.compile(r"(?<![\w.])(\d+)\sand\s(?:an?|one)\s(half|quarter)\b", re.I),
        lambda m: f"{m[1]}{_MIXED[m[2].lower()]}",
    ),
    (re.compile(r"(?<![\w.])(\d+)\sand\s3\squarters\b", re.I), lambda m: f"{m[1]}.75"),
    (_FRACTION, _fraction),
    (re.compile(r"\bhalf\s(?:of\s)?an?\s(?=[a-z])", re.I), lambda m: "0.5 "),
    (
        re.compile(
            r"(?<=[\d)])\s(?:raised\s)?to\sthe\s(?:power\s)?(?:of\s)?(?P<minus>(?:minus|negative)\s)?"
            rf"(?:(?P<digits>-?\d+)(?:th|st|nd|rd)?|(?P<word>{_ORDINAL}))\b(?:\spower\b)?",
            re.I,
        ),
        _power,
    ),
    (re.compile(r"(?<=[\d)])\ssquared\b", re.I), lambda m: "^2"),
    (re.compile(r"(?<=[\d)])\scubed\b", re.I), lambda m: "^3"),
    (re.compile(r"(?<!minus )(?<!plus )\bone(?=\s(?:over|divided by|out of|minus|plus)\s[\d(.])", re.I), lambda m: "1"),
    (re.compile(r"(?<=[\d)])\s(minus|plus)\sone\b(?!\sover)", re.I), lambda m: f" {m[1]} 1"),
    (re.compile(r"(?<=[\d)])\stimes\s(?=[\d(])", re.I), lambda m: " * "),
    (re.compile(r"(?<=[\d)])\s(?:over|divided by|out of|in a(?=\s10+\b))\s(?=[\d(])", re.I), lambda m: " / "),
    (re.compile(r"(?<=[\d)])\splus\s(?=[\d(])", re.I), lambda m: " + "),
    (re.compile(r"(?<=[\d)])\sminus\s(?=[\d(])", re.I), lambda m: " - "),
    (re.compile(r"\b(?:minus|negative)\s(?=\d)", re.I), lambda m: "-"),
    (re.compile(r"\b(?:the\s)?(?:square\s)?root\s(?:of\s)?(\d+)", re.I), lambda m: f"sqrt({m[1]})"),
)
