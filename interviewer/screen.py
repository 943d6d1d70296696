"""What is shown of an interview at one moment, as plain values. Pure.

The same `Screen` is dressed by the browser and by the terminal; it holds text, never markup, and nothing that would
give an answer away before the attempt.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from interviewer.bank import Bank
from interviewer.errors import InputError
from interviewer.grade import Grade, State
from interviewer.item import Item, Kind
from interviewer.review import Review, review
from interviewer.session import Phase, Session, Turn


@dataclass(frozen=True, slots=True)
class TopicShown:
    """A topic that can be chosen."""

    id: str
    title: str
    count: int
    """Questions that can be asked in it; at least 1."""


@dataclass(frozen=True, slots=True)
class Opening:
    """What can be chosen before an interview."""

    topics: tuple[TopicShown, ...]
    easiest: int
    hardest: int
    count: int
    """Questions that can be asked in all."""
    grader_line: str
    left_out_line: str = ""
    """That something of the bank could not be used; empty mostly."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the interview the candidate is and what is asked there."""

    position: int
    """0-based; what events of this screen carry."""
    of: int
    topic: str
    title: str
    kind: Kind
    difficulty: int
    company: str | None
    question: str


@dataclass(frozen=True, slots=True)
class SummaryRow:
    """One planned question at the end."""

    number: int
    title: str
    topic: str
    status: Literal["graded", "provisional", "ungraded", "unanswered"]
    score: float | None
    """None unless it is graded or provisional."""


@dataclass(frozen=True, slots=True)
class Summary:
    """A whole interview at its end."""

    rows: tuple[SummaryRow, ...]
    mean: float | None
    """Mean score over the answered questions; None where one of them has no score, or none was answered."""
    mean_line: str


@dataclass(frozen=True, slots=True)
class Screen:
    """What is drawn; which parts are there follows from the phase."""

    phase: Phase
    session_id: str = ""
    opening: Opening | None = None
    place: Place | None = None
    draft: str = ""
    """What was typed so far; while answering."""
    answer: str = ""
    """What was handed in; while grading."""
    review: Review | None = None
    summary: Summary | None = None
    notice: str = ""
    """One sentence that needs to be read; empty mostly."""

    @property
    def position(self) -> int:
        """Which question this screen shows; -1 for none."""
        return self.place.position if self.place else -1


def opening(bank: Bank, grader: str, state: State, notice: str = "") -> Screen:
    """The screen before an interview.

    Args:
        grader: name of the grader in use.
        state: what its grades may claim to be.
    """
    items = bank.askable
    counts = {topic: sum(item.topic == topic for item in items) for topic in bank.topics}
    topics = tuple(TopicShown(topic, bank.topics[topic], n) for topic, n in counts.items() if n)
    difficulties = [item.difficulty for item in items] or [1, 5]
    hardness, lines = (min(difficulties), max(difficulties)), (grader_line(grader, state), left_out_line(bank))
    return Screen(Phase.CHOOSING, opening=Opening(topics, *hardness, len(items), *lines), notice=notice)


def left_out_line(bank: Bank) -> str:
    """One sentence about what of the bank could not be used; only where, since what is wrong may tell an answer."""
    if not bank.left_out:
        return ""
    first, count = bank.left_out[0], len(bank.left_out)
    at = f"{first.file}:{first.line}" if first.line else first.file
    what = f"Part of this bank is left out: {at}" + (f" and {count - 1} more" if count > 1 else "")
    return f"{what}. `interviewer doctor` says why."


def grader_line(grader: str, state: State) -> str:
    """One sentence about who grades and what that is worth."""
    if state == "provisional":
        return "Graded by the built-in grader: no key, no network. Its grades are provisional."
    return f"Graded by {grader}: your answers are sent to it. Quotes are checked and scores added up here."


def draw(session: Session, bank: Bank, grades: Mapping[str, Grade], draft: str = "", notice: str = "") -> Screen:
    """What is shown of a session.

    Args:
        grades: by id; of every turn the last one with a number, else the last one.
        draft: what was typed for the question on the table.

    Raises:
        InputError: the bank no longer has a question of the session.
    """
    if session.phase is Phase.ENDED:
        return Screen(session.phase, session.id, summary=_summary(session, bank, grades), notice=notice)
    if session.phase is Phase.CHOOSING:
        return Screen(session.phase, session.id, notice=notice)
    item, turn = _item(bank, session.turn.item_id), session.turn
    return Screen(
        session.phase,
        session.id,
        place=_place(session, item, bank),
        draft=draft if session.phase is Phase.ANSWERING else "",
        answer=turn.text or "" if session.phase is Phase.GRADING else "",
        review=_review(item, turn, bank, grades) if session.phase is Phase.REVIEWING else None,
        notice=notice,
    )


def _item(bank: Bank, item_id: str) -> Item:
    item = bank.items.get(item_id)
    if item is None or item.draft:
        raise InputError(f"this interview asks {item_id}, which the bank no longer has; start a new interview")
    return item


def _place(session: Session, item: Item, bank: Bank) -> Place:
    return Place(
        position=session.position,
        of=len(session.plan),
        topic=bank.topics.get(item.topic, item.topic),
        title=item.title,
        kind=item.kind,
        difficulty=item.difficulty,
        company=item.company,
        question=item.text,
    )


def _review(item: Item, turn: Turn, bank: Bank, grades: Mapping[str, Grade]) -> Review:
    grade = grades.get(turn.grade_id or turn.failed_id or "")
    return review(item, turn.text or "", grade, turn.failure, bank)


def _summary(session: Session, bank: Bank, grades: Mapping[str, Grade]) -> Summary:
    rows = tuple(_row(n, item_id, session, bank, grades) for n, item_id in enumerate(session.plan))
    answered = [row for row in rows if row.status != "unanswered"]
    scores = [row.score for row in answered if row.score is not None]
    if not answered:
        return Summary(rows, None, "No question was answered.")
    if len(scores) < len(answered):
        return Summary(rows, None, f"No mean: {len(scores)} of {len(answered)} answers have a score.")
    over = "1 answered question" if len(answered) == 1 else f"{len(answered)} answered questions"
    provisional = ", provisional" if any(row.status == "provisional" for row in answered) else ""
    return Summary(rows, sum(scores) / len(scores), f"Mean over {over}{provisional}")


def _row(n: int, item_id: str, session: Session, bank: Bank, grades: Mapping[str, Grade]) -> SummaryRow:
    item = bank.items.get(item_id)
    title, topic = (item.title, bank.topics.get(item.topic, item.topic)) if item else (item_id, "")
    turn = session.turns[n] if n < len(session.turns) else None
    if turn is None or turn.text is None:
        return SummaryRow(n + 1, title, topic, "unanswered", None)
    grade = grades.get(turn.grade_id) if turn.grade_id else None
    if grade is None:
        return SummaryRow(n + 1, title, topic, "ungraded", None)
    return SummaryRow(n + 1, title, topic, grade.state, grade.score)
