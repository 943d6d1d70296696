"""A real Chromium sits whole interviews on the served page: what is shown, what is kept, and that nothing leaves it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from visitor import CHROMIUM, DESKTOP, FLAGS, PHONE, Served, Visitor

WRONG = "It is switched off only to make inference faster. <b>bold</b> ${1+1} {{x}}"
"""An answer to the dropout question that asserts one of its misconceptions, and looks like markup."""

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser"),  # one server and one browser for all of them
    pytest.mark.skipif(not CHROMIUM.exists(), reason="needs Chromium: apt-get install chromium"),
]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    served = Served(tmp_path_factory.mktemp("home"))
    yield served
    served.kill()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield browser
        browser.close()


ANSWERS = {
    "clock": "7.5 degrees, big hand is dead on the three, hour hand is a quarter of the way from 3 to 4",
    "dropout": WRONG,
    "softmax": "",
}


def kind_of(question: str) -> str:
    """Which of the three questions this is."""
    return next(kind for kind in ANSWERS if kind in question.lower())


@pytest.mark.parametrize(("viewport", "name"), [(DESKTOP, "desktop"), (PHONE, "phone")])
def test_a_whole_interview(chromium: Any, served: Served, tmp_path: Path, viewport: dict[str, int], name: str) -> None:
    visitor = Visitor(chromium, served, viewport)
    page = visitor.page
    page.wait_for_selector("#begin")
    visitor.shot(tmp_path, f"{name}-start")
    visitor.begin()
    seen = set()
    for number in (1, 2, 3):
        assert f"Question {number} of 3" in page.locator(".progress").inner_text()
        kind = kind_of(visitor.asked())
        seen.add(kind)
        visitor.type(ANSWERS[kind])
        if ANSWERS[kind]:
            visitor.draft_kept(len(ANSWERS[kind]))
        if number == 1:
            visitor.shot(tmp_path, f"{name}-question")
            check_reload(visitor, ANSWERS[kind])
        assert page.locator("#review").count() == 0 or not page.locator("#review").is_visible()
        visitor.hand_in()
        check_review(visitor, kind)
        visitor.shot(tmp_path, f"{name}-{kind}")
        assert visitor.overflow() <= 0
        page.locator("#move-on").click()
        if number < 3:
            page.wait_for_selector("#answer textarea")
    page.wait_for_selector("#summary table")
    check_summary(visitor)
    visitor.shot(tmp_path, f"{name}-summary")
    assert seen == set(ANSWERS)
    assert visitor.overflow() <= 0
    assert (visitor.elsewhere(), visitor.complaints) == ([], [])
    assert len(list(tmp_path.glob("*.png"))) == 6
    visitor.context.close()


def check_reload(visitor: Visitor, text: str) -> None:
    """The same question with the same text is there again, and the focus where it was."""
    before = visitor.asked()
    visitor.page.reload()
    visitor.page.wait_for_selector("#answer textarea")
    visitor.page.wait_for_function("document.activeElement?.tagName === 'TEXTAREA'")
    assert (visitor.asked(), visitor.page.input_value("#answer textarea")) == (before, text)


def check_review(visitor: Visitor, kind: str) -> None:
    """What is shown of each answer."""
    page = visitor.page
    total = page.locator("#review .total").inner_text()
    levels = [level.strip() for level in page.locator("#review .criterion .level b").all_inner_texts()]
    if kind == "clock":
        # 2 + 0 + 1 + 3 of 8 points.
        assert "75 %" in total and "6 of 8 points" in total
        assert levels == ["✓ Met", "○ Missed", "✓ Met", "✓ Met", "○ Missed"]
        assert "your 7.5 agrees with the expected 7.5" in page.locator("#review .criterion .number").inner_text()
        marks = page.locator("#review .answer mark.for").all_inner_texts()
        assert marks[0].startswith("7.5") and marks[1].startswith("big hand is dead on the three")
    if kind == "dropout":
        assert "0 %" in total
        assert levels[2] == "✗ Contradicted"
        assert page.locator("#review .answer mark.against").inner_text().startswith("It is switched off only to make")
        assert page.locator("#review .answer").inner_text().endswith("<b>bold</b> ${1+1} {{x}}")
        assert page.locator("#review .answer b").count() == 0
        assert "Full points:" in page.locator("#review .criterion.missed .missing").first.inner_text()
        check_passage(visitor)
    if kind == "softmax":
        assert "0 %" in total and set(levels) == {"○ Missed"}
        assert "No answer given." in page.locator("#review .yours").inner_text()


def check_passage(visitor: Visitor) -> None:
    """The passage opens, with its formulas set and its sources named."""
    page = visitor.page
    assert page.locator("#review .passages .katex").count() == 0
    page.get_by_role("button", name="Reference: Why dropout rescales activations").click()
    page.wait_for_selector("#review .passages .katex-display")
    assert "Sources: Srivastava" in page.locator("#review .passages.prose:visible").inner_text()
    page.get_by_text("Show an answer with full marks").click()
    assert page.locator("#review .model p").is_visible()


def check_summary(visitor: Visitor) -> None:
    """Every question with its score, and the mean of the three."""
    page = visitor.page
    assert "25 % Mean over 3 answered questions" in page.locator("#summary .mean").inner_text()
    rows = page.locator("#summary tbody tr").all_inner_texts()
    scores = {kind_of(row): row.split("\t")[-1].split("\n")[0].strip() for row in rows}
    assert scores == {"clock": "75 %", "dropout": "0 %", "softmax": "0 %"}


def test_a_second_browser_sees_nothing_of_the_first(chromium: Any, served: Served) -> None:
    first, second = Visitor(chromium, served), Visitor(chromium, served)
    first.begin("Neural networks", 1)
    first.type("a secret draft")
    first.draft_kept(14)
    second.page.reload()
    second.page.wait_for_selector("#begin")
    assert second.page.locator("#answer").count() == 0
    second.begin("Probability", 1)
    assert second.page.input_value("#answer textarea") == ""
    assert "a secret draft" not in second.page.content()
    first.page.reload()
    first.page.wait_for_selector("#answer textarea")
    assert first.page.input_value("#answer textarea") == "a secret draft"
    assert kind_of(first.asked()) != kind_of(second.asked())
    for visitor in (first, second):
        assert visitor.elsewhere() == []
        visitor.context.close()


def test_a_failed_grading_is_shown_without_a_number_and_can_be_had_again(chromium: Any, served: Served) -> None:
    visitor = Visitor(chromium, served, PHONE, color_scheme="dark")
    visitor.begin("Probability", 1)
    visitor.type("the grader is down, 7.5")
    visitor.hand_in()
    page = visitor.page
    total = page.locator("#review .total").inner_text()
    assert "Not graded" in total and "did not answer within 45 s; grade again later" in total and "%" not in total
    assert page.locator("#review .criterion").count() == 0
    page.locator("#again").click()
    page.wait_for_selector("#grading .working")
    page.wait_for_selector("#review .criterion")
    assert "38 %" in page.locator("#review .total").inner_text()
    visitor.context.close()


def test_a_server_that_is_killed_comes_back_with_every_word(chromium: Any, tmp_path: Path) -> None:
    served = Served(tmp_path)
    visitor = Visitor(chromium, served)
    page = visitor.page
    visitor.begin("Probability", 1)
    question = visitor.asked()
    visitor.type("kept by the server")
    visitor.draft_kept(18)
    served.kill()
    page.keyboard.type(" and by the browser")
    served.start()
    page.wait_for_function("window.performance.getEntriesByType('navigation')[0].type === 'reload'", timeout=60_000)
    page.wait_for_function("document.querySelector('#answer textarea')?.value.endsWith('browser')")
    assert visitor.asked() == question
    assert page.input_value("#answer textarea") == "kept by the server and by the browser"
    page.locator("#answer textarea").focus()
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("#grading .working")
    served.kill()
    served.start()
    page.goto(served.address)
    page.wait_for_selector("#review .total")
    assert page.locator("#review .answer").inner_text() == "kept by the server and by the browser"
    served.kill()
    visitor.context.close()


def test_ending_asks_first_and_leaving_starts_anew(chromium: Any, served: Served) -> None:
    visitor = Visitor(chromium, served)
    page = visitor.page
    visitor.begin("Neural networks", 2)
    page.locator("#end-now").click()
    page.wait_for_selector("#summary table")
    assert page.locator("#summary tbody").inner_text().count("Not answered") == 2
    page.wait_for_function("document.activeElement?.tagName === 'H1'")
    page.reload()
    page.wait_for_selector("#summary table")
    page.locator("#new").click()
    page.wait_for_selector("#begin")
    page.reload()
    page.wait_for_selector("#begin")
    visitor.context.close()


def test_a_page_left_behind_changes_nothing(chromium: Any, served: Served) -> None:
    visitor = Visitor(chromium, served)
    visitor.begin("", 2)
    behind = visitor.context.new_page()
    behind.goto(served.address)
    behind.wait_for_selector("#answer textarea")
    visitor.type("the first words")
    visitor.hand_in()
    visitor.page.locator("#move-on").click()
    visitor.page.wait_for_selector("#answer textarea")
    behind.locator("#answer textarea").fill("other words")
    behind.locator("#submit").click()
    behind.wait_for_selector("#notice .notice")
    assert "Nothing was changed" in behind.locator("#notice").inner_text()
    assert "Question 2 of 2" in behind.locator(".progress").inner_text()
    visitor.context.close()
