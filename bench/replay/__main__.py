"""The real ten days replayed through HTTP, as fast as it goes.

python -m bench.replay [--scale 1] [--database sqlite|postgres|both] [--lanes 48] [--clients 2] [--seed 1]

70,949 people register, 42,117 of them learn all lessons, sit 59,807 attempts with 20 autosaves each, tell a story and
ask for their certificate and its PDF; with those who only look that makes 1,240,000 visits. As many come at once as the
hour of the day is busy. The portal is served as `make run` does. Loopback only; everything that is started is ended,
everything that is written is removed. Passwords are hashed as cheaply as can be (LANTOA_HASHING=cheapest).
See bench/README.md.
"""

import json
import multiprocessing
import re
import sys
import time
import urllib.request
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict

from bench.replay.client import Task, live
from bench.replay.plan import DAYS, LESSONS, REAL, Total
from bench.replay.tally import Tally
from bench.support.measuring import AT_ONCE, on_each, parser
from bench.support.portal import Served, prepared, served

_SETTLE_SECONDS = 60  # until the last visits are counted and the figures made anew
_NAMES = {"registered": "dang_ky", "finishers": "hoan_thanh", "attempts": "luot_thi", "visits": "luot_truy_cap"}


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
    with prepared(kind, 0) as (instance, env, _people, postgres), served(instance, env, postgres) as house:
        units, lessons = _addresses(house.base)
        seen = 2  # visits of ours just now
        ours = Total(total.registered, total.finishers, total.attempts, total.visits - seen)
        tasks = [
            Task(house.base, ours, seed, client, clients, max(1, lanes // clients), units, lessons)
            for client in range(clients)
        ]
        tally, began, (web, database) = Tally(), time.perf_counter(), house.cpu()
        with ProcessPoolExecutor(clients, mp_context=multiprocessing.get_context("spawn")) as pool:
            for part in pool.map(live, tasks):
                tally.join(part)
        seconds, (web_now, database_now) = time.perf_counter() - began, house.cpu()
        report(tally, seconds=seconds, web=web_now - web, database=database_now - database)
        wrong = len(tally.errors) + _wrong_figures(house, total, len(units))
        complaints = house.complaints()
        print(f"the server's log: {len(complaints)} complaints{': ' + complaints[0] if complaints else ''}")
        return wrong + len(complaints)


def _wrong_figures(house: Served, total: Total, units: int) -> int:
    """How many of the figures are not the real ones, as open data (reading it is no visit) and the front page tell."""
    figures = {_NAMES[name]: figure for name, figure in asdict(total).items()}
    taken = house.settle(figures, seconds=_SETTLE_SECONDS)
    shown = json.loads(_get(f"{house.base}/so-lieu.json"))["tong"]
    wrong = [name for name, figure in figures.items() if shown[name] != figure]
    print(f"figures: {shown}; {f'all there {taken:.0f} s after the end' if taken is not None else f'WRONG: {wrong}'}")
    front = _get(f"{house.base}/")
    missing = [words for words in _words(total, units) if words not in front]
    print(f"front page: {'shows them' if not missing else f'LACKS {missing}'}")
    return len(wrong) + len(missing)


def _words(total: Total, units: int) -> list[str]:
    figures = (total.registered, total.finishers, units, total.attempts, total.visits)
    return [f"{figure:,}".replace(",", ".") for figure in figures]


def main() -> int:
    """The command above."""
    asked = parser("replay")
    asked.set_defaults(database="sqlite")  # as `make run` serves it
    asked.add_argument("--scale", type=float, default=1.0, help="share of the city, 0.003 to 1")
    asked.add_argument("--lanes", default=48, **AT_ONCE)
    asked.add_argument("--clients", type=int, default=2, choices=range(1, 9), metavar="1…8")
    asked.add_argument("--seed", type=int, default=1)
    options = asked.parse_args()
    if not 0.003 <= options.scale <= 1:  # below, not every unit has a finisher
        asked.error("--scale: from 0.003 to 1")
    total = REAL.scaled(options.scale)
    print(f"{total}, {options.lanes} at once in the busiest hour; LANTOA_HASHING=cheapest")

    def measure(kind: str) -> int:
        return replay(total, kind=kind, lanes=options.lanes, clients=options.clients, seed=options.seed)

    return on_each(options.database, measure)


if __name__ == "__main__":
    sys.exit(main())
