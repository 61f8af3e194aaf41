"""The kiosk in a real browser: whatever a person did there, the next one finds nothing of it."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from app.extensions import db
from app.services.codes import shown_code
from app.services.kiosks import make_code
from app.web.portal import catalogue, keyring
from tests.journeys.conftest import NewContestant, sign_in, start_exam
from tests.support.browser import QUIET, find_chromium

NAME = "Trần Văn Mẫu"
NewCode = Callable[[], str]
Launch = Callable[..., BrowserContext]


@pytest.fixture
def new_code(beside: Flask) -> NewCode:
    """A code that makes a kiosk."""

    def make() -> str:
        with beside.app_context():
            unit = catalogue().units[0].id
            code = make_code(unit_id=unit, name="Sảnh", actor_id=None, keyring=keyring(), now=datetime.now(UTC))
            db.session.commit()
            return shown_code(code)

    return make


@pytest.fixture
def launch(chromium: Browser, served: str) -> Iterator[Launch]:
    """A browser with a profile on disk and with its back/forward cache, which Playwright turns off."""
    running: list[BrowserContext] = []

    def start(profile: Path) -> BrowserContext:
        if not (profile / "Default").exists():  # what the kiosk's policy PasswordManagerEnabled=false sets
            (profile / "Default").mkdir(parents=True)
            (profile / "Default" / "Preferences").write_text('{"credentials_enable_service": false}')
        context = chromium.browser_type.launch_persistent_context(
            profile,
            executable_path=find_chromium(),
            args=[*QUIET, "--disable-dev-shm-usage", *(["--no-sandbox"] if os.geteuid() == 0 else [])],
            ignore_default_args=["--disable-back-forward-cache"],
            base_url=served,
            viewport={"width": 1280, "height": 1024},
        )
        running.append(context)
        return context

    yield start
    for context in running:
        with suppress(Exception):  # some were killed
            context.close()


def _enrol(page: Page, code: str) -> None:
    page.goto("/kiosk")
    page.get_by_label("Mã mở kiosk").fill(code)
    page.get_by_role("button", name="Mở kiosk").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Mời bạn chọn")


def _done(page: Page) -> None:
    page.get_by_role("button", name="Xong, xóa màn hình").first.click()
    page.wait_for_url("**/kiosk")


def _on_disk(profile: Path, *secrets: str) -> set[str]:
    """Files of the profile that hold one of these, however it is written."""
    forms = [text.encode(code) for text in secrets for code in ("utf-8", "utf-16-le")]
    return {
        path.relative_to(profile).as_posix()
        for path in profile.rglob("*")
        if path.is_file() and not path.is_symlink() and any(form in path.read_bytes() for form in forms)
    }


def test_nothing_of_the_person_before_is_found(
    launch: Launch, new_code: NewCode, ready: NewContestant, tmp_path: Path
) -> None:
    context = launch(tmp_path)
    page = context.pages[0]
    _enrol(page, new_code())
    number = ready()
    page.goto("/dang-nhap")
    page.get_by_label("Số điện thoại hoặc số căn cước").fill(number)
    page.get_by_label("Mật khẩu").fill("sai rồi nhé")
    page.get_by_role("button", name="Đăng nhập").click()
    start_exam(page, number)
    page.locator("fieldset.question").nth(0).locator("label").first.click()
    expect(page.get_by_role("status")).to_contain_text("Đã lưu 1/20", timeout=5_000)
    assert page.evaluate("localStorage.length") == 0
    for path in ("/toi", "/toi/du-lieu", "/hoc", "/"):
        page.goto(path)
        expect(page.get_by_role("complementary")).to_contain_text(NAME)
    page.evaluate("sessionStorage.x = localStorage.x = 'người trước'")
    before = {cookie["name"]: cookie["value"] for cookie in context.cookies()}
    _done(page)

    after = {cookie["name"]: cookie for cookie in context.cookies()}
    assert set(after) == {"lantoa", "lantoa-kiosk"}
    assert after["lantoa"]["value"] != before["lantoa"]
    assert after["lantoa"]["expires"] == -1
    assert after["lantoa-kiosk"]["value"] == before["lantoa-kiosk"]
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
    assert page.evaluate("(async () => (await indexedDB.databases()).length + (await caches.keys()).length)()") == 0

    history = context.new_cdp_session(page).send("Page.getNavigationHistory")
    assert len(history["entries"]) > 6
    assert not [entry for entry in history["entries"] if NAME in entry["title"] or number in entry["url"]]
    for _ in range(len(history["entries"]) - 1):
        with suppress(Exception):  # a page that was the answer of a POST is not there any more at all
            page.go_back(wait_until="load", timeout=5_000)
        page.wait_for_timeout(150)
        assert NAME not in page.content()
        assert number not in page.content()

    _second_person(page, ready)
    context.close()
    assert _on_disk(tmp_path, NAME, number) == set()


def _second_person(page: Page, ready: NewContestant) -> None:
    """The next one signs in where nothing is typed yet."""
    page.goto("/dang-nhap")
    expect(page.get_by_label("Số điện thoại hoặc số căn cước")).to_have_value("")
    sign_in(page, ready())
    page.wait_for_url("**/toi")
    page.goto("/thi")
    expect(page.get_by_role("button", name="Bắt đầu làm bài")).to_be_visible()  # no exam of somebody else
    _done(page)


def _cut_the_power(profile: Path) -> None:
    """Kill the browser of this profile, and nothing else."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                if f"--user-data-dir={profile}".encode() in (entry / "cmdline").read_bytes():
                    os.kill(int(entry.name), signal.SIGKILL)


