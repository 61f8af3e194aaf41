"""Real processes: one counts for all, and when it is killed another one goes on within seconds."""

import os
import signal
import sqlite3
import time
from pathlib import Path

import pytest

from tests.support.served import command, environment, free_port, running

PATIENCE = 60  # seconds; a claim runs out after ten


def _rollup(instance: Path) -> tuple[int, str, str]:
    """Version, since when, and who counted it."""
    with sqlite3.connect(instance / "lantoa.sqlite") as database:
        row = database.execute("SELECT version, stands_at, held_by FROM rollups").fetchone()
    return row or (0, "", "")


def _next_version(instance: Path, after: str) -> tuple[int, str, str]:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        found = _rollup(instance)
        if found[0] and found[1] > after:
            return found
        time.sleep(0.1)
    raise AssertionError(f"no figures after {after}")


def _workers(master: int) -> list[int]:
    children = Path(f"/proc/{master}/task/{master}/children").read_text(encoding="ascii")
    return [int(pid) for pid in children.split()]


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs Linux to tell a server's workers")
def test_whoever_is_killed_figures_go_on(tmp_path: Path) -> None:
    env = environment(tmp_path, PORT=str(free_port()), WEB_CONCURRENCY="2", LANTOA_SNAPSHOT_SECONDS="1")
    prepared = command("prepare", env=env)
    assert prepared.returncode == 0, prepared.stderr
    log = tmp_path / "served.log"
    with running("wsgi:app", env=env, log=log) as master:
        _next_version(tmp_path, "")
        for worker in _workers(master):
            os.kill(worker, signal.SIGKILL)
        _, stands_at, first = _rollup(tmp_path)  # perhaps another one, counted before they were killed
        _, _, second = _next_version(tmp_path, stands_at)
    assert second != first, "one that was killed has counted"
    assert "could not be kept" not in log.read_text(encoding="utf-8")
