"""200 contestants sit exams at once while everything around them breaks; then every answer is looked for.

python -m bench.faults [--contestants 200] [--database sqlite|postgres|URL] [--seconds 120] [--seed 1]

Without --database on both. Loopback only; it ends what it started, after --seconds of tapping at the latest. Passwords
are hashed as cheaply as can be (LANTOA_HASHING=cheapest): sign-ins come before the faults. See bench/README.md.
"""

import argparse
import asyncio
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from bench.faults.audit import ERRORS, MUST_BE_ZERO, SURPRISES, UNFINISHED, Verdict, audit
from bench.faults.line import Fault
from bench.faults.sitting import Kind, Sitting
from bench.support.contestant import Contestant, Line
from bench.support.people import PASSWORD, Person, make_people
from bench.support.processes import children
from tests.support.postgres import NoPostgres, throwaway
from tests.support.served import command, environment, free_port, running

KILLED = "workers killed with SIGKILL"
MUST_HAPPEN = (KILLED, *Fault)  # a run that does nothing proves nothing
_KINDS = [Kind.SCRIPTED, Kind.SCRIPTED, Kind.TWO_PAGES, Kind.PLAIN]
_AFTERWARDS = 90  # seconds to come to the end when tapping is over
_LOCAL = (None, "", "localhost", "127.0.0.1", "::1")


def database(kind: str, instance: Path, stack: ExitStack) -> str:
    """URL of the database to run on; a URL of one's own must be on this machine."""
    if kind == "sqlite":
        return f"sqlite:///{instance / 'lantoa.sqlite'}"
    if kind == "postgres":
        return stack.enter_context(throwaway(durable=True))
    parts = urlsplit(kind)
    host = parse_qs(parts.query).get("host", [parts.hostname])[0]
    if host not in _LOCAL and not str(host).startswith("/"):
        raise SystemExit(f"--database {kind}: only a database on this machine, and an empty one")
    return kind


@contextmanager
def portal(url: str, instance: Path, contestants: int) -> Iterator[tuple[str, int, list[Person]]]:
    """The portal as `make run` serves it: its address, gunicorn's master, and its people."""
    env = environment(instance, LANTOA_DATABASE_URL=url, LANTOA_HASHING="cheapest", PORT=str(free_port()))
    done = command("prepare", env=env)
    if done.returncode:
        raise RuntimeError(done.stderr)
    people = make_people(contestants, env=env)
    with running("wsgi:app", env=env, log=instance / "served.log") as master:
        yield f"http://127.0.0.1:{env['PORT']}", master, people


def sign_in(base: str, people: list[Person], rng: random.Random) -> list[tuple[Kind, list[str]]]:
    """Everybody's kind and cookies: one a browser, a second for the second phone (or the same, for a second tab)."""
    kinds = [_KINDS[place % len(_KINDS)] for place in range(len(people))]
    browsers = [2 if kind is Kind.TWO_PAGES and rng.random() < 0.5 else 1 for kind in kinds]

    def cookies(person: Person, count: int) -> list[str]:
        found = []
        for _ in range(count):
            browser = Contestant(Line(base))
            browser.sign_in(person["identifier"], PASSWORD)
            browser.look("/thi")  # its form brings the cookie that holds the token
            browser.line.hang_up()
            found.append(browser.cookie)
        return found

    with ThreadPoolExecutor(8) as pool:
        jars = list(pool.map(cookies, people, browsers))
    pages = [2 if kind is Kind.TWO_PAGES else 1 for kind in kinds]
    return [(kind, (jar * 2)[:count]) for kind, jar, count in zip(kinds, jars, pages, strict=True)]


async def kill_workers(master: int, tally: Counter[str], rng: random.Random) -> None:
    """Kill one worker after the other, for ever; the master starts new ones."""
    pause = 0.5
    while True:
        await asyncio.sleep(pause)
        pause = rng.uniform(1, 3)  # a new worker first reads the contest: killed faster, none would ever answer
        if workers := children(master):
            os.kill(rng.choice(workers), signal.SIGKILL)
            tally[KILLED] += 1


