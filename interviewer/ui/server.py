"""Serves the page: the address, the privacy settings, and a content security policy that lets nothing leave the page.

What Gradio would otherwise do is switched off by name: browser run history, open API, monitoring, uploads, sharing.
"""

import errno
import os
import socket
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import gradio as gr
from starlette.middleware import Middleware

from interviewer.errors import SettingsError
from interviewer.ui import look

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

POLICY = "; ".join(
    (
        "default-src 'self'",
        # Gradio writes its configuration into the page as a script and evaluates its own HTML templates.
        "script-src 'self' 'unsafe-inline' 'unsafe-eval'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'self'",
    )
)
"""Nothing from elsewhere is loaded and nothing is sent elsewhere, whatever an answer or a passage may hold."""
_HEADERS = [
    (b"content-security-policy", POLICY.encode()),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
]


class Guard:
    """ASGI middleware: adds the policy to every reply and closes the upload route, which this page does not use."""

    def __init__(self, app: Callable[[Scope, Receive, Send], Awaitable[None]]) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes a request on."""

        async def send_guarded(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), *_HEADERS]
            await send(message)

        if scope["type"] == "http" and "/upload" in scope["path"]:
            await send_guarded({"type": "http.response.start", "status": 404, "headers": []})
            await send({"type": "http.response.body", "body": b""})
            return
        await self._app(scope, receive, send_guarded)


def launch(demo: gr.Blocks, host: str, port: int) -> None:
    """Serves the page until it is interrupted; prints its address once it answers.

    Raises:
        SettingsError: the host or the port cannot be used.
    """
    reloading = demo._is_running_in_reload_thread  # `gradio app.py` runs the file once more to watch it
    if not reloading:
        _check_free(host, port)
    _talk_directly_to(host)
    demo.queue(default_concurrency_limit=32, max_size=256, api_open=False)
    demo.launch(
        server_name=host,
        server_port=port,
        prevent_thread_lock=True,
        quiet=True,
        share=False,
        show_error=False,
        strict_cors=True,
        run_history=False,
        footer_links=[],
        enable_monitoring=False,
        allowed_paths=[],
        max_file_size=1,
        ssr_mode=False,
        mcp_server=False,
        pwa=False,
        app_kwargs={"middleware": [Middleware(Guard)], "docs_url": None, "redoc_url": None, "openapi_url": None},
        theme=look.theme(),
        css=look.css(),
        head=look.head(),
    )
    if not reloading:
        print(f"The interview is at {demo.local_url} (Ctrl+C stops it)", flush=True)
        demo.block_thread()


def _check_free(host: str, port: int) -> None:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise SettingsError(f"port {port} is taken; choose another one, as in PORT={port % 65535 + 1}") from error
        if error.errno == errno.EACCES:
            raise SettingsError(f"port {port} is not allowed for you; choose one above 1023: PORT=7860") from error
        raise SettingsError(f"host {host} cannot be used ({error.strerror}); try HOST=127.0.0.1") from error


def _talk_directly_to(host: str) -> None:
    # Gradio asks its own server whether it is up; through a configured web proxy that would fail.
    for name in ("NO_PROXY", "no_proxy"):
        before = [host for host in os.environ.get(name, "").split(",") if host]
        os.environ[name] = ",".join(dict.fromkeys([*before, "127.0.0.1", "localhost", host]))
