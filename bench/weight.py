"""What pages weigh on the wire, in a real Chromium: each page cold and warm, and the six steps as a whole.

python -m bench.weight

Every byte of HTTP both ways as it passes a proxy on loopback (bench/support/thin_line.py). Exit code
1 when something is over its budget. See bench/README.md.
"""

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, StorageState, ViewportSize

from bench.support.portal import fill, prepared, served
from bench.support.thin_line import Exchange, ThinLine, thin_line
from tests.support.browser import NoChromium, running_chromium
from tests.support.six_steps import answer, be_certified, learn, register, start, submit, tell

PHONE: ViewportSize = {"width": 360, "height": 640}
# 1 kB is 1000 bytes. The journey's budget is for bodies: seventy times the same headers are a few bytes each behind a
# proxy that speaks HTTP/2.
HTML, CSS, SCRIPTS, COLD, WARM, JOURNEY = 9_000, 2_000, 17_000, 30_000, 9_000, 100_000
REQUESTS_COLD, REQUESTS_WARM = 4, 1
_PUBLIC = {
    "front": "/",
    "rules": "/the-le",
    "guide": "/huong-dan",
    "privacy": "/quyen-rieng-tu",
    "register": "/dang-ky",
    "sign in": "/dang-nhap",
    "topics": "/hoc",
    "units": "/bang-xep-hang",
    "people": "/bang-xep-hang/ca-nhan",
    "wall": "/lan-toa",
    "verify": "/xac-minh",
}


@contextmanager
def portal() -> Iterator[tuple[str, Path]]:
    """The shipped contest with a crowd, so that boards are full; its address and its database file."""
    with prepared("sqlite", 0) as (instance, env, _people, _postgres):
        fill(env, registered=700, finishers=420)
        with served(instance, env, None) as house:
            yield house.base, instance / "lantoa.sqlite"


class Load:
    """What passed: requests, bytes up and down with headers, bodies that came down, those by kind; icons apart."""

    def __init__(self, exchanges: Sequence[Exchange]) -> None:
        icons = [one for one in exchanges if "/favicon" in one.path]
        kept = [one for one in exchanges if one not in icons]
        self.icons = sum(one.up + one.down for one in icons)
        self.requests = len(kept)
        self.up = sum(one.up for one in kept)
        self.down = sum(one.down for one in kept)
        self.bodies = self.down - sum(one.head for one in kept)
        self.html, self.css, self.scripts = (
            sum(one.down - one.head for one in kept if Path(one.path.partition("?")[0]).suffix == suffix)
            for suffix in ("", ".css", ".js")
        )

    def row(self) -> str:
        """Figures in the order of HEAD."""
        figures = f"{self.requests:>9}{self.up:>9}{self.down:>9}{self.bodies:>9}"
        return f"{figures}{self.html:>9}{self.css:>7}{self.scripts:>9}"


HEAD = f"{'requests':>9}{'up':>9}{'down':>9}{'bodies':>9}{'HTML':>9}{'CSS':>7}{'scripts':>9}"


