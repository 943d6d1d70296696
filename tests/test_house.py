"""The house rules: floors and rooms, budgets, a cheap import, nothing of this machine, docstrings that hold."""

import ast
import doctest
import importlib
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "interviewer"

ERRORS, VALUES, RULES, EDGES, COMPOSITIONS, WIRING, FACES = (
    "errors values rules edges compositions wiring faces".split()
)
HEIGHT = {ERRORS: 0, VALUES: 1, RULES: 2, EDGES: 2, COMPOSITIONS: 3, WIRING: 4, FACES: 5}
ROOMS = {
    ERRORS: "errors",
    VALUES: """
        __init__ answer bank baseline example folders grade item labels models models.__init__ prompt recorded
        robustness rubric trial words
    """,
    RULES: """
        accepting agreement asking attackfigures batches bounded calibration claimwords comparison comparisonpage
        comparisonwords costs derive differences evidence exported expressions failurewords figureforms figures flips
        gate gatepage glossary headlines itemfigures joining junit latex lint lintgolden markdown measures misses
        numeric overview pairs patterns plainvalues query regression report resampling retrieval review scorefigures
        screen selection session sides slices spoken steadiness sums tally units verdict
    """,
    EDGES: """
        answerfile attackset attacksfile bankforms baselines batchfolder embeddings formcheck golden index interchange
        keywords library promptfiles promptfoo promptfoofiles rayengine recordings rowforms runs schemas settings shelf
        store tables textlines tokens vectors yamlfile models.breaker models.chosen models.completion models.embedded
        models.embeddings_endpoint models.faults models.features models.langchain_build models.langchain_chat
        models.manner models.offline models.openai_batch models.openai_chat models.openai_lean models.pace models.prices
        models.retry
    """,
    COMPOSITIONS: "batching checkup datasets doctor evaluate eventlog grader interview judges packs",
    WIRING: "handover wiring",
    FACES: """
        asjson cli cli_ask cli_batch cli_compare cli_eval cli_export cli_gate cli_history cli_report cli_run cli_schemas
        commandline graded pytest_plugin runpage runpage.agreement runpage.cards runpage.certainty runpage.charts
        runpage.frame
        runpage.headline runpage.markup runpage.numbers runpage.parts runpage.tables runpage.upkeep terminal
        terminal_compare ui ui.draw ui.dress ui.handlers ui.layout ui.look ui.secret ui.server
    """,
}
ROOM = {name: room for room, names in ROOMS.items() for name in names.split()}
"""Module -> where it lives. A new module belongs into this table."""

PROVIDERS = re.compile(
    r"(?:openai|anthropic|cohere|groq|mistralai|ollama|together|boto3|litellm|transformers|google(?:\.genai|\.generativeai)?"
    r"|langchain|langchain_(?!core\b|chroma\b|text_splitters\b)\w+)(?:\.|$)"
)
"""Packages of model providers, which only interviewer/models may import. Chroma and LangChain's core are none."""
HEAVY = ("gradio", "chromadb", "langchain", "langchain_core", "openai", "numpy", "sqlalchemy", "wordllama", "tiktoken")

FILE_LINES = 250
FUNCTION_LINES, FUNCTION_LINES_AT_MOST = 40, 60
LONGER_FUNCTIONS = {"models.features.features": "one line a feature, in the order of NAMES"}
"""`module.function` -> why it is one piece of more than 40 lines."""


