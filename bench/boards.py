"""What league tables cost in a large city, and how that grows with it.

python -m bench.boards [--people 700000] [--smaller 10] [--database sqlite|postgres|both] [--requests 1000]

A city of 900,000 registered, 700,000 finishers and 1,000,000 attempts is made (`flask demo fill`), and one ten times
smaller beside it; both are served as `make run` does, and asked in turns, so that a busy neighbour troubles both. For
each kind of page: server CPU a request, p50 and p99 at 16 connections, and the ratio of the two cities. Pages that
stand at one address come from their snapshot; deep pages and my place are asked at many addresses, so each is made
anew. Before each kind both databases are read once, so that they are in memory. Loopback only; everything is ended
and removed.
"""

import sys
import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import quote

from bench.support.contestant import Contestant, Line
from bench.support.measuring import AT_ONCE, on_each, parser, percentile, together
from bench.support.places import Places, find_places
from bench.support.portal import Served, fill, prepared, served

_REGISTERED, _ATTEMPTS, _VISITS = 9 / 7, 10 / 7, 12  # for each finisher
_PLACES = 1200  # more than are asked for: a page that comes a second time would come from its snapshot
_SETTLE_SECONDS = 300
_TURNS = 4
_IDLE_SECONDS = 20
_SEARCHES = 1500  # as app.ranking.views allows
_SNAPSHOTS = 5  # times as often are they asked for
_GOAL = 1.3
Asked = tuple[str, str]  # address and cookie


@dataclass(slots=True)
class Cost:
    """Of one kind of page in one city: CPU of gunicorn and of Postgres, and how long each waited, in seconds."""

    web: float = 0.0
    database: float = 0.0
    waits: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @property
    def cpu(self) -> float:
        """Milliseconds a request."""
        return 1000 * (self.web + self.database) / max(1, len(self.waits))

    def row(self) -> str:
        """CPU, of it Postgres, p50, p99; milliseconds."""
        postgres = 1000 * self.database / max(1, len(self.waits))
        return (
            f"{self.cpu:>8.2f}{postgres:>7.2f}{percentile(self.waits, 0.5):>7.1f}{percentile(self.waits, 0.99):>7.1f}"
        )


@dataclass(frozen=True, slots=True)
class City:
    """A city that is served, and what it is asked for: kind of page → addresses, asked in turns."""

    portal: Served
    pages: Mapping[str, Sequence[Asked]]

    def ask(self, name: str, cost: Cost, *, turn: int, requests: int, at_once: int) -> None:
        """The share of one turn, on kept-alive lines."""
        asked = self.pages[name]
        first, last = requests * turn // _TURNS, requests * (turn + 1) // _TURNS
        work = deque(asked[n % len(asked)] for n in range(first, last))

        def lane() -> None:
            line = Line(self.portal.base)
            while True:
                try:
                    path, cookie = work.popleft()
                except IndexError:
                    break
                began = time.perf_counter()
                try:
                    status = Contestant(line, cookie).ask("GET", path).status
                except OSError as fault:
                    cost.wrong.append(repr(fault))
                    continue
                cost.waits.append(time.perf_counter() - began)
                if status != 200:
                    cost.wrong.append(f"{path}: {status}")
            line.hang_up()

        web, database = self.portal.cpu()
        together([lane] * at_once)
        web_now, database_now = self.portal.cpu()
        cost.web += web_now - web
        cost.database += database_now - database


def pages(places: Places) -> dict[str, Sequence[Asked]]:
    """What is asked for."""

    def public(*paths: str) -> list[Asked]:
        return [(path, "") for path in paths]

    def signed_in(path: str) -> list[Asked]:
        return [(path, cookie) for cookie in places["cookies"]]

    return {
        "front page": public("/"),
        "units, by registered": public("/bang-xep-hang"),
        "units, by finishers": public("/bang-xep-hang?theo=hoan-thanh"),
        "units, by mean correct": public("/bang-xep-hang?theo=cau-dung"),
        "units, by share finished": public("/bang-xep-hang?theo=ty-le"),
        "people, first page": public("/bang-xep-hang/ca-nhan"),
        "people of wards, first page": public("/bang-xep-hang/ca-nhan?loai=phuong"),
        "people, deep pages": public(*places["deep"]),
        "people of wards, deep pages": public(*(f"{path}&loai=phuong" for path in places["deep"])),
        "unit pages": public(*(f"/bang-xep-hang/don-vi/{code}" for code in places["units"])),
        "unit, deep pages": public(*places["deep_in_unit"]),
        "search of a name": public(*(f"/bang-xep-hang/tim?tim={quote(name)}" for name in places["names"])),
        "my place": signed_in("/bang-xep-hang/cua-toi"),
        "my page": signed_in("/toi"),
        "figures": public("/so-lieu"),
        "figures, JSON": public("/so-lieu.json"),
        "figures, CSV": public("/so-lieu.csv"),
    }


