"""What processes cost, out of /proc."""

import os
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

_TICK = os.sysconf("SC_CLK_TCK")


def _stat(pid: int) -> list[str]:
    """Fields of /proc/<pid>/stat after the name: [1] is the parent, [11:15] are the times."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()


def children(pid: int) -> list[int]:
    """Processes that this one has started and that still run."""
    found = []
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                if int(_stat(int(entry))[1]) == pid:
                    found.append(int(entry))
            except (OSError, IndexError):
                continue
    return found


def cpu_seconds(parent: int) -> float:
    """CPU of a process and its children, those that ended included."""
    ticks = sum(int(field) for field in _stat(parent)[11:15])
    for child in children(parent):
        try:
            ticks += int(_stat(child)[11]) + int(_stat(child)[12])
        except OSError:  # ended meanwhile: its parent has it
            continue
    return ticks / _TICK


def postmaster(url: str) -> int:
    """The number of the server process behind the URL of tests.support.postgres.throwaway."""
    home = parse_qs(urlsplit(url).query)["host"][0]
    return int(Path(home, "data", "postmaster.pid").read_text().split("\n", 1)[0])
