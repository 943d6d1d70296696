"""`interviewer eval batch`: requests in files, replies in files, and the run that a live one would have been."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from batch_server import BatchServer
from model_server import in_thread, refuses, says
from shell import Said, Shell, refusal

from interviewer import promptfiles

ROWS = 6
KEY = "sk-verysecretkey1234567890"
PROMPTS = ("rubric.v1", "rubric-short.v2", "token.v1", "mine.v1.md")


def judged(body: dict[str, Any]) -> Any:
    """A judge who credits what an answer with an even number says; the same request gets the same reply."""
    answer = next(m["content"] for m in reversed(body["messages"]) if "It is number" in m["content"])
    number = int(answer.partition("It is number ")[2][0])
    if "response_format" not in body:
        yes, no = (-0.1, -3.0) if number % 2 == 0 else (-3.0, -0.1)
        top = [{"token": "no", "logprob": no}, {"token": "yes", "logprob": yes}]
        return says("yes" if yes > no else "no", "length", top=top)
    names = body["response_format"]["json_schema"]["schema"]["properties"]
    said = {"quotes": [f"It is number {number}."], "reason": "Said.", "level": "met"}
    missed = {"quotes": [], "reason": "No.", "level": "missed"}
    return says(json.dumps({name: said if number % 2 == 0 else missed for name in names}))


@pytest.fixture(scope="module")
def serving() -> Iterator[BatchServer]:
    server = BatchServer(judged)
    with in_thread(server):
        yield server


@pytest.fixture
def server(serving: BatchServer) -> BatchServer:
    serving.forget()
    return serving


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    reference = "It sets negative inputs to zero. Positive inputs pass it unchanged."
    row = {"dataset": "made", "question": "What does ReLU do?", "reference_answer": reference}
    lines = [{**row, "question_id": f"q{n % 2}", "answer": f"It is number {n}.", "score": n % 2} for n in range(ROWS)]
    lines.append({**row, "question_id": "q0", "answer": "", "score": 0})  # the gate stops it: nobody is asked
    (tmp_path / "set.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    text = (promptfiles.FOLDER / "rubric-short.v2.md").read_text(encoding="utf-8")
    (tmp_path / "mine.v1.md").write_text(text.replace("mode: rubric", "mode: criterion"), encoding="utf-8")
    return Shell(tmp_path)


def env(server: BatchServer) -> dict[str, str]:
    return {"INTERVIEWER_BASE_URL": server.url, "OPENAI_API_KEY": KEY}


def batch(shell: Shell, server: BatchServer, *words: str) -> Said:
    return shell.run("eval", "batch", *words, **env(server))


def written(shell: Shell, server: BatchServer, out: str, *words: str, prompt: str = "rubric-short.v2") -> Said:
    said = batch(
        shell, server, "write", "--out", out, "--data", "set.jsonl", "--model", "small", "--prompt", prompt, *words
    )
    assert said.code == 0, said.err
    return said


def sent(shell: Shell, server: BatchServer, out: str, *words: str, prompt: str = "rubric-short.v2") -> None:
    written(shell, server, out, *words, prompt=prompt)
    assert batch(shell, server, "submit", out).code == 0


def collected(shell: Shell, server: BatchServer, out: str, *words: str) -> Said:
    return batch(shell, server, "collect", out, "--wait", "--every", "0.01", *words)


def live(shell: Shell, server: BatchServer, out: str, *words: str, prompt: str = "rubric-short.v2") -> Said:
    named = ("--grader", "llm", "--data", "set.jsonl", "--out", out, "--model", "small", "--prompt", prompt)
    return shell.run("eval", "run", *named, *words, **env(server))


def trials(shell: Shell, out: str) -> list[dict[str, Any]]:
    lines = (shell.folder / out / "trials.jsonl").read_text(encoding="utf-8").splitlines()
    return sorted((json.loads(line) for line in lines), key=lambda t: (t["example"], t["trial"]))


def description(shell: Shell, out: str) -> dict[str, Any]:
    return json.loads((shell.folder / out / "run.json").read_text(encoding="utf-8"))


def state(shell: Shell, out: str) -> dict[str, Any]:
    return json.loads((shell.folder / out / "batch" / "batch.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("prompt", PROMPTS)
def test_a_batch_makes_the_run_that_a_live_one_makes(shell: Shell, server: BatchServer, prompt: str) -> None:
    sent(shell, server, "a", "--trials", "2", prompt=prompt)
    asked = [r["body"] for r in server.requests()]
    assert server.bodies == [], "nobody was asked live"
    done = collected(shell, server, "a", "--json")
    assert "carry no human score" not in done.err
    assert done.code == 0 and "validating" not in done.err and "in_progress: 0 of" in done.err, done.err
    assert live(shell, server, "b", "--trials", "2", prompt=prompt).code == 0
    plain = lambda bodies: sorted(json.dumps(b, sort_keys=True) for b in bodies)  # noqa: E731
    assert plain(asked) == plain(server.bodies), "the same requests, letter by letter"
    ours, theirs = trials(shell, "a"), trials(shell, "b")
    assert len(ours) == 2 * (ROWS + 1) and {t["score"] for t in ours} == {0.0, 1.0}
    for trial in (*ours, *theirs):
        trial.pop("seconds")
    assert ours == theirs
    first, second = description(shell, "a"), description(shell, "b")
    for of_run in (first, second):
        for name in ("started", "finished", "seconds"):
            assert of_run.pop(name)
        measured = of_run["figures"]
        for part in (measured, measured["cost"], measured["intervals"]):
            for name in [name for name in part if "seconds" in name]:
                part.pop(name)
    assert first == second


def test_requests_are_in_the_form_that_the_api_wants(shell: Shell, server: BatchServer) -> None:
    said = written(shell, server, "a", "--trials", "3", prompt="token.v1")
    lines = (shell.folder / "a" / "batch" / "requests-001.jsonl").read_text(encoding="utf-8").splitlines()
    asked = [json.loads(line) for line in lines]
    assert len(asked) == ROWS * 2 * 3 and f"{len(asked)} requests for {(ROWS + 1) * 3} trials in 1 file (" in said.err
    assert {(r["method"], r["url"]) for r in asked} == {("POST", "/v1/chat/completions")}
    assert len({r["custom_id"] for r in asked}) == len(asked)
    assert all(r["body"]["model"] == "small" and r["body"]["max_tokens"] == 1 for r in asked)
    assert description(shell, "a")["finished"] is None and trials(shell, "a") == []


def test_nothing_is_sent_twice(shell: Shell, server: BatchServer) -> None:
    sent(shell, server, "a")
    again = batch(shell, server, "submit", "a")
    assert again.code == 0 and "everything has been sent already" in again.err
    assert (server.counted["upload"], server.counted["create"], len(server.batches)) == (1, 1, 1)


@pytest.mark.parametrize(
    ("trouble", "told"),
    [
        ("reset", "cannot be reached"),
        (refuses(500, "oops"), "HTTP 500"),  # made all the same
        (refuses(429, "slow down"), "HTTP 429"),  # not made
    ],
)
def test_a_batch_that_may_have_been_made_is_looked_for_before_it_is_made_again(
    shell: Shell, server: BatchServer, trouble: Any, told: str
) -> None:
    written(shell, server, "a")
    server.trouble["create"] = [trouble]
    assert told in refusal(batch(shell, server, "submit", "a"))
    kept = state(shell, "a")["files"][0]
    assert (kept["file_id"], kept["batch_id"]) == ("file-0", "")
    assert batch(shell, server, "submit", "a").code == 0
    assert len(server.batches) == 1 and server.counted["upload"] == 1
    assert state(shell, "a")["files"][0]["batch_id"] == "batch-0"
    assert collected(shell, server, "a").code == 0


def test_collecting_too_early_says_so_and_loses_nothing(shell: Shell, server: BatchServer) -> None:
    written(shell, server, "a")
    assert "requests-001.jsonl has not been sent; run `interviewer eval batch submit" in refusal(
        batch(shell, server, "collect", "a")
    )
    batch(shell, server, "submit", "a")
    early = batch(shell, server, "collect", "a")
    assert early.code == 1 and early.out == ""
    assert (
        early.err == f"requests-001.jsonl in_progress: 0 of {ROWS} requests done; collect again later, or add --wait\n"
    )
    assert batch(shell, server, "collect", "a").code == 0
    assert len(trials(shell, "a")) == ROWS + 1
    once_more = batch(shell, server, "collect", "a", "--json")
    assert once_more.code == 0 and len(trials(shell, "a")) == ROWS + 1
    assert server.counted["state"] == 2, "what is here is not asked for again"


def number(body: dict[str, Any]) -> int:
    return int(str(body["messages"]).partition("It is number ")[2][0])


def test_what_did_not_come_back_is_ungraded_with_its_reason_and_can_be_finished_live(
    shell: Shell, server: BatchServer
) -> None:
    expired = {"code": "batch_expired", "message": "This request could not be executed before the window expired."}
    server.spoils = lambda name, body: {0: expired, 1: {}}.get(number(body))
    server.reply = lambda body: {
        2: refuses(400, "Unsupported value: temperature", code="unsupported_value"),
        3: says("", "stop"),
        4: says('{"part-1": {"quotes": ["It is not said."], "reason": "x", "level": "met"}}'),
    }.get(number(body), judged(body))
    server.stages = ["in_progress", "expired"]
    sent(shell, server, "a")
    said = collected(shell, server, "a")
    assert said.code == 1, "replies are missing"
    found = {t["example"]: t for t in trials(shell, "a")}
    assert [found[f"set/{n + 1}"]["state"] for n in range(ROWS + 1)] == ["ungraded"] * 5 + ["graded"] * 2
    told = [found[f"set/{n + 1}"]["error"] for n in range(5)]
    assert all(t["score"] is None and t["criteria"][0]["level"] is None for t in list(found.values())[:5])
    assert told[0].startswith("NotRecorded: the batch has no reply for q0, answer ") and "batch_expired" in told[0]
    assert "the files that came back do not have it" in told[1]
    assert "HTTP 400: unsupported_value Unsupported value: temperature" in told[2]
    assert told[3].startswith("ReplyInvalid: ") and "an empty reply" in told[3]
    assert told[4].startswith("ReplyInvalid: every criterion once expected"), "no batch can ask for a repair"
    finish = next(line for line in said.err.splitlines() if "finish it live: " in line)
    assert "(3 NotRecorded, 2 ReplyInvalid)" in finish
    server.reply = judged
    command = finish.partition("finish it live: interviewer ")[2].split()
    rest = shell.run(*command, **env(server))
    assert rest.code == 0 and "5 trials are made again" in rest.err, rest.err
    assert len(server.bodies) == 5, "what came back is not asked for again"
    assert all(t["state"] == "graded" for t in trials(shell, "a"))
    repaired = [b for b in server.bodies if any(m["role"] == "assistant" for m in b["messages"])]
    assert [number(b) for b in repaired] == [4], "the reply that was not in form is mended, not asked for anew"


def test_a_batch_that_failed_is_said_and_can_be_sent_again(shell: Shell, server: BatchServer) -> None:
    server.stages = ["validating", "failed"]
    wrong = {"code": "token_limit_exceeded", "message": f"Enqueued token limit reached for {KEY}"}
    server.says = {"errors": {"object": "list", "data": [wrong]}}
    sent(shell, server, "a")
    said = collected(shell, server, "a")
    assert said.code == 1 and said.out == "" and trials(shell, "a") == []
    assert "requests-001.jsonl failed (token_limit_exceeded Enqueued token limit" in said.err
    assert "interviewer eval batch submit a --again" in said.err and KEY not in said.err
    assert "everything has been sent already" in batch(shell, server, "submit", "a").err
    server.stages, server.says = ["in_progress", "completed"], {}
    assert "1 of 1 files sent now" in batch(shell, server, "submit", "a", "--again").err
    assert len(server.batches) == 2 and "everything has" in batch(shell, server, "submit", "a", "--again").err
    assert collected(shell, server, "a").code == 0 and len(trials(shell, "a")) == ROWS + 1


def test_trouble_while_waiting_is_sat_out(shell: Shell, server: BatchServer) -> None:
    sent(shell, server, "a")
    server.trouble["state"] = [refuses(503, "overloaded"), None]
    server.trouble["content"] = [refuses(502, "bad gateway")]
    said = collected(shell, server, "a")
    assert said.code == 0 and "HTTP 503" in said.err and "HTTP 502" in said.err
    assert all(t["state"] == "graded" for t in trials(shell, "a"))
    server.forget()
    sent(shell, server, "b")
    server.trouble["state"] = [refuses(503, "overloaded")]
    assert "HTTP 503" in refusal(batch(shell, server, "collect", "b")), "who does not wait is told"


def test_the_key_is_sent_and_is_in_no_file_and_no_word(shell: Shell, server: BatchServer) -> None:
    server.spoils = lambda name, body: {"code": "x", "message": f"no access for {KEY}"} if number(body) == 1 else None
    server.reply = lambda body: judged(body) if number(body) else says(f"I was asked by {KEY} ")
    sent(shell, server, "a")
    said = collected(shell, server, "a")
    assert set(server.keys) == {f"Bearer {KEY}"}
    kept = [p for p in shell.folder.rglob("*") if p.is_file()]
    assert len(kept) > 6 and not any(KEY.encode() in p.read_bytes() for p in kept)
    assert KEY not in said.err + said.out and "no access for ***" in trials(shell, "a")[1]["error"]
    refused = refuses(401, f"Incorrect API key provided: {KEY}")
    written(shell, server, "b")
    server.trouble["upload"] = [refused]
    assert KEY not in refusal(batch(shell, server, "submit", "b"))
    assert not any(KEY.encode() in p.read_bytes() for p in (shell.folder / "b").rglob("*") if p.is_file())


def test_a_server_without_batches_is_said(shell: Shell, server: BatchServer) -> None:
    written(shell, server, "a")
    server.trouble["upload"] = [refuses(404, "Not Found"), refuses(200, "x")]
    assert "HTTP 404" in refusal(batch(shell, server, "submit", "a"))
    assert "takes no batches; check INTERVIEWER_BASE_URL" in refusal(batch(shell, server, "submit", "a"))
    assert state(shell, "a")["files"][0]["file_id"] == ""


def test_a_folder_is_collected_as_it_was_written(shell: Shell, server: BatchServer) -> None:
    sent(shell, server, "a")
    other = shell.run("eval", "batch", "collect", "a", INTERVIEWER_BASE_URL="http://127.0.0.1:9/v1")
    assert "was written for http://127.0.0.1:" in refusal(other)
    warm = shell.run(
        "eval", "batch", "collect", "a", "--wait", "--every", "0.01", **env(server), INTERVIEWER_TEMPERATURE="1"
    )
    assert "holds another run (parameters differ)" in refusal_last(warm) and trials(shell, "a") == []
    path = shell.folder / "set.jsonl"
    before = path.read_text(encoding="utf-8")
    path.write_text(before.replace("number 3", "number 9"), encoding="utf-8")
    assert "data_digest differ" in refusal_last(collected(shell, server, "a")) and trials(shell, "a") == []
    path.write_text(before, encoding="utf-8")
    assert collected(shell, server, "a").code == 0


def refusal_last(said: Said) -> str:
    assert said.code == 2 and "Traceback" not in said.err, said.err
    return said.err.splitlines()[-1]


def test_the_same_answer_twice_is_asked_once(shell: Shell, server: BatchServer) -> None:
    path = shell.folder / "set.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join([lines[0], *lines]), encoding="utf-8")
    sent(shell, server, "a")
    assert len(server.requests()) == ROWS
    assert collected(shell, server, "a").code == 0
    assert len(trials(shell, "a")) == ROWS + 2


def test_attacks_go_out_in_batches_too(shell: Shell, server: BatchServer) -> None:
    server.reply = lambda body: says(
        json.dumps(
            {
                name: {"quotes": [], "reason": "No.", "level": "missed"}
                for name in body["response_format"]["json_schema"]["schema"]["properties"]
            }
        )
    )
    said = batch(shell, server, "write", "--out", "a", "--attacks", "--model", "small", "--prompt", "rubric-short.v2")
    assert said.code == 0, said.err
    batch(shell, server, "submit", "a")
    done = collected(shell, server, "a", "--json")
    assert done.code == 0 and done.json["overall"]["n"] >= 150
    assert json.loads((shell.folder / "a" / "attacks.json").read_text())["overall"] == done.json["overall"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("submit", "gone"), "gone holds no batch"),
        (("collect", "gone"), "gone holds no batch"),
        (("write", "--out", "a", "--data", "gone.jsonl", "--model", "small"), "gone.jsonl cannot be read"),
        (("write", "--out", "a", "--data", "set.jsonl"), "no model named"),
        (
            ("write", "--out", "a", "--data", "set.jsonl", "--model", "small", "--prompt", "sonnet"),
            "there is no prompt",
        ),
        (("write", "--out", "a", "--data", "set.jsonl", "--model", "small", "--trials", "0"), "--trials"),
    ],
)
def test_misuse_is_one_line(shell: Shell, server: BatchServer, words: tuple[str, ...], told: str) -> None:
    assert told in refusal(batch(shell, server, *words))
    assert not (shell.folder / "a").exists()


def test_misuse_of_folders_and_models_is_one_line(shell: Shell, server: BatchServer) -> None:
    named = ("--data", "set.jsonl", "--prompt", "rubric-short.v2")
    other = shell.run("eval", "batch", "write", "--out", "a", *named, "--model", "anthropic:claude-sonnet-5")
    assert "anthropic:claude-sonnet-5 cannot be asked in batches" in refusal(other)
    written(shell, server, "a")
    assert "holds a run already" in refusal(batch(shell, server, "write", "--out", "a", *named, "--model", "small"))
    (shell.folder / "a" / "batch" / "batch.json").write_text('{"version": 2}')
    assert "is not of this version" in refusal(batch(shell, server, "submit", "a"))
