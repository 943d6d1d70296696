"""How the page is served: its headers, its key, and one clear line where it cannot be."""

import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from interviewer.errors import SettingsError, StoreError
from interviewer.ui import secret, server


def test_the_key_of_the_browsers_is_made_once_and_only_for_us(tmp_path: Path) -> None:
    home = tmp_path / "home"
    first = secret.browser_secret(home)
    assert len(first) >= 32 and secret.browser_secret(home) == first
    assert [p.name for p in home.iterdir()] == ["browser.key"]
    assert (home / "browser.key").stat().st_mode & 0o777 == 0o600
    assert secret.browser_secret(tmp_path / "other") != first


def test_a_home_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(StoreError, match=r"browser\.key cannot be used .* INTERVIEWER_HOME"):
        secret.browser_secret(tmp_path / "file")


def test_a_port_that_is_taken_is_said() -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        with pytest.raises(SettingsError, match=f"port {port} is taken; choose another one, as in PORT={port + 1}"):
            server._check_free("127.0.0.1", port)


def test_a_host_that_is_none_is_said() -> None:
    with pytest.raises(SettingsError, match=r"host 256\.1\.1\.1 cannot be used .*; try HOST=127\.0\.0\.1"):
        server._check_free("256.1.1.1", 7860)


async def test_every_reply_carries_the_policy_and_uploads_are_closed() -> None:
    async def page(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"x", b"y")]})
        await send({"type": "http.response.body", "body": b"hello"})

    async def answer(path: str) -> list[dict[str, Any]]:
        sent: list[dict[str, Any]] = []

        async def send(message: Any) -> None:
            sent.append(message)

        await server.Guard(page)({"type": "http", "path": path}, None, send)
        return sent

    start, body = await answer("/")
    headers = dict(start["headers"])
    assert headers[b"x"] == b"y" and body["body"] == b"hello"
    policy = headers[b"content-security-policy"].decode()
    assert (
        "default-src 'self'" in policy and "connect-src 'self'" in policy and "http" not in policy and "*" not in policy
    )
    assert [m.get("status") for m in await answer("/gradio_api/upload")] == [404, None]


def test_importing_the_face_imports_no_gradio_and_reports_nothing(tmp_path: Path) -> None:
    code = (
        "import sys, os, interviewer.ui, interviewer.store, interviewer.interview\n"
        "assert not {'gradio', 'sqlalchemy', 'chromadb', 'openai'} & set(sys.modules), 'imported too early'\n"
        "from scripted import interview\n"
        "from pathlib import Path\n"
        "from interviewer import ui, settings\n"
        f"home = Path({str(tmp_path)!r})\n"
        "ui.build(interview(home), settings.Settings(home=home))\n"
        "import gradio\n"
        "assert not gradio.analytics.analytics_enabled()\n"
    )
    root = Path(__file__).resolve().parent
    paths = {"PYTHONPATH": f"{root.parent}:{root}", "PATH": "/usr/bin:/bin", "HOME": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", code], env=paths, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
