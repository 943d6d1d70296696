"""Does the LaTeX of a passage parse? A check of form, not a renderer: the page renders with KaTeX, and a browser test
renders every passage with it."""

import re

_MATH = re.compile(r"\$\$(.+?)\$\$|\$([^$]+)\$", re.DOTALL)
_MONEY = re.compile(r"(\\\\)|\\\$")
_COMMAND = re.compile(r"\\(begin|end)\{(\w+\*?)\}|\\(left|right)(?![a-z])|\\\\|\\[{}%$&#_]|[{}]")


def fault(text: str) -> str:
    """What is wrong with the mathematics between dollar signs; empty when nothing is.

    Example:
        >>> fault("so $\\\\frac{1}{2$")
        "a closing '}' is missing in '\\\\\\\\frac{1}{2'"
    """
    text = _MONEY.sub(lambda match: match[1] or "", text)
    if "$" in _MATH.sub("", text):
        return "a dollar sign without its partner; write \\$ for money"
    for display, inline in _MATH.findall(text):
        if problem := _unbalanced(display or inline):
            return f"{problem} in {(display or inline).strip()!r}"
    return ""


def _unbalanced(formula: str) -> str:
    opened: list[str] = []
    pairs = {"}": "{", "right": "left"}
    for match in _COMMAND.finditer(formula):
        mark, environment, name = match.group(), match[1], match[2]
        if environment == "begin" or mark == "{" or match[3] == "left":
            opened.append(name or match[3] or mark)
        elif environment == "end" or mark == "}" or match[3] == "right":
            wanted = name or pairs[match[3] or mark]
            if not opened or opened.pop() != wanted:
                return f"{mark!r} closes nothing"
    return f"a closing {({'{': '}', 'left': 'right'}).get(opened[-1], opened[-1])!r} is missing" if opened else ""
