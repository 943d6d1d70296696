"""Requests in files and replies out of them: limits of a file, what a line may say, what a reply costs."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import scripted
from batch_server import BatchServer
from model_server import says

from interviewer import batching, promptfiles
from interviewer.answer import canonical
from interviewer.batchfolder import BatchFolder, Replies, RequestFile, Sent
from interviewer.errors import InputError, ModelRefused, NotRecorded, ReplyInvalid
from interviewer.example import Example
from interviewer.grader import Grader
from interviewer.judges import ModelJudge
from interviewer.models import Ask, Message, Task, Usage
from interviewer.models.offline import Scripted
from interviewer.models.openai_batch import OpenAIBatch
from interviewer.models.retry import ONCE
from interviewer.prompt import Mode
from interviewer.recordings import Recordings

ASK = Ask((Message("user", "Größe?\u2028"),), schema={"type": "object"}, about="q1, answer ab")
BANK = scripted.bank()
SAMPLING = {"temperature": 0.0, "max_tokens": 50}


def model(folder: Path, name: str = "gpt-4o", url: str = "", key: str = "k", **how: Any) -> OpenAIBatch:
    recordings = Recordings(folder / "replies.jsonl")
    return OpenAIBatch(name, url, key, recordings=recordings, sampling=SAMPLING, **{**SAMPLING, **how})


async def each(*lines: dict[str, Any]) -> AsyncIterator[dict[str, Any]]:
    for line in lines:
        yield line


def line(answer: Any = None, status: int = 200, **fields: Any) -> bytes:
    told = {"id": "r", "custom_id": "c", "response": {"status_code": status, "body": answer}, "error": None}
    return json.dumps({**told, **fields}).encode()


async def test_files_are_split_at_both_limits_and_no_request_stands_twice(tmp_path: Path) -> None:
    folder = BatchFolder(tmp_path)
    asked = [{"custom_id": str(n), "body": "ö" * n} for n in range(10)]
    size = len(json.dumps(asked[9], ensure_ascii=False).encode()) + 1
    files = await folder.write(each(*asked, asked[3]), most=4, most_bytes=3 * size)
    assert [f.requests for f in files] == [4, 3, 3]
    assert [f.name for f in files] == [f"requests-00{n}.jsonl" for n in (1, 2, 3)]
    texts = [folder.requests(f).read_bytes() for f in files]
    assert all(len(text) <= 3 * size for text in texts)
    assert [json.loads(one) for text in texts for one in text.splitlines()] == asked


async def test_many_files_are_sent_one_after_the_other_and_each_once(tmp_path: Path) -> None:
    written, server = BatchFolder(tmp_path), BatchServer(lambda body: says("{}"))
    async with server:
        asking = model(tmp_path, url=server.url)
        (tmp_path / "run.json").write_text(json.dumps(described(asking)), encoding="utf-8")
        files = await written.write(each(*({"custom_id": str(n), "body": {}} for n in range(5))), most=2)
        written.save(Sent(data="d", attacks=False, prompt="p", model="m", trials=1, files=files))
        server.trouble["upload"] = [None, "reset"]
        with pytest.raises(Exception, match="cannot be reached"):
            await batching.submit(written, asking)
        assert [bool(f.batch_id) for f in written.load().files] == [True, False, False]
        assert [f.name for f in await batching.submit(written, asking)] == [f.name for f in files[1:]]
        assert await batching.submit(written, asking) == []
        assert [r["custom_id"] for r in server.requests()] == ["0", "1", "2", "3", "4"]
        server.trouble["state"] = [None, None, says("{}")]  # not a batch
        with pytest.raises(ModelRefused, match="takes no batches"):
            for _ in range(3):
                await batching.fetch(written, asking)
        while any(f.status != "completed" for f in (await batching.fetch(written, asking)).files):
            pass
        replies = written.replies(written.load())
        assert all(json.loads(replies.line(str(n)) or b"{}")["custom_id"] == str(n) for n in range(5))
        await asking.aclose()


def described(asking: OpenAIBatch) -> dict[str, Any]:
    names = "grader grader_version data data_digest code_version git_commit started"
    run: dict[str, Any] = dict.fromkeys(names.split(), "x")
    return {**run, "rubric_versions": {}, "parameters": asking.parameters, "seconds": 0, "n": 1}


def test_replies_are_found_whatever_else_stands_in_the_files(tmp_path: Path) -> None:
    good = {"custom_id": "a", "text": "Größe\u2028\x85"}
    rows = [
        b"\n",
        b"no json\n",
        b"[]\n",
        b'"word"\n',
        b'{"custom_id": 7}\n',
        json.dumps(good, ensure_ascii=False).encode(),
    ]
    (tmp_path / "one").write_bytes(b"".join(rows))
    (tmp_path / "two").write_bytes(b'{"custom_id": "a", "text": "later"}\n{"custom_id": "b"}\n{"custom_id": "c"')
    replies = Replies([tmp_path / "gone", tmp_path / "one", tmp_path / "two"])
    assert json.loads(replies.line("a") or b"") == good, "the first one counts"
    assert replies.line("b") == b'{"custom_id": "b"}\n'
    assert replies.line("c") is None and replies.line("d") is None


async def test_a_reply_is_kept_and_found_again_by_what_was_asked(tmp_path: Path) -> None:
    usage = {"prompt_tokens": 1000, "completion_tokens": 100, "total_tokens": 1100}
    first = model(tmp_path)
    assert first.take(ASK, line(says('```json\n{"a": 1}\n```', usage=usage).body)) is None
    for asking in (first, model(tmp_path)):
        reply = await asking.complete(ASK)
        assert (reply.text, reply.model, reply.usage) == ('{"a": 1}', "served-model", Usage(1000, 100))
        assert reply.cost_usd == pytest.approx((1000 * 2.5 + 100 * 10) / 1e6 / 2), "half the list price"
    with pytest.raises(NotRecorded, match="q1, answer ab, trial 2"):
        await first.complete(replace(ASK, trial=2))


def test_a_price_that_was_set_is_the_price(tmp_path: Path) -> None:
    usage = {"prompt_tokens": 1000, "completion_tokens": 0, "total_tokens": 1000}
    for where, price in (({"price_in": 3.0, "price_out": 4.0}, 0.003), ({"url": "https://x.example/v1"}, 0.0025)):
        asking = model(tmp_path / f"{price}", **where)  # type: ignore[arg-type]
        asking.take(ASK, line(says("{}", usage=usage).body))
        kept = (tmp_path / f"{price}" / "replies.jsonl").read_text(encoding="utf-8")
        assert json.loads(kept)["cost_usd"] == pytest.approx(price)


REFUSED = {"error": {"message": "Unsupported value", "code": None, "type": "invalid_request_error"}}
LOST: list[tuple[bytes | None, type[Exception], str]] = [
    (None, NotRecorded, "the files that came back do not have it"),
    (
        line(response=None, error={"code": "batch_expired", "message": "Too late."}),
        NotRecorded,
        "batch_expired Too late.",
    ),
    (line(response=None, error={"code": "odd"}), NotRecorded, "(odd)"),
    (line(response=None), NotRecorded, "no reason given"),
    (line(REFUSED, status=400), NotRecorded, "(HTTP 400: Unsupported value)"),
    (line(None, status=500), NotRecorded, "(HTTP 500: no reason given)"),
    (line({}), NotRecorded, "is not a chat model's server"),
    (line({"error": {"code": 502, "message": "bad upstream"}}), NotRecorded, "bad upstream"),
    (line({**says("{}").body, "usage": {"tokens": 1}}), NotRecorded, "in no known form"),
    (line(says("{}").body["choices"]), NotRecorded, "is not a chat model's server"),
    (line(says("cut", "length").body), ReplyInvalid, "truncated at 50 tokens"),
    (line(says("").body), ReplyInvalid, "an empty reply"),
    (line(says(None, refusal="I will not.").body), ModelRefused, "declined to answer"),
    (line(says("x", "content_filter").body), ModelRefused, "content filter"),
]


@pytest.mark.parametrize(("told", "kind", "words"), LOST, ids=[words for _, _, words in LOST])
async def test_what_is_no_reply_is_said_and_never_kept(
    tmp_path: Path, told: bytes | None, kind: type[Exception], words: str
) -> None:
    asking = model(tmp_path)
    assert isinstance(asking.take(ASK, told), kind)
    with pytest.raises(kind) as caught:
        await asking.complete(ASK)
    assert words in str(caught.value)
    assert not (tmp_path / "replies.jsonl").exists()
    assert asking.take(ASK, line(says("{}").body)) is None and (await asking.complete(ASK)).text == "{}"


def test_a_request_has_another_name_for_another_model_form_or_trial(tmp_path: Path) -> None:
    asks = [ASK, replace(ASK, trial=2), replace(ASK, schema=None), replace(ASK, messages=(Message("user", "x"),))]
    names = [model(tmp_path).id_of(ask) for ask in asks] + [model(tmp_path, "gpt-4.1").id_of(ASK)]
    assert len(set(names)) == 5 and all(len(name) <= 64 for name in names)
    assert names[0] == model(tmp_path, key="other").id_of(replace(ASK, about="else", on_text=print))


@pytest.mark.parametrize("mode", ["rubric", "criterion", "token"])
async def test_what_a_run_would_ask_is_what_it_asks(mode: Mode) -> None:
    prompt = replace(promptfiles.load("rubric"), mode=mode)
    names = ["abc"] if mode == "rubric" else list("abc")
    missed = {name: {"quotes": [], "reason": "No.", "level": "missed"} for name in "abc"}
    answers = ["no" if mode == "token" else json.dumps({c: missed[c] for c in name}) for name in names]
    asked = Scripted(answers * 2)

    def fit(fixed: str, notes: tuple[Any, ...]) -> tuple[Any, ...]:
        if "too long" in fixed:
            raise InputError("too long")
        return notes[:1]

    judge = ModelJudge(asked, prompt, fit, lambda task: dict.fromkeys("abc", "x"), ONCE)
    item, rubric = BANK.items["one"], BANK.rubrics["one"]
    grader = Grader(judge, lambda item: rubric, lambda item, rubric: scripted_notes())
    texts = ("Every unit is kept.", "", "It is far too long to be read.", "All of them stay.")
    examples = [Example(f"e/{n}", "e", "", item, rubric, text, {}, None) for n, text in enumerate(texts)]
    wanted = [ask async for ask in batching.asks(grader, examples, trials=1)]
    for example in examples:
        await grader.grade(example.item, example.answer, rubric) if "long" not in example.answer else None
    assert wanted == asked.history and len(wanted) == 2 * len(names)
    both = [ask async for ask in batching.asks(grader, examples, trials=2)]
    assert [ask.trial for ask in both] == [1] * len(names) + [2] * len(names) + [1] * len(names) + [2] * len(names)
    task = Task(item, rubric, canonical(texts[0]), scripted_notes())
    assert judge.asks(task) == tuple(wanted[: len(names)])


def scripted_notes() -> tuple[Any, ...]:
    from interviewer.item import Note

    return (Note("n1", "nets", "One", "The first passage.", "A book"), Note("n2", "nets", "Two", "Another.", "A book"))


async def test_only_a_language_model_is_asked_in_batches() -> None:
    grader = Grader(Scripted(), lambda item: BANK.rubrics["one"], lambda item, rubric: ())  # type: ignore[arg-type]
    with pytest.raises(InputError, match="only a language model"):
        [ask async for ask in batching.asks(grader, [], 1)]


def test_two_processes_do_not_send_from_one_folder(tmp_path: Path) -> None:
    with (
        BatchFolder(tmp_path).locked(),
        pytest.raises(InputError, match="another process writes to"),
        BatchFolder(tmp_path).locked(),
    ):
        pass
    with BatchFolder(tmp_path).locked():
        pass


async def test_a_file_is_kept_whole_or_not_at_all(tmp_path: Path) -> None:
    folder, file = BatchFolder(tmp_path), RequestFile(name="requests-001.jsonl", requests=1)
    folder.path.mkdir()

    async def pieces(breaks: bool) -> AsyncIterator[bytes]:
        yield b'{"custom_id": "a", "key'
        if breaks:
            raise ModelRefused("broken off")
        yield b'": "secret"}\n'

    with pytest.raises(ModelRefused):
        await folder.keep(file, "output", pieces(True), str)
    sent = Sent(data="", attacks=False, prompt="", model="", trials=1, files=[file])
    assert folder.replies(sent).line("a") is None
    await folder.keep(file, "output", pieces(False), lambda text: text.replace("secret", "***"))
    assert folder.replies(sent).line("a") == b'{"custom_id": "a", "key": "***"}\n'
    assert [p.name for p in folder.path.iterdir()] == ["requests-001.output.jsonl"]
