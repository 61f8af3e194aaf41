"""Headers of every answer, caching, cookies, static files."""

import gzip
import re
from base64 import b64encode
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256

import brotli
import pytest
import time_machine
from flask import Flask
from sqlalchemy.exc import OperationalError

from app import create_app
from app.extensions import all_engines
from app.services.catalogue import Catalogue, NoContest
from app.web.portal import portal
from tests.support.people import make_contestant, make_staff, registration, sign_in
from tests.support.site import Shown, Site
from tests.support.stage import broken
from tests.support.visitor import Visitor

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
# Kept by browsers and caches, the same for everybody.
SNAPSHOTS = {
    "home.front",
    "home.rules",
    "home.guide",
    "home.privacy",
    "home.figures",
    "home.figures_json",
    "home.figures_csv",
    "home.days_csv",
    "ranking.units",
    "ranking.clusters_board",
    "ranking.people",
    "ranking.unit",
    "ranking.group",
    "sharing.wall",
    "sharing.story",
}
# Kept for a while too, without a snapshot: nothing personal, nothing that a database could change.
KEPT = {"learning.practice", "account.find_unit"}
PUBLIC_PATHS = (
    "/",
    "/the-le",
    "/huong-dan",
    "/quyen-rieng-tu",
    "/bang-xep-hang",
    "/so-lieu",
    "/so-lieu.json",
    "/so-lieu.csv",
    "/so-lieu/ngay.csv",
    "/bang-xep-hang?theo=hoan-thanh",
    "/bang-xep-hang/ca-nhan",
    "/bang-xep-hang/don-vi/{unit}",
    "/lan-toa",
)


# A part for htmx or a redirect is no document: it may do nothing at all, and spares the bytes of the rest.
PART = {"default-src": "'none'"}


def _faults(headers: object, *, part: bool = False, kept: bool = False) -> list[str]:
    """What is wrong with the headers that every answer has; `kept`: it is a snapshot, which carries its sheet."""
    get = headers.get  # type: ignore[attr-defined]
    part = part or get("Location") is not None
    parts = dict(part.strip().split(" ", 1) for part in get("Content-Security-Policy", "x y").split(";"))
    if kept:
        parts["style-src"] = re.sub(r" 'sha256-[\w+/]{43}='$", "", parts["style-src"], count=1)
    faults = [] if parts == (PART if part else POLICY) else [f"Content-Security-Policy: {parts}"]
    always = {"X-Content-Type-Options": "nosniff"} if part else ALWAYS
    faults += [f"{name}: {get(name)}" for name, value in always.items() if get(name) != value]
    faults += [f"{name} tells too much" for name in ("Server", "X-Powered-By") if get(name)]
    return faults


def _is_kept(shown: Shown) -> bool:
    return shown.endpoint in SNAPSHOTS and shown.response.status_code == 200 and not shown.on_kiosk


def test_every_answer_has_the_headers(small_site: Site) -> None:
    """Pages, parts, redirects, errors, files."""
    faults = {
        name: found
        for name, shown in small_site.shown.items()
        if (found := _faults(shown.headers, part="HX-Request" in shown.scene.headers, kept=_is_kept(shown)))
    }
    assert not faults
    seen = {shown.response.status_code for shown in small_site.shown.values()}
    assert seen >= {200, 303, 400, 403, 404, 405, 409, 410, 413, 422, 429, 500, 503}


def test_a_snapshot_carries_its_sheet_and_the_hash_that_allows_it(small_site: Site) -> None:
    """First of all; the file comes last, for the next page. No other page has a sheet inside."""

    def fault(shown: Shown) -> str | None:
        inside = [str(tag.string) for tag in shown.page.select("style")]
        hashes = re.findall(r"'sha256-([^']*)'", shown.headers["Content-Security-Policy"])
        if not _is_kept(shown):
            return "carries a sheet" if inside or hashes or shown.page.select("body link") else None
        right = [b64encode(sha256(sheet.encode()).digest()).decode() for sheet in inside]
        files = [str(tag["href"]) for tag in shown.page.select("link[rel=stylesheet]")]
        last = [str(tag["href"]) for tag in shown.page.select("body > link:last-child")]
        return None if len(inside) == 1 and hashes == right and files == last else f"{hashes}, right: {right}, {files}"

    assert not {name: found for name, shown in small_site.pages.items() if (found := fault(shown))}


