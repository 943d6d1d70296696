"""Figures as they are typeset rewritten as plain ASCII arithmetic: LaTeX, superscripts, vulgar fractions, grouped
thousands, decimal commas, binomials. Pure; keeps every character's place of origin. Words are `spoken`'s."""

import math
import re
import unicodedata

from interviewer.spoken import Origin, Replacement, substitute

NESTING = 6
"""Rounds of LaTeX rewriting, innermost first: how deeply fractions and roots may stand in each other."""
MOST_CHOSEN = 1_000
"""Largest n of a binomial that is computed; beyond it lies more than a float holds."""
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
_VULGAR = "".join(c for c in map(chr, [*range(0xBC, 0xBF), *range(0x2150, 0x215F)]))
_ONE_FOR_ONE = str.maketrans(
    {**{chr(0xFF01 + i): chr(0x21 + i) for i in range(94)}, **dict.fromkeys("−‐‑‒", "-"), "⁄": "/", "∕": "/", "٫": "."}
)
_SPACING: tuple[tuple["re.Pattern[str]", Replacement], ...] = (
    (re.compile(r"\\(?:left|right|big|Big|,|;|!|:|approx)(?![a-z])|[$]"), lambda m: " "),
    (re.compile(r"(?<=\d)\{,\}(?=\d{3})"), lambda m: ","),
)
_LATEX: tuple[tuple["re.Pattern[str]", Replacement], ...] = (
    (re.compile(r"\\%"), lambda m: "%"),
    (re.compile(r"\\(pi|phi|varphi)(?![a-z])"), lambda m: m[1].removeprefix("var")),
    (re.compile(r"\^\s*\{?\s*\\circ\s*\}?"), lambda m: "°"),
    (re.compile(r"\\(?:text|mathrm|mathbf|operatorname)\s*\{([^{}]*)\}"), lambda m: m[1]),
    (re.compile(r"\\sqrt\s*\{([^{}]*)\}"), lambda m: f"sqrt({m[1]})"),
    (re.compile(r"\^\s*\{([^{}]*)\}"), lambda m: f"^({m[1]})"),
    (re.compile(r"\\[dt]?frac\s*\{([^{}]*)\}\s*\{([^{}]*)\}"), lambda m: f"(({m[1]})/({m[2]}))"),
    (re.compile(r"\\[dt]?frac\s*(\d)\s*(\d)"), lambda m: f"(({m[1]})/({m[2]}))"),
    (re.compile(r"\\[dt]?binom\s*\{\s*(\d{1,4})\s*\}\s*\{\s*(\d{1,4})\s*\}"), lambda m: _binomial(m)),
    (re.compile(r"\\(?:cdot|times)(?![a-z])"), lambda m: "*"),
)
_SIGNS: tuple[tuple["re.Pattern[str]", Replacement], ...] = (
    (re.compile(r"√\s*(\d+(?:\.\d+)?|\()"), lambda m: "sqrt" + (m[1] if m[1] == "(" else f"({m[1]})")),
    (re.compile(r"([⁻⁺]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)"), lambda m: f"^({m[1].translate(_SUPERSCRIPTS)})"),
    (
        re.compile(rf"(?:(?<![\w.])(\d{{1,9}})\s?)?([{_VULGAR}])"),
        lambda m: f"{int(m[1] or 0) + unicodedata.numeric(m[2])}",
    ),
    (re.compile(r"\b(?:C|nCr|comb|binom)\(\s*(\d{1,4})\s*[,;]\s*(\d{1,4})\s*\)"), lambda m: _binomial(m)),
    (re.compile(r"(?<![\w.,])(\d{1,4})\s(?:choose|C)\s(\d{1,4})(?![\w,])"), lambda m: _binomial(m)),
)
_COMMAS: tuple[tuple["re.Pattern[str]", Replacement], ...] = (
    (re.compile(r"(?<![\w.,])(?<!\w[(\[])[1-9]\d{0,2}(?:,\d{3})+(?!\d|,\d)"), lambda m: m[0].replace(",", "")),
    (re.compile(r"(?<![\w.,])[1-9]\d?(?:,\d{2})+,\d{3}(?!\d|,\d)"), lambda m: m[0].replace(",", "")),  # 5,24,288
    (re.compile(r"(?<![\w.,])[1-9]\d{0,2}(?:\.\d{3})+,\d+(?![.,]?\d)"), lambda m: _continental(m[0])),
    (re.compile(r"(?<![\w.,])[1-9]\d{0,2}(?:[\u00a0\u202f\u2009'’]\d{3})+(?!\d)"), lambda m: re.sub(r"\D", "", m[0])),
    (
        re.compile(r"(?<![\w.,])(?<!\d )[1-9]\d{0,2}(?: \d{3})+(?=\s?(?:(?:kilo)?bytes?|B)\b)"),
        lambda m: m[0].replace(" ", ""),
    ),
    (re.compile(r"(?<![\w.,])(\d+),(\d+)(?!\d|[.,]\d)"), lambda m: _decimal_comma(m)),
)
_MIXED = re.compile(r"(?<![\w./*^+,-])(?<![/*^+-] )(\d+) (\d{1,2})/(\d{1,2})(?![\d/^*]|\.\d)")
_RANGE = re.compile(r"(?<![\w.,*/^+)-])(\d+(?:\.\d+)?)-(\d+(?:\.\d+)?)(?!\d|\.\d|\s*[*/^(])")


def in_plain_figures(text: str) -> tuple[str, Origin]:
    """The text with every figure in plain arithmetic, and for each of its characters the place in `text`.

    Example:
        >>> in_plain_figures("\\\\frac{7,5}{2}")[0]
        '((7.5)/(2))'
    """
    plain, origin = text.translate(_ONE_FOR_ONE), [(i, i + 1) for i in range(len(text))]
    for pattern, replacement in (*_SPACING, *_COMMAS):
        plain, origin = substitute(pattern, replacement, plain, origin)
    for _ in range(NESTING if "\\" in text or "{" in text else 1):
        before = plain
        for pattern, replacement in _LATEX:
            plain, origin = substitute(pattern, replacement, plain, origin)
        if plain == before:
            break
    for pattern, replacement in (*_SIGNS, (_MIXED, _mixed)):
        plain, origin = substitute(pattern, replacement, plain, origin)
    return _RANGE.sub(_range, plain), origin


def _binomial(match: "re.Match[str]") -> str:
    n, k = int(match[1]), int(match[2])
    return f"{float(math.comb(n, k)):.17g}" if n <= MOST_CHOSEN else match[0]


def _continental(figure: str) -> str:
    return figure.replace(".", "").replace(",", ".")


def _decimal_comma(match: "re.Match[str]") -> str:
    """7,5 is seven and a half; (0,1) and [128,64] are pairs."""
    before = match.string[match.start() - 1 : match.start()]
    after = match.string[match.end() : match.end() + 2].lstrip()[:1]
    is_pair = before in ("(", "[") and after in (")", "]")
    return match[0] if is_pair else f"{match[1]}.{match[2]}"


def _mixed(match: "re.Match[str]") -> str:
    """7 1/2 is seven and a half; 5 3/2 is not a number."""
    whole, over, under = match[1], int(match[2]), int(match[3])
    return f"({whole}+{over}/{under})" if 0 < over < under else match[0]


def _range(match: "re.Match[str]") -> str:
    """40-45 is a range of two numbers; 1-0.95 is a difference. As long as before, so that every place stays."""
    return f"{match[1]}–{match[2]}" if float(match[1]) < float(match[2]) else match[0]
