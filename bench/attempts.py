"""Whole attempts against the portal as it is served: how many a second, how long each waits, what they cost.

python -m bench.attempts [--attempts 400] [--at-once 32] [--database sqlite|postgres|both] [--slow-disk MS] [--floor]

An attempt is 24 requests: start, paper, 20 autosaves as htmx sends them, submit, result. Loopback only; everything
that is started is ended, everything that is written is removed. Passwords are hashed as cheaply as can be
(LANTOA_HASHING=cheapest): sign-ins come before the measurement. See bench/README.md.
"""

import secrets
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from bench.floor import cookie_of
from bench.support.contestant import Contestant, Line
from bench.support.load import REQUESTS, SAVES, STEPS, Costs, Figures, Target
from bench.support.measuring import AT_ONCE, on_each, parser, percentile
from bench.support.people import PASSWORD
from bench.support.portal import prepared, served
from bench.support.slow_disk import NoSlowDisk, slow_disk
from tests.support.served import running

TURNS = 4  # portal and floor take turns, so that a busy neighbour troubles both


@contextmanager
def portal(kind: str, people: int) -> Iterator[Target]:
    """The portal with everybody signed in through its own form."""
    with prepared(kind, people) as (instance, env, persons, server), served(instance, env, server) as house:
        line, browsers = Line(house.base), []
        for person in persons:
            browser = Contestant(line)
            browser.sign_in(person["identifier"], PASSWORD)
            browser.look("/thi")
            browsers.append(browser)
        line.hang_up()
        yield Target(house.base, house.master, server, browsers)


@contextmanager
def floor(kind: str, people: int, sizes: dict[str, int]) -> Iterator[Target]:
    """bench/floor.py on a database of its own, with pages of the portal's size."""
    with prepared(kind, people) as (instance, env, persons, server):
        key, base = secrets.token_hex(16), f"http://127.0.0.1:{env['PORT']}"
        env |= {"FLOOR_KEY": key, "FLOOR_PAPER": str(sizes["paper"]), "FLOOR_RESULT": str(sizes["result"])}
        env["GUNICORN_CMD_ARGS"] = "--worker-class gthread --threads 4"  # gunicorn's own, at their best
        with running("bench.floor:app", env=env, log=instance / "served.log") as master:
            cookies = (cookie_of(person["account"], person["entry"], key.encode()) for person in persons)
            yield Target(base, master, server, [Contestant(Line(base), cookie) for cookie in cookies])


def run(kind: str, *, attempts: int, at_once: int, with_floor: bool) -> tuple[Figures, Figures | None, float]:
    """Measure on one database; the third figure is the client's CPU in seconds an attempt."""
    with ExitStack() as stack:
        targets = [stack.enter_context(portal(kind, attempts))]
        targets[0].warm_up(at_once)
        if with_floor:
            targets.append(stack.enter_context(floor(kind, attempts, targets[0].figures.sizes)))
            targets[1].warm_up(at_once)
        client = time.process_time()
        for turn in range(TURNS):
            share = attempts * (turn + 1) // TURNS - attempts * turn // TURNS
            for target in targets:
                target.measure(share, at_once)
        client = (time.process_time() - client) / attempts / len(targets)
        for target in targets:
            target.measure_steps(attempts, at_once)
        return targets[0].figures, targets[1].figures if with_floor else None, client


def _ms(costs: Costs, count: int) -> tuple[float, float]:
    return 1000 * costs.web / max(1, count), 1000 * costs.database / max(1, count)


def report(figures: Figures, beside: Figures | None, client: float) -> None:
    """Print one database's tables."""
    columns = [("portal", figures)] + ([("floor", beside)] if beside else [])
    print(f"{'':30}" + "".join(f"{name:>12}" for name, _ in columns) + ("   portal/floor" if beside else ""))
    rows = [("attempts/s, client included", [f.attempts / f.seconds for _, f in columns], 1)]
    both = [_ms(f.whole, f.attempts) for _, f in columns]
    rows.append(("server CPU, ms an attempt", [web + database for web, database in both], 1))
    if any(database for _, database in both):
        rows.append(("  of it gunicorn's workers", [web for web, _ in both], 1))
        rows.append(("  of it Postgres", [database for _, database in both], 1))
    for share in (0.50, 0.95, 0.99):
        everything = [[t for times in f.latencies.values() for t in times] for _, f in columns]
        rows.append((f"p{share * 100:.0f} over all, ms", [percentile(times, share) for times in everything], 1))
    for step in STEPS:
        count = SAVES if step == "save" else 1
        rows.append((f"CPU of one {step}, ms", [sum(_ms(f.steps[step], f.stepped * count)) for _, f in columns], 2))
    for label, values, digits in rows:
        ratio = f"{values[0] / values[1]:>15.2f}" if beside and values[1] else ""
        print(f"{label:30}" + "".join(f"{value:>12.{digits}f}" for value in values) + ratio)
    for name, f in columns:
        waits = (
            f"{step} {'/'.join(f'{percentile(f.latencies[step], share):.0f}' for share in (0.5, 0.95, 0.99))}"
            for step in STEPS
        )
        print(f"{name}, p50/p95/p99 in ms: {' · '.join(waits)}")
        print(f"{name}, errors: {len(f.errors)}{': ' + f.errors[0] if f.errors else ''}")
    print(f"client: {1000 * client:.1f} ms CPU an attempt, on the same cores")


def main() -> int:
    """The command above."""
    asked = parser("attempts")
    asked.add_argument("--attempts", type=int, default=400, choices=range(1, 5001), metavar="1…5000")
    asked.add_argument("--at-once", default=32, **AT_ONCE)
    asked.add_argument("--slow-disk", type=float, default=0.0, metavar="MS", help="what a flush of the disk takes")
    asked.add_argument("--floor", action="store_true", help="measure bench/floor.py beside it")
    options = asked.parse_args()

    def measure(kind: str) -> int:
        figures, beside, client = run(
            kind, attempts=options.attempts, at_once=options.at_once, with_floor=options.floor
        )
        report(figures, beside, client)
        return len(figures.errors) + (len(beside.errors) if beside else 0)

    try:
        with slow_disk(options.slow_disk) as flush:
            print(f"{options.attempts} attempts of {REQUESTS} requests, {options.at_once} at once;", end=" ")
            print(f"a flush of the disk takes {flush:.2f} ms; LANTOA_HASHING=cheapest")
            return on_each(options.database, measure)
    except NoSlowDisk as reason:
        print(f"not measured: {reason}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
