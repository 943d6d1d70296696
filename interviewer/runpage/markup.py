"""HTML out of Python values: what is not `Html` is text, and text is always escaped and its hidden characters shown."""

import html
import itertools
import unicodedata

VOID = frozenset({"input", "link", "meta"})
_KEPT = frozenset("\n\t")
_BLANK = frozenset("\u00ad\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Characters that look like nothing although Unicode calls them letters, marks or signs."""
MOST_NAMED = 3
"""Hidden characters in a row that are named one by one; a longer row is counted."""


class Html(str):
    """Markup that was made here. Any other string is somebody's text."""

    __slots__ = ()


Child = str | int | None


def tag(name: str, /, *children: Child, **attributes: str | int | float | None) -> Html:
    """An element.

    Args:
        children: `Html` as it is, other strings as text; None is left out.
        attributes: underscores become hyphens, one at the end is dropped (`class_`); None is left out, an empty
            string is an attribute without a value.

    Example:
        >>> tag("p", "1 < 2", tag("b", "yes"), class_="note", hidden=None)
        '<p class="note">1 &lt; 2<b>yes</b></p>'
    """
    opened = "".join(_attribute(key, value) for key, value in attributes.items() if value is not None)
    if name in VOID:
        return Html(f"<{name}{opened}>")
    return Html(f"<{name}{opened}>{join(*children)}</{name}>")


def join(*children: Child) -> Html:
    """Markup and texts one after the other."""
    return Html(
        "".join(child if isinstance(child, Html) else text(str(child)) for child in children if child is not None)
    )


def text(raw: str) -> Html:
    r"""Text from elsewhere made harmless: no markup, and what cannot be seen is named in its place.

    Example:
        >>> text("<b>\u202egnp.exe")
        '&lt;b&gt;<span class="unseen" title="RIGHT-TO-LEFT OVERRIDE">U+202E</span>gnp.exe'
    """
    if raw.isascii() and raw.isprintable():
        return Html(html.escape(raw))
    parts = [
        _named(list(run)) if hidden else html.escape("".join(run)) for hidden, run in itertools.groupby(raw, is_hidden)
    ]
    return Html("".join(parts))


def plain(raw: str) -> str:
    """The same for an attribute: hidden characters as their numbers, not yet escaped."""
    return "".join(_number(c) if is_hidden(c) else c for c in raw)


def brief(raw: str, most: int = 200) -> str:
    """A name from elsewhere, cut where it is longer than names are."""
    return raw if len(raw) <= most else f"{raw[:most]} … ({len(raw) - most:,} characters more)"


def is_hidden(character: str) -> bool:
    """Whether a character shows nothing of itself, or changes how others are shown."""
    if character in _KEPT or " " <= character <= "~":
        return False
    category = unicodedata.category(character)
    variation = "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"
    return category[0] == "C" or category in ("Zl", "Zp") or variation or character in _BLANK


def _named(run: list[str]) -> str:
    if len(run) > MOST_NAMED:
        return str(tag("span", f"{len(run):,} hidden characters", class_="unseen"))
    return "".join(tag("span", _number(c), class_="unseen", title=unicodedata.name(c, "no name")) for c in run)


def _number(character: str) -> str:
    return f"U+{ord(character):04X}"


def _attribute(key: str, value: str | int | float) -> str:
    name = key.rstrip("_").replace("_", "-")
    return f" {name}" if value == "" else f' {name}="{html.escape(plain(str(value)), quote=True)}"'
