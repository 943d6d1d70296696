"""The served page in a process of its own, and a browser that visits it: what the browser tests are made of."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import Any

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]
HERE = Path(__file__).resolve().parent
DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


class Served:
    """The page in a process of its own; can be killed and started again on the same port and database."""

    def __init__(self, home: Path, command: Sequence[str] = ()) -> None:
        """Starts it.

        Args:
            command: arguments to Python; the page over the scripted grader when empty.
        """
        self.command = list(command)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.home = home
        self.address = f"http://127.0.0.1:{self.port}/"
        self.start()

    def start(self) -> None:
        """Starts it and waits until it answers."""
        log = (self.home / "serve.log").open("ab")
        root = HERE.parent.parent
        arguments = self.command or [str(HERE / "serve_scripted.py"), str(self.home), str(self.port)]
        environment = {**_environment(root), "INTERVIEWER_HOME": str(self.home), "PORT": str(self.port)}
        command = [sys.executable, *arguments]
        self.process = subprocess.Popen(command, stdout=log, stderr=log, cwd=root, env=environment)
        log.close()
        for _ in range(240):
            try:
                with urllib.request.urlopen(self.address, timeout=5):
                    return
            except OSError:
                assert self.process.poll() is None, (self.home / "serve.log").read_text()
                time.sleep(0.25)
        raise AssertionError("the page did not come up within a minute")

    def kill(self) -> None:
        """Ends it as a crash would."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)


def _environment(root: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in ("HOST", "PORT")}
    return {**kept, "PYTHONPATH": str(root), "PYTHONUNBUFFERED": "1"}


class Visitor:
    """A browser of its own; remembers every request and every complaint of the page."""

    def __init__(self, chromium: Any, served: Served, viewport: dict[str, int] = DESKTOP, **options: Any) -> None:
        self.context = chromium.new_context(viewport=viewport, **options)
        self.page = self.context.new_page()
        self.requests: list[str] = []
        self.complaints: list[str] = []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", lambda m: self.complaints.append(m.text) if m.type == "error" else None)
        self.page.on("dialog", lambda dialog: dialog.accept())
        self.served = served
        self.page.goto(served.address)

    def begin(self, topic: str = "", questions: int = 3) -> None:
        """Chooses and starts."""
        self.page.wait_for_selector("#begin")
        if topic:
            self.page.get_by_label(topic).check()
        self.page.get_by_label("number input for Number of questions").fill(str(questions))
        self.page.locator("#begin").click()
        self.page.wait_for_selector("#answer textarea")

    def asked(self) -> str:
        """The question shown."""
        return str(self.page.locator("h1.asked").inner_text())

    def type(self, text: str) -> None:
        """Types into whatever has the focus; the answer box, if focus is where it should be."""
        self.page.wait_for_function("document.activeElement?.tagName === 'TEXTAREA'")
        self.page.keyboard.type(text)

    def draft_kept(self, characters: int) -> None:
        """Waits until the page says that so much is kept."""
        self.page.wait_for_selector(f"text=Draft kept · {characters} of 20,000 characters")

    def hand_in(self, seen_working: bool = True) -> None:
        """Ctrl+Enter, the wait, the review.

        Args:
            seen_working: the grader is slow enough for the wait to be seen.
        """
        self.page.keyboard.press("Control+Enter")
        if seen_working:
            self.page.wait_for_selector("#grading .working")
        self.page.wait_for_selector("#review .total")
        self.page.wait_for_function("document.activeElement?.classList.contains('state')")

    def elsewhere(self) -> list[str]:
        """Requests that left the machine."""
        return [url for url in self.requests if not url.startswith((self.served.address, "data:", "blob:"))]

    def overflow(self) -> int:
        """By how many pixels the page is wider than the window."""
        return int(self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))

    def shot(self, folder: Path, name: str) -> None:
        """A picture of the whole page."""
        self.page.mouse.move(0, 0)
        self.page.wait_for_timeout(400)
        self.page.screenshot(path=str(folder / f"{name}.png"), full_page=True)