class Scales:
    """Weighs on one line; `faults` are what was over its budget."""

    def __init__(self, line: ThinLine, browser: Browser) -> None:
        self.line, self.browser, self.faults = line, browser, list[str]()

    def taken(self, deed: Callable[[], object]) -> list[Exchange]:
        """What passed while a deed was done."""
        before = len(self.line.exchanges)
        deed()
        return self.line.exchanges[before:]

    def open(self, state: StorageState | None = None) -> BrowserContext:
        """A phone with nothing in its cache."""
        return self.browser.new_context(base_url=self.line.base, viewport=PHONE, storage_state=state)

    def page(self, name: str, path: str, state: StorageState | None = None) -> None:
        """One page, by a phone that never saw the portal, and again."""
        context = self.open(state)
        page = context.new_page()
        cold = Load(self.taken(lambda: page.goto(path, wait_until="networkidle")))
        page.goto("about:blank")
        warm = Load(self.taken(lambda: page.goto(path, wait_until="networkidle")))
        context.close()
        print(f"{name:24}{cold.row()}{warm.requests:>9}{warm.down:>9}")
        self._over(name, "requests cold", cold.requests, REQUESTS_COLD)
        self._over(name, "requests warm", warm.requests, REQUESTS_WARM)
        self._over(name, "bytes cold", cold.down, COLD)
        self._over(name, "bytes warm", warm.down, WARM)
        self._over(name, "HTML", cold.html, HTML)
        self._over(name, "CSS", cold.css, CSS)
        self._over(name, "scripts", cold.scripts, SCRIPTS)

    def _over(self, name: str, what: str, found: int, most: int) -> None:
        if found > most:
            self.faults.append(f"{name}: {what} {found}, at most {most}")

    def personal(self) -> None:
        """Pages of somebody who is on the way through the six steps."""
        context = self.open()
        page = context.new_page()
        here = ""
        ways: list[tuple[Callable[[Page], object], dict[str, str]]] = [
            (register, {"my page": "/toi"}),
            (_first_lesson, {"lesson": here}),
            (lambda page: page.goto("/toi"), {}),
            (learn, {"my page, all learnt": "/toi", "exam, start": "/thi"}),
            (start, {"paper": here}),
            (answer, {"paper, filled": here}),
            (submit, {"result": here, "tell": "/lan-toa/gui"}),
            (tell, {}),
            (be_certified, {"certificate": here}),
        ]
        for deed, places in ways:
            deed(page)
            for name, path in places.items():
                self.page(name, path or page.url, context.storage_state())
        context.close()

    def journey(self, page: Page) -> None:
        """The six steps by somebody new."""
        steps: list[tuple[str, Callable[[Page], object]]] = [
            ("front, registration", register),
            ("all lessons", learn),
            ("exam, start", start),
            ("20 answers", lambda page: answer(page, pause=500)),  # slower than the autosave, so that each is sent
            ("submit, result", submit),
            ("story", tell),
            ("certificate", be_certified),
        ]
        everything = list[Exchange]()
        for name, deed in steps:
            before = len(self.line.exchanges)
            deed(page)
            page.wait_for_load_state("networkidle")
            taken = self.line.exchanges[before:]
            print(f"{name:24}{Load(taken).row()}")
            everything += taken
        whole = Load(everything)
        print(f"{'whole':24}{whole.row()}   (icon {whole.icons})")
        self._over("six steps", "bodies", whole.bodies, JOURNEY)


def _first_lesson(page: Page) -> None:
    page.goto("/hoc")
    page.locator("ol.lessons a").first.click()


def weigh(base: str, browser: Browser) -> list[str]:
    """Weigh everything; what was over its budget."""
    with thin_line(base) as line:
        scales = Scales(line, browser)
        print(f"{'':24}{'cold':>9}{'':52}{'warm':>9}\n{'':24}{HEAD}{'requests':>9}{'down':>9}")
        most = f"{REQUESTS_COLD:>9}{'':9}{COLD:>9}{'':9}{HTML:>9}{CSS:>7}{SCRIPTS:>9}{REQUESTS_WARM:>9}{WARM:>9}"
        print(f"{'at most':24}{most}")
        for name, path in _PUBLIC.items():
            scales.page(name, path)
        scales.personal()
        with scales.open() as phone:
            page = phone.new_page()
            for title in ("six steps, cold", "again, same phone"):
                print(f"\n{title:24}{HEAD}   bodies at most {JOURNEY}")
                phone.clear_cookies()
                scales.journey(page)
    return scales.faults


def main() -> int:
    """The command above."""
    argparse.ArgumentParser(prog="python -m bench.weight").parse_args()
    try:
        with portal() as (base, _), running_chromium() as browser:
            faults = weigh(base, browser)
    except NoChromium as reason:
        print(f"not weighed: {reason}", file=sys.stderr)
        return 1
    print("\n" + ("\n".join(f"! over: {fault}" for fault in faults) or "nothing is over its budget"))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
