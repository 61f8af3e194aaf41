"""Submits at a steady rate while boards are read: none refused, lost or counted twice.

python -m bench.submits [--per-second 64] [--seconds 60] [--readers 4] [--database sqlite|postgres|both]

Half as many people as there are submits sign in and start beforehand, through the real forms. Then a paper is handed in
at every tick of a clock that waits for nobody; who has handed in starts again at once, so that the second half of the
minute betters standings that are there. Meanwhile other lines read boards, deep pages, units, figures and my place, as
fast as they are answered with a breath in between. At the end everything that is kept is counted again
(bench/support/recount.py), and `flask ranking rebuild` has to find no difference. Loopback only; everything that is
started is ended, everything that is written is removed.
"""

import random
import re
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from queue import Empty, SimpleQueue

from bench.support.contestant import Contestant, Line, Reply, Sheet, read_sheet
from bench.support.measuring import on_each, parser, percentile
from bench.support.people import PASSWORD, Person
from bench.support.portal import prepared, served
from bench.support.recount import Recount, recount
from tests.support.served import command

_HANDS = 24  # lines that hand in
_STARTERS = 4  # lines on which people start again
_BREATH = 0.02
_SETTLE_SECONDS = 60
_MINE, _DEEP = "/bang-xep-hang/cua-toi", "/bang-xep-hang/ca-nhan"
_BOARDS = ("/", "/bang-xep-hang?theo=hoan-thanh", _MINE, "/so-lieu.json", _MINE)
_UNIT = re.compile(rb'href="(/bang-xep-hang/don-vi/\w+)"')
_NEXT = re.compile(rb'href="(/bang-xep-hang/ca-nhan\?[^"]*sau=[^"]*)"')
Seat = tuple[Contestant, Sheet]


@dataclass(slots=True)
class Seen:
    """What the clients saw."""

    submits: list[float] = field(default_factory=list)  # seconds from the tick to the end of the reply
    reads: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    seconds: float = 0.0
    cpu: float = 0.0


def sit_down(base: str, who: Contestant, rng: random.Random) -> Seat:
    """Start, and choose something everywhere; on a line of its own, which is hung up."""
    who.line = Line(base)
    path = who.start().location
    sheet = read_sheet(path, who.ask("GET", path).page)
    sheet.chosen = {name: rng.choice(values) for name, values in sheet.options.items()}
    who.line.hang_up()
    return who, sheet


def come_in(base: str, people: Sequence[Person]) -> list[Seat]:
    """Everybody signed in, with an open paper."""
    rng, line, seats = random.Random(1), Line(base), []
    for person in people:
        who = Contestant(line)
        who.sign_in(person["identifier"], PASSWORD)
        who.look("/thi")
        seats.append(sit_down(base, who, rng))
    line.hang_up()
    return seats


