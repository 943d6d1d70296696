"""How a server wants to be asked, learned from its refusals and kept for the life of a model object.

A JSON reply is asked for as a strict JSON schema; where the server does not take that, as a JSON object; else in words.
Parameters that it refuses are left out. Knows no SDK; `openai_chat` and `langchain_chat` use it.
"""

import json
import re
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any, Literal

from interviewer.models import Ask
from interviewer.models.faults import is_too_long

Form = Literal["json_schema", "json_object", "text"]
_NEXT: dict[Form, Form] = {"json_schema": "json_object", "json_object": "text"}
_ABOUT_FORM = re.compile(r"response.?format|json.?schema|json.?object|structured|grammar|\bschema\b", re.IGNORECASE)
_NOT_ABOUT_FORM = {401, 402, 403, 408, 409, 413, 425, 429}
_THOUGHTS = re.compile(r"\A\s*<think(?:ing)?>.*?</think(?:ing)?>", re.DOTALL)
_FENCE = re.compile(r"\A```[a-zA-Z]*\s*\n(?P<inside>.*?)\n?\s*```\Z", re.DOTALL)


@dataclass(slots=True)
class Manner:
    """What one server has taken so far."""

    form: Form = "json_schema"
    without: set[str] = field(default_factory=set)
    """Parameters that the server refused."""

    def response_format(self, ask: Ask) -> dict[str, Any] | None:
        """The `response_format` of a request; None where nothing is to be sent."""
        if ask.schema is None or self.form == "text":
            return None
        if self.form == "json_object":
            return {"type": "json_object"}
        return {"type": "json_schema", "json_schema": {"name": "reply", "strict": True, "schema": ask.schema}}

    def messages(self, ask: Ask) -> list[dict[str, str]]:
        """The messages of a request; the schema is put into words where the server is not given it."""
        messages = [{"role": m.role, "content": m.content} for m in ask.messages]
        if ask.schema is None or self.form == "json_schema":
            return messages
        words = f"Reply with one JSON object and nothing else. Its JSON schema:\n{json.dumps(ask.schema)}"
        if messages and messages[0]["role"] == "system":
            messages[0]["content"] += f"\n\n{words}"
        else:
            messages.insert(0, {"role": "system", "content": words})
        return messages

    def learn(self, status: int, said: str, sent: Collection[str]) -> str | None:
        """What is done from now on because of a refusal; None when the refusal is about something else.

        Args:
            said: the server's words, its `param` and `code` included.
            sent: names of the parameters that the refused request had.
        """
        if status in _NOT_ABOUT_FORM or is_too_long(said):
            return None
        if "response_format" in sent and self.form in _NEXT and _ABOUT_FORM.search(said):
            refused, self.form = self.form, _NEXT[self.form]
            return f"{refused} replies are not taken, {self.form} is asked for instead"
        if status >= 500:
            return None
        for name in sent:
            if name != "response_format" and re.search(rf"\b{name}\b", said):
                self.without.add(name)
                return f"{name} is not taken, it is left out"
        return None


def bare_json(text: str) -> str:
    """A JSON reply without the thoughts before it and the code fence around it, which some models add unasked.

    Example:
        >>> bare_json('<think>Hm.</think>\\n```json\\n{"level": "met"}\\n```')
        '{"level": "met"}'
    """
    text = _THOUGHTS.sub("", text).strip()
    fenced = _FENCE.match(text)
    return fenced["inside"].strip() if fenced else text
