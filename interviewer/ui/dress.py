"""Parts of a Screen as HTML. Every text goes through `_safe`: what a candidate or a model wrote is never markup."""

import html
from functools import partial

from interviewer.answer import LIMIT_CHARS
from interviewer.grade import State
from interviewer.review import LEVEL_SIGNS, CriterionShown, Review, Segment
from interviewer.screen import Opening, Place, Screen, Summary, SummaryRow

_STATES: dict[State, tuple[str, str]] = {
    "graded": ("✓", "Graded"),
    "provisional": ("~", "Provisional"),
    "ungraded": ("–", "Not graded"),
}

_safe = partial(html.escape, quote=True)


def _percent(score: float) -> str:
    return f"{score * 100:.0f} %"


def _mark(name: str) -> str:
    """What the page's script looks for to know that another screen is shown."""
    return f'<span data-screen="{_safe(name)}" hidden></span>'


def welcome(opening: Opening) -> str:
    """The head of the start screen."""
    left_out = f'<p class="grader">{_safe(opening.left_out_line)}</p>' if opening.left_out_line else ""
    return (
        '<section class="welcome"><h1 tabindex="-1">Practise a machine-learning interview</h1>'
        "<p>Answer in your own words. Each answer is judged claim by claim against a rubric fixed beforehand; you see "
        "which of your words earned what, and the passage that settles it.</p>"
        f'<p class="grader">{_safe(opening.grader_line)}</p>{left_out}</section>{_mark("start")}'
    )


def notice(line: str) -> str:
    """A line that needs to be read."""
    return f'<p role="alert" class="notice">{_safe(line)}</p>' if line else ""


def question(screen: Screen) -> str:
    """The question on the table with where in the interview it stands."""
    place = screen.place
    if place is None:
        return ""
    return (
        f"{_progress(place)}"
        f'<p class="facts">{"".join(f"<span>{_safe(fact)}</span>" for fact in _facts(place))}</p>'
        f'<h1 class="asked" tabindex="-1">{_safe(place.question)}</h1>{_mark(f"{screen.phase}:{place.position}")}'
    )


def _progress(place: Place) -> str:
    number = place.position + 1
    label = f"Question {number} of {place.of}"
    return (
        f'<div class="progress"><p>{label}</p><div role="progressbar" aria-label="{label}" aria-valuemin="0" '
        f'aria-valuemax="{place.of}" aria-valuenow="{number}"><i style="width:{100 * number / place.of:.1f}%"></i>'
        "</div></div>"
    )


def _facts(place: Place) -> list[str]:
    facts = [place.topic, place.kind.capitalize(), f"Difficulty {place.difficulty} of 5"]
    return [*facts, f"Asked at {place.company}"] if place.company else facts


def draft_line(text: str) -> str:
    """What is kept of the answer being typed."""
    if not text:
        return '<p class="draft" aria-live="off"></p>'
    return f'<p class="draft" aria-live="off">Draft kept · {len(text):,} of {LIMIT_CHARS:,} characters</p>'


def draft_refused(line: str) -> str:
    """Why the last of what was typed is not kept."""
    return f'<p class="draft refused" role="alert">Not kept: {_safe(line)}</p>'


def grading(answer: str) -> str:
    """The answer while it is being graded."""
    shown = f'<div class="answer">{_safe(answer)}</div>' if answer.strip() else '<p class="none">No answer given.</p>'
    return (
        f'<h2>Your answer</h2>{shown}<p class="working" role="status"><i aria-hidden="true"></i>Grading… '
        "Your answer is saved.</p>"
    )


def total(review: Review) -> str:
    """The head of a review: score, state, the answer with its quotes marked."""
    sign, word = _STATES[review.state]
    score = f'<p class="score"><b>{_percent(review.score)}</b></p>' if review.score is not None else ""
    reason = f'<p class="reason">{_safe(_sentence(review.reason))}</p>' if review.reason else ""
    flags = f'<p class="flags">Noticed, without effect on the score: {_safe(", ".join(review.flags))}.</p>'
    return (
        f'<section class="total {review.state}">{score}<div><h2 tabindex="-1" class="state">'
        f'<span aria-hidden="true">{sign}</span> {word}</h2><p>{_safe(review.state_line)}</p>{reason}'
        f"{_sum(review)}{flags if review.flags else ''}</div></section>"
        f'<section class="yours"><h2>Your answer</h2>{_answer(review)}</section>'
        + ("<h2>Criterion by criterion</h2>" if review.criteria else "")
    )


