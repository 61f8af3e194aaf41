"""WEB.md's budgets on every page of the contest that is shipped, with people in every unit; 1 kB is 1000 bytes.

Pages weigh as they are sent, gzipped; styles, scripts and drawings as a browser of today gets them, with brotli. Cold
and warm bytes count the headers of the answers. `python -m bench.weight` weighs the same on the wire. Favourite icons
are left out of the count of requests: browsers ask for them once, apart from the page.
"""

import gzip
import re
from functools import cache

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from werkzeug.test import TestResponse

from app.config import ROOT
from tests.support.site import Shown, Site

HTML, OWN_SCRIPT, SCRIPTS, REQUESTS = 9_000, 2_048, 17_000, 4
CSS, CSS_PACKED, COLD, WARM = 6_000, 2_000, 30_000, 9_000
# Desks are used on computers of an office and load one more sheet.
DESK_CSS, DESK_CSS_PACKED = 8_000, 2_600
# Kiosks are on an office's line, and load one more sheet and one more script.
KIOSK_SCRIPT, KIOSK_REQUESTS = 1_300, 6
STATIC = ROOT / "app" / "static"
_STATE = re.compile(r"::?(?:before|after|checked|target|focus-visible|focus)\b")  # what a page at rest does not show


def _files(page: BeautifulSoup, selector: str, attribute: str) -> list[str]:
    return [str(tag[attribute]) for tag in page.select(selector)]


def _sheets(shown: Shown) -> list[str]:
    return _files(shown.page, 'link[rel="stylesheet"]', "href")


def _scripts(shown: Shown) -> list[str]:
    return _files(shown.page, "script[src]", "src")


def _selectors(sheet: str) -> set[str]:
    rules = re.findall(r"(?:^|[{}])([^{}@]+){", sheet)
    return {selector.strip() for rule in rules for selector in re.split(r",(?![^(]*\))", rule)}


def _loaded(shown: Shown) -> list[str]:
    """Everything that the page makes the browser ask for, but the icon."""
    pictures = _files(shown.page, "img[src]", "src")
    others = [str(tag["href"]) for tag in shown.page.select("link") if tag.get("rel") not in (["stylesheet"], ["icon"])]
    return [*_sheets(shown), *_scripts(shown), *pictures, *others]


@cache
def _answer(app: Flask, address: str, coding: str) -> TestResponse:
    return app.test_client().get(address, headers={"Accept-Encoding": coding}, buffered=True)


def _sent(site: Site, addresses: list[str], coding: str = "br") -> int:
    return sum(len(_answer(site.app, address, coding).data) for address in addresses)


def _on_the_wire(answer: TestResponse) -> int:
    """Bytes of an answer with its headers, and with the four that gunicorn adds."""
    head = sum(len(f"{name}: {value}\r\n".encode()) for name, value in answer.headers)
    return len(answer.data) + head + 110


def test_every_page_is_light(shipped_site: Site) -> None:
    shipped_site.hold(lambda shown: size if (size := len(shown.response.data)) > HTML else None)
    shipped_site.hold(lambda shown: shown.headers.get("Content-Encoding") != "gzip")


def test_the_whole_paper_is_light(shipped_site: Site) -> None:
    """The page that is loaded most on the worst lines: twenty questions with their options, filled in."""
    paper = shipped_site.shown["paper, filled"]
    assert len(paper.page.select("fieldset.question")) == 20
    assert len(paper.page.select("input:checked")) >= 20
    assert len(paper.response.data) <= HTML


def test_the_boards_that_were_weighed_were_full(shipped_site: Site) -> None:
    assert len(shipped_site.shown["units"].page.select("tbody tr")) == 114
    assert len(shipped_site.shown["people"].page.select("tbody tr")) == 100
    assert len(shipped_site.shown["front"].page.select("ol.bars li")) == 20
    assert len(shipped_site.shown["wall"].page.select("article.story")) >= 10


