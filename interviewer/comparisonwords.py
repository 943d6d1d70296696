"""A comparison in words and tables, the same for a terminal and for a pull request. Pure."""

import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

from interviewer.comparison import Comparison, SliceDifference
from interviewer.differences import FEWEST_PAIRS, Difference
from interviewer.flips import Flip
from interviewer.markdown import Sheet
from interviewer.trial import Run

SHOWN_NAMES = 5
"""Ids that a sentence lists at most."""
NOTE = (
    "p: whole questions (answers, where there are fewer than ten questions) of the two runs swapped. It is corrected "
    "(Holm) for the number of slices, not for the number of figures: look first at the figure that you meant to move."
)
_FIGURES = ("figure", "A", "B", "difference", "95 % interval", "margin", "p", "verdict", "n", "unit")


def number(value: float, scale: float = 1.0, signed: bool = False) -> str:
    """A figure as it is shown; a dash where it is not defined.

    Args:
        scale: how large the figure is whose difference this may be; small ones (money) get more places.

    Example:
        >>> number(0.61234), number(-0.002, signed=True), number(0.00021, 0.0003), number(1234.5), number(float("nan"))
        ('0.612', '-0.002', '0.00021', '1,234', '–')
    """
    if math.isnan(value):
        return "–"
    form = ",.0f" if abs(value) >= 1000 else ".3f" if abs(scale) >= 0.01 or value == 0 else ".2g"
    return format(value, f"+{form}" if signed and value else form)


def chance(p: float) -> str:
    """A p-value as it is shown."""
    return "<0.001" if p < 0.001 else number(p)


def verdict(d: Difference) -> str:
    """The verdict, with what it would take where nothing can be told."""
    if d.verdict != "cannot tell":
        return d.verdict
    if math.isnan(d.difference):
        return "cannot tell (not defined on these rows)"
    if d.rows_needed is None:
        return "cannot tell"
    few = f"fewer than {FEWEST_PAIRS} {d.unit}s; " if d.units < FEWEST_PAIRS else ""
    # Rows at which two equal graders show as the same; where they are there already, these two may well differ.
    needed = f"about {d.rows_needed:,}" if d.rows_needed > d.n + 1 else f"more than {d.n:,}"
    return f"cannot tell ({few}{needed} rows needed)"


def span(d: Difference) -> str:
    """The interval of the difference."""
    if math.isnan(d.low) or math.isnan(d.high):
        return "–"
    return " to ".join(number(end, _scale(d), signed=True) for end in (d.low, d.high))


def _scale(d: Difference) -> float:
    # 0 says nothing of a figure's size
    return max((abs(x) for x in (d.a, d.b) if x and not math.isnan(x)), default=1.0)


def _cells(d: Difference) -> tuple[str, ...]:
    scale = _scale(d)
    return number(d.a, scale), number(d.b, scale), number(d.difference, scale, signed=True), span(d)


def figures(differences: Iterable[Difference], title: str = "") -> Sheet:
    """Every figure with its verdict."""
    rows = [(d.figure, *_cells(d), *_decision(d), f"{d.n:,}", f"{d.units:,} {d.unit}s") for d in differences]
    return Sheet(title, _FIGURES, tuple(rows))


def _decision(d: Difference) -> tuple[str, ...]:
    return number(d.margin, _scale(d)), chance(d.p), verdict(d)


def moved(slices: Sequence[SliceDifference]) -> Sheet:
    """The slices that moved, after correction for how many were looked at; no rows where none did."""
    rows = [
        (s.name, s.value, d.figure, *_cells(d), chance(d.p_holm), d.verdict, f"{s.pairs:,}")
        for s in slices
        if (d := s.difference).verdict in ("improved", "worse")
    ]
    head = ("slice", "value", "figure", "A", "B", "difference", "95 % interval", "p (Holm)", "verdict", "pairs")
    return Sheet(f"Slices that moved: {len(rows)} of {len(slices)} looked at", head, tuple(rows))


def asked(a: Run, b: Run, names: tuple[str, str] = ("A", "B")) -> Sheet:
    """What was asked of the two, side by side; of the parameters those that differ."""
    rows = [
        ("grader", a.grader, b.grader),
        ("version", a.grader_version, b.grader_version),
        ("data", f"{a.data} ({a.data_digest})", f"{b.data} ({b.data_digest})"),
        ("answers", f"{a.n:,}", f"{b.n:,}"),
        ("started", a.started, b.started),
        ("code", _code(a), _code(b)),
    ]
    for key in sorted(a.parameters.keys() | b.parameters.keys()):
        told = (_told(a.parameters, key), _told(b.parameters, key))
        if told[0] != told[1] or key == "prompt_digest":
            rows.append((key, *told))
    return Sheet("", ("asked", *names), tuple(rows))