def test_what_is_said_of_keeping(small_site: Site) -> None:
    """Snapshots are public with an ETag; everything else, errors too, is kept by nobody."""

    def fault(shown: Shown) -> str | None:
        said = shown.headers.get("Cache-Control", "")
        if _is_kept(shown):
            good = said == "public, max-age=10, stale-while-revalidate=50" and "ETag" in shown.headers
            good = good and {"Accept-Encoding", "Cookie"} <= set(shown.response.vary)
        elif shown.endpoint in KEPT:
            good = said.startswith("public, max-age=") and {"Cookie", "HX-Request"} <= set(shown.response.vary)
        else:
            good = said == "no-store" and "ETag" not in shown.headers
        return None if good else f"{said!r}, ETag {shown.headers.get('ETag')}, Vary {shown.headers.get('Vary')}"

    assert not {name: found for name, shown in small_site.shown.items() if (found := fault(shown))}


def test_a_page_with_two_faces_says_so(small_site: Site) -> None:
    """What htmx gets must not be taken for the page; what is not kept by anybody cannot be."""
    for shown in small_site.shown.values():
        if "HX-Request" in shown.scene.headers and shown.headers["Cache-Control"] != "no-store":
            assert "HX-Request" in shown.response.vary, shown.scene.name


@pytest.mark.parametrize("path", PUBLIC_PATHS)
def test_who_has_a_public_page_gets_a_304(app: Flask, contest: Catalogue, visitor: Visitor, path: str) -> None:
    with time_machine.travel(datetime.now(UTC), tick=False):
        address = path.format(unit=contest.units[0].code)
        first = visitor.client.get(address)
        tag = first.headers["ETag"]
        again = visitor.client.get(address, headers={"If-None-Match": tag})
        other = visitor.client.get(address, headers={"If-None-Match": '"khac"'})
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", tag)
    assert again.headers["Cache-Control"] == first.headers["Cache-Control"]
    assert again.headers["Vary"] == first.headers["Vary"]
    assert not _faults(again.headers, kept=True)
    assert (other.status_code, other.data) == (200, first.data)


@pytest.mark.parametrize("path", PUBLIC_PATHS)
def test_a_kept_page_holds_nothing_of_who_asked(app: Flask, contest: Catalogue, path: str) -> None:
    """The same bytes for a stranger, a contestant and the organiser, and no cookie for any of them."""
    with time_machine.travel(datetime.now(UTC), tick=False):
        now = datetime.now(UTC)
        with app.app_context():
            accounts = [None, make_contestant(contest, now=now).account, make_staff(now=now)]
        answers = []
        for account in accounts:
            browser = Visitor(app)
            if account is not None:
                sign_in(browser, app, account)
            answers.append(browser.client.get(path.format(unit=contest.units[0].code)))
    assert len({answer.data for answer in answers}) == 1
    assert [answer.headers.getlist("Set-Cookie") for answer in answers] == [[], [], []]


def test_a_page_sets_a_cookie_only_for_a_form(app: Flask, small_site: Site) -> None:
    """Strangers get one with the first form that needs a token, or when they choose larger type."""
    for shown in small_site.shown.values():
        if shown.scene.method != "GET" or shown.scene.who != "stranger":
            continue
        fresh = app.test_client().get(shown.path)
        needs = 'name="csrf_token"' in fresh.text
        assert bool(fresh.headers.getlist("Set-Cookie")) == needs, shown.path


def _cookies(response: object) -> dict[str, set[str]]:
    """Cookies that an answer sets, with their marks in small letters, `max-age` and `expires` without their values."""
    found = {}
    for line in response.headers.getlist("Set-Cookie"):  # type: ignore[attr-defined]
        pair, *marks = line.split(";")
        found[pair.partition("=")[0]] = {
            re.sub(r"^(max-age|expires)=.*", r"\1", mark.strip().lower()) for mark in marks
        }
    return found


def test_cookies_over_http(app: Flask, contest: Catalogue, visitor: Visitor) -> None:
    first = _cookies(visitor.client.get("/dang-ky"))
    assert first == {"lantoa": {"httponly", "samesite=lax", "path=/"}}
    visitor.visit("/dang-ky").submit("Đăng ký", **registration(unit=contest.units[0].code))
    (answer,) = visitor.response.history
    kept = {"httponly", "samesite=lax", "path=/", "expires"}
    assert _cookies(answer) == {"lantoa": kept, "lantoa-may": kept | {"max-age"}}
    large = _cookies(visitor.client.get("/co-chu/lon"))
    assert large == {"co-chu": {"httponly", "samesite=lax", "path=/", "expires", "max-age"}}


def test_cookies_and_transport_over_https(app: Flask) -> None:
    """`__Host-` asks for Secure, a path of `/` and no domain; the rest of the headers stay."""
    with app.app_context():
        house = portal()
    safe = create_app(replace(house.settings, https=True))
    client = safe.test_client()
    response = client.get("/dang-ky", base_url="https://localhost")
    assert _cookies(response) == {"__Host-lantoa": {"httponly", "samesite=lax", "path=/", "secure"}}
    assert "secure" in _cookies(client.get("/co-chu/lon"))["co-chu"]
    for path, status in (("/", 200), ("/dang-ky", 200), ("/toi", 303), ("/khong-co", 404), ("/static/khong-co", 404)):
        answer = client.get(path, base_url="https://localhost")
        assert answer.status_code == status
        assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
        assert not _faults(answer.headers, kept=path == "/")
    with safe.app_context():
        for engine in all_engines():
            engine.dispose()


