"""What league tables cost in a large city, and how that grows with it.

python -m bench.boards [--people 700000] [--smaller 10] [--database sqlite|postgres|both] [--requests 2000]

A city of 900,000 registered, 700,000 finishers and 1,000,000 attempts is made (`flask demo fill`), and one ten times
smaller beside it; both are served as `make run` does, one after the other. For each kind of page: server CPU a request,
p50 and p99 at 16 connections, and the ratio of the two cities. Pages that stand at one address come from their
snapshot; deep pages and my place are asked at many addresses, so each is made anew. Loopback only; everything is ended
and removed.
"""

import argparse
import json
import sys
import threading
import time
import urllib.request
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from bench.attempts import prepared
from bench.support.contestant import Contestant, Line
from bench.support.places import Places, find_places
from bench.support.processes import cpu_seconds
from tests.support.postgres import NoPostgres
from tests.support.served import command, running

_REGISTERED, _ATTEMPTS, _VISITS = 9 / 7, 10 / 7, 12  # for each finisher
_PLACES = 400
_SETTLE_SECONDS = 300
_GOAL = 1.3


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one kind of page: CPU of gunicorn and of Postgres and waiting times, in milliseconds."""

    web: float
    database: float
    p50: float
    p99: float
    wrong: int

    @property
    def cpu(self) -> float:
        """Of both."""
        return self.web + self.database


def pages(places: Places) -> dict[str, list[tuple[str, str]]]:
    """Kind of page → what is asked in turns: address and cookie."""

    def public(*paths: str) -> list[tuple[str, str]]:
        return [(path, "") for path in paths]

    return {
        "front page": public("/"),
        "units, by registered": public("/bang-xep-hang"),
        "units, by finishers": public("/bang-xep-hang?theo=hoan-thanh"),
        "units, by mean correct": public("/bang-xep-hang?theo=cau-dung"),
        "units, by share finished": public("/bang-xep-hang?theo=ty-le"),
        "people, first page": public("/bang-xep-hang/ca-nhan"),
        "people of wards, first page": public("/bang-xep-hang/ca-nhan?loai=phuong"),
        "people, deep pages": public(*places["deep"]),
        "unit pages": public(*(f"/bang-xep-hang/don-vi/{code}" for code in places["units"])),
        "unit, deep pages": public(*places["deep_in_unit"]),
        "search of a name": public(*(f"/bang-xep-hang/tim?tim={quote(name)}" for name in places["names"])),
        "my place": [("/bang-xep-hang/cua-toi", cookie) for cookie in places["cookies"]],
        "figures": public("/so-lieu"),
        "figures, JSON": public("/so-lieu.json"),
        "figures, CSV": public("/so-lieu.csv"),
    }


def measure(
    base: str, asked: Sequence[tuple[str, str]], *, requests: int, at_once: int, master: int, postgres: int | None
) -> Cost:
    """Ask for pages in turns on kept-alive lines."""
    work = deque(asked[n % len(asked)] for n in range(requests))
    waits: list[float] = []
    wrong: list[str] = []

    def lane() -> None:
        line = Line(base)
        while True:
            try:
                path, cookie = work.popleft()
            except IndexError:
                break
            began = time.perf_counter()
            try:
                status = Contestant(line, cookie).ask("GET", path).status
            except OSError as fault:
                wrong.append(repr(fault))
                continue
            waits.append(1000 * (time.perf_counter() - began))
            if status != 200:
                wrong.append(f"{path}: {status}")
        line.hang_up()

    web, database = cpu_seconds(master), cpu_seconds(postgres) if postgres else 0.0
    lanes = [threading.Thread(target=lane) for _ in range(at_once)]
    for thread in lanes:
        thread.start()
    for thread in lanes:
        thread.join()
    web = cpu_seconds(master) - web
    database = cpu_seconds(postgres) - database if postgres else 0.0
    if wrong:
        print(f"  wrong: {len(wrong)}, {wrong[0]}", file=sys.stderr)
    waits.sort()
    p50, p99 = (waits[min(len(waits) - 1, int(share * len(waits)))] if waits else 0.0 for share in (0.5, 0.99))
    return Cost(1000 * web / requests, 1000 * database / requests, p50, p99, len(wrong))


def _settle(base: str, finishers: int) -> float:
    """Wait until the figures are those of the city; returns the seconds that took."""
    began = time.monotonic()
    while time.monotonic() - began < _SETTLE_SECONDS:
        with urllib.request.urlopen(f"{base}/so-lieu.json", timeout=60) as reply:
            if json.load(reply)["tong"]["hoan_thanh"] == finishers:
                return time.monotonic() - began
        time.sleep(0.5)
    raise RuntimeError(f"the figures did not come to {finishers} finishers")


def city(kind: str, finishers: int, *, requests: int, at_once: int) -> dict[str, Cost]:
    """Make a city, serve it, ask for everything."""
    with prepared(kind, 0) as (instance, env, _people, postgres):
        figures = {
            "registered": round(finishers * _REGISTERED),
            "finishers": finishers,
            "attempts": round(finishers * _ATTEMPTS),
            "visits": finishers * _VISITS,
            "seed": 1,
        }
        began = time.monotonic()
        filled = command("demo", "fill", *(f"--{name}={figure}" for name, figure in figures.items()), env=env)
        if filled.returncode:
            raise RuntimeError(filled.stderr)
        made = time.monotonic() - began
        places = find_places(_PLACES, env=env)
        base = f"http://127.0.0.1:{env['PORT']}"
        with running("wsgi:app", env=env, log=instance / "served.log") as master:
            settled = _settle(base, finishers)
            print(f"  {finishers:,} finishers: made in {made:.0f} s, figures counted after {settled:.0f} s")
            before, began = cpu_seconds(master) + (cpu_seconds(postgres) if postgres else 0), time.monotonic()
            time.sleep(20)
            idle = cpu_seconds(master) + (cpu_seconds(postgres) if postgres else 0) - before
            print(f"  nobody asks: {100 * idle / (time.monotonic() - began):.1f} % of one core")
            return {
                name: measure(base, asked, requests=requests, at_once=at_once, master=master, postgres=postgres)
                for name, asked in pages(places).items()
            }


def report(large: Mapping[str, Cost], small: Mapping[str, Cost]) -> int:
    """Print the table; returns how many pages cost more than the goal allows, or went wrong."""
    print(
        f"  {'':28}{'CPU ms':>8}{'p50 ms':>8}{'p99 ms':>8}   {'smaller city':>12}{'p50 ms':>8}{'p99 ms':>8}{'ratio':>8}"
    )
    beyond = 0
    for name, cost in large.items():
        beside = small[name]
        ratio = cost.cpu / beside.cpu if beside.cpu else 0.0
        beyond += ratio > _GOAL or bool(cost.wrong + beside.wrong)
        print(
            f"  {name:28}{cost.cpu:>8.2f}{cost.p50:>8.1f}{cost.p99:>8.1f}   "
            f"{beside.cpu:>12.2f}{beside.p50:>8.1f}{beside.p99:>8.1f}{ratio:>8.2f}"
        )
    return beyond


def main() -> int:
    """The command above."""
    parser = argparse.ArgumentParser(prog="python -m bench.boards")
    parser.add_argument("--people", type=int, default=700_000, help="finishers of the large city")
    parser.add_argument("--smaller", type=int, default=10, help="how many times smaller the other city is")
    parser.add_argument("--requests", type=int, default=2000, help="for each kind of page")
    parser.add_argument("--at-once", type=int, default=16, choices=range(1, 129), metavar="1…128")
    parser.add_argument("--database", choices=["sqlite", "postgres", "both"], default="both")
    options = parser.parse_args()
    if options.people // options.smaller < 200:
        parser.error("--people: the smaller city needs 200 finishers, so that every unit has one")
    beyond = 0
    try:
        for kind in ["sqlite", "postgres"] if options.database == "both" else [options.database]:
            print(kind)
            small, large = (
                city(kind, finishers, requests=options.requests, at_once=options.at_once)
                for finishers in (options.people // options.smaller, options.people)
            )
            beyond += report(large, small)
    except NoPostgres as reason:
        print(f"not measured: {reason}", file=sys.stderr)
        return 1
    print(f"beyond {_GOAL} × or wrong: {beyond}")
    return 1 if beyond else 0


if __name__ == "__main__":
    sys.exit(main())
