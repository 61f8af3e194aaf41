"""What all benches measure and tell with."""

import argparse
import sys
import threading
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from tests.support.postgres import NoPostgres

DATABASES = {"sqlite": "SQLite, synchronous=FULL", "postgres": "Postgres, durable"}
AT_ONCE: dict[str, Any] = {"type": int, "choices": range(1, 129), "metavar": "1…128"}


def percentile(times: Sequence[float], share: float) -> float:
    """In milliseconds, of seconds."""
    ordered = sorted(times)
    return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


def together(tasks: Iterable[Callable[[], object]]) -> None:
    """Each in a thread of its own, until all are done."""
    threads = [threading.Thread(target=task) for task in tasks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def parser(bench: str) -> argparse.ArgumentParser:
    """Of a bench that runs on either database or on both."""
    made = argparse.ArgumentParser(prog=f"python -m bench.{bench}")
    made.add_argument("--database", choices=[*DATABASES, "both"], default="both")
    return made


def on_each(database: str, measure: Callable[[str], int]) -> int:
    """Measure on the databases asked for; returns the exit code: 1 when there is a fault or no Postgres."""
    faults = 0
    try:
        for kind in DATABASES if database == "both" else [database]:
            print(f"\n{DATABASES[kind]}", flush=True)
            faults += measure(kind)
    except NoPostgres as reason:
        print(f"not measured: {reason}", file=sys.stderr)
        return 1
    return 1 if faults else 0
