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
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from multiprocessing.queues import Queue
from urllib.parse import urlencode

from bench.support.contestant import Contestant, Line, Sheet, read_sheet
from bench.support.measuring import on_each, parser, percentile, together
from bench.support.people import PASSWORD, Person
from bench.support.portal import prepared, served

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
        together(partial(press, *pair) for pair in zip(browsers, people, strict=True))
    told.put(arrivals)


def measure(
    base: str, sitting: Sequence[tuple[Contestant, Sheet]], arriving: Sequence[Person], options: argparse.Namespace
) -> tuple[Phase, Phase]:
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
            together(partial(save_until, end, *who, options.pace, phase) for who in sitting)
            if phase is storm:
                times, faults = told.get(timeout=120)
                crowd.join()
                phase.sign_ins += times
                phase.errors += faults
    return quiet, storm


def report(quiet: Phase, storm: Phase) -> bool:
    """Print; whether the goal is met."""
    ratio = percentile(storm.saves, 0.99) / percentile(quiet.saves, 0.99)
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
    asked = parser("storm")
    asked.add_argument("--people", type=int, default=50, choices=range(1, 501), metavar="1…500")
    asked.add_argument("--sign-ins", type=int, default=50, choices=range(1, 201), metavar="1…200")
    asked.add_argument("--seconds", type=float, default=12.0)
    asked.add_argument("--pace", type=float, default=0.5)
    asked.add_argument("--forms-at-once", action="store_true", help="load the forms at once, too")
    options = asked.parse_args()
    print(f"{options.people} people save every {options.pace} s; in the storm {options.sign_ins} sign in at once")

    def storm(kind: str) -> int:
        everybody = options.people + options.sign_ins
        with (
            prepared(kind, everybody, hashing="normal") as (instance, env, persons, postgres),
            served(instance, env, postgres) as portal,
        ):
            sitting = [sit_down(portal.base, person) for person in persons[: options.people]]
            phases = measure(portal.base, sitting, persons[options.people :], options)
        return not report(*phases)

    return on_each(options.database, storm)


if __name__ == "__main__":
    sys.exit(main())
