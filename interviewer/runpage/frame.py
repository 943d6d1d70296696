"""The document around the page: one file that asks for nothing from anywhere, and says so to the browser."""

import base64
import hashlib
from functools import cache
from pathlib import Path

from interviewer.runpage.markup import Html, join, tag

_HERE = Path(__file__).parent


@cache
def style() -> str:
    """The style sheet."""
    return (_HERE / "style.css").read_text(encoding="utf-8")


@cache
def script() -> str:
    """The script: filters the misses. The page is whole without it."""
    return (_HERE / "script.js").read_text(encoding="utf-8")


def policy() -> str:
    """The content security policy: nothing is fetched, only this style and this script count."""
    return (
        f"default-src 'none'; style-src '{_hash(style())}'; script-src '{_hash(script())}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(content: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}"


def document(title: str, *body: Html) -> str:
    """The whole file."""
    head = join(
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=policy()),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("meta", name="referrer", content="no-referrer"),
        tag("link", rel="icon", href="data:,"),
        tag("title", title),
        tag("style", Html(style())),
    )
    inside = join(*body, tag("script", Html(script())))
    return f"<!doctype html>\n{tag('html', tag('head', head), tag('body', inside), lang='en')}\n"
