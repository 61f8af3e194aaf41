"""Sign-ins must not starve exams: what a save waits while nobody else is there, and while 50 sign in at once.

python -m bench.storm [--people 50] [--sign-ins 50] [--seconds 12] [--pace 0.5] [--database sqlite|postgres|both]
    [--forms-at-once]

Everybody saves the whole sheet every `--pace` seconds, as htmx sends it. In the storm so many sign in at once through
the real form, with passwords hashed as in a city; when all are in, the next wave begins. Saves are timed from the
moment the request is sent to the end of the reply. Goal: the storm's p99 within twice the quiet one. Quiet and storm
take turns, so that a busy neighbour troubles both. Loopback only; it ends what it started.
"""

import argparse
import multiprocessing
import os
import random
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from multiprocessing.queues import Queue
from pathlib import Path
from urllib.parse import urlencode

from bench.support.contestant import Contestant, Line, Sheet, read_sheet
from bench.support.people import PASSWORD, Person, make_people
from tests.support.postgres import NoPostgres, throwaway
from tests.support.served import command, environment, free_port, running

TURNS = 2
GOAL = 2.0
SPAWN = multiprocessing.get_context("spawn")
Arrivals = tuple[list[float], list[str]]  # how long each took, and what went wrong


@dataclass(slots=True)
class Phase:
    """What was seen while it lasted."""

    saves: list[float] = field(default_factory=list)
    sign_ins: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


@contextmanager
def portal(kind: str, people: int) -> Iterator[tuple[str, list[Person]]]:
    """The portal as `make run` serves it, with its people; hashing as in a city."""
    with ExitStack() as stack:
        instance = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="lantoa-storm-")))
        url = f"sqlite:///{instance / 'lantoa.sqlite'}"
        if kind == "postgres":
            url = stack.enter_context(throwaway(durable=True))
        env = environment(instance, LANTOA_DATABASE_URL=url, PORT=str(free_port()))
        done = command("prepare", env=env)
        if done.returncode:
            raise RuntimeError(done.stderr)
        persons = make_people(people, env=env)
        stack.enter_context(running("wsgi:app", env=env, log=instance / "served.log"))
        yield f"http://127.0.0.1:{env['PORT']}", persons


def sit_down(base: str, person: Person) -> tuple[Contestant, Sheet]:
    """Signed in, with an open paper."""
    browser = Contestant(Line(base))
    browser.sign_in(person["identifier"], PASSWORD)
    browser.look("/thi")
    path = browser.start().location
    return browser, read_sheet(path, browser.ask("GET", path).page)


def save_until(end: float, who: Contestant, sheet: Sheet, pace: float, phase: Phase) -> None:
    """Tap and save, at a pace of one's own."""
    rng = random.Random(sheet.path)
    names = list(sheet.options)
    who.line.hang_up()  # the server closes a line after two quiet seconds
    time.sleep(rng.random() * pace)
    while (began := time.perf_counter()) < end:
        name = rng.choice(names)
        sheet.chosen[name] = rng.choice(sheet.options[name])
        began = time.perf_counter()
        try:
            status = who.save(sheet).status
            if status != 200:
                phase.errors.append(f"save: {status}")
        except OSError as fault:
            phase.errors.append(f"save: {fault!r}")
        taken = time.perf_counter() - began
        phase.saves.append(taken)
        time.sleep(max(0.0, pace * rng.uniform(0.8, 1.2) - taken))


def sign_in_for(seconds: float, base: str, people: Sequence[Person], told: "Queue[Arrivals]", at_once: bool) -> None:
    """Wave after wave, each from a browser that was never seen before: the form is loaded by one after the other, as
    people come in, then all press the button at once. With `at_once` the forms are loaded at once, too.

    A process of its own with the lowest priority: in life, those who sign in take nothing from the server's cores but
    what the server does for them, and nothing from the phones of those who save.
    """
    os.nice(19)
    arrivals: Arrivals = ([], [])

    def press(browser: Contestant, person: Person) -> None:
        began = time.perf_counter()
        try:
            if at_once:
                browser.look("/dang-nhap")
            fields = {"csrf_token": browser.token, "identifier": person["identifier"], "password": PASSWORD}
            status = browser.ask("POST", "/dang-nhap", fields=urlencode(fields)).status
            if status != 303:
                arrivals[1].append(f"sign-in: {status}")
        except OSError as fault:
            arrivals[1].append(f"sign-in: {fault!r}")
        arrivals[0].append(time.perf_counter() - began)
        browser.line.hang_up()

    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        browsers = [Contestant(Line(base)) for _ in people]
        for browser in () if at_once else browsers:
            browser.look("/dang-nhap")
            browser.line.hang_up()
        wave = [threading.Thread(target=press, args=pair) for pair in zip(browsers, people, strict=True)]
        for thread in wave:
            thread.start()
        for thread in wave:
            thread.join()
    told.put(arrivals)


