"""The six steps on a slow phone with a bad line: when something is to be seen, how long one waits, what is lost.

python -m bench.weak_line [--line NAME …] [--cpu 6]

Chromium at 360×640 with a processor `--cpu` times slower, through the proxy of bench/support/thin_line.py. Exit code 1
when an answer was lost or a page was later than its budget. See bench/README.md.
"""

import argparse
import json
import sqlite3
import sys
import time
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, Page

from app.rules.answers import answered
from bench.support.thin_line import Kind, ThinLine, thin_line
from bench.weight import PHONE, portal
from tests.support.browser import NoChromium, running_chromium
from tests.support.six_steps import answer, be_certified, learn, register, start, submit, tell

LINES = {
    "400 ms, 400 kbit/s": Kind(0.4, 400_000),
    "800 ms, 50 kbit/s": Kind(0.8, 50_000),
    "10 % lost": Kind(0.4, 400_000, 0.1),
    "cuts of 30 s": Kind(0.4, 400_000),
}
CUTTING = "cuts of 30 s"
# WEB.md, LIMITS.md: seconds, on the first of the lines.
COLD, WARM, WAITING = 2.0, 0.8, 12.0
_PATIENCE = 120_000
# When a page is left, what the browser measured of it is put aside; a page counts from the press that led to it.
_NOTE = """addEventListener('pagehide', () => {
  const page = performance.getEntriesByType('navigation')[0];
  const paint = performance.getEntriesByName('first-contentful-paint');
  const noted = JSON.parse(sessionStorage.noted || '[]');
  noted.push([location.pathname, paint.length ? paint[0].startTime : 0, page.domContentLoadedEventEnd]);
  sessionStorage.noted = JSON.stringify(noted);
});"""


@dataclass(slots=True)
class Journey:
    """What one went through; seconds. `waits`: (path, first paint, usable) of every page in turn."""

    waits: list[tuple[str, float, float]] = field(default_factory=list)
    cold: tuple[float, float] = (0.0, 0.0)
    warm: tuple[float, float] = (0.0, 0.0)
    seconds: float = 0.0
    up: int = 0
    down: int = 0
    requests: int = 0
    packets_lost: int = 0
    answers_lost: int = 0

    @property
    def waiting(self) -> float:
        """From each press until the next page was to be seen."""
        return sum(paint for _, paint, _ in self.waits)

    def faults(self, kind: str) -> list[str]:
        """What must not be."""
        found = [f"{self.answers_lost} answers lost"] if self.answers_lost else []
        if kind == next(iter(LINES)):
            budgets = (("cold", self.cold[0], COLD), ("warm", self.warm[0], WARM), ("waiting", self.waiting, WAITING))
            found += [f"{name}: {found:.1f} s, at most {most}" for name, found, most in budgets if found > most]
        return [f"{kind}: {fault}" for fault in found]


def _phone(browser: Browser, line: ThinLine, cpu: float) -> Page:
    context = browser.new_context(base_url=line.base, viewport=PHONE)
    context.set_default_timeout(_PATIENCE)
    context.set_default_navigation_timeout(_PATIENCE)
    context.add_init_script(_NOTE)
    page = context.new_page()
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": cpu})
    return page


def _paint(page: Page, path: str) -> tuple[float, float]:
    """First paint and usable of the page that was just opened, in seconds."""
    page.goto(path, wait_until="load")
    page.wait_for_function("performance.getEntriesByName('first-contentful-paint').length")
    found = page.evaluate(
        "[performance.getEntriesByName('first-contentful-paint')[0].startTime,"
        " performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd]"
    )
    return found[0] / 1000, found[1] / 1000


def _answer_all(page: Page, line: ThinLine, cutting: bool) -> None:
    """All answers; where the line is cut, after the first ten, and again before the paper is handed in."""
    if cutting:
        for number in range(10):
            page.locator("fieldset.question").nth(number).locator("label").first.click()
        line.cut(30)
    answer(page, pause=600, patience=_PATIENCE)
    if cutting:
        line.cut(30)


def _lost(database: Path) -> int:
    """Of the twenty answers of the newest attempt, those that the server never had."""
    with closing(sqlite3.connect(database)) as beside:
        ((answers,),) = beside.execute("SELECT answers FROM attempts ORDER BY id DESC LIMIT 1")
    return 20 - answered(answers)


def travel(base: str, database: Path, browser: Browser, name: str, *, cpu: float) -> Journey:
    """One person takes the six steps on one kind of line."""
    journey = Journey()
    with thin_line(base, LINES[name]) as line:
        page = _phone(browser, line, cpu)
        journey.cold = _paint(page, "/the-le")
        journey.warm = _paint(page, "/huong-dan")
        page.evaluate("sessionStorage.clear()")
        mark, began = len(line.exchanges), time.monotonic()
        for step in (register, learn, start):
            step(page)
        _answer_all(page, line, name == CUTTING)
        submit(page)
        journey.answers_lost = _lost(database)
        tell(page)
        be_certified(page)
        journey.seconds = time.monotonic() - began
        page.goto("/")
        noted = json.loads(page.evaluate("sessionStorage.noted"))
        journey.waits = [(path, paint / 1000, usable / 1000) for path, paint, usable in noted[1:]]
        taken = line.exchanges[mark:]
        journey.up, journey.down = sum(one.up for one in taken), sum(one.down for one in taken)
        journey.requests, journey.packets_lost = len(taken), line.lost
        page.context.close()
    return journey


_COLUMNS = ("cold", "usable", "warm", "waiting", "longest", "whole", "requests", "up", "down", "lost", "answers lost")


def show(name: str, journey: Journey) -> None:
    """One line of the table."""
    longest = max(paint for _, paint, _ in journey.waits)
    times = (*journey.cold, journey.warm[0], journey.waiting, longest, journey.seconds)
    counts = (journey.requests, journey.up, journey.down, journey.packets_lost, journey.answers_lost)
    print(f"{name:20}" + "".join(f"{one:>9.2f}" for one in times) + "".join(f"{one:>9}" for one in counts), flush=True)


def main() -> int:
    """The command above."""
    parser = argparse.ArgumentParser(prog="python -m bench.weak_line")
    parser.add_argument("--line", action="append", choices=LINES, help="only this kind of line; again for another")
    parser.add_argument("--cpu", type=float, default=6, help="how many times slower the phone's processor is")
    options = parser.parse_args()
    faults: list[str] = []
    try:
        with portal() as (base, database), running_chromium() as browser:
            print("seconds, bytes; cold: first paint of the first page; waiting: presses to first paint, added up")
            print(f"{'':20}" + "".join(f"{name:>9}" for name in _COLUMNS))
            print(f"{'at most':20}{COLD:>9.2f}{'':9}{WARM:>9.2f}{WAITING:>9.2f}{'':63}{0:>9}   (times: first line)")
            for name in options.line or LINES:
                journey = travel(base, database, browser, name, cpu=options.cpu)
                show(name, journey)
                faults += journey.faults(name)
    except NoChromium as reason:
        print(f"not measured: {reason}", file=sys.stderr)
        return 1
    print("\n".join(f"! {fault}" for fault in faults) or "nothing lost, nothing late")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
