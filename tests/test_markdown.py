"""Markdown: whatever stands in a text is shown as that text. markdown-it (CommonMark, with tables) reads it back."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from interviewer.markdown import Sheet, code, escaped, folded, page, quoted, sheet, visible

READER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
SPECIAL = st.text(alphabet="\\`*_{}[]()<>#+-=.!|~$&:@/\"'1ab \n\té\u200b\x00\u202e", max_size=40)


class Seen(HTMLParser):
    """The text and the tags of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.text, self.tags = "", list[str]()
        self.feed(page)
        self.close()

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.append(tag)


def said(text: str) -> str:
    """What a reader should see of a text: one line, hidden letters shown."""
    return " ".join(visible(text).split())


@settings(deadline=None)
@given(st.one_of(SPECIAL, st.text()))
@example("- a list")
@example("1. one")
@example("123456789) one")
@example("===")
@example("---")
@example("# head")
@example("[a]: http://x")
@example("![x](y) <!-- --> <b> &amp; &#35;")
@example("a_b_c _d_ **e** ~~f~~ `g` $h$")
@example("\\| \\\\| |")
def test_a_text_is_shown_as_it_is(text: str) -> None:
    seen = Seen(READER.render(escaped(text)))
    assert seen.text.replace("\u200b", "").strip() == said(text)
    assert set(seen.tags) <= {"p"}


@settings(deadline=None)
@given(st.lists(SPECIAL, min_size=2, max_size=2))
def test_a_cell_is_shown_as_it_is(texts: list[str]) -> None:
    seen = Seen(READER.render(sheet(Sheet("", ("x", "y"), ((texts[0], texts[1]),)))))
    assert seen.tags == ["table", "thead", "tr", "th", "th", "tbody", "tr", "td", "td"]
    cells = [line for line in seen.text.replace("\u200b", "").split("\n") if line]
    assert cells == ["x", "y", *(said(text) for text in texts if said(text))]


@settings(deadline=None)
@given(SPECIAL)
def test_nothing_in_a_summary_or_a_quotation_ends_it(text: str) -> None:
    seen = Seen(READER.render(folded(text, quoted(escaped(text)))))
    assert [t for t in seen.tags if t != "p"] == ["details", "summary", "blockquote"]


@pytest.mark.parametrize("text", ["@everyone", "see #12", "a@b.org", "https://x.org", "www.x.org"])
def test_nothing_reacts_to_a_text(text: str) -> None:
    """GitHub looks for mentions, references and links in the text that is shown."""
    shown = Seen(READER.render(escaped(text))).text
    assert not re.search(r"[@#]\w|://|www\.", shown)


def test_a_table_worked_by_hand() -> None:
    table = Sheet("a | b", ("x", "y"), (("1", "-0.5"), ("a|b", "")))
    assert sheet(table) == "**a &#124; b**\n\n| x | y |\n| --- | --- |\n| 1 | -0.5 |\n| a&#124;b |  |"


@pytest.mark.parametrize("text", ["plain 'x'", "```", "a ```` b", "`"])
def test_code_is_copied_as_it_is(text: str) -> None:
    assert Seen(READER.render(code(text))).text.rstrip("\n") == text


def test_a_page_leaves_out_what_is_empty() -> None:
    assert page(("a", "", "b")) == "a\n\nb\n"
