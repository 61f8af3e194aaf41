"""Load: whole attempts by many contestants at once, and what they cost the server."""

import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from bench.support.contestant import Contestant, Line, Reply, Sheet, read_sheet
from bench.support.measuring import together
from bench.support.processes import cpu_seconds

STEPS = ("start", "paper", "save", "submit", "result")
SAVES = 20
REQUESTS = SAVES + 4


@dataclass(slots=True)
class Costs:
    """CPU seconds of the web server and of the database server."""

    web: float = 0.0
    database: float = 0.0

    def add(self, web: float, database: float) -> None:
        """One more stretch."""
        self.web += web
        self.database += database


@dataclass(slots=True)
class Figures:
    """What was measured on one server."""

    attempts: int = 0
    seconds: float = 0.0
    whole: Costs = field(default_factory=Costs)
    steps: dict[str, Costs] = field(default_factory=lambda: {step: Costs() for step in STEPS})
    stepped: int = 0  # attempts behind `steps`
    latencies: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    sizes: dict[str, int] = field(default_factory=dict)  # bytes of the last page of a step, unpacked
    errors: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Sitting:
    """A contestant and the attempt that is under way."""

    who: Contestant
    path: str = ""
    sheet: Sheet | None = None


class Target:
    """One served application with its people; `measure` and `measure_steps` fill `figures`."""

    def __init__(self, base: str, master: int, database: int | None, people: Sequence[Contestant]) -> None:
        self.base, self.master, self.database = base, master, database
        self.people = deque(people)
        self.figures = Figures()

    def warm_up(self, count: int) -> None:
        """Attempts that are not measured. Raises RuntimeError when one goes wrong: there is nothing to measure."""
        self._together([self._whole] * count, count)
        if self.figures.errors:
            raise RuntimeError(self.figures.errors[0])
        self.figures = Figures(sizes=self.figures.sizes)

    def measure(self, attempts: int, at_once: int) -> None:
        """Whole attempts, each on a line of its own."""
        began, web, database = time.perf_counter(), *self._cpu()
        self._together([self._whole] * attempts, at_once)
        self.figures.seconds += time.perf_counter() - began
        self.figures.attempts += attempts
        web_now, database_now = self._cpu()
        self.figures.whole.add(web_now - web, database_now - database)

    def measure_steps(self, attempts: int, at_once: int) -> None:
        """The same, but everybody takes one step before anybody takes the next: what each endpoint costs."""
        sittings = [Sitting(self._next()) for _ in range(attempts)]
        for step in STEPS:
            web, database = self._cpu()
            lines: dict[int, Line] = {}
            self._together([self._one_step(step, sitting, lines) for sitting in sittings], at_once, timed=False)
            for line in lines.values():
                line.hang_up()
            web_now, database_now = self._cpu()
            self.figures.steps[step].add(web_now - web, database_now - database)
        self.figures.stepped += attempts

    def _cpu(self) -> tuple[float, float]:
        return cpu_seconds(self.master), cpu_seconds(self.database) if self.database else 0.0

    def _next(self) -> Contestant:
        self.people.rotate(-1)
        return self.people[-1]

    def _together(self, tasks: Iterable[Callable[[bool], None]], at_once: int, *, timed: bool = True) -> None:
        waiting = deque(tasks)

        def lane() -> None:
            while True:
                try:
                    task = waiting.popleft()
                except IndexError:
                    return
                try:
                    task(timed)
                except Exception as fault:  # a bench goes on and tells at the end
                    self.figures.errors.append(repr(fault))

        together([lane] * at_once)

    def _whole(self, timed: bool) -> None:
        sitting = Sitting(self._next())
        sitting.who.line = Line(self.base)
        try:
            for step in STEPS:
                self._step(step, sitting, timed)
        finally:
            sitting.who.line.hang_up()

    def _one_step(self, step: str, sitting: Sitting, lines: dict[int, Line]) -> Callable[[bool], None]:
        def task(timed: bool) -> None:
            sitting.who.line = lines.setdefault(threading.get_ident(), Line(self.base))
            self._step(step, sitting, timed)

        return task

    def _step(self, step: str, sitting: Sitting, timed: bool) -> None:
        who, sheet = sitting.who, sitting.sheet
        if step == "start":
            reply = self._ask(step, timed, 303, who.start)
            sitting.path = reply.location
        elif step == "paper":
            reply = self._ask(step, timed, 200, lambda: who.ask("GET", sitting.path))
            page = reply.page
            self.figures.sizes[step] = len(page)
            sitting.sheet = read_sheet(sitting.path, page)
        elif step == "result":
            reply = self._ask(step, timed, 200, lambda: who.ask("GET", f"{sitting.path}/ket-qua"))
            self.figures.sizes[step] = len(reply.page)
        elif sheet is not None and step == "submit":
            self._ask(step, timed, 303, lambda: who.submit(sheet))
        elif sheet is not None:
            for number, name in enumerate(sheet.options):
                sheet.chosen[name] = sheet.options[name][number % len(sheet.options[name])]
                self._ask(step, timed, 200, lambda: who.save(sheet))

    def _ask(self, step: str, timed: bool, expected: int, ask: Callable[[], Reply]) -> Reply:
        began = time.perf_counter()
        reply = ask()
        if timed:
            self.figures.latencies[step].append(time.perf_counter() - began)
        if reply.status != expected:
            raise RuntimeError(f"{step}: {reply.status} instead of {expected}")
        return reply
