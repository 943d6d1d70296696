"""Recorded replies: found again by what was asked, never by anything else; nothing secret, nothing lost by a kill."""

import gzip
import json
from dataclasses import replace
from pathlib import Path

import pytest

from interviewer.errors import InputError, ModelUnavailable, NotRecorded, SettingsError
from interviewer.models import Ask, Message, Reply, TokenChance, Usage
from interviewer.models.chosen import recorded_model
from interviewer.models.offline import Recorder, Replay, Scripted
from interviewer.recordings import Recordings, key_of
from interviewer.settings import Settings

SAMPLING = {"temperature": 0.0, "max_tokens": 100}
ASK = Ask(
    (Message("system", "Grade."), Message("user", "It is “so”.")), schema={"type": "object"}, about="q1, answer ab"
)
REPLY = Reply('{"a": 1}', "small-2026", Usage(10, 5, 3), 0.25, first_token=(TokenChance("{", -0.1),), cost_usd=0.001)


def recorder(
    path: Path, *lines: Reply | ModelUnavailable, reuses: bool = True
) -> tuple[Recorder, Scripted, Recordings]:
    recordings, model = Recordings(path), Scripted(lines, "small")
    return Recorder(model, recordings, SAMPLING, reuses), model, recordings


@pytest.fixture(params=["replies.jsonl", "below/replies.jsonl.gz"])
def path(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return tmp_path / str(request.param)


async def test_what_was_recorded_is_replayed_whole(path: Path) -> None:
    recording, model, recordings = recorder(path, REPLY)
    assert await recording.complete(ASK) == REPLY
    recordings.close()
    pieces: list[str] = []
    replay = Replay(Recordings(path), "small", SAMPLING)
    assert (replay.name, replay.parameters) == ("small", SAMPLING)
    assert await replay.complete(replace(ASK, on_text=pieces.append)) == replace(REPLY, is_replayed=True)
    assert pieces == [REPLY.text] and len(model.history) == 1


@pytest.mark.parametrize(
    ("changed", "name", "sampling", "told"),
    [
        (replace(ASK, messages=ASK.messages[:1]), "small", SAMPLING, "changed since: messages"),
        (replace(ASK, schema=None), "small", SAMPLING, "changed since: form"),
        (replace(ASK, top_logprobs=5), "small", SAMPLING, "changed since: form"),
        (replace(ASK, trial=2), "small", SAMPLING, "trial 2 (changed since: trial)"),
        (ASK, "large", SAMPLING, "changed since: model"),
        (ASK, "small", {**SAMPLING, "temperature": 1.0}, "changed since: parameters"),
        (replace(ASK, about="q2, answer cd", messages=()), "small", SAMPLING, "nothing about it is recorded"),
    ],
)
async def test_a_changed_ask_is_stale_and_says_what_changed(
    path: Path, changed: Ask, name: str, sampling: dict[str, float], told: str
) -> None:
    recording, _, recordings = recorder(path, REPLY)
    await recording.complete(ASK)
    recordings.close()
    with pytest.raises(NotRecorded) as caught:
        await Replay(Recordings(path), name, sampling, "interviewer eval run --record new").complete(changed)
    assert told in str(caught.value) and changed.about in str(caught.value)
    assert str(caught.value).endswith("record it: interviewer eval run --record new")


async def test_only_what_is_missing_is_asked_for_again_or_all_of_it(path: Path) -> None:
    recording, _, recordings = recorder(path, REPLY)
    await recording.complete(ASK)
    recordings.close()
    other = replace(REPLY, text="other")
    reusing, model, recordings = recorder(path, other)
    assert (await reusing.complete(ASK)).text == REPLY.text
    assert (await reusing.complete(replace(ASK, trial=2))).text == "other" and len(model.history) == 1
    recordings.close()
    anew, _, recordings = recorder(path, replace(REPLY, text="newest"), reuses=False)
    assert (await anew.complete(ASK)).text == "newest"
    recordings.close()
    assert (await Replay(Recordings(path), "small", SAMPLING).complete(ASK)).text == "newest"
    assert len(Recordings(path)) == 2


async def test_a_failure_is_not_recorded(path: Path) -> None:
    recording, _, recordings = recorder(path, ModelUnavailable("away"), REPLY)
    with pytest.raises(ModelUnavailable):
        await recording.complete(ASK)
    assert len(recordings) == 0
    assert await recording.complete(ASK) == REPLY


async def test_no_key_gets_into_a_recording(path: Path) -> None:
    secret = "sk-proj-0123456789abcdefghij"
    recording, _, recordings = recorder(path, replace(REPLY, text=f"your key is {secret}"))
    await recording.complete(replace(ASK, messages=(Message("user", f"Bearer {secret}"),)))
    recordings.close()
    raw = path.read_bytes()
    assert secret not in (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode()


async def test_the_same_replies_are_the_same_bytes_in_whatever_order_they_came(tmp_path: Path) -> None:
    asks = [replace(ASK, about=f"q{n}", messages=(Message("user", str(n)),)) for n in range(5)]
    files = []
    for name, order in (("a", asks), ("b", asks[::-1])):
        recording, _, recordings = recorder(tmp_path / f"{name}.jsonl.gz", *[REPLY] * 5)
        for one in order:
            await recording.complete(one)
        recordings.close()
        assert not (tmp_path / f"{name}.jsonl.gz.new").exists()
        files.append((tmp_path / f"{name}.jsonl.gz").read_bytes())
    assert files[0] == files[1]


async def test_a_process_killed_while_it_wrote_loses_one_reply_at_most(path: Path) -> None:
    recording, _, recordings = recorder(path, REPLY, REPLY)
    await recording.complete(ASK)
    new = path.with_name(path.name + ".new") if path.suffix == ".gz" else path
    with new.open("ab") as file:
        file.write(b'{"about": "q1, ans')
    assert len(Recordings(path)) == 1, "what is whole is read, also where it was never folded in"
    again, _, recordings = recorder(path, REPLY)
    await again.complete(replace(ASK, trial=2))
    recordings.close()
    assert len(Recordings(path)) == 2


@pytest.mark.parametrize("text", ["not json\n", "{}\n", '{"about": "x"}\n', "\n"])
def test_a_line_that_is_no_reply_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "replies.jsonl"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"replies\.jsonl:1 is no recorded reply"):
        Recordings(path)
    packed = tmp_path / "replies.jsonl.gz"
    packed.write_bytes(text.encode())
    with pytest.raises(InputError, match="cannot be read"):
        Recordings(packed)


async def test_a_stranger_replays_without_naming_a_model(path: Path) -> None:
    recording, _, recordings = recorder(path, REPLY)
    await recording.complete(ASK)
    recordings.close()
    found = recorded_model(Settings(_env_file=None), Recordings(path), "")  # type: ignore[call-arg]
    assert (found.name, found.parameters) == ("small", SAMPLING), "the recording's own, where nothing was set"
    assert (await found.complete(ASK)).text == REPLY.text
    warm = recorded_model(Settings(temperature=0.7), Recordings(path), "")
    with pytest.raises(NotRecorded, match="parameters"):
        await warm.complete(ASK)


async def test_of_several_models_one_has_to_be_named(path: Path) -> None:
    with pytest.raises(SettingsError, match="holds no reply"):
        recorded_model(Settings(), Recordings(path), "")
    recordings = Recordings(path)
    for name in ("small", "large"):
        recordings.add(key_of(name, SAMPLING, ASK), SAMPLING, ASK.about, REPLY)
    with pytest.raises(SettingsError, match="replies of small, large; name one with --model"):
        recorded_model(Settings(), recordings, "")
    assert recorded_model(Settings(model="large"), recordings, "").name == "large"


async def test_recorded_lines_hold_what_explains_them(tmp_path: Path) -> None:
    recording, _, _ = recorder(tmp_path / "r.jsonl", REPLY)
    await recording.complete(ASK)
    line = json.loads((tmp_path / "r.jsonl").read_text(encoding="utf-8"))
    assert {k: line[k] for k in ("about", "model", "answered", "trial", "parameters", "first_token")} == {
        "about": "q1, answer ab", "model": "small", "answered": "small-2026", "trial": 1, "parameters": SAMPLING,
        "first_token": [["{", -0.1]],
    }  # fmt: skip
    assert "Grade." not in json.dumps(line), "what was asked is a digest: it can be long, and is made again anyway"