def measure(
    base: str, sitting: Sequence[tuple[Contestant, Sheet]], arriving: Sequence[Person], options: argparse.Namespace
) -> list[Phase]:
    """Quiet and storm in turns."""
    quiet, storm = Phase(), Phase()
    told: Queue[Arrivals] = SPAWN.Queue()
    seconds = options.seconds / TURNS
    for _ in range(TURNS):
        for phase in (quiet, storm):
            end = time.perf_counter() + seconds
            if phase is storm:
                crowd = SPAWN.Process(target=sign_in_for, args=(seconds, base, arriving, told, options.forms_at_once))
                crowd.start()
                time.sleep(1)  # a new interpreter has to load
                end += 1
            savers = [
                threading.Thread(target=save_until, args=(end, who, sheet, options.pace, phase))
                for who, sheet in sitting
            ]
            for thread in savers:
                thread.start()
            for thread in savers:
                thread.join()
            if phase is storm:
                times, faults = told.get(timeout=120)
                crowd.join()
                phase.sign_ins += times
                phase.errors += faults
    return [quiet, storm]


def percentile(times: list[float], share: float) -> float:
    """In milliseconds."""
    ordered = sorted(times)
    return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


def report(kind: str, quiet: Phase, storm: Phase) -> bool:
    """Print; whether the goal is met."""
    ratio = percentile(storm.saves, 0.99) / percentile(quiet.saves, 0.99)
    print(f"\n{'SQLite, synchronous=FULL' if kind == 'sqlite' else 'Postgres, durable'}")
    for name, phase in (("quiet", quiet), ("storm", storm)):
        p50, p99 = (percentile(phase.saves, share) for share in (0.5, 0.99))
        most = max(phase.saves) * 1000
        print(f"{name}: {len(phase.saves)} saves, p50 {p50:.1f} ms, p99 {p99:.1f} ms, longest {most:.0f} ms")
    p50, p99 = (percentile(storm.sign_ins, share) for share in (0.5, 0.99))
    print(f"storm: {len(storm.sign_ins)} sign-ins, p50 {p50:.0f} ms, p99 {p99:.0f} ms")
    errors = quiet.errors + storm.errors
    print(f"p99 storm/quiet: {ratio:.2f} (goal {GOAL}); errors: {len(errors)}{': ' + errors[0] if errors else ''}")
    return ratio <= GOAL and not errors


def main() -> int:
    """The command above."""
    parser = argparse.ArgumentParser(prog="python -m bench.storm")
    parser.add_argument("--people", type=int, default=50, choices=range(1, 501), metavar="1…500")
    parser.add_argument("--sign-ins", type=int, default=50, choices=range(1, 201), metavar="1…200")
    parser.add_argument("--seconds", type=float, default=12.0)
    parser.add_argument("--pace", type=float, default=0.5)
    parser.add_argument("--database", choices=["sqlite", "postgres", "both"], default="both")
    parser.add_argument("--forms-at-once", action="store_true", help="load the forms at once, too")
    options = parser.parse_args()
    good = True
    print(f"{options.people} people save every {options.pace} s; in the storm {options.sign_ins} sign in at once")
    try:
        for kind in ["sqlite", "postgres"] if options.database == "both" else [options.database]:
            with portal(kind, options.people + options.sign_ins) as (base, persons):
                sitting = [sit_down(base, person) for person in persons[: options.people]]
                quiet, storm = measure(base, sitting, persons[options.people :], options)
            good = report(kind, quiet, storm) and good
    except NoPostgres as reason:
        print(f"not measured: {reason}", file=sys.stderr)
        return 1
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
