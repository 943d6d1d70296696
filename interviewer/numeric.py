"""Does an answer come to the right number? Code decides this; no model may overrule it. Pure.

Reading numbers is `expressions`' job, units are `units`'; here stands which of an answer's numbers is its claim.
"""

import bisect
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from interviewer import claimwords
from interviewer.answer import sentences
from interviewer.expressions import Number, numbers
from interviewer.grade import NumberFound
from interviewer.item import Numeric
from interviewer.units import in_unit

RIVALS = 5
"""Other numbers from which the right one must be said to be the outcome, or stand last."""
RUN_RIVALS = 4
"""Other numbers in one row without words from which the right one among them is not a claim."""
MOST_HITS = 20
"""Places of the right number that are looked at, from the last one back."""
SHORTEST_WORD = 4
"""Characters between two numbers below which no word of conclusion or revision fits between them."""


@dataclass(frozen=True, slots=True)
class _Said:
    """A number of the answer in the unit that is asked for."""

    start: int
    end: int
    value: float
    step: float
    """Place value of the last digit shown; 0 for a calculation, which is exact."""
    named: bool
    """Whether its unit is said."""


def value_of(text: str, unit: str) -> float | None:
    """The value of a text that is one number, in `unit`; None when it is not one.

    Example:
        >>> value_of("97 %", "probability")
        0.97
    """
    found = numbers(text)
    return in_unit(found[0], unit) if len(found) == 1 else None


def check(text: str, numeric: Numeric, others: tuple[Numeric, ...] = ()) -> NumberFound:
    """What an answer says of one expected number.

    `match` when a number within the tolerance stands as the answer's own conclusion; `ambiguous` when it is offered
    beside another one ("7.5 or 8") or is one of many that nothing singles out; `mismatch` when only other numbers
    stand, the right one was taken back, or it is but the rounding of a wrong calculation; `absent` when no number of
    that unit stands at all, or none that is not denied.

    Args:
        others: further numbers the same answer must come to; they never count as rival claims.
    """
    said = [s for n in numbers(text) if (s := _said(text, n, numeric.unit)) and not _denied(text, s.start)]
    right = [s for s in said if _close(s.value, numeric)]
    rivals = [s for s in said if not _close(s.value, numeric) and not _allowed(s.value, numeric, others)]
    hits = [s for s in right if not _rounds_a_rival(text, s, rivals)]
    hits += _spelled(text, numeric, said)
    if not hits:
        if not said:
            return NumberFound(numeric.criterion, "absent", numeric.value, None)
        last = rivals[-1] if rivals else said[-1]
        return NumberFound(numeric.criterion, "mismatch", numeric.value, last.value, _sentence(text, last))
    hit = max(hits, key=lambda s: s.end)
    rivals = [r for r in rivals if r.end <= hit.start or r.start >= hit.end]
    outranking = _outranking(text, hit, rivals)
    if outranking:
        quote = _sentence(text, outranking)
        return NumberFound(numeric.criterion, "mismatch", numeric.value, outranking.value, quote)
    unclear = _beside_another(text, hits, rivals) or _lost_among(text, hits, rivals)
    status = claimwords.AMBIGUOUS if unclear else claimwords.MATCH
    return NumberFound(numeric.criterion, status, numeric.value, hit.value, _sentence(text, hit))


def _said(text: str, number: Number, unit: str) -> _Said | None:
    value = in_unit(number, unit)
    if value is None:
        return None
    step = 0.0
    if not claimwords.CALCULATES.search(text[number.start : number.end]):
        exponent = int(Decimal(f"{number.value:.12g}").normalize().as_tuple().exponent)
        scale = value / number.value if number.value else 1.0
        step = 10.0 ** (exponent if exponent < 0 or abs(number.value) >= 1000 else 0) * abs(scale)
    return _Said(number.start, number.end, value, step, bool(number.unit))


def _close(value: float, numeric: Numeric) -> bool:
    return abs(value - numeric.value) <= numeric.tolerance


def _allowed(value: float, numeric: Numeric, others: tuple[Numeric, ...]) -> bool:
    """Whether a number may stand beside the right one: another expected one, or an angle the other way round."""
    way_round = numeric.unit == "degree" and _close(360 - value, numeric)
    return way_round or any(_close(value, other) for other in others)


def _denied(text: str, start: int) -> bool:
    before = text[max(0, start - 12) : start].rstrip().lower()
    return before.endswith(claimwords.DENIAL_ENDS) and bool(claimwords.DENIES.search(text, max(0, start - 40), start))


def _rounds_a_rival(text: str, hit: _Said, rivals: Sequence[_Said]) -> bool:
    """Whether the right number is only what a wrong one was rounded to: 31/32 so about 97%."""
    claim = _last_from(rivals, hit.start)
    if claim is None:
        return False
    return claim.step < hit.step and _rounds_to(claim.value, hit) and claimwords.evaluates(text[claim.end : hit.start])