async def sit_all(sittings: list[Sitting], master: int, tally: Counter[str], rng: random.Random, end: float) -> int:
    """Let all sit at once while workers die; how many did not come to the end."""
    killer = asyncio.create_task(kill_workers(master, tally, rng))
    tasks = [asyncio.create_task(sitting.sit()) for sitting in sittings]
    _, late = await asyncio.wait(tasks, timeout=end - time.monotonic() + _AFTERWARDS)
    killer.cancel()
    for task in late:
        task.cancel()
    await asyncio.gather(killer, *tasks, return_exceptions=True)
    await asyncio.sleep(0.05)  # lines are closing
    for sitting, task in zip(sittings, tasks, strict=True):
        if task not in late and (fault := task.exception()):
            sitting.surprises.append(repr(fault))
    return len(late)


def run(kind: str, *, contestants: int, seconds: float, seed: int) -> tuple[Verdict, Counter[str], float]:
    """One run on one database: verdict, what was done, seconds."""
    rng, tally = random.Random(seed), Counter[str]()
    with ExitStack() as stack:
        instance = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="lantoa-faults-")))
        url = database(kind, instance, stack)
        with portal(url, instance, contestants) as (base, master, people):
            signed_in, begun = sign_in(base, people, rng), time.monotonic()
            sittings = [
                Sitting(base, jar, kind, tally=tally, rng=random.Random(rng.randrange(1 << 32)), until=begun + seconds)
                for kind, jar in signed_in
            ]
            unfinished = asyncio.run(sit_all(sittings, master, tally, rng, begun + seconds))
            took = time.monotonic() - begun
        verdict = audit(url, {p["entry"]: sitting for p, sitting in zip(people, sittings, strict=True)})
    verdict.add(UNFINISHED, unfinished, f"{unfinished}")
    verdict.add(ERRORS, tally.pop("5xx", 0), "see the server's log")
    surprises = [words for sitting in sittings for words in sitting.surprises]
    verdict.add(SURPRISES, len(surprises), "; ".join(surprises[:5]))
    tally["taps"] = sum(sitting.taps for sitting in sittings)
    tally["sheets sent"] = sum(len(sitting.ledger.sheets) for sitting in sittings)
    tally["sheets acknowledged"] = sum(len(sitting.ledger.acknowledged) for sitting in sittings)
    tally |= Counter(f"contestants: {sitting.kind}" for sitting in sittings)
    return verdict, tally, took


def show(kind: str, verdict: Verdict, tally: Counter[str], took: float) -> bool:
    """Print one table; whether all is as it must be."""
    print(f"\n{kind}: {took:.0f} s, {tally['requests']} requests")
    print("must be 0")
    for name in MUST_BE_ZERO:
        print(f"  {verdict.counts[name]:>7}  {name}")
    print("what was really done, not only planned")
    for name in sorted(set(tally) | set(MUST_HAPPEN), key=lambda name: (name not in MUST_HAPPEN, name)):
        print(f"  {tally[name]:>7}  {name}")
    for words in verdict.words:
        print(f"  ! {words}")
    idle = [name for name in MUST_HAPPEN if not tally[name]]
    if idle:
        print(f"  ! proves nothing: never happened: {', '.join(idle)}")
    return not idle and not any(verdict.counts[name] for name in MUST_BE_ZERO)


def main() -> int:
    """The command above; 1 when anything was lost."""
    parser = argparse.ArgumentParser(prog="python -m bench.faults")
    parser.add_argument("--contestants", type=int, default=200, choices=range(1, 1001), metavar="1…1000")
    parser.add_argument("--database", default="both", help="sqlite, postgres, both or a URL of this machine")
    parser.add_argument("--seconds", type=float, default=120, help="how long people tap at most")
    parser.add_argument("--seed", type=int, default=1, help="what befalls whom; the timing is chance all the same")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that all that was started is ended
    good = True
    for kind in ["sqlite", "postgres"] if arguments.database == "both" else [arguments.database]:
        try:
            outcome = run(
                kind, contestants=arguments.contestants, seconds=min(arguments.seconds, 600), seed=arguments.seed
            )
        except NoPostgres as reason:
            print(f"\nPostgreSQL: {reason}", file=sys.stderr)
            good = False
        else:
            good &= show(kind, *outcome)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
