"""The report in a real Chromium: reachable for everybody, filterable, whole without scripts, alone with itself."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from madeup import trials
from reports import FAMILIES, RUN, nasty_run, reported
from visitor import CHROMIUM, DESKTOP, FLAGS, PHONE

from interviewer import runpage

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser"),
    pytest.mark.skipif(not CHROMIUM.exists(), reason="needs Chromium: apt-get install chromium"),
]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
CHECK = "async rules => (await axe.run(document, {runOnly: rules})).violations"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Reports by name: one run, two with everything there is, one that is all hostile text."""
    given = list(trials(60, questions=12))
    scored = [replace(t, criteria=()) for t in given]
    two = [reported(given, worst=6), reported(list(trials(60, questions=12, seed=1)), "B", 6, attacks=FAMILIES)]
    folder, found = tmp_path_factory.mktemp("reports"), {}
    for name, runs in {
        "one": [reported(given, worst=6, run=RUN)],
        "two": two,
        "hostile": [nasty_run()],
        "scored": [reported(scored)],
    }.items():
        found[name] = folder / f"{name}.html"
        found[name].write_text(runpage.page(runs), encoding="utf-8")
    return found


@dataclass
class Opened:
    """A page with everything it asked for and complained about."""

    page: Any
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


@contextmanager
def opened(chromium: Any, file: Path, viewport: dict[str, int] = DESKTOP, **options: Any) -> Iterator[Opened]:
    context = chromium.new_context(viewport=viewport, **options)
    found = Opened(context.new_page())
    found.page.on("request", lambda request: found.requests.append(request.url))
    found.page.on("pageerror", lambda error: found.complaints.append(str(error)))
    found.page.on("console", lambda message: found.complaints.append(message.text))
    found.page.on("dialog", lambda dialog: (found.complaints.append(dialog.message), dialog.dismiss()))
    found.page.goto(file.as_uri())
    yield found
    context.close()


@pytest.mark.parametrize(("viewport", "scheme"), [(DESKTOP, "light"), (PHONE, "dark")])
@pytest.mark.parametrize("name", ["one", "two", "hostile"])
def test_it_is_open_to_everybody(
    chromium: Any, files: dict[str, Path], name: str, viewport: dict[str, int], scheme: str
) -> None:
    import axe_playwright_python

    axe = (Path(axe_playwright_python.__path__[0]) / "axe.min.js").read_text(encoding="utf-8")
    with opened(chromium, files[name], viewport, color_scheme=scheme) as seen:
        seen.page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
        seen.page.evaluate(axe)
        found = seen.page.evaluate(CHECK, RULES)
        assert [(v["id"], [node["html"] for node in v["nodes"]]) for v in found] == []
        assert seen.page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
        assert (seen.requests, seen.complaints) == ([files[name].as_uri()], [])


def test_axe_would_find_something(chromium: Any, tmp_path: Path) -> None:
    import axe_playwright_python

    axe = (Path(axe_playwright_python.__path__[0]) / "axe.min.js").read_text(encoding="utf-8")
    (tmp_path / "bad.html").write_text("<title>x</title><img src='data:,'>", encoding="utf-8")
    with opened(chromium, tmp_path / "bad.html") as seen:
        seen.page.evaluate(axe)
        assert {"image-alt", "html-has-lang"} <= {v["id"] for v in seen.page.evaluate(CHECK, RULES)}


def test_the_policy_stops_what_the_page_did_not_bring(chromium: Any, files: dict[str, Path]) -> None:
    with opened(chromium, files["one"]) as seen:
        seen.page.evaluate(
            """() => {
                const script = document.createElement("script");
                script.textContent = "document.title = 'taken over'";
                document.body.append(script);
                const image = new Image();
                image.src = "https://evil.example/x";
                document.body.append(image);
            }"""
        )
        seen.page.wait_for_timeout(200)
        assert seen.page.title() != "taken over"
        assert len(seen.complaints) == 2
        assert all("Content Security Policy" in line for line in seen.complaints)


def shown(page: Any) -> int:
    """Claims of misses that can be seen."""
    return int(page.locator("#misses li[data-pair]:visible").count())


