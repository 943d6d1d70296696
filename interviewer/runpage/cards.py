"""The worst misses: the answer with its quotes marked, and what people and machine said of each claim, side by side."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from interviewer.answer import canonical
from interviewer.errors import InputError
from interviewer.example import Example
from interviewer.misses import Miss
from interviewer.report import UNLABELLED, ReportedRun, labelled
from interviewer.review import LEVEL_SIGNS, segments
from interviewer.rubric import LevelName
from interviewer.runpage.markup import Html, brief, is_hidden, join, tag
from interviewer.runpage.numbers import many, number
from interviewer.runpage.tables import chip, folded, outside, run_class, section

SHOWN_CHARS = 6_000
"""Of an answer, a quote or a reason; a page of fifty misses must stay readable."""
WHOLE = "score"
"""Stands for the pair of levels where whole answers are compared."""


def misses(runs: Sequence[ReportedRun]) -> Html:
    """The section with its filter, which appears only where scripts run."""
    cards = [card(r, group) for r in runs for group in _by_trial(r.overview.misses)]
    if not cards:
        why = "Machine and people never differ here." if labelled(runs) else UNLABELLED
        return section("misses", "The worst misses", tag("p", why, class_="note"))
    shown = sum(len(r.overview.misses) for r in runs)
    lead = (
        f"{many(shown, 'miss', 'misses')}, worst first: farthest apart, then those the machine was surest of. They are "
        "chosen for being bad, so they show what goes wrong, not how often. People are wrong too: look before you "
        "mend the prompt."
    )
    notes = [
        tag("p", f"Run {r.letter}: {r.texts_note}", class_="note caution") for r in runs if r.texts_note and _any(r)
    ]
    return section("misses", "The worst misses", *notes, _filter(runs), tag("div", *cards, id="cards"), lead=lead)


def _any(run: ReportedRun) -> bool:
    return bool(run.overview.misses)


def _by_trial(found: Iterable[Miss]) -> list[list[Miss]]:
    """The misses of one trial together, in the place of the worst."""
    groups: dict[tuple[str, int], list[Miss]] = {}
    for miss in found:
        groups.setdefault((miss.trial.example, miss.trial.trial), []).append(miss)
    return list(groups.values())


def _filter(runs: Sequence[ReportedRun]) -> Html:
    found = [(r, m) for r in runs for m in r.overview.misses]
    fields = []
    if len(runs) > 1:
        fields.append(_choice("run", "Run", Counter(r.letter for r, _ in found)))
    fields.append(_choice("topic", "Topic", Counter(m.trial.topic for _, m in found)))
    fields.append(_choice("kind", "Kind of question", Counter(m.trial.kind for _, m in found)))
    fields.append(_choice("pair", "People → machine", Counter(_pair(m) for _, m in found)))
    search = tag("label", "Text ", tag("input", type="search", name="text", autocomplete="off"))
    said = tag("output", "", name="said", aria_live="polite")
    return tag("form", *fields, search, said, id="filter", aria_label="Filter the misses", hidden="")


def _choice(name: str, label: str, counts: Mapping[str, int]) -> Html:
    options = [tag("option", "all", value="")]
    for value, n in sorted(counts.items()):
        if value:
            told = value.replace(">", " → ") if name == "pair" else brief(value)
            options.append(tag("option", f"{told} ({n})", value=value))
    return tag("label", f"{label} ", tag("select", *options, name=name))


def _pair(miss: Miss) -> str:
    return f"{miss.criterion.human}>{miss.criterion.level}" if miss.criterion else WHOLE


def card(run: ReportedRun, group: Sequence[Miss]) -> Html:
    """One answer with its misses."""
    trial, example = group[0].trial, run.texts.get(group[0].trial.example)
    of = f", trial {trial.trial} of {run.overview.repeats}" if run.overview.repeats > 1 else ""
    facts = [trial.topic, trial.kind, trial.sort, trial.voice, f"{trial.example}{of}", *trial.flags]
    told = [outside(fact) for fact in facts if fact]
    asked = example.item.text if example else trial.question
    quotes = [(n, q) for n, m in enumerate(group, 1) if m.criterion for q in m.criterion.quotes]
    against = {n for n, m in enumerate(group, 1) if m.criterion and m.criterion.level == "contradicted"}
    gone = None if example or run.texts_note else tag("p", "This answer is not in the set any more.", class_="note")
    said = tag(
        "div",
        _answer(example, quotes, against) or gone,
        tag("p", _score("People's score", trial.human_score), _score("machine's", trial.score), class_="both"),
    )
    return tag(
        "article",
        tag("p", chip(run), *told, class_="facts"),
        tag("h3", _cut(asked), class_="outside"),
        said,
        tag("ol", *(_miss(run, m, example) for m in group if m.criterion)) if group[0].criterion else None,
        class_=f"miss {run_class(run.letter)}",
        data_run=run.letter,
        data_topic=trial.topic,
        data_kind=trial.kind,
        data_pair=None if group[0].criterion else WHOLE,
    )


def _score(who: str, score: float | None) -> Html:
    return tag("span", f"{who} ", tag("b", "none" if score is None else number(score)))


def _answer(example: Example | None, quotes: Sequence[tuple[int, str]], against: set[int]) -> Html | None:
    """The answer with its quotes marked; where hidden characters were taken out, also as it was typed."""
    if example is None:
        return None
    raw = example.answer.replace("\r\n", "\n")
    try:
        seen = canonical(raw).text
    except InputError:
        return _block(_cut(raw))
    if not seen:
        return tag("p", "An empty answer.", class_="note") if not raw.strip() else _block(_cut(raw))
    parts: list[Html] = []
    left = SHOWN_CHARS
    for s in segments(seen, quotes):
        shown = _cut(s.text, left)
        left = max(0, left - len(s.text))
        if not s.criteria or not shown:
            parts.append(join(shown))
            continue
        numbers = ", ".join(map(str, s.criteria))
        kind = "against" if against.issuperset(s.criteria) else "for"
        ends = tag("sup", ", ".join(map(str, s.ends))) if s.ends else None
        parts.append(tag("mark", shown, ends, class_=kind, title=f"Quoted for claim {numbers}"))
    hidden = any(map(is_hidden, raw))
    return join(_block(*parts), folded("As it was typed", _block(_cut(raw))) if hidden else None)


def _block(*parts: Html | str) -> Html:
    return tag("blockquote", *parts, class_="answer", dir="auto")


def _cut(text: str, most: int = SHOWN_CHARS) -> str:
    """The text, or its beginning and how much is left out."""
    if len(text) <= most:
        return text
    return f"{text[:most]} … ({len(text) - most:,} characters more)" if most else ""


def _miss(run: ReportedRun, miss: Miss, example: Example | None) -> Html:
    """One claim with both levels."""
    c = miss.criterion
    if c is None:
        return Html("")
    claims = {found.id: found.claim for found in example.rubric.criteria} if example else {}
    sure = "" if c.probability is None else f", stated probability of met {number(c.probability)}"
    second = tag("span", "second rater ", _level(c.second)) if c.second and c.second != c.human else None
    both = tag(
        "p",
        tag("span", "people ", _level(c.human)),
        tag("span", "machine ", _level(c.level), sure),
        second,
        class_="both",
    )
    quotes = [tag("q", _cut(quote), class_="outside") for quote in c.quotes]
    quoted = tag("p", "Quoted: ", *quotes, class_="quotes") if quotes else tag("p", "Nothing quoted.", class_="note")
    reason = tag("p", _cut(c.reason), class_="reason outside") if c.reason else None
    return tag(
        "li",
        tag("h4", _cut(claims.get(c.id, c.id)), class_="outside"),
        both,
        _again(run, miss),
        *((quoted, reason) if run.with_texts else ()),
        data_pair=_pair(miss),
    )


def _level(level: LevelName | None) -> Html:
    sign, word = LEVEL_SIGNS[level or "unscored"]
    return tag("b", tag("span", sign, aria_hidden="true"), f" {word}", class_=f"level {level or 'unscored'}")


def _again(run: ReportedRun, miss: Miss) -> Html | None:
    """What the other trials said, where there were several."""
    counts = run.overview.repeated.get(miss.place, {})
    total = sum(counts.values())
    if total < 2:
        return None
    ordered = sorted(counts.items(), key=lambda found: (-found[1], found[0] or ""))
    said = ", ".join(f"{LEVEL_SIGNS[level or 'unscored'][1].lower()} {n}×" for level, n in ordered)
    return tag("p", f"In {total} trials: {said}.", class_="note")
