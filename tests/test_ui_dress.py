"""How a screen is dressed: what was typed or replied stays text, levels do not hang on colour, nothing is fetched."""

import re
from dataclasses import replace

from scripted import START, bank, grade_of

from interviewer.review import review
from interviewer.screen import Screen, draw, opening
from interviewer.session import Answered, Asked, Phase, Session, fold
from interviewer.ui import dress, look

NASTY = "<script>alert(1)</script><img src=https://example.com/x> ${1+1} {{value}} & \"quoted\" 'too'"


def nasty_screens() -> list[Screen]:
    """Screens with markup wherever a candidate, a model or a file could have put some."""
    nasty = bank()
    item = replace(nasty.items["one"], text=NASTY, title=NASTY, company=NASTY)
    criteria = tuple(replace(c, claim=NASTY, met=NASTY, misconceptions=(NASTY,)) for c in nasty.rubrics["one"].criteria)
    nasty.items["one"] = item
    nasty.rubrics["one"] = replace(nasty.rubrics["one"], criteria=criteria, model_answer=NASTY)
    grade = grade_of("one", a="partial", quote=NASTY[:25])
    grade = replace(grade, outcomes=tuple(replace(o, reason=NASTY) for o in grade.outcomes), flags=(NASTY,))
    session = fold(Session("s", ("one",)), [Asked(0, "one", START), Answered(0, NASTY, START)])
    shown = draw(session, nasty, {}, notice=NASTY)
    reviewed = replace(shown, phase=Phase.REVIEWING, review=review(item, NASTY, grade, NASTY, nasty), answer="")
    return [opening(nasty, NASTY, "graded", NASTY), shown, reviewed]


def test_nothing_typed_or_replied_becomes_markup() -> None:
    start, waiting, reviewed = nasty_screens()
    assert start.opening is not None and reviewed.review is not None
    parts = [
        dress.welcome(start.opening),
        dress.notice(start.notice),
        dress.question(waiting),
        dress.grading(waiting.answer),
        dress.draft_refused(NASTY),
        dress.total(reviewed.review),
        *(dress.criterion(c) for c in reviewed.review.criteria),
        dress.closing(reviewed.review),
    ]
    for part in parts:
        assert "&lt;script&gt;" in part
        tags = set(re.findall(r"<([a-z0-9]+)", part))
        assert tags <= set("section h1 h2 h3 p span div i b article blockquote mark sup details summary".split())
    marked = re.search(r'<mark class="for" title="Quoted for criterion 1">(.*?)<sup>1</sup></mark>', parts[5])
    assert marked is not None and marked.group(1) == "&lt;script&gt;alert(1)&lt;/script&gt;"


def test_quotes_for_a_contradiction_are_marked_as_such() -> None:
    grade = grade_of("one", a="contradicted", quote="not A")
    found = review(bank().items["one"], "it is not A at all", grade, "", bank())
    assert '<mark class="against" title="Quoted against criterion 1">not A' in dress.total(found)


def test_levels_are_told_by_sign_and_word() -> None:
    found = review(bank().items["one"], "A", grade_of("one", quote="A"), "", bank())
    shown = [re.sub(r"<[^>]+>", "", dress.criterion(c)) for c in found.criteria]
    assert [text.split("1.")[0].split("2.")[0].split("3.")[0] for text in shown] == [
        "✓ Met3 of 3 points",
        "○ Missed0 of 1 point",
        "○ Missed0 of 1 bonus point",
    ]


def test_the_look_asks_for_nothing_from_elsewhere() -> None:
    own = look.css() + look.head()
    assert "//" not in re.sub(r"// .*", "", own) and "url(" not in own and "@import" not in own
    theme = look.theme()
    assert theme._stylesheets == []
    assert set(re.findall(r"url\(.?(\w+)", theme._get_theme_css())) == {"data"}
