"""The words around a number that say what it is: a conclusion, a revision, a denial, one of two. Values only.

Every pattern is searched in a short piece of text and none has nested repetition, so that no answer makes it slow.
"""

import re
from typing import Literal

MATCH: Literal["match"] = "match"
AMBIGUOUS: Literal["ambiguous"] = "ambiguous"

CALCULATES = re.compile(
    r"[\^*/(√×·÷⁄⁰¹²³⁴⁵⁶⁷⁸⁹]|\\frac|\\binom|(?<=[\d)])\s?[-−+]\s?(?=[\d(.])"
    r"|\b(?:over|times|to the|divided|squared|cubed|choose|thirds?"
    r"|(?:four|fif|six|seven|eigh|nin|ten|elev|twelf)\w*ths?)\b",
    re.IGNORECASE,
)
"""A calculation, as against a number written out."""

_NOT_OURS = r"(?<!wrong )(?<!naive )(?<!common )(?<!usual )(?<!typical )(?<!tempting )(?<!intuitive )(?<!obvious )"
ANSWERS = re.compile(
    rf"\b{_NOT_OURS}(?:final result|answer)\b(?!s)[^.\d]{{0,40}}$|\bconclusion\b[^.\d]{{0,40}}$", re.IGNORECASE
)
"""Words that name a number as the answer itself."""
CONCLUDES = re.compile(
    r"\b(?:result|therefore|thus|hence|in total|altogether|overall|comes (?:out )?to|works out (?:to|at)"
    r"|i(?:'d| would) say|so it(?:'s| is))\b[^.\d]{0,40}$",
    re.IGNORECASE,
)
"""Words that draw a conclusion, not always the last one."""
LEADS_TO = re.compile(
    r"(?:[=≈~≅]|\\approx|\w['’](?:s|re)|\b(?:is|are|be|was|were|gives?|giving|gets?|got|makes?|leaves?|leaving|yields?"
    r"|equals?|becomes?|so|about|roughly|around|approximately|approx\.?|nearly|almost))"
    r"[\s:,(\[$\\]*(?:(?:about|roughly|around|approximately|approx\.?|just|only)\s+)?$",
    re.IGNORECASE,
)
"""Words and signs that state a number."""

REVISES = re.compile(
    r"\b(?:no,? wait|(?:oh|hmm|ah),? wait|wait,? (?:no|actually|sorry)|wait(?=\s?(?:[,!:;—–…]|\.{2,}|-\s))|hold on"
    r"|scratch that|strike that|let me correct|correction(?=\s?[,:;!—–-])|on second thoughts?|i was wrong"
    r"|that(?:'s| is|’s) (?:wrong|not right))\b"
    r"|(?:^|[.;!?\n]\s*)actually,? (?=(?:it|that|this|the answer|no|i)\b)",
    re.IGNORECASE,
)
"""Words that take back what was said before; the noun in "the wait is long" is none of them."""
CORRECTS_TO = re.compile(
    r"(?:(?:^|[.,;:!?—–(-]\s?|\b(?:or|no|but|it's|it’s|it is) )(?:actually|rather|make (?:it|that))"
    r"|\b(?:sorry|oops|i mean(?:t)?|nope)|(?:^|[.,;:!?—–]\s?)no)"
    r"[\s,.:;!—–-]{1,3}(?:(?:it|that)(?:'s|’s| is| should be| must be) )?"
    r"(?:(?:about|around|roughly|more like|probably) )?$",
    re.IGNORECASE,
)
"""Words that put the next number in the place of the last one."""
DENIES = re.compile(
    r"(?:\b(?:not|never|rather than|instead of)|\b(?:is|was|would|could|does)n['’]t(?: be)?)\s+"
    r"(?:equal to |about |be )?$",
    re.IGNORECASE,
)
"""Words that say of the next number that it is not the one."""
DENIAL_ENDS = ("not", "never", "than", "of", "n't", "n’t", "to", "about", "be")
"""How every text ends in which DENIES is found: a quick look before the slow one."""

_TOKEN = re.compile(r"[^\W\d_]+(?:['’.][^\W\d_]+)*|[^\w\s]")
_EVALUATING = frozenset(
    """= ≈ ~ ≅ $ , . : ( ) → > \\ is are which that that's that’s it's it’s this so comes come came out at to works work
    gives give giving equals equal i.e ie about roughly around approximately approx hence thus makes make just some
    nearly almost and therefore""".split()
)
_HEDGING = frozenset("or maybe possibly perhaps either could might / – - ?".split())
_FILLING = frozenset(
    ", . ( ) $ \\ be it it's it’s its is about around even roughly like so we i say guess think".split()
)
_SEPARATING = frozenset(", ; / | & . : - – • * ( ) and or then".split())


def _tokens(between: str) -> list[str]:
    return _TOKEN.findall(between.lower()) if len(between) <= 80 else ["too long"]


def evaluates(between: str) -> bool:
    """Whether the text between two numbers only says that the second is what the first comes to."""
    tokens = _tokens(between)
    return bool(tokens) and all(t in _EVALUATING for t in tokens)


def hedges(between: str) -> bool:
    """Whether the text between two numbers offers both."""
    tokens = _tokens(between)
    return any(t in _HEDGING for t in tokens) and all(t in _HEDGING or t in _FILLING for t in tokens)


def separates(between: str) -> bool:
    """Whether the text between two numbers only keeps them apart, as in a list."""
    return all(t in _SEPARATING for t in _tokens(between))
