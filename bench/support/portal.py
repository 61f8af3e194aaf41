"""The portal that is measured: an instance of its own, prepared and served as `make run` does, ended and removed."""

import json
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.support.people import Person, make_people
from bench.support.processes import cpu_seconds, postmaster
from tests.support.postgres import throwaway
from tests.support.served import command, environment, free_port, running

_BAD_WORDS = ("database is locked", "deadlock", "Traceback")
_IN_A_ROW = 12  # each on a line of its own, which the kernel gives to one of the workers
Prepared = tuple[Path, dict[str, str], list[Person], int | None]


@contextmanager
def prepared(kind: str, people: int, *, hashing: str = "cheapest") -> Iterator[Prepared]:
    """An instance with the shipped contest and its people: folder, environment, people, Postgres' process."""
    with ExitStack() as stack:
        instance = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="lantoa-bench-")))
        url, server = f"sqlite:///{instance / 'lantoa.sqlite'}", None
        if kind == "postgres":
            url = stack.enter_context(throwaway(durable=True))
            server = postmaster(url)
        env = environment(instance, LANTOA_DATABASE_URL=url, LANTOA_HASHING=hashing, PORT=str(free_port()))
        run("prepare", env=env)
        yield instance, env, make_people(people, env=env) if people else [], server


def run(*words: str, env: dict[str, str]) -> None:
    """One of the portal's commands. Raises RuntimeError with what it says when it fails."""
    done = command(*words, env=env)
    if done.returncode:
        raise RuntimeError(done.stderr)


def fill(env: dict[str, str], **figures: int) -> None:
    """An invented crowd (`flask demo fill`)."""
    run("demo", "fill", *(f"--{name}={figure}" for name, figure in figures.items()), env=env)


@dataclass(frozen=True, slots=True)
class Served:
    """A portal that answers; `postgres` is None on SQLite."""

    base: str
    master: int
    postgres: int | None
    log: Path

    def cpu(self) -> tuple[float, float]:
        """Seconds of gunicorn with its workers, and of Postgres with its processes, until now."""
        return cpu_seconds(self.master), cpu_seconds(self.postgres) if self.postgres else 0.0

    def read_database(self) -> None:
        """Bring its files into memory: a machine that lends its memory on takes back what was not read for a minute,
        and a page that has to come from the disk costs several times as much."""
        folder = Path(f"/proc/{self.postgres}/cwd/base") if self.postgres else self.log.parent
        for path in folder.rglob("*"):
            if path.is_file():
                with path.open("rb", buffering=0) as file:
                    while file.read(1 << 20):
                        pass

    def complaints(self) -> list[str]:
        """Lines of its log that must not be there."""
        return [line for line in self.log.read_text().splitlines() if any(word in line for word in _BAD_WORDS)]

    def settle(self, figures: Mapping[str, int], *, seconds: float) -> float | None:
        """Wait until the open data's totals are these, whichever worker answers; returns the seconds that took, None
        when they never came."""
        began, seen = time.monotonic(), 0
        while (taken := time.monotonic() - began) < seconds:
            with urllib.request.urlopen(f"{self.base}/so-lieu.json", timeout=60) as reply:
                total = json.load(reply)["tong"]
            seen = seen + 1 if figures.items() <= total.items() else 0
            if seen == _IN_A_ROW:
                return taken
            if not seen:
                time.sleep(0.5)
        return None


@contextmanager
def served(instance: Path, env: dict[str, str], postgres: int | None) -> Iterator[Served]:
    """Serve what was prepared."""
    log = instance / "served.log"
    with running("wsgi:app", env=env, log=log) as master:
        yield Served(f"http://127.0.0.1:{env['PORT']}", master, postgres, log)