def test_over_http_no_transport_is_promised(small_site: Site) -> None:
    assert not [name for name, shown in small_site.shown.items() if "Strict-Transport-Security" in shown.headers]


def test_signing_in_changes_the_cookie_and_signing_out_empties_it(
    app: Flask, contest: Catalogue, visitor: Visitor
) -> None:
    """A cookie that somebody planted before is worth nothing after."""

    def value() -> str:
        cookie = visitor.client.get_cookie("lantoa")
        return cookie.value if cookie else ""

    with app.app_context():
        account = make_contestant(contest, now=datetime.now(UTC)).account
    visitor.visit("/dang-nhap")
    before = value()
    sign_in(visitor, app, account)
    inside = value()
    visitor.visit("/toi").submit("Đăng xuất")
    assert before
    assert len({before, inside, value()}) == 3
    visitor.client.set_cookie("lantoa", inside)
    assert visitor.visit("/toi").path == "/dang-nhap"


def _static(app: Flask) -> list[str]:
    return [f"/static/{name}" for name in app.extensions["assets"]]


def test_static_files_stay_a_year_under_a_hashed_name(app: Flask) -> None:
    client = app.test_client()
    assert len(_static(app)) >= 5
    for address in _static(app):
        plain = client.get(address)
        assert plain.status_code == 200
        assert plain.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert sha256(plain.data).hexdigest()[:8] in address
        assert not plain.headers.getlist("Set-Cookie")
        assert not _faults(plain.headers)


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip, deflate", "gzip"),
        ("gzip, br;q=0", "gzip"),
        ("br;q=0, gzip;q=0", None),
    ],
)
def test_everything_comes_packed_as_the_browser_takes_it(app: Flask, accepted: str, coding: str | None) -> None:
    """Files, and a page that is made for each request."""
    unpack = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}[coding]
    client = app.test_client()
    files = [address for address in _static(app) if address.endswith((".css", ".js", ".svg"))]
    for address in [*files, "/hoc"]:
        plain = client.get(address)
        packed = client.get(address, headers={"Accept-Encoding": accepted})
        assert packed.headers.get("Content-Encoding") == coding
        assert unpack(packed.data) == plain.data
        if coding:
            assert "Accept-Encoding" in packed.vary


def test_pages_use_hashed_names_only(small_site: Site) -> None:
    known = set(_static(small_site.app))

    def law(shown: Shown) -> set[str]:
        used = {
            str(tag.get("href") or tag.get("src")) for tag in shown.page.select("link[href], script[src], img[src]")
        }
        return used - known

    small_site.hold(law)


@pytest.mark.parametrize(
    "name", ["css/app.css", "css/app.0000000000.css", "../config.py", "fonts/BeVietnamPro-Regular.ttf", ""]
)
def test_no_other_file_is_given_out(app: Flask, name: str) -> None:
    answer = app.test_client().get(f"/static/{name}")
    assert answer.status_code == 404
    assert answer.headers["Cache-Control"] == "no-store"


def test_before_the_first_contest_there_is_one_plain_line(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also for an error that happens then; the host, which anybody may send, is no markup."""

    class Empty:
        def get(self) -> Catalogue:
            raise NoContest

    with app.app_context():
        monkeypatch.setattr(portal(), "catalogues", Empty())
    for path in ("/", "/khong-co", "/toi", "/dang-ky"):
        answer = app.test_client().get(path, base_url="http://<b>x")
        assert answer.status_code in (303, 503)
        if answer.status_code == 503:
            assert answer.mimetype == "text/plain"
            assert "flask contest load" in answer.text
        assert not _faults(answer.headers)
        assert answer.headers["Cache-Control"] == "no-store"


def test_without_a_database_there_is_one_plain_line(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error page itself needs the contest; when even that cannot be read, words are left."""

    class Gone:
        def get(self) -> Catalogue:
            raise OperationalError("SELECT", {}, Exception("gone"))

    with app.app_context():
        monkeypatch.setattr(portal(), "catalogues", Gone())
    with broken(app, "home.front", OperationalError("SELECT", {}, Exception("gone"))):
        answer = app.test_client().get("/")
    assert (answer.status_code, answer.mimetype) == (500, "text/plain")
    assert "thử lại" in answer.text
    assert not _faults(answer.headers)