def test_power_cut_in_an_exam(launch: Launch, new_code: NewCode, ready: NewContestant, tmp_path: Path) -> None:
    """The kiosk comes back as a kiosk with nobody signed in; the exam goes on at another one."""
    context = launch(tmp_path / "one")
    _enrol(context.pages[0], new_code())
    context.close()
    page, number = launch(tmp_path / "one").pages[0], ready()
    start_exam(page, number)
    for place in range(3):
        page.locator("fieldset.question").nth(place).locator("label").first.click()
    expect(page.get_by_role("status")).to_contain_text("Đã lưu 3/20", timeout=5_000)
    paper = page.url
    _cut_the_power(tmp_path / "one")

    other = launch(tmp_path / "two").pages[0]
    _enrol(other, new_code())
    sign_in(other, number)
    other.goto("/thi")
    other.get_by_role("button", name="Làm tiếp").click()
    assert other.url == paper
    expect(other.locator("fieldset.question input:checked")).to_have_count(3)

    again = launch(tmp_path / "one").pages[0]
    again.goto("/toi")
    expect(again.get_by_role("heading", level=1)).to_have_text("Đăng nhập")
    expect(again.get_by_role("button", name="Xong, xóa màn hình")).to_be_visible()


@pytest.fixture
def kiosk(chromium: Browser, served: str, new_code: NewCode) -> Iterator[Page]:
    """A kiosk whose clock the test moves."""
    context = chromium.new_context(base_url=served, viewport={"width": 1280, "height": 1024})
    faults: list[str] = []
    context.on("weberror", lambda error: faults.append(str(error.error)))
    page = context.new_page()
    page.clock.install()
    _enrol(page, new_code())
    yield page
    context.close()
    assert not faults, faults


def test_nobody_moves(kiosk: Page, ready: NewContestant) -> None:
    """Asked after a minute and a half; who answers stays, who doesn't is signed out half a minute later."""
    sign_in(kiosk, ready())
    asks = kiosk.get_by_role("dialog")
    kiosk.clock.run_for(85_000)
    kiosk.keyboard.press("Tab")
    kiosk.clock.run_for(85_000)
    expect(asks).to_be_hidden()
    kiosk.clock.run_for(6_000)
    expect(asks).to_be_visible()
    expect(kiosk.get_by_role("button", name="Tôi còn ở đây")).to_be_focused()
    kiosk.clock.run_for(20_000)
    kiosk.get_by_role("button", name="Tôi còn ở đây").click()
    expect(asks).to_be_hidden()
    kiosk.clock.run_for(91_000)
    expect(asks).to_be_visible()
    kiosk.clock.run_for(31_000)
    kiosk.wait_for_url("**/kiosk")
    assert NAME not in kiosk.content()
    kiosk.goto("/toi")
    expect(kiosk.get_by_role("heading", level=1)).to_have_text("Đăng nhập")


def test_nobody_moves_in_the_exam(kiosk: Page, ready: NewContestant) -> None:
    """Five minutes to think; then the session ends, and the exam is open with what was saved."""
    number = ready()
    start_exam(kiosk, number)
    kiosk.locator("fieldset.question").nth(0).locator("label").first.click()
    kiosk.clock.run_for(1_000)
    expect(kiosk.get_by_role("status")).to_contain_text("Đã lưu 1/20", timeout=5_000)
    paper = kiosk.url
    kiosk.clock.run_for(290_000)
    expect(kiosk.get_by_role("dialog")).to_be_hidden()
    kiosk.clock.run_for(11_000)
    expect(kiosk.get_by_role("dialog")).to_be_visible()
    kiosk.clock.run_for(31_000)
    kiosk.wait_for_url("**/kiosk")
    sign_in(kiosk, number)
    kiosk.goto(paper)
    expect(kiosk.locator("fieldset.question input:checked")).to_have_count(1)


def test_the_first_page_waits_for_ever(kiosk: Page) -> None:
    kiosk.clock.run_for(3_600_000)
    expect(kiosk.get_by_role("dialog")).to_be_hidden()
    expect(kiosk.get_by_role("link", name="Đăng ký dự thi")).to_be_visible()


def test_printing(kiosk: Page, ready: NewContestant) -> None:
    """A button where a script can print; on paper only what is to be kept."""
    sign_in(kiosk, ready())
    kiosk.goto("/toi/ma-khoi-phuc")
    kiosk.evaluate("window.print = () => { document.title = 'đã in'; }")
    kiosk.get_by_role("button", name="In trang này").click()
    assert kiosk.title() == "đã in"
    kiosk.emulate_media(media="print")
    expect(kiosk.get_by_role("complementary")).to_be_hidden()
    expect(kiosk.get_by_role("button")).to_have_count(0)


def test_without_a_script(chromium: Browser, served: str, new_code: NewCode, ready: NewContestant) -> None:
    """The page goes to its end by itself, sooner here than in a hall; the next person finds nothing."""
    context = chromium.new_context(base_url=served, java_script_enabled=False)
    page = context.new_page()
    _enrol(page, new_code())
    sign_in(page, ready())

    def sooner(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text().replace('content="300;', 'content="1;'))

    page.route("**/toi", sooner)
    page.goto("/toi", wait_until="commit")
    page.wait_for_url("**/kiosk", timeout=10_000)
    expect(page.get_by_role("heading", level=1)).to_have_text("Mời bạn chọn")
    page.unroute("**/toi")
    page.goto("/toi")
    expect(page.get_by_role("heading", level=1)).to_have_text("Đăng nhập")
    context.close()
