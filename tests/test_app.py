"""The three ways to start the page, and the one line each gives when it cannot be started."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PYTHON_APP = [sys.executable, "app.py"]
GRADIO_APP = [str(Path(sys.executable).with_name("gradio")), "app.py"]


def environment(home: Path, port: int, **more: str) -> dict[str, str]:
    kept = {n: v for n, v in os.environ.items() if not n.startswith(("INTERVIEWER_", "GRADIO_", "OPENAI_"))}
    return {**kept, "INTERVIEWER_HOME": str(home), "PORT": str(port), "PYTHONUNBUFFERED": "1", **more}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def started(command: list[str], home: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    """The page in a process group of its own, ended whole."""
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment(home, port),
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate(timeout=10)


@pytest.mark.slow
@pytest.mark.parametrize("command", [PYTHON_APP, GRADIO_APP], ids=["python app.py", "gradio app.py"])
def test_the_page_is_served_at_the_printed_address(command: list[str], tmp_path: Path) -> None:
    port = free_port()
    with started(command, tmp_path, port) as process:
        assert process.stdout is not None
        lines = iter(process.stdout.readline, "")
        line = next(line for line in lines if line.startswith("The interview is at"))
        assert f"http://127.0.0.1:{port}/" in line
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=20) as reply:
            assert "default-src 'self'" in reply.headers["content-security-policy"]
            page = reply.read().decode()
        assert "Machine-learning interview" in page
        assert '"run_history":false' in page.replace(" ", "")
        time.sleep(1.5)  # `gradio app.py` runs the file a second time to watch it: that must not end the first
        assert process.poll() is None
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=20) as reply:
            assert reply.status == 200


def refused(home: Path, port: int, **more: str) -> str:
    """What is said by a page that does not start."""
    done = subprocess.run(
        PYTHON_APP, cwd=ROOT, env=environment(home, port, **more), capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 2, done.stderr
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    return lines[0]


@pytest.mark.slow
def test_a_port_that_is_taken_is_one_line(tmp_path: Path) -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        assert refused(tmp_path, port).startswith(f"interviewer: port {port} is taken; choose another one")


@pytest.mark.slow
def test_a_damaged_database_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "interviews.db").write_bytes(b"not a database " * 500)
    assert "is damaged or no database; it is left as it is" in refused(tmp_path, free_port())


@pytest.mark.parametrize(
    ("setting", "line"),
    [({"INTERVIEWER_DEADLINE_S": "-1"}, "DEADLINE_S"), ({"INTERVIEWER_BANK": "/no/such/bank"}, "/no/such/bank")],
)
@pytest.mark.slow
def test_bad_settings_are_one_line(tmp_path: Path, setting: dict[str, str], line: str) -> None:
    assert line in refused(tmp_path, free_port(), **setting)