def name_of(path: Path) -> str:
    """Dotted name below the package: `models.retry`, `ui` for ui/__init__.py."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)


MODULES = {name_of(path): path for path in sorted(PACKAGE.rglob("*.py"))}


@cache
def tree_of(name: str) -> ast.Module:
    return ast.parse(MODULES[name].read_text(encoding="utf-8"))


def imports(name: str, at_run_time: bool = False) -> Iterator[str]:
    """Full names of everything a module imports, anywhere in it.

    Args:
        at_run_time: leave out what only type checkers read.
    """
    stack: list[ast.AST] = [tree_of(name)]
    while stack:
        node = stack.pop()
        if at_run_time and isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            stack += node.orelse
            continue
        stack += list(ast.iter_child_nodes(node))
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name}: imports are written out in full"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def own_imports(name: str, at_run_time: bool = False) -> set[str]:
    """The modules of the package that a module imports, itself not counted."""
    found = set()
    for full in imports(name, at_run_time):
        if full.split(".")[0] == "interviewer":
            below = full.split(".")[1:]
            while below and ".".join(below) not in MODULES:
                below = below[:-1]
            found.add(".".join(below) or "__init__")
    return found - {name}


def test_every_module_has_its_room() -> None:
    assert set(MODULES) - set(ROOM) == set(), "write these modules into ROOMS"
    assert set(ROOM) - set(MODULES) - {"models.__init__"} == set(), "these modules are gone; take them out of ROOMS"


@pytest.mark.parametrize("name", MODULES)
def test_imports_fall_and_the_rooms_of_a_floor_do_not_know_each_other(name: str) -> None:
    here = ROOM[name]
    for imported in own_imports(name):
        there = ROOM[imported]
        assert HEIGHT[there] <= HEIGHT[here], f"{name} ({here}) imports {imported} ({there})"
        same_floor = HEIGHT[there] == HEIGHT[here]
        assert not same_floor or there == here, f"{name} ({here}) imports {imported} ({there})"


def test_no_imports_go_in_a_circle() -> None:
    done: set[str] = set()

    def walk(name: str, way: tuple[str, ...]) -> None:
        assert name not in way, " -> ".join([*way[way.index(name) :], name])
        if name not in done:
            for imported in sorted(own_imports(name, at_run_time=True)):
                walk(imported, (*way, name))
            done.add(name)

    for name in MODULES:
        walk(name, ())


def test_the_search_for_imports_sees_what_it_should(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = (
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from interviewer.wiring import Wiring\n"
        "def f():\n    from interviewer import grade\n    import openai.types\n    import interviewer.models.retry\n"
    )
    (tmp_path / "x.py").write_text(source, encoding="utf-8")
    monkeypatch.setitem(MODULES, "x", tmp_path / "x.py")
    assert own_imports("x") == {"wiring", "grade", "models.retry"}
    assert own_imports("x", at_run_time=True) == {"grade", "models.retry"}
    assert [i for i in imports("x") if PROVIDERS.match(i)] == ["openai.types"]
    assert all(PROVIDERS.match(i) for i in ("langchain.chat_models", "langchain_openai", "anthropic", "google.genai"))
    assert not any(
        PROVIDERS.match(i) for i in ("langchain_core.documents", "langchain_chroma", "openpyxl", "google_re2")
    )


@pytest.mark.parametrize("name", [m for m in MODULES if not m.startswith("models")])
def test_only_models_import_a_provider(name: str) -> None:
    assert [i for i in imports(name) if PROVIDERS.match(i)] == []


def functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    yield from (n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef))


def length_of(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function; what its docstring explains is not counted against it."""
    first = function.body[0]
    documented = (first.end_lineno or 0) - first.lineno + 1 if ast.get_docstring(function) else 0
    return (function.end_lineno or 0) - function.lineno + 1 - documented


@pytest.mark.parametrize("name", MODULES)
def test_budgets_of_a_module(name: str) -> None:
    text = MODULES[name].read_text(encoding="utf-8")
    assert len(text.splitlines()) <= FILE_LINES
    for function in functions(tree_of(name)):
        lines = length_of(function)
        assert lines <= FUNCTION_LINES_AT_MOST, f"{name}.{function.name} has {lines} lines"
        excused = LONGER_FUNCTIONS.get(f"{name}.{function.name}")
        assert lines <= FUNCTION_LINES or excused, f"{name}.{function.name} has {lines} lines"


def test_no_excuse_outlives_its_function() -> None:
    known = {f"{name}.{function.name}" for name in MODULES for function in functions(tree_of(name))}
    assert set(LONGER_FUNCTIONS) <= known
    assert all(reason.strip() for reason in LONGER_FUNCTIONS.values())


