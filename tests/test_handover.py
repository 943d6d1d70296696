"""What a worker is given: it makes the same trials without the files, the index or the settings of its own machine."""

import asyncio
import json
import pickle
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from interviewer import datasets, evaluate, handover, library, promptfiles, settings
from interviewer.errors import InputError
from interviewer.example import Example
from interviewer.models import Ask
from interviewer.models.chosen import sampling
from interviewer.models.offline import Recorder, Scripted
from interviewer.recorded import Recorded
from interviewer.recordings import Recordings
from interviewer.trial import Trial
from interviewer.wiring import Wiring

KEY = "sk-handed-over-0123456789"


def says(ask: Ask) -> str:
    assert ask.schema is not None
    return json.dumps({name: {"quotes": [], "reason": "No.", "level": "missed"} for name in ask.schema["properties"]})


@pytest.fixture
def wiring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Wiring:
    """Replays what it has just recorded of four golden answers, asked with notes and a prompt file of one's own."""
    monkeypatch.chdir(tmp_path)
    prompt = (promptfiles.FOLDER / "rubric.v1.md").read_text(encoding="utf-8")
    (tmp_path / "own.v3.md").write_text(prompt.replace("strict, fair", "fair"), encoding="utf-8")
    of = settings.load(home=tmp_path, model="small", prompt="own.v3.md", grader="llm", retrieval="words", api_key=KEY)
    recorder, recordings = Wiring(of), Recordings(tmp_path / "r.jsonl")
    recorder.__dict__["model"] = Recorder(Scripted([says] * 4, "small"), recordings, sampling(of), reuses=False)
    made(evaluate.run(recorder.grader("llm"), examples(recorder), lambda trial: None))
    return Wiring(of, Recorded(Path("r.jsonl"), "replay"))


def examples(wiring: Wiring) -> list[Example]:
    return datasets.load("golden:recorded", wiring.bank, wiring.folders)[::20]


def made(work: Any) -> Any:
    return asyncio.run(work)


def without_time(trial: Trial) -> Trial:
    return replace(trial, seconds=0.0)


def test_a_worker_needs_no_file_but_the_recordings(
    wiring: Wiring, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    some = examples(wiring)
    here = [made(evaluate.graded(wiring.grader("llm"), e, 1)) for e in some]
    given = pickle.dumps(handover.of(wiring, Recorded(Path("r.jsonl"), "replay"), "llm", some))

    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    (tmp_path / "own.v3.md").unlink()
    monkeypatch.setattr(library, "load", lambda root: pytest.fail("read the bank"))
    monkeypatch.setattr(Wiring, "index_of", lambda *_: pytest.fail("opened the index"))
    monkeypatch.setenv("INTERVIEWER_MODEL", "another")
    make = pickle.loads(given)(2)
    there = [made(make(pickle.loads(pickle.dumps(e)), 1)) for e in some]
    assert len(here) == 4 and all(t.state == "graded" for t in here)
    assert list(map(without_time, there)) == list(map(without_time, here))


def test_the_embedded_grader_is_the_same_there(wiring: Wiring) -> None:
    some = examples(wiring)
    make = pickle.loads(pickle.dumps(handover.of(wiring, None, "embedded", some)))(1)
    here = [made(evaluate.graded(wiring.grader("embedded"), e, 1)) for e in some]
    assert [without_time(made(make(e, 1))) for e in some] == list(map(without_time, here))


def test_another_version_is_refused_before_anything_is_opened() -> None:
    with pytest.raises(InputError, match=r"not 0\.0\.9; install one version on every machine"):
        handover.Handover("llm", "0.0.9", b"no pickle")(1)


def test_no_key_is_shown(wiring: Wiring) -> None:
    given = handover.of(wiring, None, "llm", [])
    assert KEY not in repr(given) and KEY not in str(given)
    assert pickle.loads(given.parts)[0].api_key.get_secret_value() == KEY
