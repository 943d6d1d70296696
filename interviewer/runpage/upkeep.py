"""What a run left out, how steady it was, how it fared under attack, what it cost."""

import math
from collections.abc import Sequence

from interviewer.glossary import GROUPS
from interviewer.headlines import rows
from interviewer.report import ReportedRun
from interviewer.robustness import FamilyFared
from interviewer.runpage.headline import figure_rows
from interviewer.runpage.markup import Html, join, tag
from interviewer.runpage.numbers import ABSENT, many, number, percent
from interviewer.runpage.tables import chip, outside, row, section, table, titled, wide


def coverage(runs: Sequence[ReportedRun]) -> Html:
    """What has no figure, and why."""
    lead = (
        "What could not be judged is in no figure of agreement: no score is made up for it. So a share that is large, "
        "or not the same in two runs, makes these figures look better or worse than they are."
    )
    lines = []
    for r in runs:
        found = r.overview.figures.coverage
        ungraded = f"{found.ungraded:,} ({percent(found.ungraded, found.trials)})"
        unscored = f"{found.unscored_criteria:,} ({percent(found.unscored_criteria, found.labelled_criteria)})"
        lines.append(row(titled(r), f"{found.trials:,}", ungraded, f"{found.labelled_criteria:,}", unscored))
    head = ("Run", "Trials", "Ungraded", "Labelled criteria", "Without a level")
    whole = wide("Coverage", table("Coverage", head, lines, shown_caption=False))
    return section("coverage", "What could not be judged", whole, *map(_reasons, runs), lead=lead)


def _reasons(run: ReportedRun) -> Html | None:
    found = run.overview.figures.coverage
    if not found.reasons:
        return None
    lines = [row(outside(why), f"{n:,}", percent(n, found.ungraded)) for why, n in found.reasons]
    name = f"Why trials of run {run.letter} are ungraded"
    more = found.ungraded - sum(n for _, n in found.reasons)
    rest = tag("p", f"{many(more, 'trial')} for other reasons.", class_="note") if more else None
    return join(wide(name, table(name, ("Reason", "Trials", "Share"), lines)), rest)


def steadiness(runs: Sequence[ReportedRun]) -> Html | None:
    """Whether it says the same again; None where no run asked twice."""
    known = [r for r in runs if r.overview.figures.steadiness]
    if not known:
        return None
    lead = "The same answer judged again, criterion by criterion. Other figures on this page count every trial."
    return section("steadiness", "Whether it says the same again", _figures("Steadiness", known), lead=lead)


def cost(runs: Sequence[ReportedRun]) -> Html:
    """Tokens, money, time."""
    return section("cost", "Cost and time", _figures("Cost and time", runs))


def _figures(group: str, runs: Sequence[ReportedRun]) -> Html:
    entries = [e for e in GROUPS[group] if any(rows(r.overview.figures, e.name) for r in runs)]
    head = ["Figure", *(chip(r) for r in runs)]
    return wide(
        f"{group}, figure by figure",
        table(group, head, figure_rows(entries, runs), class_="figures", shown_caption=False),
    )


def attacks(runs: Sequence[ReportedRun]) -> Html | None:
    """What came of attack strings; None where no run is over attacks."""
    shown = [_attacked(r) for r in runs if r.attacks]
    if not shown:
        return None
    lead = (
        "A success is a string that earned more than it should. The bound is the rate that the true one is below with "
        "95 % confidence (Clopper and Pearson): no success in 20 strings still allows 14 %. Inflation is the mean gain "
        "in score over the same answer without the attack. Strings not tried are not in it."
    )
    return section("attacks", "Under attack", *shown, lead=lead)


def _attacked(run: ReportedRun) -> Html:
    lines = [
        row(
            outside(f.family),
            f"{f.n:,}",
            tag("b", f"{f.successes:,}", class_="alarm" if f.successes else None),
            percent(f.successes, f.n),
            ABSENT if f.bound is None else number(f.bound, "share"),
            _inflation(f),
        )
        for f in run.attacks
    ]
    head = ("Family", "Strings", "Successes", "Rate", "At most", "Inflation")
    name = f"Attacks of run {run.letter}"
    return wide(name, table(join("Run ", titled(run)), head, lines))


def _inflation(found: FamilyFared) -> Html:
    if found.inflation is None or math.isnan(found.inflation):
        return tag("td", ABSENT, class_="absent")
    span = "" if found.low is None or found.high is None else f"{number(found.low)} to {number(found.high)}"
    return tag("td", number(found.inflation), tag("small", span))
