"""A machine-learning mock interviewer whose grades can be checked.

JSON goes to standard output, words for people to standard error. Exit 0 done, 1 found wrong, 2 misuse.
"""

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from interviewer import commandline
from interviewer.cli_eval import app as eval_app
from interviewer.cli_schemas import schemas
from interviewer.commandline import finished, printed, wired
from interviewer.errors import InputError

if TYPE_CHECKING:
    from interviewer.item import Item
    from interviewer.wiring import Wiring

app = typer.Typer(
    cls=commandline.BankAnywhere,
    callback=commandline.of_bank,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help=__doc__,
)
app.add_typer(eval_app, name="eval")
AsJson = Annotated[bool, typer.Option("--json", help="JSON on standard output.")]
GraderKind = Annotated[
    Literal["auto", "embedded", "llm"] | None,
    typer.Option("--grader", help="In place of INTERVIEWER_GRADER; auto: llm where a model is configured."),
]


def main() -> None:
    """Runs the command line; an expected error is one line on standard error and exit 2."""
    raise SystemExit(commandline.run(app))


def item_of(wiring: "Wiring", name: str) -> "Item":
    """The question of that id or source number.

    Raises:
        InputError: there is none, or it is a draft.
    """
    import difflib

    items = wiring.bank.items
    item = items.get(name) or next((i for i in items.values() if str(i.number) == name), None)
    if item is None:
        near = difflib.get_close_matches(name, items, 3)
        doing = f"did you mean {', '.join(near)}?" if near else "`interviewer bank` lists them"
        raise InputError(f"no question {name!r}; {doing}")
    if item.draft:
        doing = "choose a question that `interviewer bank` does not mark as a draft"
        raise InputError(f"{item.id} is a draft: it has no rubric yet and cannot be graded; {doing}")
    return item


@app.command()
def serve(host: str | None = None, port: int | None = None) -> None:
    """Serves the interview page on this machine."""
    from interviewer import ui

    ui.serve(wired(host=host, port=port).settings)


@app.command()
def ask(
    topic: Annotated[list[str] | None, typer.Option(help="Topic id; may be given several times.")] = None,
    questions: Annotated[int, typer.Option(min=1, max=50)] = 3,
    grader: GraderKind = None,
) -> None:
    """An interview in the terminal."""
    from interviewer.cli_ask import interview

    wiring = wired(grader=grader)
    finished(wiring, interview(wiring, topic or [], questions))


@app.command()
def grade(
    question: Annotated[str, typer.Option(help="Question id or source number.")],
    answer_file: Annotated[str, typer.Option(help="File with the answer, - for standard input.")] = "-",
    grader: GraderKind = None,
    as_json: AsJson = False,
) -> None:
    """Grades one answer and keeps the grade."""
    import secrets
    from datetime import UTC, datetime

    from interviewer import answerfile

    wiring = wired(grader=grader)
    item, answer = item_of(wiring, question), answerfile.read(answer_file)
    graded = finished(wiring, wiring.grader().grade(item, answer))
    name = secrets.token_hex(6)
    if as_json:
        from interviewer import asjson

        printed({"id": name, "question": item.id, **asjson.of_grade(graded)})
    else:
        from interviewer import terminal

        terminal.show_grade(graded, wiring.bank.rubric_of(item))
    from interviewer.store import StoredGrade

    # Shown first: a database that cannot be written must not cost the user his grade.
    wiring.store.add_grade(StoredGrade(name, item.id, answer, datetime.now(UTC), graded))
    if not as_json:
        typer.echo(f"kept; `interviewer show {name}` shows it again", err=True)


@app.command()
def bank(as_json: AsJson = False) -> None:
    """Lists the questions; drafts are listed, never asked."""
    questions = wired().bank
    if as_json:
        from interviewer import asjson

        printed(asjson.of_bank(questions))
    else:
        from interviewer import terminal

        terminal.show_bank(questions)


@app.command()
def lint(as_json: AsJson = False) -> None:
    """Checks the bank; every finding with its file, line and what was expected."""
    from interviewer import checkup

    findings = checkup.findings(wired().folders)
    if as_json:
        printed(
            [{name: getattr(f, name) for name in ("file", "line", "field", "expected", "warning")} for f in findings]
        )
    for finding in findings if not as_json else ():
        typer.echo(str(finding))
    wrong = sum(not f.warning for f in findings)
    typer.echo(f"{wrong} wrong, {len(findings) - wrong} warnings", err=True)
    raise typer.Exit(1 if wrong else 0)


@app.command()
def doctor(as_json: AsJson = False) -> None:
    """Says what is configured, tries it, and explains each failure."""
    from interviewer import doctor as diagnosis

    wiring = wired()
    checks = finished(wiring, diagnosis.diagnose(wiring.settings))
    if as_json:
        printed([{"name": c.name, "ok": c.ok, "warning": c.warning, "line": c.line} for c in checks])
    for check in checks if not as_json else ():
        typer.echo(f"{'FAIL' if not check.ok else 'warn' if check.warning else 'ok  '} {check.name}: {check.line}")
    raise typer.Exit(0 if all(c.ok for c in checks) else 1)


@app.command()
def index(rebuild: Annotated[bool, typer.Option(help="Build it even where it is up to date.")] = False) -> None:
    """Builds the passage index where it is absent, stale or damaged."""
    wiring = wired()
    wiring.index_of(rebuild=rebuild).close()
    typer.echo(
        f"{len(wiring.bank.notes)} passages in {wiring.folders.kept_in(wiring.settings.home) / 'index'}", err=True
    )


app.command()(schemas)


@app.command()
def history(limit: Annotated[int, typer.Option(min=1)] = 20, as_json: AsJson = False) -> None:
    """Lists past interviews with their grades."""
    from interviewer import cli_history

    rows = cli_history.rows(wired(), limit)
    printed(rows) if as_json else cli_history.show(rows)


@app.command(context_settings={"ignore_unknown_options": True})  # an id may begin with a dash
def show(grade: str, as_json: AsJson = False) -> None:
    """Shows one stored grade with everything that explains it."""
    stored = wired().store.grade(grade)
    if as_json:
        from interviewer import asjson

        printed({"id": grade, "answer": stored.answer, "question": stored.item_id, **asjson.of_grade(stored.grade)})
    else:
        from interviewer import terminal

        terminal.show_grade(stored.grade, None, stored.answer)


if __name__ == "__main__":
    main()
