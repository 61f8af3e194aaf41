"""The pages of a site as Chromium shows them: what axe-core finds, and what is measured for the laws of tests/site.

Pages are loaded out of what the camera of tests/support/site.py saw: nothing is asked of a server. A page is looked at
when something stands there within something for the first time, and then axe-core, which is slow, looks too; or when it
says a longer word there than any page before. What a whole page must have is asked of every page by
tests/site/test_pages.py.
"""

from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, Route
from werkzeug.test import TestResponse

from tests.support.site import Shown, Site

ORIGIN = "http://localhost"
NARROW = 320
TAGS = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
_AXE = (files("axe_playwright_python") / "axe.min.js").read_text()
_RUN_AXE = """async runOnly => (await axe.run(document, {runOnly, resultTypes: ['violations'], preload: false}))
    .violations.map(rule =>
    rule.id + ': ' + rule.nodes.map(node => node.target.join(' ') + ' ' + node.html.slice(0, 150)).join(' | '))"""
# What people who read with difficulty set in their browsers: WCAG 1.4.4 and 1.4.12.
MODES = {
    "320 px": "",
    "200 % text": "html, html.large {font-size: 225%}",
    "text spacing": "* {line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important}"
    " p {margin-bottom: 2em !important}",
}
_MEASURE = (files("tests.support") / "site_looks.js").read_text()


@dataclass
class Look:
    """One page: what axe found (in light and in dark), what is too wide by mode, and what else the script measured."""

    axe: list[str] = field(default_factory=list)
    axe_dark: list[str] = field(default_factory=list)
    wide: dict[str, list[str]] = field(default_factory=dict)
    small: list[str] = field(default_factory=list)
    unmarked: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)


class Screen:
    """One page of one browser, on which pages of a site are shown in turn."""

    def __init__(self, browser: Browser, site: Site) -> None:
        self.site = site
        self.shown: Shown | None = None
        self.client = site.app.test_client()
        self._seen: dict[tuple[str, str], int] = {}
        self._files: dict[str, TestResponse] = {}
        self.context: BrowserContext = browser.new_context(viewport={"width": NARROW, "height": 640})
        self.context.add_init_script(_MEASURE)
        self.page: Page = self.context.new_page()
        self.page.route("**/*", self._answer)

    def _answer(self, route: Route) -> None:
        """The page itself from what was seen; files from the portal; nothing else."""
        request = route.request
        if request.is_navigation_request() and self.shown is not None:
            headers = {"Content-Type": "text/html; charset=utf-8"}
            headers |= {"Content-Security-Policy": self.shown.headers["Content-Security-Policy"]}
            route.fulfill(status=self.shown.response.status_code, headers=headers, body=self.shown.html)
        elif request.url.startswith(f"{ORIGIN}/static/"):
            answer = self._files.get(request.url) or self.client.get(request.url.removeprefix(ORIGIN), buffered=True)
            self._files[request.url] = answer
            route.fulfill(status=answer.status_code, content_type=answer.content_type, body=answer.data)
        else:
            route.abort()

    def is_new(self, shown: Shown) -> bool:
        """Whether a page could break a law that the pages before it keep."""
        return any(longest > self._seen.get(where, -1) for where, longest in shown.shape.items())

    def look(self, shown: Shown) -> Look:
        """Show one page and judge it."""
        self.shown = shown
        self.page.goto(f"{ORIGIN}{shown.path}")
        look = Look()
        if not shown.shape.keys() <= self._seen.keys():
            self.page.evaluate(_AXE)
            look.axe, look.axe_dark, look.hidden = self._axe(TAGS), self._axe_dark(), self._hidden()
        self._seen |= {where: max(longest, self._seen.get(where, 0)) for where, longest in shown.shape.items()}
        wide = self.page.evaluate("modes => modes.map(style => (setStyle(style), tooWide()))", list(MODES.values()))
        look.wide = dict(zip(MODES, wide, strict=True))
        self.page.evaluate("setStyle('')")
        look.small, look.unmarked = self._measure("tooSmall"), self._measure("withoutFocus")
        return look

    def _axe(self, rules: dict[str, Any]) -> list[str]:
        found: list[str] = self.page.evaluate(_RUN_AXE, rules)
        return found

    def _axe_dark(self) -> list[str]:
        """Contrast, which alone differs."""
        self.page.emulate_media(color_scheme="dark")
        try:
            return self._axe({"type": "rule", "values": ["color-contrast"]})
        finally:
            self.page.emulate_media(color_scheme="light")

    def _hidden(self) -> list[str]:
        """What is there to see only without forced colours and reduced motion."""
        usual = self._measure("visible")
        self.page.emulate_media(forced_colors="active", reduced_motion="reduce")
        try:
            forced = self._measure("visible")
        finally:
            self.page.emulate_media(forced_colors="none", reduced_motion="no-preference")
        return [words for words in usual if words not in forced]

    def _measure(self, what: str) -> list[str]:
        found: list[str] = self.page.evaluate(f"{what}()")
        return found


def look_at(browser: Browser, site: Site) -> dict[str, Look]:
    """Whole pages by the name of their scene, those that say most first; others only when they are new."""
    screen = Screen(browser, site)
    pages = sorted(site.pages.values(), key=lambda shown: sum(shown.shape.values()), reverse=True)
    try:
        return {shown.scene.name: screen.look(shown) for shown in pages if screen.is_new(shown)}
    finally:
        screen.context.close()
