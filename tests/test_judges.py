"""A language model as a judge: what it is sent, what is trimmed and what never is, what is kept of the call."""

import json
from dataclasses import replace

import pytest
import scripted

from interviewer import promptfiles, tokens
from interviewer.answer import LIMIT_CHARS, canonical
from interviewer.asking import grading_messages
from interviewer.errors import InputError, ModelRefused
from interviewer.grade import Judgement
from interviewer.item import Note
from interviewer.judges import ModelJudge
from interviewer.models import Reply, Task, Usage
from interviewer.models.offline import Scripted
from interviewer.models.retry import Policy

BANK = scripted.bank()
PROMPT = promptfiles.load("rubric")
SAID = "Every unit is kept at test time."
NOTHING = json.dumps({name: {"quotes": [], "reason": "No.", "level": "missed"} for name in "abc"})
MET = json.dumps({**json.loads(NOTHING), "a": {"quotes": [SAID], "reason": "It says so.", "level": "met"}})


def note(name: str, words: int) -> Note:
    return Note(name, "nets", name.title(), " ".join([name] * words), "A book")


def closest(task: Task) -> dict[str, str]:
    return {c.id: task.answer.text for c in task.rubric.criteria}


def task(answer: str = SAID, *notes: Note) -> Task:
    return Task(BANK.items["one"], BANK.rubrics["one"], canonical(answer), notes)


def judge(*lines: str, room: int = 100_000) -> tuple[ModelJudge, Scripted]:
    model = Scripted(lines)

    def fit(fixed: str, notes: tuple[Note, ...]) -> tuple[Note, ...]:
        return tokens.fit_notes([fixed], notes, room, "gpt-4o")

    return ModelJudge(model, PROMPT, fit, closest), model


async def test_the_model_is_sent_rubric_notes_and_answer_in_the_cheapest_order() -> None:
    judging, model = judge(NOTHING)
    await judging.judge(task(SAID, note("first", 5), note("second", 5)))
    (ask,) = model.history
    system, user = ask.messages
    assert (system.role, user.role) == ("system", "user")
    assert BANK.rubrics["one"].prompt_text() in system.content and BANK.items["one"].text in system.content
    assert system.content.index("first first") < system.content.index("second second")
    assert SAID in user.content and SAID not in system.content  # the stable part comes first: a cache hits
    assert ask.schema == BANK.rubrics["one"].reply_schema()


async def test_the_answer_stands_behind_a_code_that_is_not_in_it() -> None:
    judging, model = judge(NOTHING, NOTHING)
    for answer in (SAID, f"{SAID} [end]"):
        await judging.judge(task(answer))
    fences = [ask.messages[1].content.split("[")[1].split(" ")[0] for ask in model.history]
    assert fences[0] != fences[1] and all(len(f) == 16 for f in fences)
    assert f"[{fences[0]} begins]\n{SAID}\n[{fences[0]} ends]" in model.history[0].messages[1].content


async def test_notes_are_left_out_passage_by_passage_and_the_record_says_which() -> None:
    notes = (note("long", 400), note("short", 20), note("brief", 10))
    bare = sum(tokens.count(m.content) for m in grading_messages(PROMPT, task()))
    judging, model = judge(NOTHING, room=bare + 120)
    verdict = await judging.judge(task(SAID, *notes))
    sent = model.history[0].messages[0].content
    assert len(verdict.calls) == 1 and verdict.calls[0].note_ids == ("short", "brief")
    assert "long long" not in sent
    assert all(n.text in sent for n in notes[1:])  # whole, or not at all


async def test_the_longest_answer_is_sent_whole_and_costs_notes_first() -> None:
    words = ("every unit is kept " * LIMIT_CHARS)[: LIMIT_CHARS - 1] + "."
    judging, model = judge(NOTHING, room=tokens.count(words) + 1_200)
    verdict = await judging.judge(task(words, note("long", 2_000)))
    assert canonical(words).text in model.history[0].messages[1].content
    assert len(verdict.calls) == 1 and verdict.calls[0].note_ids == ()


async def test_a_prompt_that_does_not_fit_is_refused_and_nothing_is_sent() -> None:
    judging, model = judge(NOTHING, room=200)
    with pytest.raises(InputError, match="INTERVIEWER_CONTEXT_TOKENS"):
        await judging.judge(task(SAID, note("first", 5)))
    assert model.history == []


async def test_a_verdict_keeps_the_rubrics_order_and_its_passages() -> None:
    mixed = json.dumps(dict(reversed(json.loads(MET).items())))
    judging, _ = judge(mixed)
    verdict = await judging.judge(task())
    assert [o.criterion_id for o in verdict.outcomes] == ["a", "b", "c"]
    first = verdict.outcomes[0]
    assert isinstance(first, Judgement) and (first.level, first.quotes, first.notes) == ("met", (SAID,), ("note-a",))


async def test_quotes_that_are_still_invented_are_left_to_the_grader() -> None:
    invented = MET.replace(SAID, "Nothing is dropped.")
    judging, model = judge(invented, invented)
    verdict = await judging.judge(task())
    first = verdict.outcomes[0]
    assert len(model.history) == 2 and len(verdict.calls) == 1 and verdict.calls[0].attempts == 2
    assert isinstance(first, Judgement) and first.quotes == ("Nothing is dropped.",)


async def test_tokens_and_cost_of_every_attempt_are_counted() -> None:
    model = Scripted(
        [
            Reply("no", "served", Usage(100, 5), 0.5, cost_usd=0.001),
            Reply(MET, "served", Usage(140, 60), 0.5, cost_usd=0.002),
        ]
    )
    verdict = await ModelJudge(model, PROMPT, lambda fixed, notes: notes, closest).judge(task())
    (call,) = verdict.calls
    assert (call.input_tokens, call.output_tokens, call.attempts) == (240, 65, 2)
    assert call.cost_usd == pytest.approx(0.003) and call.model_answered == "served"


async def test_a_listener_hears_the_reply_as_it_comes() -> None:
    pieces: list[str] = []
    model = Scripted([MET])
    judging = ModelJudge(model, PROMPT, lambda fixed, notes: notes, closest, Policy(), pieces.append)
    await judging.judge(task())
    assert "".join(pieces) == MET


async def test_a_refusal_is_not_tried_again() -> None:
    model = Scripted([ModelRefused("wrong key; set another"), MET])
    with pytest.raises(ModelRefused, match="wrong key"):
        await ModelJudge(model, PROMPT, lambda fixed, notes: notes, closest).judge(task())
    assert len(model.history) == 1


def test_a_judge_is_known_by_its_model_and_its_prompt() -> None:
    judging, _ = judge()
    assert (judging.name, judging.version, judging.state) == ("scripted", PROMPT.label, "graded")
    assert replace(judging, prompt=replace(PROMPT, version=9)).version == "rubric.v9"
