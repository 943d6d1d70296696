"""Whether the grader's probabilities hold, and what is gained by handing the unsure answers to a person."""

from collections.abc import Sequence

from interviewer.calibration import Calibration
from interviewer.report import LETTERS, ReportedRun
from interviewer.runpage.charts import Line, reliability, trust
from interviewer.runpage.markup import Html, join, tag
from interviewer.runpage.numbers import many, number
from interviewer.runpage.tables import chip, folded, row, run_class, section, side_by_side, table, titled, wide


def certainty(runs: Sequence[ReportedRun]) -> Html | None:
    """Reliability and trust curves; None where no run has probabilities with labels."""
    known = [(r, c) for r in runs if (c := r.overview.figures.calibration)]
    if not known:
        return None
    charts = [_reliability(r, c) for r, c in known]
    trusted = [(r, c) for r, c in known if c.trust]
    if trusted:
        charts.append(_trust(trusted))
    lead = (
        "A stated 70 % should come true in 70 of 100 cases: dots on the line. A dot's area is how many criteria it "
        "stands for; its bar is a 95 % interval as if these were independent, which answers to one question are not, "
        "so it is somewhat too short. Partly met counts as not met."
    )
    return section("certainty", "How far its certainty can be trusted", side_by_side(charts), lead=lead)


def _reliability(run: ReportedRun, found: Calibration) -> Html:
    said = f"calibration error {number(found.ece)}, Brier score {number(found.brier)}"
    label = f"Run {run.letter}: reliability curve of {many(found.n, 'criterion', 'criteria')}; {said}."
    caption = tag("figcaption", titled(run), tag("span", f"{many(found.n, 'criterion', 'criteria')}: {said}."))
    rows = [
        row(f"{b.low:g} to {b.high:g}", number(b.probability), number(b.met), f"{b.n:,}")
        for b in found.reliability
        if b.n
    ]
    head = ("Bin", "Stated", "Came true", "n")
    name = f"Reliability, run {run.letter}"
    behind = folded("The numbers, bin by bin", table(name, head, rows, shown_caption=False))
    return tag("figure", caption, reliability(found.reliability, label), behind, class_=run_class(run.letter))


def _trust(known: Sequence[tuple[ReportedRun, Calibration]]) -> Html:
    lines = [Line(r.letter, LETTERS.index(r.letter), c.trust) for r, c in known]
    gains = "; ".join(
        f"{r.letter} from {number(c.trust[0].agreement)} to {number(_at(c, 0.5))} with half handed over"
        for r, c in known
    )
    caption = tag(
        "figcaption",
        tag("b", "Trust curve"),
        tag("span", f"Agreement on met or not when the least sure go to a person: {gains}."),
    )
    rows = [
        row(
            f"{100 * share:.0f} %",
            *(number(_at(c, share)) for _, c in known),
            *(f"{_left(c, share):,.0f}" for _, c in known[:1]),
        )
        for share in (p.deferred for p in known[0][1].trust)
    ]
    head = ["Handed over", *(chip(r) for r, _ in known), join("n left, ", known[0][0].letter)]
    name = "Agreement on the rest"
    behind = folded("The numbers, tenth by tenth", wide(name, table(name, head, rows, shown_caption=False)))
    why = tag(
        "p",
        "It rises where the grader knows what it does not know. A flat line: its certainty is no guide to whom to ask. "
        "The right end stands on few criteria.",
        class_="note",
    )
    return tag("figure", caption, trust(lines, f"Trust curve: {gains}."), why, behind)


def _at(found: Calibration, share: float) -> float:
    return next(p.agreement for p in found.trust if p.deferred == share)


def _left(found: Calibration, share: float) -> float:
    return next(p.n for p in found.trust if p.deferred == share)
