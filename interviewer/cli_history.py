"""Past interviews as rows: what was asked, answered and graded."""

from typing import TYPE_CHECKING, Any

from rich.table import Table

from interviewer.terminal import console

if TYPE_CHECKING:
    from interviewer.wiring import Wiring


def rows(wiring: "Wiring", limit: int) -> list[dict[str, Any]]:
    """The last sessions, newest first, with every grade given in them."""
    return [
        {
            "session": session.id,
            "started_at": session.started_at.isoformat(timespec="seconds"),
            "questions": list(session.plan),
            "grades": [
                {"id": g.id, "question": g.item_id, "state": g.grade.state, "score": g.grade.score}
                for g in session.grades
            ],
        }
        for session in wiring.store.history(limit)
    ]


def show(sessions: list[dict[str, Any]]) -> None:
    """The rows as a table."""
    table = Table("started", "question", "state", "score", "grade id")
    for session in sessions:
        for grade in session["grades"] or [{"question": "(nothing graded)", "state": "", "score": None, "id": ""}]:
            score = "" if grade["score"] is None else f"{grade['score']:.0%}"
            table.add_row(session["started_at"], grade["question"], grade["state"], score, grade["id"])
    console().print(table)
