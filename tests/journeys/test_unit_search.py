"""Finding one's unit in a real browser on a phone's screen, while the form is half filled in."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.six_steps import NAME

FOUND = "#tim-thay li"
NUMBER = "000 123 456 789"


def phone(chromium: Browser, served: str, *, script: bool) -> Iterator[Page]:
    context = chromium.new_context(base_url=served, viewport={"width": 360, "height": 640}, java_script_enabled=script)
    yield context.new_page()
    context.close()


@pytest.fixture
def page(chromium: Browser, served: str) -> Iterator[Page]:
    """A phone."""
    yield from phone(chromium, served, script=True)


@pytest.fixture
def plain_page(chromium: Browser, served: str) -> Iterator[Page]:
    """A phone that runs no script."""
    yield from phone(chromium, served, script=False)


def fill_half(page: Page) -> None:
    """Name and number, no unit."""
    page.get_by_label("Họ và tên").fill(NAME)
    page.get_by_label("Số căn cước").fill(NUMBER)


def half_is_there(page: Page) -> None:
    """Nothing typed is lost."""
    expect(page.get_by_label("Họ và tên")).to_have_value(NAME)
    expect(page.get_by_label("Số căn cước")).to_have_value(NUMBER)


def test_the_choice_is_taken_in_place_and_nothing_typed_is_lost(page: Page) -> None:
    page.goto("/dang-ky")
    fill_half(page)
    search = page.get_by_role("searchbox")
    search.press_sequentially("tran thanh ngo", delay=20)
    expect(page.locator(FOUND)).to_have_count(2)
    expect(page.locator(FOUND).first).to_contain_text("một phần Phường Trần Thành Ngọ (Quận Kiến An)")
    page.locator(FOUND).get_by_role("link", name="Phường Kiến An").click()
    unit = page.get_by_label("Phường, xã, đặc khu nơi bạn ở")
    expect(unit).to_have_value("11443")
    expect(unit).to_be_focused()
    search.fill("le chan")
    search.press("Enter")  # leads away nobody
    expect(page.locator(FOUND).first).to_contain_text("Phường Lê Chân")
    expect(page).to_have_url(re.compile(r"/dang-ky$"))
    expect(unit).to_have_value("11443")
    half_is_there(page)


def test_in_a_refused_form_too(page: Page) -> None:
    page.goto("/dang-ky")
    fill_half(page)
    page.get_by_role("button", name="Đăng ký").click()
    expect(page.locator("#unit-error")).to_be_visible()
    page.get_by_role("searchbox").fill("Hoà Bình")
    page.locator(FOUND).get_by_role("link", name="Phường Hòa Bình").click()
    expect(page.get_by_label("Phường, xã, đặc khu nơi bạn ở")).to_have_value("11533")
    assert len(page.context.pages) == 1
    half_is_there(page)


def test_without_a_script_results_of_a_refused_form_open_beside_it(plain_page: Page) -> None:
    plain_page.goto("/dang-ky")
    fill_half(plain_page)
    plain_page.get_by_role("button", name="Đăng ký").click()
    plain_page.get_by_role("searchbox").fill("cam giang")
    with plain_page.context.expect_page() as opened:
        plain_page.get_by_role("button", name="Tìm").click()
    expect(opened.value.get_by_role("link", name="Xã Cẩm Giàng")).to_be_visible()
    half_is_there(plain_page)
