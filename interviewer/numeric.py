"""Does an answer come to the right number? Code decides this; no model may overrule it. Pure."""

import re
from typing import Literal

from interviewer.answer import sentences
from interviewer.expressions import Number, numbers
from interviewer.grade import NumberFound
from interviewer.item import Numeric

_BYTES = {"": 1, "k": 1e3, "m": 1e6, "g": 1e9, "t": 1e12, "ki": 2**10, "mi": 2**20, "gi": 2**30, "ti": 2**40}
_BYTE_WORDS = {"kilo": "k", "mega": "m", "giga": "g", "kibi": "ki", "mebi": "mi", "gibi": "gi"}
_COUNTS = {"thousand": 1e3, "k": 1e3, "million": 1e6, "m": 1e6, "billion": 1e9, "b": 1e9, "trillion": 1e12, "t": 1e12}
_TIME = {"second": 1.0, "minute": 60.0, "hour": 3600.0, "day": 86400.0, "week": 604800.0, "year": 31557600.0}
_CONCLUDES = re.compile(
    r"\b(?:(?:final|my) answer|the answer|answer|result|therefore|thus|hence|in total|altogether|overall|conclusion"
    r"|comes (?:out )?to|works out (?:to|at)|i(?:'d| would) say|so it(?:'s| is)|equals?)\b[^.\d]{0,40}$",
    re.IGNORECASE,
)
_REVISES = re.compile(
    r"\b(?:no,? wait|wait|actually|sorry|correction|i mean|scratch that|rather|let me correct)\b", re.IGNORECASE
)
_EVALUATES = re.compile(
    r"^\s*(?:[,.]?\s*(?:=|≈|~|\\approx|is|which is|that is|that's|so|or|comes out (?:at|to)|works out (?:at|to)|gives"
    r"|equals|i\.e\.|about|roughly|around)\s*)+\$?$",
    re.IGNORECASE,
)
_CALCULATES = re.compile(r"[\^*/(√+×·-]|\b(?:over|times|to the|divided)\b")
_HEDGES = re.compile(
    r"^\s*(?:,?\s*(?:or|maybe|possibly|perhaps|either|could be|might be|/)\s*)+(?:it'?s |about |even )*$", re.I
)


def value_of(text: str, unit: str) -> float | None:
    """The value of a text that is one number, in `unit`; None when it is not one.

    Example:
        >>> value_of("97 %", "probability")
        0.97
    """
    found = numbers(text)
    return _in_unit(found[0], unit) if len(found) == 1 else None


def check(text: str, numeric: Numeric, others: tuple[Numeric, ...] = ()) -> NumberFound:
    """What an answer says of one expected number.

    `match` when a number within the tolerance stands as the answer's own conclusion; `ambiguous` when it is offered
    beside another one ("7.5 or 8"); `mismatch` when only other numbers stand, or the right one was taken back;
    `absent` when no number of that unit stands at all.

    Args:
        others: further numbers the same answer must come to; they never count as rival claims.
    """
    found = [(n, value) for n in numbers(text) if (value := _in_unit(n, numeric.unit)) is not None]
    hits = [n for n, value in found if _close(value, numeric)] + _spelled(text, numeric)
    if not found and not hits:
        return NumberFound(numeric.criterion, "absent", numeric.value, None)
    rivals = [(n, v) for n, v in found if not _close(v, numeric) and not any(_close(v, o) for o in others)]
    if not hits:
        last = rivals[-1] if rivals else found[-1]
        return NumberFound(numeric.criterion, "mismatch", numeric.value, last[1], _sentence(text, last[0]))
    hit = max(hits, key=lambda n: n.end)
    quote = _sentence(text, hit)
    taken_back = next((rival for rival in rivals if _outranks(text, rival[0], hit)), None)
    if taken_back:
        return NumberFound(numeric.criterion, "mismatch", numeric.value, taken_back[1], _sentence(text, taken_back[0]))
    hedged = any(_side_by_side(text, hit, n) for n, _ in rivals)
    status: Literal["ambiguous", "match"] = "ambiguous" if hedged else "match"
    return NumberFound(numeric.criterion, status, numeric.value, _in_unit(hit, numeric.unit), quote)


def _close(value: float, numeric: Numeric) -> bool:
    return abs(value - numeric.value) <= numeric.tolerance


def _in_unit(number: Number, unit: str) -> float | None:
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
    if singular in ("degree", "deg", "°") and wanted == "degree":
        return number.value
    if singular in ("radian", "rad") and wanted == "degree":
        return number.value * 180 / 3.141592653589793
    return number.value if singular == wanted else None


def _byte_scale(unit: str) -> float | None:
    name = unit.lower().rstrip("s")
    for word, prefix in _BYTE_WORDS.items():
        if name == f"{word}byte":
            return _BYTES[prefix]
    if name == "byte":
        return 1.0
    if name.endswith("bit"):
        return None
    return _BYTES.get(name.removesuffix("b")) if name.removesuffix("b") in _BYTES else None


def _spelled(text: str, numeric: Numeric) -> list[Number]:
    """Places where one of the accepted spellings stands, blanks aside."""
    places = list[Number]()
    for form in numeric.accepted:
        pattern = r"\s*".join(re.escape(c) for c in form if not c.isspace())
        spots = re.finditer(rf"(?<![\w.]){pattern}(?!\w)", text, re.IGNORECASE)
        places += [Number(numeric.value, "", spot.start(), spot.end()) for spot in spots]
    return places


def _outranks(text: str, rival: Number, hit: Number) -> bool:
    """Whether a later number replaces the right one: after a word of revision, or as the stated conclusion."""
    if rival.start < hit.end:
        return False
    between = text[hit.end : rival.start]
    if _EVALUATES.match(between) and _CALCULATES.search(text[hit.start : hit.end]):
        return True
    concluded = _CONCLUDES.search(text[: rival.start]) and not _CONCLUDES.search(text[: hit.start])
    return bool(_REVISES.search(between) or concluded)


def _side_by_side(text: str, hit: Number, rival: Number) -> bool:
    first, second = (hit, rival) if hit.start < rival.start else (rival, hit)
    return bool(_HEDGES.match(text[first.end : second.start]))


def _sentence(text: str, number: Number) -> str:
    for sentence in sentences(text):
        if sentence.start <= number.start < sentence.end:
            return sentence.text if len(sentence.text) <= 200 else text[number.start : number.end]
    return text[number.start : number.end]