def _last_from(said: Sequence[_Said], place: int) -> _Said | None:
    """The last number that starts at this place or before it; `said` is in order."""
    index = bisect.bisect_right(said, place, key=lambda s: s.start)
    return said[index - 1] if index else None


def _rounds_to(value: float, shown: _Said) -> bool:
    """Whether `shown` is `value` rounded or cut to the digits shown."""
    return abs(value - shown.value) <= shown.step * (0.5 + 1e-6) or 0 <= value - shown.value < shown.step


def _spelled(text: str, numeric: Numeric, said: Sequence[_Said]) -> list[_Said]:
    """Places where one of the accepted spellings stands, blanks aside, that is not read as a number anyway."""
    places = list[_Said]()
    for form in numeric.accepted:
        pattern = r"\s*".join(re.escape(c) for c in form if not c.isspace())
        for spot in re.finditer(rf"(?<![\w.]){pattern}(?!\w|[.,]\d)", text, re.IGNORECASE):
            start, end = spot.span()
            read = _last_from(said, start)
            if not (read and end <= read.end) and not _denied(text, start):
                places.append(_Said(start, end, numeric.value, 0.0, True))
    return places


def _outranking(text: str, hit: _Said, rivals: Sequence[_Said]) -> _Said | None:
    """The later number that replaces the right one: its wrong evaluation, a revision, or the stated conclusion."""
    later = [r for r in rivals if r.start >= hit.end]
    if not later:
        return None
    wrong = hit.step == 0 and not _rounds_to(hit.value, later[0])
    if wrong and claimwords.evaluates(text[hit.end : later[0].start]):
        return later[0]
    revision = claimwords.REVISES.search(text, hit.end)
    explicit, claimed = _led_by(claimwords.ANSWERS, text, hit), _is_claimed(text, hit)
    after = hit.end
    for rival in later:
        if revision and rival.start >= revision.end():
            return rival
        if rival.start - after >= SHORTEST_WORD:
            replaces = _led_by(claimwords.CORRECTS_TO, text, rival, after)
            concludes = not explicit and _led_by(claimwords.ANSWERS, text, rival, after)
            if replaces or concludes or (not claimed and _led_by(claimwords.CONCLUDES, text, rival, after)):
                return rival
        after = rival.end
    return None


def _led_by(pattern: "re.Pattern[str]", text: str, said: _Said, after: int = 0) -> bool:
    return bool(pattern.search(text, max(after, said.start - 80), said.start))


def _is_claimed(text: str, said: _Said) -> bool:
    leads = (claimwords.ANSWERS, claimwords.CONCLUDES, claimwords.LEADS_TO)
    return any(_led_by(pattern, text, said) for pattern in leads)


def _beside_another(text: str, hits: Sequence[_Said], rivals: Sequence[_Said]) -> bool:
    """Whether the right number is offered beside its neighbour: 7.5 or 8."""
    row = sorted([(s.start, s.end, False) for s in hits[-MOST_HITS:]] + [(s.start, s.end, True) for s in rivals])
    gaps = (text[end:start] for (_, end, rival), (start, _, other) in pairwise(row) if rival != other)
    return any(claimwords.hedges(gap) for gap in gaps)


def _lost_among(text: str, hits: Sequence[_Said], rivals: Sequence[_Said]) -> bool:
    """Whether the right number is one of many that nothing singles out, wherever it stands."""
    return all(
        _row(text, hit, rivals) >= RUN_RIVALS
        or not (
            sum(r.named or not hit.named for r in rivals) < RIVALS
            or all(r.end <= hit.start for r in rivals)
            or _is_claimed(text, hit)
            or _alone(text, hit, rivals)
        )
        for hit in hits[-MOST_HITS:]
    )


def _row(text: str, hit: _Said, rivals: Sequence[_Said]) -> int:
    """How many rivals stand in one row with the right number, with nothing between but separators."""
    row = sorted([hit, *rivals], key=lambda s: s.start)
    first = last = row.index(hit)
    while first > 0 and claimwords.separates(text[row[first - 1].end : row[first].start]):
        first -= 1
    while last + 1 < len(row) and claimwords.separates(text[row[last].end : row[last + 1].start]):
        last += 1
    return last - first


def _alone(text: str, hit: _Said, rivals: Sequence[_Said]) -> bool:
    """Whether no other number stands in the sentence."""
    for sentence in sentences(text):
        if sentence.start <= hit.start < sentence.end:
            return not any(sentence.start <= r.start < sentence.end for r in rivals)
    return False


def _sentence(text: str, said: _Said) -> str:
    for sentence in sentences(text):
        if sentence.start <= said.start < sentence.end:
            return sentence.text if len(sentence.text) <= 200 else text[said.start : said.end]
    return text[said.start : said.end]
