"""Markdown that a pull request shows as it is meant: whatever stands in the texts, it stays text. Pure."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

_SPECIAL = re.compile(r"[\\`*\[\]~$]|(?<!\w)_|_(?!\w)|^(?:[-+#](?=[\s#-]|$)|=(?=[\s=]|$))")
"""What means something anywhere, or at the beginning of a line."""
_NUMBERED = re.compile(r"^(\d{1,9})(?=[.)](?:\s|$))")
_REACTING = re.compile(r"(?<=[@#])(?=\w)|(?<=:)(?=//)|(?<=www)(?=\.)", re.IGNORECASE)
"""Where a mention, a reference or a link would begin; an invisible blank there prevents it."""
_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "|": "&#124;", "\0": "\u200b"})


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table of texts, for a terminal or for Markdown."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def visible(text: str) -> str:
    """The text with every control character and unpaired surrogate, line ends and tabs apart, shown as �."""
    return "".join(c if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cf", "Cs") else "�" for c in text)


def escaped(text: str) -> str:
    r"""The text on one line, none of it read as Markdown, HTML, a mention or a link.

    Example:
        >>> escaped("<b>5*|x|</b>\nand 1. @you")
        '&lt;b&gt;5\\*&#124;x&#124;&lt;/b&gt; and 1. @\u200byou'
    """
    return _NUMBERED.sub(r"\1\\", _SPECIAL.sub(r"\\\g<0>", _inert(text))).translate(_ENTITIES)


def folded(summary: str, content: str) -> str:
    """Markdown that is shown when its summary, a plain text, is clicked."""
    # No Markdown is read in a summary, so none is escaped there.
    return f"<details><summary>{_inert(summary).translate(_ENTITIES)}</summary>\n\n{content}\n\n</details>"


def _inert(text: str) -> str:
    return _REACTING.sub("\0", " ".join(visible(text).split()))


def code(text: str) -> str:
    """The text as it is, to be copied."""
    fence = "`" * max(3, *(len(run) + 1 for run in re.findall("`+", text) or [""]))
    return f"{fence}sh\n{visible(text)}\n{fence}"


def quoted(lines: str) -> str:
    """Lines of Markdown as a block quotation; empty ones part its paragraphs."""
    return "\n".join(f"> {line}".rstrip() for line in lines.split("\n"))


def sheet(table: Sheet) -> str:
    """The table, its title as a bold line before it where it has one."""
    title = f"**{escaped(table.title)}**\n\n" if table.title else ""
    rule = tuple("---" for _ in table.head)
    body = [tuple(map(escaped, row)) for row in table.rows]
    return title + "\n".join(_row(cells) for cells in (tuple(map(escaped, table.head)), rule, *body))


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def page(parts: Sequence[str]) -> str:
    """Parts of a page, a blank line between two; empty ones are left out."""
    return "\n\n".join(part for part in parts if part) + "\n"
