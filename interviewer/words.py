"""Words of a text: content words, stems, numbers, negation. Pure; shared by the checks and the embedded grader."""

import functools
import re
from collections.abc import Iterable

import Stemmer

STOP_WORDS = frozenset(
    """a about above after again against all also although am an and any are aren't as at be because been before being
    below between both but by can can't cannot could did do does doesn't doing don't down during each either else even
    ever every few for from further get gets got had has have having he her here hers him his how however i if in into
    is isn't it it's its itself just kind let lets like lot may maybe me might more most much must my myself need no
    nor not now of on once one only or other our ours out over own per perhaps pretty quite rather really say
    she should since so some something sort still such sure than that that's the their them then there these they
    thing things think this those though through thus to too under until up upon us use used uses using very want was
    way we well were what when where whereas whether which while who whom whose why will with within without would yes
    yet you your yours basically actually simply okay ok um uh hmm guess know""".split()
)
NEGATIONS = frozenset(
    """not no never none neither nor without cannot can't don't doesn't didn't isn't aren't wasn't won't wouldn't
    shouldn't couldn't hasn't haven't nothing nobody nowhere hardly rarely unlikely false wrong incorrect""".split()
)
ASSERTING = frozenset(
    "yes no true false yep yeah nope not don't doesn't isn't can't cannot won't both neither never always none".split()
)
"""Function words that can be a whole answer to a question."""
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?|\d+(?:[.,]\d+)*", re.UNICODE)
_TELLING_SIGN = re.compile(r"[\d∞∅½¼¾]|\b\w*[a-z]\w*[A-Z]")
"""Digits, signs, and words like DiD, which in small letters would be function words."""
_STEM = Stemmer.Stemmer("english")


def words(text: str) -> list[str]:
    """Lower-case words and numbers in order; apostrophes are kept inside a word."""
    return [w.replace("’", "'") for w in _WORD.findall(text.lower())]


@functools.lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """Snowball (Porter 2) stem of a lower-case word."""
    return str(_STEM.stemWord(word))


def content_words(text: str) -> list[str]:
    """Words that carry meaning, in order, unstemmed; function words and conversational fillers are left out."""
    return [word for _, word in placed_content_words(text)]


def placed_content_words(text: str) -> list[tuple[int, str]]:
    """(start, word) of each content word, in order."""
    found = [(m.start(), m.group().lower().replace("’", "'")) for m in _WORD.finditer(text)]
    return [(at, w) for at, w in found if w not in STOP_WORDS and (len(w) > 1 or not w.isascii() or w.isdigit())]


_COURTESY = frozenset(
    "thank thanks please hello hi hey bye goodbye sorry regards sincerely dear sir madam welcome".split()
)
"""Words that are said around an answer, in any interview."""


def says_nothing(text: str) -> bool:
    """Whether a text has neither a telling word or symbol, nor a number, nor a word that can be a whole answer."""
    tokens = set(words(text))
    return not (tokens - STOP_WORDS - _COURTESY or tokens & ASSERTING or _TELLING_SIGN.search(text))


def stems(text: str) -> list[str]:
    """Stems of the content words, in order."""
    return [stem(w) for w in content_words(text)]


def negations(text: str) -> int:
    """How many negating words a text has."""
    return sum(w in NEGATIONS for w in words(text))


def ngrams(tokens: list[str], n: int) -> set[tuple[str, ...]]:
    """The set of runs of n tokens."""
    return {tuple(tokens[i : i + n]) for i in range(len(tokens) - n + 1)}


def copied_share(text: str, sources: Iterable[str], n: int = 4) -> float:
    """Share of the n-grams of `text` that occur in any of the sources, in [0, 1]; 0 for fewer than n words."""
    own = ngrams(words(text), n)
    if not own:
        return 0.0
    return len(own & set[tuple[str, ...]]().union(*(_known(source, n) for source in sources))) / len(own)


@functools.lru_cache(maxsize=8_192)
def _known(source: str, n: int) -> frozenset[tuple[str, ...]]:
    """The n-grams of a question's or a rubric's text, which are looked into again and again."""
    return frozenset(ngrams(words(source), n))
