"""A model's reply read into judgements. Pure; checks the form only, since quotes are `evidence`'s; guesses nothing."""

import json
import re
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from interviewer.errors import ReplyInvalid
from interviewer.grade import Judgement
from interviewer.rubric import LevelName, Rubric

_THINKING = re.compile(r"<think(?:ing)?>.*?</think(?:ing)?>", re.DOTALL | re.IGNORECASE)


class _Judged(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    quotes: list[str]
    reason: str
    level: LevelName


def parse(text: str, rubric: Rubric) -> tuple[Judgement, ...]:
    """The judgements of a reply, in the rubric's order, their quotes not yet verified.

    Raises:
        ReplyInvalid: not JSON, a criterion missing or unknown, a level the criterion does not have.
    """
    reply = _json_object(text)
    expected = [c.id for c in rubric.criteria]
    if set(reply) != set(expected):
        odd = ", ".join(sorted(set(reply) ^ set(expected)))
        raise ReplyInvalid(f"every criterion once expected ({', '.join(expected)}); missing or unknown: {odd}")
    judgements = []
    for criterion in rubric.criteria:
        try:
            judged = _Judged.model_validate(reply[criterion.id])
        except ValidationError as error:
            where = [f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()]
            raise ReplyInvalid(f"{criterion.id}: {'; '.join(where)}") from error
        if judged.level not in criterion.levels:
            raise ReplyInvalid(
                f"{criterion.id}: level one of {', '.join(criterion.levels)} expected; got {judged.level}"
            )
        reason = " ".join(judged.reason.split())
        judgements.append(Judgement(criterion.id, judged.level, tuple(judged.quotes), reason, notes=criterion.notes))
    return tuple(judgements)


def _json_object(text: str) -> dict[str, Any]:
    plain = _THINKING.sub("", text)
    start = plain.find("{")
    if start < 0:
        raise ReplyInvalid("a JSON object expected; the reply has none")
    try:
        reply, _ = json.JSONDecoder().raw_decode(plain, start)
    except json.JSONDecodeError as error:
        raise ReplyInvalid(f"a JSON object expected: {error.msg} at character {error.pos}") from error
    if not isinstance(reply, dict):
        raise ReplyInvalid("a JSON object expected")
    return reply
