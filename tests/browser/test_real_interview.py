"""The product as it is started by `make run`, in a real Chromium: real bank, index, embedded grader, database."""

from pathlib import Path
from typing import Any

import pytest
from visitor import CHROMIUM, FLAGS, PHONE, Served, Visitor

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser"),
    pytest.mark.skipif(not CHROMIUM.exists(), reason="needs Chromium: apt-get install chromium"),
]

RIGHT = {
    "clock": "The minute hand is at 90 degrees. The hour hand has moved a quarter of 30, so it is 7.5 degrees.",
    "unfair coin": "Prior one half each, the fair coin gives 1/32, the other 1. So it is 32/33, about 97%.",
    "X ~ N(0, 1)": "P is about 0.0228 a day, geometric, so one over that: about 44 days.",
    "5 distinct users": "C(950,5)/C(1000,5), which is about 0.773.",
    "gambling": "p = 1/2 + p^3/2, so p = 0.618, and fifty times: 0.618^50 = 3.55e-11.",
    "its own derivative": "It is a multiple of e to the minus x, since the derivative has to be minus the function.",
    "unknown bias": "Toss twice, take heads-tails as one side and tails-heads as the other, and start again otherwise.",
    "gives a slope of b": "Also b: with unit variance and mean zero both slopes are the covariance.",
    "fuzzy logic": "Truth in degrees: a thing may be tall to 0.7, where classical logic has only true or false.",
    "fair six-sided die": "Floor of 6U plus 1. Then I roll often and compare the counts with n/6 by a chi-square test.",
    "exponential": "The log-likelihood is n log l minus l times the sum, so l hat is n over the sum of the lifetimes.",
}
WRONG = (
    "It is certain to be zero, because coins, clocks and users have no memory and everything averages out in the end."
)


def test_three_answers_on_the_real_product(tmp_path: Path) -> None:
    from playwright.sync_api import sync_playwright

    served = Served(tmp_path, ("-m", "interviewer.cli", "serve"))
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
            sit(Visitor(browser, served, PHONE))
            browser.close()
    finally:
        served.kill()


def sit(visitor: Visitor) -> None:
    """Answers three questions: right, empty, wrong; reloads in the middle of the first."""
    page: Any = visitor.page
    visitor.begin("Probability", 3)
    key = next(key for key in RIGHT if key in visitor.asked())
    text = RIGHT[key]
    visitor.type(text)
    visitor.draft_kept(len(text))
    page.reload()
    page.wait_for_selector("#answer textarea")
    assert page.input_value("#answer textarea") == text
    page.locator("#answer textarea").focus()
    visitor.hand_in(seen_working=False)
    assert "Provisional" in page.locator("#review .total").inner_text()
    assert "%" in page.locator("#review .total").inner_text()
    assert page.locator("#review .criterion").count() >= 3
    for quote in page.locator("#review .answer mark").all_inner_texts():
        assert quote.rstrip("0123456789, ")[:12] in text
    if key in ("clock", "unfair coin", "X ~ N(0, 1)", "5 distinct users", "gambling"):
        assert "agrees with the expected" in page.locator("#review .criterion .number").first.inner_text()
    for answer, score in (("", "0 %"), (WRONG, "%")):
        page.locator("#move-on").click()
        page.wait_for_selector("#answer textarea")
        visitor.type(answer)
        visitor.hand_in(seen_working=False)
        assert score in page.locator("#review .total").inner_text()
    page.locator("#move-on").click()
    page.wait_for_selector("#summary table")
    assert page.locator("#summary tbody tr").count() == 3
    assert (visitor.elsewhere(), visitor.complaints) == ([], [])
    assert visitor.overflow() <= 0