def _sentence(text: str) -> str:
    """With a capital first and a stop last."""
    whole = text[:1].upper() + text[1:]
    return whole if whole.endswith((".", "!", "?")) else f"{whole}."


def _sum(review: Review) -> str:
    if review.score is None:
        return ""
    points = sum(c.points or 0.0 for c in review.criteria)
    of = sum(c.weight for c in review.criteria if not c.optional)
    return f'<p class="sum">{points:g} of {of:g} points, added up from the criteria below.</p>'


def _answer(review: Review) -> str:
    if not review.answer:
        return '<p class="none">No answer given.</p>'
    against = {c.number for c in review.criteria if c.level == "contradicted"}
    return f'<div class="answer">{"".join(_segment(segment, against) for segment in review.answer)}</div>'


def _segment(segment: Segment, against: set[int]) -> str:
    if not segment.criteria:
        return _safe(segment.text)
    numbers = ", ".join(map(str, segment.criteria))
    kind = "against" if against.issuperset(segment.criteria) else "for"
    ends = f"<sup>{', '.join(map(str, segment.ends))}</sup>" if segment.ends else ""
    return f'<mark class="{kind}" title="Quoted {kind} criterion {numbers}">{_safe(segment.text)}{ends}</mark>'


def criterion(shown: CriterionShown) -> str:
    """One criterion of a review."""
    sign, word = LEVEL_SIGNS[shown.level]
    quotes = "".join(f"<blockquote>{_safe(quote)}</blockquote>" for quote in shown.quotes)
    missing = f'<p class="missing"><b>Full points:</b> {_safe(shown.missing)}</p>' if shown.missing else ""
    numbers = "".join(f'<p class="number">{_safe(line)}</p>' for line in shown.numbers)
    reason = f'<p class="why">{_safe(_sentence(shown.reason))}</p>' if shown.reason else ""
    return (
        f'<article class="criterion {shown.level}"><p class="level"><b>'
        f'<span aria-hidden="true">{sign}</span> {word}</b>'
        f"<span>{_points(shown)}</span></p><h3>{shown.number}. {_safe(shown.claim)}</h3>"
        f"{quotes}{reason}{numbers}{missing}</article>"
    )


def _points(shown: CriterionShown) -> str:
    if shown.points is None:
        return "no points given"
    bonus = " bonus" if shown.optional else ""
    return f"{shown.points:g} of {shown.weight:g}{bonus} point{'' if shown.weight == 1 else 's'}"


def closing(review: Review) -> str:
    """The end of a review: what to do next, and a full-mark answer on request."""
    step = f'<p class="next-step">{_safe(review.next_step)}</p>' if review.next_step.strip() else ""
    if not review.model_answer:
        return step
    shown = f"<p>{_safe(review.model_answer)}</p>"
    return f'{step}<details class="model"><summary>Show an answer with full marks</summary>{shown}</details>'


def summary(whole: Summary) -> str:
    """The end of an interview."""
    mean = f"<b>{_percent(whole.mean)}</b> " if whole.mean is not None else ""
    rows = "".join(_summary_row(row) for row in whole.rows)
    return (
        '<section class="ending"><h1 tabindex="-1">The interview is over</h1>'
        f'<p class="mean">{mean}{_safe(whole.mean_line)}</p>'
        '<table><caption class="offscreen">Score of each question</caption><thead><tr><th scope="col">Question</th>'
        f'<th scope="col">Score</th></tr></thead><tbody>{rows}</tbody></table></section>{_mark("summary")}'
    )


def _summary_row(row: SummaryRow) -> str:
    word = "Not answered" if row.status == "unanswered" else _STATES[row.status][1]
    score = f"<b>{_percent(row.score)}</b> " if row.score is not None else ""
    return (
        f'<tr class="{row.status}"><th scope="row">{row.number}. {_safe(row.title)}'
        f"<small>{_safe(row.topic)}</small></th>"
        f"<td>{score}<small>{word}</small></td></tr>"
    )
