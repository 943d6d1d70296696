"""The command line: draws what the compositions return, turns every expected error into one line and an exit code.

JSON goes to standard output, words for people to standard error. Exit 0 done, 1 found wrong, 2 misuse.
"""

import json
import sys
from typing import Annotated

import typer

from interviewer import library
from interviewer.errors import InterviewerError

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__)


def main() -> None:
    """Runs the command line; an expected error is one line on standard error and exit 2."""
    try:
        app()
    except InterviewerError as error:
        print(f"interviewer: {error}", file=sys.stderr)
        raise SystemExit(2) from None


@app.command()
def lint(as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """Checks the bank; every finding with its file, line and what was expected."""
    from interviewer import checkup

    findings = checkup.findings(library.home())
    if as_json:
        print(json.dumps([{**_finding(f)} for f in findings], indent=1))
    for finding in findings if not as_json else ():
        print(finding)
    wrong = sum(not f.warning for f in findings)
    print(f"{wrong} wrong, {len(findings) - wrong} warnings", file=sys.stderr)
    raise typer.Exit(1 if wrong else 0)


def _finding(finding: object) -> dict[str, object]:
    return {name: getattr(finding, name) for name in ("file", "line", "field", "expected", "warning")}


@app.command()
def bank() -> None:
    """Lists the bank."""
    print(len(library.load(library.home()).items))


if __name__ == "__main__":
    main()
