"""Wordings that are not an answer: about the grading, instructions, claims in somebody else's mouth. Values only.

Honest answers use many of these words too (a split criterion, an LLM as a judge, "ignore previous instructions" quoted
in an answer about attacks), so each pattern asks for the telling neighbourhood, and text in quote marks is not read.
"""

import re


def _any(*alternatives: str) -> "re.Pattern[str]":
    return re.compile("|".join(f"(?:{a})" for a in alternatives), re.IGNORECASE)


_MARKS = r"(?:marks?|credits?|scores?|points?|grades?)"
_NOT_STOPPING = "".join(
    rf"(?<!{word} )" for word in "stopping split splitting convergence termination until when once if".split()
) + "".join(rf"(?<!{word} the )" for word in "until when once if".split())
"""A stopping criterion is met in many an honest answer."""

ABOUT_GRADING = _any(
    rf"\bfull {_MARKS}\b(?! (?:score|card|report|history|risk))",
    r"\b(?:maximum|max|top|perfect|all the|highest|best) (?:marks?|credits?|grades?)\b",
    r"(?:^|[.!?:;,\n]\s*)(?:maximum|max|top|perfect|highest) (?:scores?|points)\b(?:,? please)?\s*(?:$|[.!\n])",
    r"\b(?:award|deserves?|earns? (?:me|it|this)|give (?:me|us|(?:this|my) answer)|grant)\b.{0,30}"
    rf"\b(?:{_MARKS}|met)\b",
    r"\bgive (?:it|this|them)\b.{0,20}\b(?:full|maximum|max|top|perfect|highest|all)\b.{0,15}"
    rf"\b(?:{_MARKS}|met)\b",
    r"\b(?:mark|score|rate|judge|treat|count|grade) (?:it|this|me|them|my|all|every\w*)\b.{0,30}"
    r"\b(?:met|correct|right|full|pass(?:ed)?|complete|10)\b",
    r"\bcriteri(?:on|a) (?:number )?(?:\d|one|two|three)\b",
    rf"{_NOT_STOPPING}\bcriteri(?:on|a) (?:is|are) (?:all )?(?:met|satisfied)\b",
    r"\b(?:all|every|each)(?: of)?(?: the| your)? (?:criteri(?:on|a)|rubric (?:items?|points?)|requirements)\b"
    r".{0,25}\b(?:met|satisf\w+|cover\w+|fulfil\w+|address\w+|complete)",
    r"\bi (?:have |'ve )?(?:covered|addressed|satisfied|met|fulfill?ed|mentioned|explained|answered) "
    r"(?:all|every\w*|each|the (?:key|main|required|first|second|whole|full))\b.{0,30}"
    r"(?:criteri|rubric|points?|parts?|question|asked|requirement)",
    r"\bmy answer (?:is|was|covers?|meets|satisf\w+|addresses) (?:\w+ ){0,3}(?:correct|complete|perfect|all|every)",
    r"\bas (?:the|your) rubric (?:asks|says|requires|demands|wants)\b|\bthe grader\b.{0,30}\b(?:should|must|will)\b",
)
_ORDER = r"(?:(?:^|[.!?:;,\n#>\]})*_(\"'-])\s*|\b(?:please|now|must|should|shall|just|kindly|you to)\s+)"
"""Where an order begins; "you cannot ignore the prior" and "they forget the previous state" are statements."""
INSTRUCTION = _any(
    rf"{_ORDER}(?:ignore|disregard|forget|override|bypass) (?:\w+ ){{0,3}}"
    r"(?:instructions?|rules|rubric|prompts?|guidelines?)\b",
    rf"{_ORDER}(?:ignore|disregard|forget) (?:all|everything|anything|whatever)\b(?: \w+){{0,3}}"
    r" (?:above|before|previous|prior)\b",
    r"(?:^|\n|[#>\[(*])\s*(?:system|assistant|developer|user|grader|interviewer|human)\s*"
    r"(?:prompt|message|override|note)?\s*:",
    r"<\|?/?(?:system|assistant|user|im_start|im_end|answer|instructions?|reference|rubric)\b",
    r"\[/?(?:INST|SYS|SYSTEM)\]",
    r"\b(?:output|return|respond with|reply with|print) (?:only )?(?:[\"`{']|met\b|yes\b|json\b|true\b)",
    r"\byou (?:must|should|shall|will|are (?:now|required|to)) (?:\w+ ){0,3}"
    r"(?:grade|score|mark|award|respond|treat this|accept this)\b",
    # A marker stands by itself; "the start of the answer" inside a sentence is what an extractive reader predicts.
    r"(?<!\bthe )\b(?:end|begin(?:ning)?|start) of (?:the )?(?:answer|submission|transcript|candidate)\b",
    r"\b(?:submission|metadata|answer)[-_ ](?:id|starts?|begins?|ends?|field|boundary|section)\b\s*[:=]",
)
FAKE_VERDICT = _any(
    r"[\"'](?:level|verdict|score|grade|quotes|criteria)[\"']\s*[:=]",
    r"\b(?:level|verdict|grade)\s*[:=]\s*[\"'\[]?(?:met|full|pass|true)\b",
)
"""Read with quotation marks in place: they are part of the forgery."""
SOMEBODY_ELSE = _any(
    r"\b(?:the|your|this) (?:model|reference|expected|sample|official|ideal) (?:answer|solution|response)\b",
    r"\b(?:according to|in|as in|from) the (?:answer key|marking scheme|solution sheet)\b",
    r"\bthe (?:answer key|marking scheme|solution sheet) (?:says|gives|reads)\b",
    r"\b(?:a|the|another|previous|other|good|perfect|strong|ideal|better) "
    r"(?:candidate|student|applicant|interviewee)s? (?:would|might|could|said|says?|answered|wrote|mentioned)\b",
    r"\b(?:my |a |the )(?:friend|colleague|teacher|professor|roommate|interviewer|brother|sister|boss)s? "
    r"(?:\w+ )?(?:says?|said|told|claims?|claimed|thinks?|wrote|mentioned)\b",
    r"\b(?:chatgpt|gpt-?\d\w*|claude|gemini|copilot|an? llm|the internet|wikipedia|google) "
    r"(?:says?|said|told|claims?|answered|wrote)\b",
    r"\b(?:someone|somebody) (?:\w+ )?(?:says?|said|told me|claims?|claimed) (?:that )?the (?:\w+ )?answer\b",
)
_QUOTED = re.compile(r"\"[^\"\n]{1,200}\"|“[^”\n]{1,200}”|`[^`\n]{1,200}`|(?<!\w)['‘][^'’\n]{1,200}['’](?!\w)")


def without_quotations(text: str) -> str:
    """The text with everything between quote marks or backticks taken out: mention, not use."""
    return _QUOTED.sub(" ", text)