@pytest.mark.parametrize("path", [ROOT / "app.py", *sorted((ROOT / "evals").glob("*.py"))], ids=lambda p: p.name)
def test_budgets_of_what_stands_outside_the_package(path: Path) -> None:
    limit = 150 if path.name == "app.py" else SCRIPT_LINES.get(path.name, (60, ""))[0]
    assert len(path.read_text(encoding="utf-8").splitlines()) <= limit


SCRIPT_LINES = {
    "bench.py": (140, "one small function for each row of the table"),
    "results.py": (210, "one small function for each table"),
}
"""Script of evals/ -> (most lines, why it is longer than 60)."""


def documented(tree: ast.Module) -> Iterator[ast.AST]:
    """The module and every public class, function and method of it."""
    yield tree
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            yield node
            members = node.body if isinstance(node, ast.ClassDef) else []
            for member in members:
                if isinstance(member, ast.FunctionDef | ast.AsyncFunctionDef) and not member.name.startswith("_"):
                    yield member


@pytest.mark.parametrize("name", MODULES)
def test_what_is_public_says_what_it_is(name: str) -> None:
    bare = [getattr(n, "name", name) for n in documented(tree_of(name)) if not ast.get_docstring(n)]  # type: ignore[arg-type]
    assert bare == []


def _has_examples(path: Path) -> bool:
    return ">>>" in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", [name for name, path in MODULES.items() if _has_examples(path)])
def test_examples_in_docstrings_hold(name: str) -> None:
    module = importlib.import_module(f"interviewer.{name}")
    outcome = doctest.testmod(module)
    assert outcome.attempted > 0
    assert outcome.failed == 0


def run_python(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_importing_the_package_is_quick_and_does_nothing() -> None:
    code = "import time; t = time.process_time(); import interviewer; print(time.process_time() - t)"
    assert min(float(run_python(code)) for _ in range(3)) < 0.2


@pytest.mark.parametrize("module", ["interviewer", "interviewer.grader", "interviewer.library", "interviewer.cli"])
def test_heavy_libraries_are_imported_only_where_they_are_needed(module: str) -> None:
    loaded = run_python(f"import sys, {module}; print(*sorted({{m.split('.')[0] for m in sys.modules}}))").split()
    assert set(loaded) & set(HEAVY) == set()


def tracked() -> list[Path]:
    """The text files that git keeps."""
    listed = subprocess.run(["git", "ls-files", "-z"], capture_output=True, cwd=ROOT)
    if listed.returncode:
        pytest.skip("not a git checkout: what is tracked cannot be known")
    paths = [ROOT / name for name in listed.stdout.decode().split("\0") if name]
    return [p for p in paths if p.is_file() and b"\0" not in p.read_bytes()[:4096]]


def _places_of_this_machine() -> list[str]:
    places = [str(ROOT), str(Path.home() / ".cache"), sys.prefix]
    if (ROOT.parent / "shared").is_dir():
        places.append(f"{ROOT.parent}/")
    return [re.escape(place) for place in places if len(place) > 4]


def _package_indexes() -> list[str]:
    asked = [
        os.environ.get(name, "")
        for name in ("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "UV_INDEX_URL", "UV_DEFAULT_INDEX")
    ]
    hosts = {m[1] for url in asked for m in re.finditer(r"https?://(?:[^/@\s]*@)?([^/\s]+)", url)}
    return [re.escape(host) for host in hosts] + [
        r"--(?:extra-)?index-url",
        r"https?://\S+/simple\b",
        r"pythonhosted\.org",
    ]


def test_no_tracked_file_names_a_place_of_this_machine_or_a_package_index() -> None:
    forbidden = re.compile("|".join([*_places_of_this_machine(), *_package_indexes(), r"\.cache/local-models"]))
    found = []
    for path in tracked():
        if path == Path(__file__).resolve():
            continue  # the patterns themselves
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
            if match := forbidden.search(line):
                found.append(f"{path.relative_to(ROOT)}:{number}: {match.group()}")
    assert found == []
