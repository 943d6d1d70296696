"""An interview in the terminal: the same sessions, grades and records as on the page."""

import sys
from collections.abc import AsyncIterator, Sequence
from typing import TYPE_CHECKING

from rich.console import Console
from rich.panel import Panel

from interviewer.errors import InputError
from interviewer.review import LEVEL_SIGNS, Review
from interviewer.screen import Place, Screen, Summary
from interviewer.selection import Choice
from interviewer.session import Answered, Ended, GradeAgain, MovedOn, Phase
from interviewer.terminal import escape

if TYPE_CHECKING:
    from interviewer.interview import Interview
    from interviewer.wiring import Wiring


async def interview(wiring: "Wiring", topics: Sequence[str], questions: int) -> None:
    """Asks, waits, shows the grade, goes on; Ctrl+D twice or `/end` ends it. Everything is kept as on the page.

    Raises:
        InputError: no such topic, nothing to ask, or nobody to ask.
    """
    unknown = [t for t in topics if t not in wiring.bank.topics]
    if unknown:
        raise InputError(f"no topic {', '.join(unknown)}; topics are {', '.join(wiring.bank.topics)}")
    if sys.stdin is None:
        raise InputError("an interview needs somebody to answer; give it a terminal or a file as standard input")
    if reconfigure := getattr(sys.stdin, "reconfigure", None):
        reconfigure(errors="surrogateescape")  # what is no text is refused as an answer, with a word, not a traceback
    out, live = Console(highlight=False), wiring.interview()
    opening = live.opening()
    if opening.opening:
        out.print(opening.opening.grader_line, style="dim")
    shown = await live.begin(Choice(tuple(topics), count=questions))
    while shown.phase is not Phase.ENDED:
        if shown.notice:
            out.print(escape(shown.notice), style="yellow")
        if shown.phase is Phase.ANSWERING and shown.place:
            _pose(out, shown.place)
            shown = await _answered(out, live, shown)
        elif shown.phase is Phase.REVIEWING and shown.review:
            _review(out, shown.review)
            shown = await _next(out, live, shown)
    if shown.summary:
        _summary(out, shown.summary)


async def _answered(out: Console, live: "Interview", shown: Screen) -> Screen:
    """Where the session is once an answer has been taken; one that cannot be used is refused and asked for again."""
    while True:
        text = _typed()
        event = Ended(live.now()) if text is None else Answered(shown.position, text, live.now())
        try:
            return await _last(live.play(shown.session_id, event), out)
        except InputError as error:
            out.print(f"{escape(str(error))}. Type it again:", style="yellow")


async def _next(out: Console, live: "Interview", shown: Screen) -> Screen:
    out.print("[dim]Enter: next question · a: grade again · m: model answer · e: end[/]")
    choice = sys.stdin.readline()
    if choice.strip() == "m" and shown.review:
        out.print(Panel(escape(shown.review.model_answer), title="A full answer"))
        return await _next(out, live, shown)
    at = live.now()
    if choice.strip() == "a":
        return await _last(live.play(shown.session_id, GradeAgain(shown.position, at)), out)
    event = Ended(at) if not choice or choice.strip() == "e" else MovedOn(shown.position, at)
    return await _last(live.play(shown.session_id, event), out)


async def _last(screens: AsyncIterator[Screen], out: Console) -> Screen:
    shown = None
    async for shown in screens:
        if shown.phase is Phase.GRADING:
            out.print("grading ...", style="dim")
    if shown is None:
        raise InputError("the interview shows nothing; start a new one")
    return shown


def _pose(out: Console, place: Place) -> None:
    head = f"Question {place.position + 1} of {place.of} · {place.topic} · difficulty {place.difficulty}"
    out.print(Panel(escape(place.question), title=head + (f" · {place.company}" if place.company else "")))
    out.print("[dim]Type your answer; a line with a single dot ends it, /end ends the interview.[/]")


def _typed() -> str | None:
    """The answer, or None where the candidate ends the interview."""
    lines = list[str]()
    for line in sys.stdin:
        if line.strip() == "/end":
            return None
        if line.strip() == ".":
            return "\n".join(lines)
        lines.append(line.rstrip("\n"))
    return "\n".join(lines) if lines else None


def _review(out: Console, review: Review) -> None:
    for criterion in review.criteria:
        sign, word = LEVEL_SIGNS[criterion.level]
        out.print(f"[bold]{sign} {word}[/] · {escape(criterion.claim)}")
        for quote in criterion.quotes:
            out.print(f"    “{escape(quote)}”", style="green")
        for line in (criterion.reason, criterion.missing, *criterion.numbers):
            if line:
                out.print(f"    {escape(line)}", style="dim")
        for passage in criterion.passages if criterion.level != "met" else ():
            out.print(f"    see: {escape(passage.title)} ({escape(passage.sources)})", style="dim")
    score = "no score" if review.score is None else f"{review.score:.0%}"
    out.print(f"[bold]{score}[/] · {review.state} · {escape(review.reason or review.state_line)}")
    out.print(escape(review.next_step))


def _summary(out: Console, summary: Summary) -> None:
    for row in summary.rows:
        score = row.status if row.score is None else f"{row.score:.0%} {row.status}"
        out.print(f"{row.number}. {escape(row.title)}: {score}")
    mean = "" if summary.mean is None else f"{summary.mean:.0%}: "
    out.print(f"[bold]{mean}{escape(summary.mean_line)}[/]")
