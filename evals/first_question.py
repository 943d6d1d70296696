"""Seconds from starting the server to the first question in Chromium: python evals/first_question.py [RUNS]

The index is built beforehand, as after the first `make run`. Prints each run and the median.
"""

import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time

from playwright.sync_api import Browser, sync_playwright

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def seconds(browser: Browser, home: str) -> float:
    """One start of the server, until a question can be answered."""
    port = free_port()
    environment = {**os.environ, "INTERVIEWER_HOME": home, "PORT": str(port)}
    started = time.perf_counter()
    command = [sys.executable, "-m", "interviewer.cli", "serve"]
    server = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    try:
        if server.stdout is None or not server.stdout.readline():
            raise SystemExit("the server did not start")
        page = browser.new_page()
        page.goto(f"http://127.0.0.1:{port}")
        page.get_by_role("button", name="Start the interview").click()
        page.get_by_role("textbox", name="Your answer").wait_for()
        taken = time.perf_counter() - started
        page.close()
        return taken
    finally:
        server.kill()
        server.wait()


def main() -> None:
    """Measures and prints."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    with tempfile.TemporaryDirectory() as home, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        taken = [seconds(browser, home) for _ in range(runs + 1)][1:]
    print(" ".join(f"{t:.1f}" for t in taken), f"median {statistics.median(taken):.1f} s (n = {runs})")


if __name__ == "__main__":
    main()
