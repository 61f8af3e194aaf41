"""The real ten days replayed through HTTP, as fast as it goes.

python -m bench.replay [--scale 1] [--database sqlite|postgres] [--lanes 24] [--clients 2] [--seed 1]

70,949 people register, 42,117 of them learn all lessons, sit 59,807 attempts with 20 autosaves each, tell a story and
ask for their certificate and its PDF; with those who only look that makes 1,240,000 visits. As many come at once as the
hour of the day is busy. The portal is served as `make run` does. Loopback only; everything that is started is ended,
everything that is written is removed. Passwords are hashed as cheaply as can be (LANTOA_HASHING=cheapest).
See bench/README.md.
"""

import argparse
import json
import multiprocessing
import re
import sys
import time
import urllib.request
from concurrent.futures import ProcessPoolExecutor

from bench.attempts import prepared
from bench.replay.client import Task, live
from bench.replay.plan import DAYS, LESSONS, REAL, Total
from bench.replay.tally import Tally
from bench.support.processes import cpu_seconds
from tests.support.postgres import NoPostgres
from tests.support.served import running

_SETTLE_SECONDS = 60  # until the last visits are counted and the figures made anew


def _get(url: str) -> str:
    with urllib.request.urlopen(url, timeout=30) as reply:
        text: str = reply.read().decode()
        return text


def _addresses(base: str) -> tuple[list[str], list[str]]:
    """Codes of all units and addresses of all lessons, from the pages that show them."""
    units = re.findall(r'<option value="(\d{5})"', _get(f"{base}/dang-ky"))
    lessons = list(dict.fromkeys(re.findall(r'href="(/hoc/[^"/]+/[^"/]+)"', _get(f"{base}/hoc"))))
    if len(lessons) != LESSONS:
        raise RuntimeError(f"{len(lessons)} lessons instead of {LESSONS}")
    return units, lessons


def _shown(base: str) -> Total:
    """The figures as open data tell them: reading those is no visit."""
    figures = json.loads(_get(f"{base}/so-lieu.json"))["tong"]
    return Total(*(figures[name] for name in ("dang_ky", "hoan_thanh", "luot_thi", "luot_truy_cap")))


def _settled(base: str, total: Total) -> Total:
    end = time.monotonic() + _SETTLE_SECONDS
    while (shown := _shown(base)) != total and time.monotonic() < end:
        time.sleep(1)
    return shown


def report(tally: Tally, *, seconds: float, web: float, database: float) -> None:
    """Print the tables."""
    print(f"{tally.requests:,} requests in {seconds:,.0f} s: {tally.requests / seconds:,.0f}/s", end=", ")
    print(f"{DAYS * 86400 / seconds:,.0f} times faster than life, {tally.received / 1e6:,.0f} MB sent")
    print(f"CPU: gunicorn {web:,.0f} s, Postgres {database:,.0f} s, clients {tally.cpu:,.0f} s on the same cores")
    print(f"\n{'endpoint':32}{'requests':>12}{'p50 ms':>10}{'p99 ms':>10}")
    for step in sorted(tally.waits, key=lambda step: -len(tally.waits[step])):
        p50, p99 = tally.percentile(step, 0.5), tally.percentile(step, 0.99)
        print(f"{step:32}{len(tally.waits[step]):>12,}{p50:>10.1f}{p99:>10.1f}")
    print(f"\nstatuses: {', '.join(f'{status}: {count:,}' for status, count in sorted(tally.statuses.items()))}")
    print(f"errors: {len(tally.errors)}{': ' + tally.errors[0] if tally.errors else ''}")


def replay(total: Total, *, kind: str, lanes: int, clients: int, seed: int) -> int:
    """Everything; returns how much went wrong."""
    with prepared(kind, 0) as (instance, env, _people, postgres):
        base = f"http://127.0.0.1:{env['PORT']}"
        with running("wsgi:app", env=env, log=instance / "served.log") as master:
            units, lessons = _addresses(base)
            seen = 2  # visits of ours just now
            ours = Total(total.registered, total.finishers, total.attempts, total.visits - seen)
            tasks = [
                Task(base, ours, seed, client, clients, max(1, lanes // clients), units, lessons)
                for client in range(clients)
            ]
            tally, began = Tally(), time.perf_counter()
            web, database = cpu_seconds(master), cpu_seconds(postgres) if postgres else 0.0
            with ProcessPoolExecutor(clients, mp_context=multiprocessing.get_context("spawn")) as pool:
                for part in pool.map(live, tasks):
                    tally.join(part)
            seconds = time.perf_counter() - began
            web = cpu_seconds(master) - web
            database = cpu_seconds(postgres) - database if postgres else 0.0
            report(tally, seconds=seconds, web=web, database=database)
            shown = _settled(base, total)
            front = _get(f"{base}/")
            print(f"figures: {shown}; {'as they were' if shown == total else f'EXPECTED {total}'}")
            missing = [text for text in _words(total, len(units)) if text not in front]
            print(f"front page: {'shows them' if not missing else f'LACKS {missing}'}")
            return len(tally.errors) + (shown != total) + len(missing)


def _words(total: Total, units: int) -> list[str]:
    figures = (total.registered, total.finishers, units, total.attempts, total.visits)
    return [f"{figure:,}".replace(",", ".") for figure in figures]


def main() -> int:
    """The command above."""
    parser = argparse.ArgumentParser(prog="python -m bench.replay")
    parser.add_argument("--scale", type=float, default=1.0, help="share of the city, 0.003 to 1")
    parser.add_argument("--database", choices=["sqlite", "postgres"], default="postgres")
    parser.add_argument("--lanes", type=int, default=24, choices=range(1, 129), metavar="1…128")
    parser.add_argument("--clients", type=int, default=2, choices=range(1, 9), metavar="1…8")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    if not 0.003 <= options.scale <= 1:  # below, not every unit has a finisher
        parser.error("--scale: from 0.003 to 1")
    total = REAL.scaled(options.scale)
    print(f"{total} on {options.database}, {options.lanes} at once in the busiest hour; LANTOA_HASHING=cheapest")
    try:
        wrong = replay(total, kind=options.database, lanes=options.lanes, clients=options.clients, seed=options.seed)
    except NoPostgres as reason:
        print(f"not measured: {reason}", file=sys.stderr)
        return 1
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
