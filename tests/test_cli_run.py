"""`interviewer eval run` as a prompt engineer meets it: record once, replay for ever, resume, stop at a cost."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from model_server import ModelServer, in_thread, says
from shell import Said, Shell

ROWS = 6
MODEL = {"INTERVIEWER_MODEL": "small"}


@pytest.fixture(scope="module")
def server() -> Iterator[ModelServer]:
    """A model that judges every criterion missed."""
    with in_thread(ModelServer(_missed)) as serving:
        yield serving


def _missed(body: dict[str, Any]) -> Any:
    if "response_format" not in body:
        return says("no", "length", top=[{"token": "no", "logprob": -0.1}, {"token": "yes", "logprob": -3.0}])
    schema = body["response_format"]["json_schema"]["schema"]
    return says(json.dumps({name: {"quotes": [], "reason": "No.", "level": "missed"} for name in schema["properties"]}))


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    row = {"dataset": "made", "question": "What does ReLU do?", "reference_answer": "It sets negative inputs to zero."}
    lines = [{**row, "question_id": f"q{n % 2}", "answer": f"It is number {n}.", "score": n % 2} for n in range(ROWS)]
    (tmp_path / "set.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return Shell(tmp_path)


def run(shell: Shell, out: str, *words: str, **env: str) -> Said:
    return shell.run("eval", "run", "--grader", "llm", "--data", "set.jsonl", "--out", out, *words, **env)


def trials(shell: Shell, out: str) -> list[dict[str, Any]]:
    lines = (shell.folder / out / "trials.jsonl").read_text(encoding="utf-8").splitlines()
    return sorted((json.loads(line) for line in lines), key=lambda t: (t["example"], t["trial"]))


@pytest.mark.parametrize("prompt", ["rubric.v1", "rubric-short.v2", "token.v1", "token.v2"])
def test_what_is_recorded_once_is_replayed_without_a_server_or_a_model(
    shell: Shell, server: ModelServer, prompt: str
) -> None:
    words = ("--prompt", prompt, "--recordings", "r.jsonl.gz")
    first = run(shell, "a", *words, "--record", "new", **MODEL, INTERVIEWER_BASE_URL=server.url)
    assert first.code == 0, first.err
    again = run(shell, "b", *words, "--replay")
    assert again.code == 0, again.err
    seen, replayed = trials(shell, "a"), trials(shell, "b")
    assert len(seen) == ROWS and all(t["state"] == "graded" and t["score"] == 0 for t in seen)
    for trial in (*seen, *replayed):
        assert trial.pop("seconds") > 0
    assert seen == replayed, "all but the time, which the model's own clock tells"


def test_a_changed_prompt_is_stale_and_the_error_names_item_part_and_command(shell: Shell, server: ModelServer) -> None:
    use = ("--recordings", "r.jsonl")
    run(shell, "a", "--prompt", "rubric-short.v1", "--record", "new", *use, **MODEL, INTERVIEWER_BASE_URL=server.url)
    stale = run(shell, "b", "--prompt", "rubric-short.v2", "--replay", *use)
    assert stale.code == 1
    assert f"{ROWS} of {ROWS} ungraded" in stale.err and "q0, answer" in stale.err
    assert "changed since: messages" in stale.err
    assert "interviewer eval run --grader llm --prompt rubric-short.v2 --model NAME" in stale.err
    assert all(t["error"].startswith("NotRecorded: ") for t in trials(shell, "b"))
    none = run(shell, "c", "--replay", "--recordings", "nowhere.jsonl")
    assert none.code == 2 and "holds no reply" in none.err


def test_only_what_is_not_recorded_is_asked(shell: Shell, server: ModelServer) -> None:
    words = ("--prompt", "rubric-short.v1", "--recordings", "r.jsonl", "--record")
    server.bodies.clear()
    for out, how in (("a", "new"), ("b", "new"), ("c", "all")):
        assert run(shell, out, *words, how, **MODEL, INTERVIEWER_BASE_URL=server.url).code == 0
    assert len(server.bodies) == 2 * ROWS
    more = run(shell, "d", *words, "new", "--trials", "3", **MODEL, INTERVIEWER_BASE_URL=server.url)
    assert more.code == 0 and len(server.bodies) == 4 * ROWS, "a second trial is another question, not the same reply"
    assert [t["trial"] for t in trials(shell, "d")] == [1, 2, 3] * ROWS


def test_a_run_stops_at_its_cost_and_goes_on_when_told(shell: Shell, server: ModelServer) -> None:
    paid = {**MODEL, "INTERVIEWER_BASE_URL": server.url, "INTERVIEWER_PRICE_IN": "1000", "INTERVIEWER_PRICE_OUT": "0"}
    words = ("--prompt", "rubric-short.v1", "--concurrency", "1")
    server.bodies.clear()
    first = run(shell, "a", *words, "--max-cost", "0.25", **paid)  # 100 tokens each: USD .1
    assert first.code == 1 and "3 trials are left; raise --max-cost and add --resume" in first.err
    assert len(server.bodies) == 3 and json.loads((shell.folder / "a" / "run.json").read_text())["finished"] is None
    assert "holds a run already; add --resume" in run(shell, "a", *words, **paid).err
    rest = run(shell, "a", *words, "--resume", **paid)
    assert rest.code == 0 and len(server.bodies) == ROWS and len(trials(shell, "a")) == ROWS
    assert json.loads((shell.folder / "a" / "run.json").read_text())["finished"]
    other = run(shell, "a", "--prompt", "rubric-short.v2", "--resume", **paid)
    assert other.code == 2 and "holds another run (grader_version, parameters differ)" in other.err


def test_only_failed_trials_are_made_again(shell: Shell, server: ModelServer) -> None:
    words = ("--prompt", "rubric-short.v1")
    server.script(*[says("", "stop")] * 2, _missed)
    run(shell, "a", *words, "--concurrency", "1", **MODEL, INTERVIEWER_BASE_URL=server.url)
    failed = [t["example"] for t in trials(shell, "a") if t["state"] == "ungraded"]
    assert failed == ["set/1"], "two empty replies: asked once more, then given up"
    server.script(_missed)
    again = run(shell, "a", *words, "--only", "failed", **MODEL, INTERVIEWER_BASE_URL=server.url)
    assert again.code == 0 and "1 trials are made again" in again.err and len(server.bodies) == 1
    assert all(t["state"] == "graded" for t in trials(shell, "a"))


def test_only_changed_rows_are_made_again(shell: Shell) -> None:
    words = ("eval", "run", "--data", "set.jsonl", "--out", "a")
    assert shell.run(*words).code == 0
    lines = (shell.folder / "set.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    changed = lines[0].replace("It is number 0.", "It zeroes what is negative.")
    (shell.folder / "set.jsonl").write_text("".join([changed, *lines[1:], lines[5]]), encoding="utf-8")
    again = shell.run(*words, "--only", "changed")
    assert again.code == 0 and "1 trials are made again" in again.err
    assert len(trials(shell, "a")) == ROWS + 1, "the new row is graded too"
    assert len((shell.folder / "a" / "dropped.jsonl").read_text().splitlines()) == 1


def test_attacks_are_graded_against_their_twins(shell: Shell) -> None:
    said = shell.run("eval", "run", "--attacks", "--out", "a", "--json")
    assert said.code == 0, said.err
    found = json.loads((shell.folder / "a" / "attacks.json").read_text(encoding="utf-8"))
    assert found["overall"]["n"] >= 150 and len(found["families"]) >= 20
    assert said.json["overall"] == found["overall"]
    keys = next(f for f in found["families"] if f["family"] == "master-key")
    assert keys["n"] >= 6 and keys["share"] <= keys["bound"] <= 1
    assert {f["kind"] for f in found["invariance"]} == {"padding", "paraphrase", "order", "formatting", "names"}
    table = shell.run("eval", "run", "--attacks", "--out", "b").out
    assert "direct-override" in table and "paraphrase" in table


def test_answers_of_other_tools_are_graded_and_those_without_a_label_are_said(shell: Shell) -> None:
    rows = ["question,answer,reference,score", "ReLU?,It zeroes what is negative.,It sets negative inputs to zero.,1"]
    (shell.folder / "t.csv").write_text(
        "\n".join([*rows, "ReLU?,No idea at all.,It sets negative inputs to zero.,", ""])
    )
    said = shell.run("eval", "run", "--data", "t.csv", "--out", "a", "--json")
    assert said.code == 0 and "1 of 2 answers carry no human score or label" in said.err, said.err
    assert [t["human_score"] for t in trials(shell, "a")] == [1.0, None]
    assert (said.json["scores"]["n"], said.json["n"]) == (1, 2)
    (shell.folder / "t.yaml").write_text(
        "- vars: {question: ReLU?, answer: It zeroes.}\n  assert: [{type: llm-rubric, value: Says that it zeroes.}]\n"
    )
    none = shell.run("eval", "run", "--data", "t.yaml", "--out", "b", "--json")
    assert none.code == 0 and "1 of 1 answers carry no human score or label" in none.err
    assert none.json["scores"] is None and none.json["items"] is None and none.json["n"] == 1
    (shell.folder / "t.csv").write_text("\n".join([rows[0], "ReLU?,A.,R.,2", "ReLU?,A.,R.,nan", ""]))
    broken = shell.run("eval", "run", "--data", "t.csv", "--out", "c")
    assert broken.code == 2 and "t.csv:2: score: a score of 0 to 1" in broken.err and "t.csv:3: score" in broken.err
    assert not (shell.folder / "c").exists()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--record", "new", "--replay"], "choose one of the two"),
        (["--recordings", "r.jsonl"], "add --record new"),
        (["--trials", "0"], "--trials"),
        (["--record", "some"], "--record"),
        (["--only", "failed"], "holds no run"),
        (["--resume"], "holds no run"),
        (["--prompt", "sonnet"], "there is no prompt sonnet"),
    ],
)
def test_misuse_is_one_line(shell: Shell, words: list[str], told: str) -> None:
    said = run(shell, "o", *words, **MODEL, INTERVIEWER_BASE_URL="http://127.0.0.1:9/v1")
    assert said.code == 2 and told in said.err and len(said.err.splitlines()) == 1, said.err
    embedded = shell.run("eval", "run", "--out", "o", "--replay")
    assert embedded.code == 2 and "--grader llm" in embedded.err
