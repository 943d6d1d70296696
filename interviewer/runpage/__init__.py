"""The report as one HTML file that needs nothing else: no network, no script to be whole."""

import json
from collections.abc import Sequence

from interviewer.report import ReportedRun, cautions
from interviewer.runpage import agreement, cards, certainty, headline, parts, upkeep
from interviewer.runpage.frame import document
from interviewer.runpage.markup import Html, join, tag
from interviewer.runpage.numbers import many
from interviewer.runpage.tables import folded, outside, row, run_class, table, titled, wide

_LINKS = {
    "figures": "In figures",
    "scores": "Scores",
    "levels": "Levels",
    "certainty": "Certainty",
    "slices": "Slices",
    "attacks": "Attacks",
    "steadiness": "Steadiness",
    "coverage": "Not judged",
    "cost": "Cost",
    "misses": "Misses",
}


def page(runs: Sequence[ReportedRun]) -> str:
    """The whole file.

    Args:
        runs: at least one, in the order of their letters.
    """
    sections = {
        "figures": headline.headline(runs),
        "scores": agreement.scores(runs),
        "levels": agreement.levels(runs),
        "certainty": certainty.certainty(runs),
        "slices": parts.slices(runs),
        "attacks": upkeep.attacks(runs),
        "steadiness": upkeep.steadiness(runs),
        "coverage": upkeep.coverage(runs),
        "cost": upkeep.cost(runs),
        "misses": cards.misses(runs),
    }
    there = {name: found for name, found in sections.items() if found is not None}
    links = [tag("a", _LINKS[name], href=f"#{name}") for name in there]
    title = f"How {'the grader agrees' if len(runs) == 1 else f'{len(runs)} graders agree'} with people"
    return document(
        f"{title}: {', '.join(r.name for r in runs)}",
        tag("a", "To the figures", href="#figures", class_="skip"),
        tag("header", tag("p", "Grader report", class_="kicker"), tag("h1", title), *map(_told, runs)),
        tag("nav", *links, aria_label="Sections"),
        tag("main", *_cautions(runs), *there.values(), _made(runs)),
    )


def _told(run: ReportedRun) -> Html:
    """A run in one line."""
    r, measured = run.run, run.overview
    facts = [
        f"{r.grader} {r.grader_version}",
        f"{r.data}",
        f"{many(measured.answers, 'answer')} to {many(measured.figures.questions, 'question')}",
        many(measured.figures.n, "trial"),
        r.started[:10],
    ]
    return tag(
        "p",
        titled(run),
        *map(outside, facts),
        class_=f"run {run_class(run.letter)}",
    )


def _cautions(runs: Sequence[ReportedRun]) -> list[Html]:
    return [tag("p", line, class_="caution") for line in cautions(runs)]


def _made(runs: Sequence[ReportedRun]) -> Html:
    """What explains the figures later: the description of each run."""
    folds = [folded(titled(r), wide(f"Description of run {r.letter}", _description(r))) for r in runs]
    how = tag(
        "p",
        "Intervals: 95 %, bootstrap that draws whole questions, since answers to one question are alike. "
        "Figures were computed anew from the trials of each run.",
    )
    return tag(
        "section", tag("h2", "How this was made", id="made-title"), how, *folds, id="made", aria_labelledby="made-title"
    )


def _description(run: ReportedRun) -> Html:
    r = run.run
    facts = {
        "grader": f"{r.grader} {r.grader_version}",
        "data": f"{r.data}, digest {r.data_digest}",
        "started": r.started,
        "finished": r.finished or "not finished",
        "seconds": f"{r.seconds:,.1f}",
        "answers asked for": f"{r.n:,}",
        "code": f"{r.code_version}, commit {r.git_commit or 'unknown'}",
        "rubrics": many(len(r.rubric_versions), "rubric"),
        **{f"parameter {key}": _setting(value) for key, value in r.parameters.items()},
    }
    lines = [row(outside(name), outside(value)) for name, value in facts.items()]
    return table(join("Run ", run.letter), ("What", "Value"), lines, shown_caption=False)


def _setting(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
