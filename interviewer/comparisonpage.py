"""A comparison as Markdown, fit for a comment on a pull request. Pure."""

from collections.abc import Sequence

from interviewer import comparisonwords as words
from interviewer.comparison import Comparison
from interviewer.flips import Flip
from interviewer.markdown import escaped, folded, page, quoted, sheet
from interviewer.trial import Run


def comparison(
    title: str, a: Run, b: Run, compared: Comparison, shown: Sequence[Flip], warnings: Sequence[str] = ()
) -> str:
    """The page of a comparison.

    Args:
        shown: the flips to print, worst first.
    """
    return page(
        (
            f"### {escaped(title)}",
            *(f"⚠ {escaped(warning)}" for warning in warnings),
            sheet(words.figures(compared.differences)),
            escaped(words.counted(compared)),
            f"<sub>{escaped(words.NOTE)}</sub>",
            slices(compared),
            folded("What was asked", sheet(words.asked(a, b))),
            *flips(shown, len(compared.flips)),
        )
    )


def slices(compared: Comparison) -> str:
    """The slices that moved, or that none did; nothing where none were looked at."""
    moved = words.moved(compared.slices)
    return sheet(moved) if moved.rows else escaped(moved.title) if compared.slices else ""


def flips(shown: Sequence[Flip], of: int) -> tuple[str, ...]:
    """The flips, each folded under its line.

    Args:
        of: how many there are in all.
    """
    if not of:
        return ("No level flipped.",)
    head = f"**Levels that flipped: {of:,}**" + (f", the worst {len(shown)} of them" if len(shown) < of else "")
    return (head, *(_flip(flip, place) for place, flip in enumerate(shown, 1)))


def _flip(flip: Flip, place: int) -> str:
    parts = []
    if flip.asked:
        answer = "".join(_piece(text, who) for text, who in words.marked(flip))
        parts = [f"Question: {escaped(flip.asked)}", f"Claim: {escaped(flip.claim)}", quoted(answer)]
    return folded(words.flip_title(flip, place), page((*parts, sheet(words.flip_sides(flip)))).strip())


def _piece(text: str, who: str) -> str:
    """A piece of an answer; in HTML, since Markdown's own marks fail beside blanks."""
    marks = "".join(f"<sup>{name}</sup>" for name in who)
    told = []
    for line in text.split("\n"):
        inside = f"<b>{escaped(line)}</b>{marks}" if who and line.strip() else escaped(line)
        told.append(" " * line[:1].isspace() + inside + " " * line[-1:].isspace())
    return "\n\n".join(told)
