"""Laws of every page in every state, as Chromium shows it: WCAG 2.2 AA as far as a program can see, and what weak eyes,
hands and phones need on top."""

from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from werkzeug.datastructures import Headers
from werkzeug.test import TestResponse

from app.config import ROOT
from tests.support.site import Site
from tests.support.site_looks import MODES, Look, Screen, look_at

STYLES = sorted((ROOT / "app" / "static" / "css").glob("*.css"))


@pytest.fixture(scope="module")
def looks(chromium: Browser, shipped_site: Site) -> dict[str, Look]:
    """Pages of the contest that is shipped, as far as they differ."""
    return look_at(chromium, shipped_site)


BAD = """<!doctype html><html><title>x</title>
<style>@media (forced-colors: active) {b {display: none}} a:focus {outline: 0}</style>
<main><div style="width: 400px">rộng quá</div><p style="color: #777; background: #888">mờ quá</p><b>mất</b>
<a href="/x"><img src="/x"></a></main>"""


def test_faults_are_seen(chromium: Browser, shipped_site: Site) -> None:
    """What the laws below rest on: on a page with every fault each is found."""
    right = shipped_site.shown["topics"]
    headers = Headers({"Content-Type": "text/html", "Content-Security-Policy": "style-src 'unsafe-inline'"})
    answer = TestResponse([BAD.encode()], "200 OK", headers, right.response.request)
    screen = Screen(chromium, shipped_site)
    look = screen.look(replace(right, response=answer))
    screen.context.close()
    rules = {fault.split(":")[0] for fault in look.axe}
    assert rules >= {"html-has-lang", "image-alt", "link-name", "page-has-heading-one", "color-contrast"}
    assert look.axe_dark
    assert all(look.wide[mode] for mode in MODES)
    assert look.small
    assert look.unmarked
    assert look.hidden == ["<b> mất "]


def told(faults: dict[str, list[str]]) -> str:
    """A line for each page with faults."""
    return "\n".join(["", *(f"{page}: {'; '.join(found)}" for page, found in faults.items() if found)])


def test_axe_finds_nothing(looks: dict[str, Look]) -> None:
    assert not told({page: look.axe for page, look in looks.items()}).strip()


def test_axe_finds_nothing_in_the_dark(looks: dict[str, Look]) -> None:
    assert not told({page: look.axe_dark for page, look in looks.items()}).strip()


@pytest.mark.parametrize("mode", MODES)
def test_nothing_is_wider_than_the_screen(looks: dict[str, Look], mode: str) -> None:
    """At 320 px; 1.4.4, 1.4.10, 1.4.12."""
    assert not told({page: look.wide[mode] for page, look in looks.items()}).strip()


def test_whatever_is_pressed_is_large(looks: dict[str, Look]) -> None:
    """At least 44 px each way; links among words aside."""
    assert not told({page: look.small for page, look in looks.items()}).strip()


def test_focus_is_seen(looks: dict[str, Look]) -> None:
    """An outline of at least 3 px around whatever the keyboard reaches."""
    assert not told({page: look.unmarked for page, look in looks.items()}).strip()


def test_forced_colours_and_reduced_motion_hide_nothing(looks: dict[str, Look]) -> None:
    assert not told({page: look.hidden for page, look in looks.items()}).strip()


@pytest.mark.parametrize("sheet", STYLES, ids=lambda path: path.name)
def test_nothing_moves_by_itself(sheet: Path) -> None:
    style = sheet.read_text()
    assert not [word for word in ("animation", "transition", "@keyframes", "scroll-behavior") if word in style]
