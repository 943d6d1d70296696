"""A candidate's answer in the form that every check reads: the canonical view.

Makes no judgement; only says what the text is: size, normal form, hidden characters, sentences. The raw text is stored
elsewhere, untouched; every quote is an exact substring of `Answer.text`.
"""

import re
import unicodedata
from dataclasses import dataclass

from interviewer.errors import InputError

LIMIT_CHARS = 20_000
"""Longest answer that is read at all; longer ones are refused by name, never trimmed."""

_KEPT_CONTROLS = "\n\t"
_LINE_END = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_INVISIBLE = {"\u00ad", "\u034f", "\u115f", "\u1160", "\u17b4", "\u17b5", "\u3164", "\uffa0", "\u2800"}
_SENTENCE_END = re.compile(r"(?<=[.!?…。！？])([\"')\]”’]*)\s+(?=\S)|\n+")
_NOT_AN_END = re.compile(r"\b(?:e\.g|i\.e|vs|approx|resp|cf|Eq|Fig|Dr|Mr|St|[A-Z])\.$")
_LIST_MARK = re.compile(r"\s*\d{1,2}\.")
_CLAUSE_END = re.compile(
    r"(?:(?<!\s)\s+)?(?:[;:—–]|,(?=\s)|\s-\s|(?<=[a-z)])\.(?=\s)|\s\((?=\w)|\)\s"
    r"|\s(?=(?:but|whereas|while|although|though|because|since|so that|however|and then|instead|otherwise)\s))\s*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of the canonical text: `text[start:end]`."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Answer:
    """The canonical view of one answer."""

    text: str
    """NFC, hidden characters taken out, line ends as \\n, outer blanks stripped."""
    sentences: tuple[Span, ...]
    flags: tuple[str, ...]
    """What was noticed: `hidden-characters`, `bidi-controls`, `mixed-scripts`. Flags never change a score."""


def canonical(raw: str) -> Answer:
    """The canonical view of what the candidate typed.

    Raises:
        InputError: longer than LIMIT_CHARS, or not text (NUL bytes, lone surrogates).

    Example:
        >>> canonical("  It\\u200bis off.  Scaled\\r\\nby p. ").text
        'Itis off.  Scaled\\nby p.'
    """
    if len(raw) > LIMIT_CHARS:
        raise InputError(f"the answer has {len(raw):,} characters; shorten it to {LIMIT_CHARS:,}")
    if "\x00" in raw or any("\ud800" <= c <= "\udfff" for c in raw):
        raise InputError("the answer is not plain text; send it as UTF-8")
    text = _LINE_END.sub("\n", raw)
    flags = []
    if any(unicodedata.bidirectional(c) in _BIDI_CONTROLS for c in text):
        flags.append("bidi-controls")
    visible = "".join(c for c in text if not _hidden(c))
    if len(visible) != len(text):
        flags.append("hidden-characters")
    if _mixed_scripts(visible):
        flags.append("mixed-scripts")
    visible = unicodedata.normalize("NFC", visible).strip()  # last: what is hidden may part a letter from its accent
    return Answer(visible, tuple(sentences(visible)), tuple(flags))


_BIDI_CONTROLS = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}


def _hidden(character: str) -> bool:
    if character in _KEPT_CONTROLS:
        return False
    category = unicodedata.category(character)
    variation = "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"
    return category in ("Cc", "Cf", "Co", "Cn") or character in _INVISIBLE or variation


def _mixed_scripts(text: str) -> bool:
    """A single word that mixes Latin with Cyrillic or Greek look-alikes (lone Greek letters are mathematics)."""
    for word in re.findall(r"\w{3,}", text):
        scripts = {unicodedata.name(c, "?").split()[0] for c in word if c.isalpha()}
        if "LATIN" in scripts and scripts & {"CYRILLIC", "ARMENIAN", "CHEROKEE"}:
            return True
    return False


def sentences(text: str) -> list[Span]:
    """The sentences of a text in order; a line end always ends one."""
    spans: list[Span] = []
    start = 0
    for end in _SENTENCE_END.finditer(text):
        stop = end.start()
        abbreviated = _NOT_AN_END.search(text, max(start, stop - 10), stop) or _LIST_MARK.fullmatch(text, start, stop)
        if abbreviated and "\n" not in end.group():
            continue
        _append(spans, text, start, end.end(1) if end[1] else stop)
        start = end.end()
    _append(spans, text, start, len(text))
    return spans


def clauses(text: str) -> list[Span]:
    """The clauses of a text in order: sentences cut at punctuation and at contrasting conjunctions."""
    spans: list[Span] = []
    for sentence in sentences(text):
        start = sentence.start
        for cut in _CLAUSE_END.finditer(sentence.text):
            _append(spans, text, start, sentence.start + cut.start())
            start = sentence.start + cut.end()
        _append(spans, text, start, sentence.end)
    return spans


def _append(spans: list[Span], text: str, start: int, end: int) -> None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if end > start:
        spans.append(Span(start, end, text[start:end]))


_SAME = str.maketrans({"“": '"', "”": '"', "„": '"', "’": "'", "‘": "'", "–": "-", "—": "-", "−": "-", "\u00a0": " "})


def find_quote(text: str, quote: str) -> str | None:
    """The exact substring of `text` that `quote` stands for, or None.

    A model that retypes a curly quote, a dash, letter case or white space differently still quotes; anything more is
    an invention. Trailing dots of an ellipsis and surrounding quote marks are not part of the quote.

    Example:
        >>> find_quote("Nothing is  dropped — all units stay.", "nothing is dropped - all units")
        'Nothing is  dropped — all units'
    """
    wanted = quote.strip().strip("\"'“”‘’").removesuffix("...").removesuffix("…").strip()
    if not wanted:
        return None
    if wanted in text:
        return wanted
    pattern = r"\s+".join(re.escape(part) for part in wanted.translate(_SAME).split())
    found = re.search(pattern, text.translate(_SAME), re.IGNORECASE)
    return text[found.start() : found.end()] if found else None
