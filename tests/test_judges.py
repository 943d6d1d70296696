"""A language model as a judge: what it is sent, what is trimmed and what never is, what is kept of the call."""

import json
import math
from dataclasses import replace

import pytest
import scripted

from interviewer import promptfiles, tokens
from interviewer.answer import LIMIT_CHARS, canonical
from interviewer.asking import grading_messages
from interviewer.errors import InputError, ModelRefused, ReplyInvalid
from interviewer.grade import Judgement
from interviewer.item import Note
from interviewer.judges import TOP_LOGPROBS, ModelJudge
from interviewer.models import Reply, Task, TokenChance, Usage
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


def token_judge(*replies: Reply, met_from: float = 0.5) -> tuple[ModelJudge, Scripted]:
    model, prompt = Scripted(replies), replace(promptfiles.load("token.v1"), met_from=met_from)
    return ModelJudge(model, prompt, lambda fixed, notes: notes, closest), model


def said(yes: float, no: float) -> Reply:
    chances = (TokenChance("Yes", math.log(yes)), TokenChance(" no", math.log(no)), TokenChance("Well", -3.0))
    return Reply("Yes", "served", Usage(50, 1), 0.1, "length", first_token=chances)


async def test_one_token_a_criterion_is_read_with_its_probability() -> None:
    judging, model = token_judge(said(0.6, 0.2), said(0.1, 0.3), said(0.3, 0.3))
    verdict = await judging.judge(task())
    assert [ask.max_tokens for ask in model.history] == [1, 1, 1] and model.history[0].schema is None
    assert all(ask.top_logprobs == TOP_LOGPROBS for ask in model.history)
    found = [(o.level, o.probability, o.quotes) for o in verdict.outcomes if isinstance(o, Judgement)]
    assert found == [
        ("met", pytest.approx(0.75), (SAID,)),
        ("missed", pytest.approx(0.25), ()),
        ("met", pytest.approx(0.5), (SAID,)),
    ]
    assert len(verdict.calls) == 3 and sum(c.input_tokens or 0 for c in verdict.calls) == 150
    strict, _ = token_judge(said(0.6, 0.2), said(0.1, 0.3), said(0.3, 0.3), met_from=0.8)
    assert {o.level for o in (await strict.judge(task())).outcomes if isinstance(o, Judgement)} == {"missed"}


async def test_criteria_are_asked_one_by_one_after_the_same_beginning() -> None:
    judging, model = token_judge(*[said(0.5, 0.5)] * 3)
    await judging.judge(replace(task(), trial=2))
    users = [ask.messages[1].content for ask in model.history]
    assert all(f"one says {letter}" in user for letter, user in zip("AB", users, strict=False))
    shared = next(n for n, letters in enumerate(zip(*users, strict=False)) if len(set(letters)) > 1)
    assert SAID in users[0][:shared], "the answer comes before the criterion, so that a prompt cache hits"
    assert [ask.about.split(",")[0] for ask in model.history] == ["one/a", "one/b", "one/c"]
    assert {ask.trial for ask in model.history} == {2}


async def test_without_log_probabilities_the_word_decides_and_another_word_is_no_verdict() -> None:
    words = [Reply(word, "served", Usage(), 0.1) for word in ("Yes.", " no", "**No**")]
    judging, _ = token_judge(*words)
    levels = [(o.level, o.probability) for o in (await judging.judge(task())).outcomes if isinstance(o, Judgement)]
    assert levels == [("met", None), ("missed", None), ("missed", None)]
    judging, _ = token_judge(Reply("Maybe", "served", Usage(), 0.1))
    with pytest.raises(ReplyInvalid, match="yes or no expected; got 'Maybe'"):
        await judging.judge(task())


async def test_one_call_a_criterion_sees_that_criterion_only() -> None:
    replies = [json.dumps({name: json.loads(MET)[name]}) for name in "abc"]
    model = Scripted(replies)
    prompt = replace(PROMPT, mode="criterion")
    verdict = await ModelJudge(model, prompt, lambda fixed, notes: notes, closest).judge(task())
    assert [o.level for o in verdict.outcomes if isinstance(o, Judgement)] == ["met", "missed", "missed"]
    assert [list(ask.schema["properties"]) for ask in model.history if ask.schema] == [["a"], ["b"], ["c"]]
    assert "says B" not in model.history[0].messages[0].content


def test_a_prompt_without_a_place_for_notes_needs_none() -> None:
    judging, _ = token_judge()
    assert not judging.reads_notes and judge()[0].reads_notes