def test_sheets_are_light(shipped_site: Site) -> None:
    """As read by the browser and as sent."""

    def law(shown: Shown) -> str | None:
        desk = 'class="desk"' in shown.html or shown.on_kiosk
        most, most_packed = (DESK_CSS, DESK_CSS_PACKED) if desk else (CSS, CSS_PACKED)
        plain, packed = (_sent(shipped_site, _sheets(shown), coding) for coding in ("identity", "br"))
        return f"{plain} bytes, packed {packed}" if plain > most or packed > most_packed else None

    shipped_site.hold(law)


def test_a_sheet_asks_for_nothing_but_the_icon(shipped_site: Site) -> None:
    """Which the browser asks for anyway."""
    icon = str(shipped_site.shown["front"].page.select("link[rel=icon]")[0]["href"])
    sheets = {sheet for shown in shipped_site.pages.values() for sheet in _sheets(shown)}
    asked = [re.findall(r"url\(([^)]*)\)", _answer(shipped_site.app, sheet, "identity").text) for sheet in sheets]
    assert {address for found in asked for address in found} == {icon}


def test_the_sheet_inside_leaves_out_only_what_its_page_has_not(shipped_site: Site) -> None:
    """A rule of app.css that is not in it matches nothing there."""

    def law(shown: Shown) -> set[str]:
        inside = "".join(str(tag.string) for tag in shown.page.select("style"))
        if not inside:
            return set()
        (sheet,) = _sheets(shown)
        left_out = _selectors(_answer(shipped_site.app, sheet, "identity").text) - _selectors(inside)
        assert left_out
        return {selector for selector in left_out if shown.page.select_one(_STATE.sub("", selector) or "*")}

    shipped_site.hold(law)
    assert sum("<style>" in shown.html for shown in shipped_site.pages.values()) > 10


def test_only_paper_practice_and_choosing_a_unit_need_scripts(shipped_site: Site) -> None:
    with_scripts = {name for name, shown in shipped_site.pages.items() if _scripts(shown)}
    scripted = ("paper", "practice", "register", "enter", "my unit")
    kiosks = {name for name, shown in shipped_site.pages.items() if shown.on_kiosk}
    assert len(kiosks) > 10
    assert with_scripts == kiosks | {name for name in shipped_site.pages if name.startswith(scripted)}


def test_scripts_are_light(shipped_site: Site) -> None:
    """All as sent, our own as read by the browser."""

    def law(shown: Shown) -> str | None:
        scripts = _scripts(shown)
        kiosk = _sent(shipped_site, [name for name in scripts if "/kiosk." in name], "identity")
        own = _sent(shipped_site, [name for name in scripts if "/htmx-" not in name], "identity") - kiosk
        sent = _sent(shipped_site, scripts)
        return (
            f"own {own} bytes, kiosk's {kiosk}, all {sent}"
            if own > OWN_SCRIPT or kiosk > KIOSK_SCRIPT or sent > SCRIPTS
            else None
        )

    assert _scripts(shipped_site.shown["paper"])
    shipped_site.hold(law)


def test_few_requests_and_few_bytes_a_page(shipped_site: Site) -> None:
    """Cold: the page and all that it needs. Warm: the page alone, since everything else is kept for good."""

    def law(shown: Shown) -> str | None:
        answers = [_answer(shipped_site.app, address, "br") for address in _loaded(shown)]
        warm = _on_the_wire(shown.response)
        cold = warm + sum(map(_on_the_wire, answers))
        asked_again = [answer.request.path for answer in answers if "immutable" not in answer.headers["Cache-Control"]]
        if (
            asked_again
            or len(answers) >= (KIOSK_REQUESTS if shown.on_kiosk else REQUESTS)
            or cold > COLD
            or warm > WARM
        ):
            return f"{1 + len(answers)} requests, {cold} bytes cold, {warm} warm, again: {asked_again}"
        return None

    shipped_site.hold(law)


@pytest.mark.parametrize("path", sorted(p.relative_to(STATIC).as_posix() for p in STATIC.rglob("*.svg")))
def test_drawings_are_light(path: str) -> None:
    assert len(gzip.compress((STATIC / path).read_bytes(), 9)) <= 3_000
