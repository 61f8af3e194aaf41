"""The portal as people meet it: prepared by its own command, served by gunicorn, in an instance of its own."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
START_SECONDS = 60


def free_port() -> int:
    """A port nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(instance: Path, **extra: str) -> dict[str, str]:
    """The caller's environment without any setting of a portal, then ours."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("LANTOA_")}
    return clean | {"LANTOA_INSTANCE": str(instance), "LANTOA_BIND": "127.0.0.1"} | extra


def command(*arguments: str, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run one of the portal's own commands."""
    flask = [sys.executable, "-m", "flask", "--app", "wsgi", *arguments]
    return subprocess.run(flask, cwd=ROOT, env=env, capture_output=True, text=True)


@contextmanager
def serve(instance: Path, **extra: str) -> Iterator[str]:
    """Prepare and serve; yields the base address. Whatever the server printed is in `instance/served.log`."""
    env = environment(instance, PORT=str(free_port()), **extra)
    prepared = command("prepare", env=env)
    assert prepared.returncode == 0, prepared.stderr
    with running("wsgi:app", env=env, log=instance / "served.log"):
        yield f"http://127.0.0.1:{env['PORT']}"


@contextmanager
def running(application: str, *, env: dict[str, str], log: Path) -> Iterator[int]:
    """Serve an application on `PORT` as `make run` does; yields the number of gunicorn's master process."""
    with log.open("wb") as output:
        gunicorn = [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", application]
        server = subprocess.Popen(gunicorn, cwd=ROOT, env=env, stdout=output, stderr=output)
        try:
            _await(f"http://127.0.0.1:{env['PORT']}", server, log)
            yield server.pid
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(30)


def _await(base: str, server: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        assert server.poll() is None, log.read_text()
        try:
            with urllib.request.urlopen(f"{base}/healthz", timeout=5):
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.05)
    raise AssertionError(f"not up within {START_SECONDS} s: {log.read_text()}")
