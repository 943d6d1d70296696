"""A model's reply read into judgements. Pure; checks the form only, since quotes are `evidence`'s; guesses nothing."""

import json
import math
import re
from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from interviewer.errors import ReplyInvalid
from interviewer.grade import Judgement
from interviewer.models import TokenChance
from interviewer.rubric import LevelName, Rubric

_THINKING = re.compile(r"\A\s*<think(?:ing)?>.*?</think(?:ing)?>", re.DOTALL | re.IGNORECASE)


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
    expected = [c.id for c in rubric.criteria]
    reply = _verdict_in(text, expected)
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


def _verdict_in(text: str, expected: list[str]) -> dict[str, Any]:
    """The one JSON object of a reply that judges something; prose, fences and thoughts around it are passed over."""
    objects = _json_objects(_THINKING.sub("", text))
    whole = [o for o in objects if set(o) == set(expected)] or [o for o in objects if set(o) & set(expected)] or objects
    if any(o != whole[0] for o in whole):
        raise ReplyInvalid("one JSON object expected; the reply has several, and they differ")
    return whole[0]


def _json_objects(plain: str) -> list[dict[str, Any]]:
    """Every outermost JSON object of a text, at least one."""
    found: list[dict[str, Any]] = []
    problem, at = "the reply has none", plain.find("{")
    while at >= 0:
        try:
            content, end = json.JSONDecoder().raw_decode(plain, at)
            found.append(content)
        except ValueError as error:  # not JSON, or a number of thousands of digits
            problem, end = str(error), at + 1
        except RecursionError:
            problem, end = "nested too deeply", len(plain)
        at = plain.find("{", end)
    if not found:
        raise ReplyInvalid(f"a JSON object expected: {problem}")
    return found


def chance_of_yes(text: str, first_token: Sequence[TokenChance]) -> float | None:
    """P(yes) of a reply that is yes or no: the share of yes in what its candidates for the first token say.

    Source: Kadavath et al. 2022, "Language Models (Mostly) Know What They Know", who read P(True) off the tokens.

    Args:
        first_token: the most likely first tokens; empty where the server gives none.

    Returns:
        In [0, 1]; None where the server gives no log-probabilities.

    Raises:
        ReplyInvalid: the reply is neither yes nor no, and no candidate is.
    """
    chances = {"yes": 0.0, "no": 0.0}
    for candidate in first_token:
        if (word := _bare(candidate.token)) in chances:
            chances[word] += math.exp(candidate.logprob)
    if total := sum(chances.values()):
        return chances["yes"] / total
    if _bare(text.split(maxsplit=1)[0] if text.strip() else "") not in chances:
        raise ReplyInvalid(f"yes or no expected; got {text[:40]!r}")
    return None


def _bare(word: str) -> str:
    return word.strip(" \t\n*\"'.,:").lower()