def test_misses_are_filtered_by_keyboard(chromium: Any, files: dict[str, Path]) -> None:
    with opened(chromium, files["two"]) as seen:
        page, form = seen.page, seen.page.locator("#filter")
        assert shown(page) == 12
        assert page.locator("#filter output").inner_text() == "12 of 12 shown"
        form.get_by_label("Run").select_option("B")
        assert shown(page) == 6
        assert page.locator(".miss[data-run=A]:visible").count() == 0
        form.get_by_label("Run").select_option("")
        pair = page.locator("#misses li[data-pair]").first.get_attribute("data-pair")
        form.get_by_label("People → machine").select_option(pair)
        same = page.locator(f"#misses li[data-pair='{pair}']").count()
        assert shown(page) == same < 12
        assert page.locator("#filter output").inner_text() == f"{same} of 12 shown"
        form.get_by_label("People → machine").select_option("")
        form.get_by_label("Text").focus()
        name = page.locator(".miss .facts .outside:nth-child(5)").last.inner_text().partition(",")[0]
        page.keyboard.type(name.upper())
        assert 1 <= shown(page) < 12
        assert all(name in card for card in page.locator(".miss:visible").all_inner_texts())
        page.keyboard.press("Enter")  # submits nothing
        assert page.url == files["two"].as_uri()
        form.get_by_label("Text").fill("no such words anywhere")
        assert shown(page) == page.locator(".miss:visible").count() == 0
        assert page.locator("#filter output").inner_text() == "0 of 12 shown"
        assert seen.complaints == []


def test_topics_and_kinds_of_any_wording_can_be_chosen(chromium: Any, files: dict[str, Path]) -> None:
    with opened(chromium, files["hostile"]) as seen:
        seen.page.locator("#filter").get_by_label("Topic").select_option(index=1)
        assert seen.page.locator(".miss:visible").count() == 1
        assert seen.complaints == []


def test_whole_answers_are_filtered_too(chromium: Any, files: dict[str, Path]) -> None:
    with opened(chromium, files["scored"]) as seen:
        cards, form = seen.page.locator(".miss:visible"), seen.page.locator("#filter")
        assert cards.count() == 50
        form.get_by_label("People → machine").select_option("score")
        assert (cards.count(), form.locator("output").inner_text()) == (50, "50 of 50 shown")
        topic = seen.page.locator(".miss").first.get_attribute("data-topic")
        form.get_by_label("Topic").select_option(topic)
        some = seen.page.locator(f".miss[data-topic='{topic}']").count()
        assert (cards.count(), form.locator("output").inner_text()) == (some, f"{some} of 50 shown")
        assert some < 50


def test_without_scripts_everything_is_there(chromium: Any, files: dict[str, Path]) -> None:
    with opened(chromium, files["two"], java_script_enabled=False) as seen:
        assert not seen.page.locator("#filter").is_visible()
        assert shown(seen.page) == 12
        seen.page.locator("summary", has_text="All figures").click()
        assert seen.page.get_by_text("Root mean squared error").is_visible()


def test_on_paper_nothing_stays_folded(chromium: Any, files: dict[str, Path]) -> None:
    with opened(chromium, files["two"]) as seen:
        seen.page.emulate_media(media="print")
        assert seen.page.get_by_text("Root mean squared error").first.is_visible()
        assert not seen.page.locator("nav").is_visible()
        assert len(seen.page.pdf()) > 50_000


def test_keys_lead_past_the_links_and_into_what_unfolds(chromium: Any, files: dict[str, Path]) -> None:
    with opened(chromium, files["one"]) as seen:
        page = seen.page
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == "To the figures"
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.tagName") == "SUMMARY"
        page.keyboard.press("Enter")
        assert page.get_by_text("beyond what chance alone would give").first.is_visible()


def test_paper_is_light_also_for_those_who_read_in_the_dark(chromium: Any, files: dict[str, Path]) -> None:
    ink = "getComputedStyle(document.body).color"
    with opened(chromium, files["one"], color_scheme="dark") as seen:
        assert seen.page.evaluate(ink) == "rgb(230, 232, 234)"
        seen.page.emulate_media(media="print")
        assert seen.page.evaluate(ink) == "rgb(29, 36, 43)"