@contextmanager
def city(kind: str, finishers: int) -> Iterator[City]:
    """Make a city and serve it."""
    with prepared(kind, 0) as (instance, env, _people, postgres):
        began = time.monotonic()
        fill(
            env,
            registered=round(finishers * _REGISTERED),
            finishers=finishers,
            attempts=round(finishers * _ATTEMPTS),
            visits=finishers * _VISITS,
            seed=1,
        )
        made, places = time.monotonic() - began, find_places(_PLACES, env=env)
        with served(instance, env, postgres) as portal:
            settled = portal.settle({"hoan_thanh": finishers}, seconds=_SETTLE_SECONDS)
            if settled is None:
                raise RuntimeError(f"the figures did not come to {finishers} finishers")
            idle = sum(portal.cpu())
            time.sleep(_IDLE_SECONDS)
            idle = 100 * (sum(portal.cpu()) - idle) / _IDLE_SECONDS
            print(f"  {finishers:,} finishers: made in {made:.0f} s, figures counted after {settled:.0f} s;", end=" ")
            print(f"nobody asks: {idle:.1f} % of one core", flush=True)
            yield City(portal, pages(places))


def compare(large: City, small: City, *, requests: int, at_once: int) -> int:
    """Ask both for everything and print it; returns how many pages cost more than the goal allows, or went wrong."""
    columns = f"{'CPU ms':>8}{'of PG':>7}{'p50':>7}{'p99':>7}"
    print(f"  {'':28}{columns}   {'smaller city':>12}\n  {'':28}{'':29}   {columns}{'ratio':>8}")
    beyond = 0
    for name in large.pages:
        costs = Cost(), Cost()
        for which in (small, large):
            which.portal.read_database()
        for turn in range(_TURNS):
            for which, cost in zip((large, small), costs, strict=True):
                # A snapshot costs so little that the keeper, counting meanwhile, would double a thousand of them.
                often = requests * (_SNAPSHOTS if len(which.pages[name]) == 1 else 1)
                which.ask(name, cost, turn=turn, requests=often, at_once=at_once)
        ratio = costs[0].cpu / costs[1].cpu if costs[1].cpu else 0.0
        wrong = costs[0].wrong + costs[1].wrong
        beyond += ratio > _GOAL or bool(wrong)
        print(f"  {name:28}{costs[0].row()}   {costs[1].row()}{ratio:>8.2f}", flush=True)
        if wrong:
            print(f"  wrong: {len(wrong)}, {wrong[0]}", file=sys.stderr)
    return beyond


def main() -> int:
    """The command above."""
    options = parser("boards")
    options.add_argument("--people", type=int, default=700_000, help="finishers of the large city")
    options.add_argument("--smaller", type=int, default=10, help="how many times smaller the other city is")
    options.add_argument(
        "--requests", type=int, default=1000, help="for each kind of page and city; five times as many for a snapshot"
    )
    options.add_argument("--at-once", default=16, **AT_ONCE)
    asked = options.parse_args()
    if asked.requests > _SEARCHES:
        options.error(f"--requests: one address may search {_SEARCHES} times in ten minutes")
    if asked.people // asked.smaller < 200:
        options.error("--people: the smaller city needs 200 finishers, so that every unit has one")

    def measure(kind: str) -> int:
        with city(kind, asked.people // asked.smaller) as small, city(kind, asked.people) as large:
            beyond = compare(large, small, requests=asked.requests, at_once=asked.at_once)
        print(f"  beyond {_GOAL} × or wrong: {beyond}")
        return beyond

    return on_each(asked.database, measure)


if __name__ == "__main__":
    sys.exit(main())
