"""Where people and machine agree: scores against each other, levels against each other, level by level."""

from collections import Counter
from collections.abc import Sequence

from interviewer.headlines import value
from interviewer.itemfigures import ItemFigures
from interviewer.overview import GRID
from interviewer.report import ReportedRun
from interviewer.review import LEVEL_SIGNS
from interviewer.rubric import LEVELS
from interviewer.runpage.charts import scatter
from interviewer.runpage.markup import Html, join, tag
from interviewer.runpage.numbers import many, number, percent
from interviewer.runpage.tables import folded, row, run_class, section, side_by_side, table, titled, wide
from interviewer.steadiness import ORDER

_STEPS = ("0", "¼", "½", "¾", "1")


def scores(runs: Sequence[ReportedRun]) -> Html | None:
    """The scatter of each run; None where no answer has both scores."""
    shown = [_scatter(r, len(runs) == 1) for r in runs if r.overview.scatter]
    if not shown:
        return None
    lead = (
        "Each dot gathers the trials with the same two scores, to the nearest twentieth; its area is how many. On the "
        "line both say the same; above it the machine is the kinder one."
    )
    return section("scores", "Score against score", side_by_side(shown), lead=lead)


def _scatter(run: ReportedRun, alone: bool) -> Html:
    counts = run.overview.scatter
    n = sum(n for *_, n in counts)
    above, below = (sum(n for h, m, n in counts if (m > h) is up and m != h) for up in (True, False))
    r = number(value(run.overview.figures, "scores.pearson"))
    said = f"{percent(above, n)} above the line, {percent(below, n)} below it, Pearson's r {r}"
    label = f"Run {run.letter}: human against machine score of {many(n, 'trial')}; {said}."
    caption = tag("figcaption", titled(run), tag("span", f"{many(n, 'trial')}: {said}."))
    steps: Counter[tuple[int, int]] = Counter()
    for human, machine, times in counts:
        steps[_step(human), _step(machine)] += times
    rows = [[steps[h, m] for m in range(len(_STEPS))] for h in range(len(_STEPS))]
    behind = folded("The numbers, in five steps", heat(f"Scores of run {run.letter}", _STEPS, rows), unfolded=alone)
    return tag("figure", caption, scatter(counts, label), behind, class_=run_class(run.letter))


def _step(place: int) -> int:
    return int(place * (len(_STEPS) - 1) / GRID + 0.5)


def levels(runs: Sequence[ReportedRun]) -> Html | None:
    """The confusion table of each run; None where nobody labelled criteria."""
    shown = [_levels(r, items, len(runs) == 1) for r in runs if (items := r.overview.figures.items)]
    if not shown:
        return None
    lead = (
        "A row is what people said, a column what the machine said; the share is of the row. On the diagonal they "
        "agree; right of it the machine is kinder than people, left of it stricter."
    )
    return section("levels", "Level against level", side_by_side(shown), lead=lead)


def _levels(run: ReportedRun, items: ItemFigures, alone: bool) -> Html:
    counts = [[items.confusion[human][machine] for machine in ORDER] for human in ORDER]
    grid = heat(f"Levels of run {run.letter}", [LEVELS[place] for place in ORDER], counts)
    caption = tag("figcaption", titled(run), tag("span", f"{many(items.n, 'criterion', 'criteria')} with both levels."))
    return tag(
        "figure", caption, grid, folded("Precision and recall of each level", _precision(run, items), unfolded=alone)
    )


def _precision(run: ReportedRun, items: ItemFigures) -> Html:
    rows = [
        row(
            level,
            f"{found.human:,}",
            f"{found.machine:,}",
            *(number(x) for x in (found.precision, found.recall, found.f1)),
        )
        for level, found in items.levels.items()
    ]
    why = tag(
        "p",
        "Precision: of those the machine gave this level, the share that people gave it too. Recall: of those people "
        "gave it, the share that the machine did. Both say little of a level with few rows.",
        class_="note",
    )
    head = ("Level", "People", "Machine", "Precision", "Recall", "F1")
    name = f"Precision and recall, run {run.letter}"
    return join(wide(name, table(name, head, rows, shown_caption=False)), why)


def heat(name: str, steps: Sequence[str], counts: Sequence[Sequence[int]]) -> Html:
    """A table of counts with row shares, shaded by share: one hue where both agree, another where not.

    Args:
        steps: names of the rows and, the same, of the columns.
    """
    rows = []
    for place, (step, line) in enumerate(zip(steps, counts, strict=True)):
        cells = [_cell(n, sum(line), place == column) for column, n in enumerate(line)]
        rows.append(tag("tr", tag("th", _signed(step), scope="row"), *cells))
    head = [tag("th", _signed(step), scope="col") for step in steps]
    return tag(
        "table",
        tag("caption", name, class_="offscreen"),
        tag(
            "thead",
            tag("tr", tag("td", class_="corner"), tag("th", "machine", scope="colgroup", colspan=len(steps))),
            tag("tr", tag("th", "people", scope="col", class_="corner"), *head),
        ),
        tag("tbody", *rows),
        class_="heat",
    )


def _signed(step: str) -> Html:
    sign = next((sign for level, (sign, _) in LEVEL_SIGNS.items() if level == step), "")
    if not sign:
        return join(step)
    name = join("contra", Html("&shy;"), "dicted") if step == "contradicted" else step
    return join(tag("span", sign, aria_hidden="true"), " ", name)


def _cell(n: int, of: int, same: bool) -> Html:
    shade = round(10 * n / of) if of else 0
    return tag("td", tag("b", f"{n:,}"), tag("small", percent(n, of)), class_=f"{'same' if same else 'apart'} h{shade}")