def _code(run: Run) -> str:
    return f"{run.code_version} {run.git_commit}".strip()


def _told(parameters: Mapping[str, Any], key: str) -> str:
    return str(parameters[key]) if key in parameters else "–"


def warnings(a: Run, b: Run, compared: Comparison, names: tuple[str, str] = ("A", "B")) -> tuple[str, ...]:
    """What a reader must know before he believes the figures."""
    found = [f"{name} is not finished" for name, run in zip(names, (a, b), strict=True) if run.finished is None]
    if a.data_digest != b.data_digest:
        found.append(
            f"the data differ (digests {a.data_digest} and {b.data_digest}): answers, rubrics or labels changed"
        )
    if changed := rubrics_changed(a, b):
        found.append(f"rubrics differ: {listed(changed)}; a level there may not mean the same in both")
    if not any(d.figure.startswith(("items.", "scores.", "expected.")) for d in compared.differences):
        found.append("no answer of both has a label and a level: agreement with people is not defined")
    return tuple(found)


def rubrics_changed(a: Run, b: Run) -> list[str]:
    """Ids of the rubrics that both runs used in another version or with another text, sorted."""

    def differ(name: str) -> bool:
        texts = (a.rubric_digests.get(name), b.rubric_digests.get(name))
        return a.rubric_versions[name] != b.rubric_versions[name] or (None not in texts and texts[0] != texts[1])

    return sorted(name for name in a.rubric_versions.keys() & b.rubric_versions.keys() if differ(name))


def listed(names: Sequence[str]) -> str:
    """The first few names, and how many more there are.

    Example:
        >>> listed(["a", "b", "c", "d", "e", "f", "g"])
        'a, b, c, d, e and 2 more'
    """
    more = len(names) - SHOWN_NAMES
    return ", ".join(names[:SHOWN_NAMES]) + (f" and {more:,} more" if more > 0 else "")


def counted(compared: Comparison, names: tuple[str, str] = ("A", "B")) -> str:
    """What was paired, and what was not."""
    told = f"{compared.pairs:,} pairs: {compared.answers:,} answers to {compared.questions:,} questions"
    for name, keys in zip(names, (compared.unpaired_a, compared.unpaired_b), strict=True):
        if keys:
            told += f"; {len(keys):,} only in {name} ({listed([f'{e} #{n}' for e, n in keys])})"
    if compared.unpaired_criteria:
        told += f"; {compared.unpaired_criteria:,} criteria only in one of them"
    apart = compared.unpaired_a or compared.unpaired_b or compared.unpaired_criteria
    return told + ("; what is unpaired is in no figure" if apart else "; nothing unpaired")


def flip_title(flip: Flip, place: int) -> str:
    """A flip in one line."""
    trial = f", trial {flip.trial}" if flip.trial > 1 else ""
    people = f"people: {flip.human}" if flip.human else "not labelled"
    levels = f"{flip.a or 'unscored'} → {flip.b or 'unscored'}"
    return f"{place}. {flip.change}: {flip.criterion} of {flip.example}{trial} · {people} · {levels}"


def flip_sides(flip: Flip) -> Sheet:
    """What A and B made of it, side by side."""
    rows = (
        ("level", flip.a or "unscored", flip.b or "unscored"),
        ("quotes", _quotes(flip.quotes_a), _quotes(flip.quotes_b)),
        ("reason", flip.reason_a or "–", flip.reason_b or "–"),
    )
    return Sheet("", ("", "A", "B"), rows)


def _quotes(quotes: Sequence[str]) -> str:
    return " · ".join(f"“{quote}”" for quote in quotes) or "–"


def marked(flip: Flip) -> tuple[tuple[str, str], ...]:
    """The answer in pieces, each with who quoted it: "", "A", "B" or "AB"."""
    who = [""] * len(flip.answer)
    for name, quotes in (("A", flip.quotes_a), ("B", flip.quotes_b)):
        for quote in quotes:
            at = flip.answer.find(quote) if quote else -1
            for place in range(at, at + len(quote)) if at >= 0 else ():
                who[place] += name if not who[place].endswith(name) else ""
    pieces = groupby(zip(flip.answer, who, strict=True), key=itemgetter(1))
    return tuple(("".join(letter for letter, _ in piece), name) for name, piece in pieces)
