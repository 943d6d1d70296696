"""The wheel works somewhere else: it brings its bank, prompts, weights and page, and finds them from any folder."""

import json
import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path
from typing import Any

import pytest
from shell import ROOT, small_bank

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(ROOT)]
    done = subprocess.run(build, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    (made,) = out.glob("*.whl")
    return made


def test_the_wheel_carries_everything_it_needs_and_no_more(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    package = {p.relative_to(ROOT).as_posix() for p in (ROOT / "interviewer").rglob("*") if p.is_file()}
    package = {name for name in package if "__pycache__" not in name}
    bank = {f"interviewer/bank/{p.relative_to(ROOT).as_posix()}" for p in (ROOT / "rubrics").rglob("*.yaml")}
    bank |= {f"interviewer/bank/{p.relative_to(ROOT).as_posix()}" for p in (ROOT / "questions").rglob("*.yaml")}
    bank |= {f"interviewer/bank/{p.relative_to(ROOT).as_posix()}" for p in (ROOT / "questions").rglob("*.md")}
    assert {"interviewer/ui/page.css", "interviewer/ui/page.js", "interviewer/prompts/rubric.v1.md"} <= package
    assert any(name.startswith("interviewer/models/weights/embedded.v") for name in package)
    about = {name for name in names if ".dist-info/" in name}
    assert names - about == package | bank | {"interviewer/bank/questions/neuraprep.sha256.json"}
    assert {name.rpartition("/")[2] for name in about} >= {"METADATA", "entry_points.txt", "LICENSE", "NOTICE.md"}


class Installed:
    """The wheel in a virtual environment of its own that borrows this one's libraries."""

    def __init__(self, folder: Path, wheel: Path) -> None:
        venv.create(folder / "venv", symlinks=True, with_pip=True)
        self._bin = folder / "venv" / "bin"
        self._folder = folder / "elsewhere"
        self._folder.mkdir()
        (site,) = (folder / "venv").glob("lib/python*/site-packages")
        # Nothing is downloaded: the libraries are those of the tests. The .pth files in a folder that a .pth file names
        # are not read, so this checkout, which one of them names, is not borrowed with them.
        (site / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n")
        install = [self._bin / "python", "-m", "pip", "install", "-q", "--no-deps", "--no-index", wheel]
        done = subprocess.run(install, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr

    def run(self, *words: str, stdin: str = "", **env: str) -> Any:
        """What the command prints there, as JSON."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("INTERVIEWER_", "OPENAI_", "PYTHON"))}
        home = {"INTERVIEWER_HOME": str(self._folder / "home"), "INTERVIEWER_RETRIEVAL": "words"}
        done = subprocess.run(
            [self._bin / "interviewer", *words],
            input=stdin,
            capture_output=True,
            text=True,
            cwd=self._folder,
            env={**kept, **home, **env},
        )
        assert (done.returncode, done.stderr) == (0, ""), done.stderr
        return json.loads(done.stdout)

    def pytest(self, source: str) -> str:
        """What a pytest there says of a test file."""
        (self._folder / "test_it.py").write_text(source, encoding="utf-8")
        words = [self._bin / "python", "-m", "pytest", "-p", "no:cacheprovider", "test_it.py"]
        done = subprocess.run(words, capture_output=True, text=True, cwd=self._folder)
        return done.stdout + done.stderr

    def home_of_package(self) -> Path:
        """Where Python there finds the package."""
        program = "import interviewer; print(interviewer.__file__)"
        done = subprocess.run(
            [self._bin / "python", "-c", program], capture_output=True, text=True, cwd=self._folder, check=True
        )
        return Path(done.stdout.strip())


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    return Installed(tmp_path_factory.mktemp("user"), wheel)


def test_python_there_finds_the_wheel_and_not_this_checkout(installed: Installed) -> None:
    assert not installed.home_of_package().is_relative_to(ROOT)


def test_the_bank_is_there_from_any_folder(installed: Installed) -> None:
    questions = installed.run("bank", "--json")
    assert sum(q["number"] is not None for q in questions) == 189
    assert sum(not q["draft"] for q in questions) >= 24


def test_an_answer_is_graded_there(installed: Installed) -> None:
    grade = installed.run("grade", "--question", "10", "--json", stdin="The hands are 7.5 degrees apart.")
    assert grade["state"] == "provisional" and grade["score"] > 0 and grade["numeric"]["match"]
    assert all(c["notes"] for c in grade["criteria"]) and grade["provenance"]["grader_version"].startswith("embedded.v")
    assert installed.run("show", grade["id"], "--json")["score"] == grade["score"]


def test_another_bank_may_be_named(installed: Installed, tmp_path: Path) -> None:
    bank = small_bank(tmp_path / "bank", "statistics")
    questions = installed.run("bank", "--json", INTERVIEWER_BANK=str(bank))
    assert questions and {q["topic"] for q in questions} == {"statistics"}
    grade = installed.run("grade", "--question", "pdf-above-one", "--json", INTERVIEWER_BANK=str(bank))
    assert grade["score"] == 0


def test_pytest_there_finds_the_plugin(installed: Installed, tmp_path: Path) -> None:
    row = {"question_id": "q", "question": "Why?", "reference_answer": "It is so.", "answer": "It is so.", "score": 1}
    (tmp_path / "answers.jsonl").write_text(json.dumps(row), encoding="utf-8")
    run = f"graded(data={str(tmp_path / 'answers.jsonl')!r})"
    said = installed.pytest(f"def test_it(graded):\n    {run}.assert_at_most('scores.mae', 1)\n")
    assert "1 passed" in said, said


def test_nothing_is_wrong_there(installed: Installed) -> None:
    assert all(check["ok"] for check in installed.run("doctor", "--json"))
