"""The six steps as a person takes them in a real browser: for the journeys in tests/journeys and for the benches."""

import re

from playwright.sync_api import Page, expect

from tests.support.people import PASSWORD, citizen_number

NAME = "Nguyễn Thị Hồng Ánh"


def register(page: Page) -> None:
    """From the front page: fill in and send the registration form."""
    page.goto("/")
    page.get_by_role("link", name="Đăng ký dự thi").click()
    page.get_by_label("Họ và tên").fill(NAME)
    page.get_by_label("Số điện thoại").fill("0900 000 001")
    page.get_by_label("Số căn cước").fill(citizen_number())
    page.get_by_label("Phường, xã, đặc khu").select_option(label="Phường Lê Chân")
    page.get_by_label("Mật khẩu").fill(PASSWORD)
    page.get_by_label("Tôi đồng ý để Ban Tổ chức dùng").check()
    page.get_by_label("Tôi đồng ý hiện họ tên").check()
    page.get_by_role("button", name="Đăng ký").click()
    page.get_by_label(re.compile("đúng như trên thẻ")).check()  # no office issues such a number: it is asked about
    page.get_by_label("Mật khẩu").fill(PASSWORD)
    page.get_by_role("button", name="Đăng ký").click()
    page.get_by_role("link", name="vào trang của tôi").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(NAME)


def learn(page: Page) -> None:
    """Read every lesson from the first to the last."""
    page.get_by_role("link", name="Bắt đầu học").click()
    page.locator("ol.lessons a").first.click()
    while "/hoc/" in page.url:
        expect(page.locator("figure svg")).to_be_visible()
        page.get_by_role("button", name="Tôi đã học xong bài này").click()
    expect(page.get_by_role("link", name="Vào phòng thi")).to_be_visible()


def start(page: Page) -> None:
    """Open a paper."""
    page.get_by_role("link", name="Vào phòng thi").click()
    page.get_by_role("button", name="Bắt đầu làm bài").click()
    expect(page.locator("fieldset.question")).to_have_count(20)


def answer(page: Page, *, pause: int = 0, patience: int = 5_000) -> None:
    """Answer all questions, `pause` ms apart; each tap is saved without a tap on any button."""
    for number in range(20):
        page.locator("fieldset.question").nth(number).locator("label").first.click()
        page.wait_for_timeout(pause)
    expect(page.get_by_role("status")).to_contain_text("Đã lưu 20/20 câu lúc", timeout=patience)


def submit(page: Page) -> None:
    """Hand the paper in."""
    page.get_by_role("button", name="Nộp bài").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Kết quả bài thi", timeout=60_000)
    expect(page.locator("main")).to_contain_text(re.compile(r"\d+/20"))


def tell(page: Page) -> None:
    """Send a story."""
    page.get_by_role("link", name="Về trang của tôi").click()
    page.get_by_role("link", name="Gửi chia sẻ").click()
    page.get_by_label("Câu chuyện thật").check()
    page.get_by_label("Nội dung").fill("Tôi dạy mẹ tự xem bảo hiểm trên điện thoại, mẹ vui cả tuần.")
    page.get_by_label("Tôi đồng ý đăng bài này").check()
    page.get_by_role("button", name="Gửi chia sẻ").click()


def be_certified(page: Page) -> str:
    """Take the certificate; the address of its PDF."""
    page.get_by_role("link", name="Nhận giấy chứng nhận").click()
    page.get_by_role("button", name="Nhận giấy chứng nhận").click()
    return str(page.locator("a[href$='.pdf']").first.get_attribute("href"))
