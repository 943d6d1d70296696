"""Schemas for editors: those in the repository are current, the bank's files fit them, and what is wrong does not."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import small_bank
from shell import ROOT, Shell

from interviewer import schemas, yamlfile

SCHEMAS = {name.removesuffix(".schema.json"): json.loads(text) for name, text in schemas.files().items()}
FILES = {
    "items": "questions/*/items.yaml",
    "rubric": "rubrics/*/*.yaml",
    "split": "evals/golden/split.yaml",
    "slices": "evals/golden/slices.yaml",
}


def fits(name: str, data: Any) -> bool:
    return bool(jsonschema.Draft202012Validator(SCHEMAS[name]).is_valid(data))


def read(text: str) -> Any:
    document, findings = yamlfile.parse(text, "f.yaml")
    assert document and findings == []
    return document.data


def test_those_in_the_repository_are_current(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    said = shell.run("schemas", "--out", "made/here")
    assert (said.code, said.out) == (0, "")
    made = {path.name: path.read_text() for path in (tmp_path / "made" / "here").iterdir()}
    kept = {path.name: path.read_text() for path in (ROOT / "schemas").iterdir()}
    assert made == kept == schemas.files(), "run `interviewer schemas`"


def test_they_are_schemas_and_say_what_the_fields_mean() -> None:
    for name, schema in SCHEMAS.items():
        jsonschema.Draft202012Validator.check_schema(schema)
        assert schema["description"], name
    criterion = SCHEMAS["rubric"]["$defs"]["CriterionForm"]["properties"]
    assert (
        "ratios" in criterion["weight"]["description"] and "contradicted" in criterion["misconceptions"]["description"]
    )


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("folder", [ROOT, ROOT / "examples" / "sql-pack"], ids=["ours", "sql"])
def test_the_files_fit(name: str, folder: Path) -> None:
    validator = jsonschema.Draft202012Validator(SCHEMAS[name])
    paths = sorted(folder.glob(FILES[name]))
    assert paths or (folder.name, name) == ("sql-pack", "slices")
    for path in paths:
        assert [e.message for e in validator.iter_errors(read(path.read_text()))] == [], path


def test_the_golden_answers_fit() -> None:
    validator = jsonschema.Draft202012Validator(SCHEMAS["golden"])
    paths = [*ROOT.glob("evals/golden/*.jsonl"), *ROOT.glob("examples/*/evals/golden/*.jsonl")]
    lines = [line for path in paths for line in path.read_text().split("\n") if line]
    assert len(lines) > 1_800
    assert all(validator.is_valid(json.loads(line)) for line in lines)


def changed(path: tuple[str | int, ...], value: object) -> Callable[[Any], None]:
    def change(data: Any) -> None:
        for key in path[:-1]:
            data = data[key]
        data[path[-1]] = value

    return change


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("items", changed(("items", 0, "mood"), "bad")),
        ("items", changed(("items", 0, "kind"), "riddle")),
        ("items", changed(("items", 0, "difficulty"), 6)),
        ("items", changed(("items", 0, "id"), "Two Words")),
        ("items", changed(("items", 0, "hints", 0, "cost"), 0)),
        ("items", changed(("items", 0, "numeric", "tolerance"), -1)),
        ("items", changed(("title",), None)),
        ("rubric", changed(("criteria", 0, "weight"), 0)),
        ("rubric", changed(("criteria", 0, "accepts"), ["one"])),
        ("rubric", changed(("criteria", 0, "levels", "full"), "x")),
        ("rubric", changed(("version",), "first")),
        ("split", changed(("all",), [])),
        ("split", changed(("train",), "dropout")),
        ("slices", changed(("few",), "dropout/01")),
        ("golden", changed(("sort",), "odd")),
        ("golden", changed(("author", "unused", "level"), "good")),
        ("golden", changed(("id",), "dropout/1")),
    ],
)
def test_what_is_wrong_does_not_fit(name: str, change: Callable[[Any], None]) -> None:
    sound = {
        "items": lambda: read(small_bank.ITEMS),
        "rubric": lambda: read(small_bank.RUBRIC),
        "split": lambda: read(small_bank.FILES["evals/golden/split.yaml"]),
        "slices": lambda: {"few": ["dropout/01"]},
        "golden": lambda: small_bank.golden_lines()[0],
    }[name]()
    assert fits(name, sound)
    change(sound)
    assert not fits(name, sound)
