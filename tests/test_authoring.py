"""docs/authoring.md does what it says: its files make a clean bank, its commands run, its messages are lint's."""

import json
import re
from pathlib import Path

import pytest
from shell import ROOT, Shell

from interviewer import checkup, library, packs, schemas
from interviewer.folders import Folders

PAGE = (ROOT / "docs" / "authoring.md").read_text(encoding="utf-8")
FILE = re.compile(r"^\*\*`(?P<name>git-pack/[^`]+)`\*\*\n\n```\w+\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
OURS = len(library.load(library.home()).askable)
COMMANDS = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    """A user who has copied every file of the page."""
    for match in FILE.finditer(PAGE):
        path = tmp_path / match["name"]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(match["text"], encoding="utf-8")
    return Shell(tmp_path)


def test_the_files_are_those_of_the_drawing() -> None:
    drawn = PAGE.split("```\n")[1]
    named = [match["name"].removeprefix("git-pack/") for match in FILE.finditer(PAGE)]
    assert len(named) == 5
    assert all(name in drawn or Path(name).name in drawn for name in named)


def test_the_bank_of_the_page_is_clean(shell: Shell) -> None:
    folder = shell.folder / "git-pack"
    assert checkup.findings(Folders(None, folder)) == []
    bank = packs.load(Folders(None, folder))
    golden, left_out = packs.load_golden(Folders(None, folder), bank)
    assert [i.id for i in bank.askable] == ["merge-or-rebase"] and len(golden.answers) == 6 and left_out == []


def test_every_command_of_the_page_runs(shell: Shell) -> None:
    lines = [line for block in COMMANDS.findall(PAGE) for line in block.splitlines()]
    ran = {}
    for line in lines:
        said = shell.run_line(line, "You get a merge commit.\n.\ne\n" if " ask " in line else b"")
        assert said.code == 0 and "left out" not in said.err, (line, said.err)
        ran[next(word for word in ("lint", "ask", "grade", "eval run", "bank") if f" {word}" in line)] = said
    assert ran.keys() == {"lint", "bank", "ask", "grade", "eval run"}
    assert ran["lint"].err == "0 wrong, 0 warnings\n" and "`0 wrong, 0 warnings`" in PAGE
    assert "Your feature branch is three commits old" in ran["ask"].out and "provisional" in ran["ask"].out
    assert "A merge joins the two lines of" in ran["grade"].out and "provisional" in ran["grade"].out
    assert "merge-or-rebase" in ran["bank"].out and f"{OURS + 1} can be asked" in ran["bank"].out


def test_a_second_labelling_as_the_page_writes_it_is_measured(shell: Shell) -> None:
    path = shell.folder / "git-pack" / "evals" / "golden" / "git.v1.jsonl"
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    for row in rows:
        row["blind"] = {name: label["level"] for name, label in row["author"].items()}
    rows[3]["blind"]["merge-joins"] = "missed"
    (settled,) = re.findall(r'^`("settled": .*)`$', PAGE, re.MULTILINE)
    quote = rows[3]["author"]["merge-joins"]["quotes"][0]
    rows[3] |= json.loads("{" + settled.replace('"..."', json.dumps(quote)) + "}")
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert checkup.findings(Folders(None, shell.folder / "git-pack")) == []
    said = shell.run("--bank", "git-pack", "eval", "run", "--data", "golden", "--out", "run")
    assert said.code == 0 and "second rater, item kappa" in said.out


def test_the_messages_are_lint_s() -> None:
    table = PAGE.partition("## What lint's messages mean")[2].partition("## In an editor")[0]
    messages = re.findall(r"^\| `([^`]+)` \|", table, re.MULTILINE)
    source = "".join(path.read_text() for path in (ROOT / "interviewer").glob("*.py"))
    assert len(messages) >= 19
    assert [m for m in messages if m not in source] == []


def test_the_line_for_vs_code_names_every_schema() -> None:
    (line,) = re.findall(r'^`("yaml\.schemas": .*)`$', PAGE, re.MULTILINE)
    mapped = json.loads("{" + line + "}")["yaml.schemas"]
    named = {f"schemas/{name}" for name in schemas.files()}
    assert set(mapped) == named - {"schemas/golden.schema.json"} and "`golden.schema.json`" in PAGE
    for schema, files in mapped.items():
        assert (ROOT / schema).exists() and list(ROOT.glob(files)), schema