class Minute:
    """The run: its clock, who waits to hand in, who waits to start again."""

    def __init__(self, base: str, seats: Sequence[Seat], *, submits: int, per_second: float) -> None:
        self._base, self._submits, self._per_second = base, submits, per_second
        self._cookies = [who.cookie for who, _ in seats]
        self._ready: SimpleQueue[Seat] = SimpleQueue()
        self._again: SimpleQueue[Contestant] = SimpleQueue()
        self._starts_left = submits - len(seats)
        self._ticks = iter(range(submits))
        self._lock = threading.Lock()
        self._over = threading.Event()
        self.seen = Seen()
        for seat in seats:
            self._ready.put(seat)

    def run(self, readers: int) -> Seen:
        """All lines, until the last paper is in."""
        self._began = time.perf_counter()
        hands = [threading.Thread(target=self._hand_in) for _ in range(_HANDS)]
        others = [threading.Thread(target=self._start_again, args=(n,)) for n in range(_STARTERS)]
        others += [threading.Thread(target=self._read, args=(n,)) for n in range(readers)]
        for thread in (*hands, *others):
            thread.start()
        for thread in hands:
            thread.join()
        self.seen.seconds = time.perf_counter() - self._began
        self._over.set()
        for thread in others:
            thread.join()
        return self.seen

    def _hand_in(self) -> None:
        line = Line(self._base)
        while True:
            with self._lock:
                tick = next(self._ticks, None)
            if tick is None:
                return line.hang_up()
            due = self._began + tick / self._per_second
            time.sleep(max(0.0, due - time.perf_counter()))
            try:
                who, sheet = self._ready.get(timeout=30)
            except Empty:
                self.seen.errors.append("nobody was ready to hand in")
                continue
            who.line = line
            self._timed("submit", 303, self.seen.submits, due, partial(who.submit, sheet))
            self._again.put(who)

    def _start_again(self, number: int) -> None:
        rng = random.Random(number)
        while not self._over.is_set():
            try:
                who = self._again.get(timeout=0.2)
            except Empty:
                continue
            with self._lock:
                self._starts_left -= 1
                if self._starts_left < 0:
                    return
            try:
                self._ready.put(sit_down(self._base, who, rng))
            except (OSError, ValueError) as fault:
                self.seen.errors.append(f"start: {fault!r}")

    def _read(self, number: int) -> None:
        rng, line = random.Random(number), Line(self._base)
        units = [match.decode() for match in _UNIT.findall(Contestant(line).ask("GET", "/bang-xep-hang").page)]
        deep = _DEEP
        while not self._over.is_set():
            for path in (*_BOARDS, rng.choice(units), deep):
                reader = Contestant(line, rng.choice(self._cookies) if path == _MINE else "")
                ask = partial(reader.ask, "GET", path)
                reply = self._timed(path, 200, self.seen.reads, time.perf_counter(), ask)
                time.sleep(_BREATH)
            following = _NEXT.search(reply.page) if reply else None
            deep = following.group(1).decode().replace("&amp;", "&") if following else _DEEP
        line.hang_up()

    def _timed(
        self, step: str, expected: int, times: list[float], began: float, ask: Callable[[], Reply]
    ) -> Reply | None:
        try:
            reply = ask()
        except OSError as fault:
            self.seen.errors.append(f"{step}: {fault!r}")
            return None
        times.append(time.perf_counter() - began)
        if reply.status != expected:
            self.seen.errors.append(f"{step}: {reply.status}")
        return reply


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one run leaves behind."""

    seen: Seen
    counted: Recount
    rebuilt: str  # what `flask ranking rebuild` said
    in_log: list[str]  # lines of the server's log that must not be there

    def faults(self, submits: int) -> list[str]:
        """Everything that is not as it must be, in words."""
        counted = self.counted
        wanted = {
            "papers handed in": (counted["submitted"], submits),
            "papers still open": (counted["ungraded"], 0),
            "standings miscounted": (counted["miscounted"], 0),
            "people misplaced": (counted["misplaced"], 0),
            "kinds of figures off": (counted["figures_off"], 0),
        }
        wrong = [f"{what}: {is_now}, not {must}" for what, (is_now, must) in wanted.items() if is_now != must]
        if self.rebuilt:
            wrong.append(f"flask ranking rebuild: {self.rebuilt}")
        return [*wrong, *self.in_log, *self.seen.errors]


def run(kind: str, *, submits: int, per_second: float, readers: int) -> Outcome:
    """One database, from the first registration to the recount."""
    with prepared(kind, (submits + 1) // 2) as (instance, env, people, postgres):
        with served(instance, env, postgres) as portal:
            seats = come_in(portal.base, people)
            minute = Minute(portal.base, seats, submits=submits, per_second=per_second)
            before = sum(portal.cpu())
            seen = minute.run(readers)
            seen.cpu = sum(portal.cpu()) - before
            # Until the figures have taken in the last submit; what never comes is told by the recount.
            portal.settle({"luot_thi": submits, "hoan_thanh": len(people)}, seconds=_SETTLE_SECONDS)
        counted = recount(env=env)
        rebuilt = command("ranking", "rebuild", env=env)
        said = "" if rebuilt.returncode == 0 else (rebuilt.stdout + rebuilt.stderr)[-400:]
        bad = portal.complaints()
        return Outcome(seen, counted, said, bad)


def _waits(times: list[float]) -> str:
    p50, p99, longest = (percentile(times, share) for share in (0.5, 0.99, 1))
    return f"p50 {p50:.1f} ms, p99 {p99:.1f} ms, longest {longest:.0f} ms"


def report(outcome: Outcome, submits: int) -> int:
    """Print one database's figures; returns how many faults there are."""
    seen, faults = outcome.seen, outcome.faults(submits)
    busy = 100 * seen.cpu / seen.seconds
    print(f"  {len(seen.submits)} submits, {len(seen.submits) / seen.seconds:.1f} a second: {_waits(seen.submits)}")
    print(f"  {len(seen.reads)} pages read, {len(seen.reads) / seen.seconds:.1f} a second: {_waits(seen.reads)}")
    print(f"  server: {busy:.0f} % of one core; {outcome.counted['finishers']} people on the board")
    print(f"  faults: {len(faults)}" + "".join(f"\n    {fault}" for fault in faults[:10]))
    return len(faults)


def main() -> int:
    """The command above."""
    asked = parser("submits")
    asked.add_argument("--per-second", type=float, default=64.0)
    asked.add_argument("--seconds", type=float, default=60.0)
    asked.add_argument("--readers", type=int, default=4, choices=range(33), metavar="0…32")
    options = asked.parse_args()
    submits = round(options.per_second * options.seconds)
    if not 2 <= submits <= 20_000:
        asked.error("--per-second × --seconds: between 2 and 20,000 submits")

    def measure(kind: str) -> int:
        outcome = run(kind, submits=submits, per_second=options.per_second, readers=options.readers)
        return report(outcome, submits)

    return on_each(options.database, measure)


if __name__ == "__main__":
    sys.exit(main())
