"""The whole contest in a real browser with JavaScript, on a phone's screen, against the portal as it is served."""

import re
from pathlib import Path

from playwright.sync_api import Page, expect
from pypdf import PdfReader

from tests.support.people import PASSWORD, citizen_number

NAME = "Nguyễn Thị Hồng Ánh"


def register(page: Page) -> None:
    """Fill in and send the registration form."""
    page.goto("/")
    page.get_by_role("link", name="Đăng ký dự thi").click()
    page.get_by_label("Họ và tên").fill(NAME)
    page.get_by_label("Số điện thoại").fill("0900 000 001")
    page.get_by_label("Số căn cước").fill(citizen_number())
    page.get_by_label("Phường, xã, đặc khu").select_option(label="Phường Lê Chân")
    page.get_by_label("Mật khẩu").fill(PASSWORD)
    page.get_by_label("Tôi đồng ý để Ban Tổ chức").check()
    page.get_by_label("Tôi đồng ý hiện họ tên").check()
    page.get_by_role("button", name="Đăng ký").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(NAME)


def learn(page: Page) -> None:
    """Read every lesson from the first to the last."""
    page.get_by_role("link", name="Bắt đầu học").click()
    page.locator("ol.lessons a").first.click()
    while "/hoc/" in page.url:
        expect(page.locator("figure svg")).to_be_visible()
        page.get_by_role("button", name="Tôi đã học xong bài này").click()
    expect(page.get_by_role("link", name="Vào phòng thi")).to_be_visible()


def sit(page: Page) -> None:
    """Answer all questions; each tap is saved without a tap on any button; then submit."""
    page.get_by_role("link", name="Vào phòng thi").click()
    page.get_by_role("button", name="Bắt đầu làm bài").click()
    questions = page.locator("fieldset.question")
    expect(questions).to_have_count(20)
    for number in range(20):
        questions.nth(number).locator("label").first.click()
    status = page.get_by_role("status")
    expect(status).to_contain_text("Đã lưu 20/20 câu lúc")
    page.reload()
    expect(page.locator("input:checked")).to_have_count(20)
    page.get_by_role("button", name="Nộp bài").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Kết quả bài thi")
    expect(page.locator("main")).to_contain_text(re.compile(r"\d+/20"))


def tell(page: Page) -> None:
    """Send a story."""
    page.get_by_role("link", name="Về trang của tôi").click()
    page.get_by_role("link", name="Gửi chia sẻ").click()
    page.get_by_label("Câu chuyện thật").check()
    page.get_by_label("Nội dung").fill("Tôi dạy mẹ tự xem bảo hiểm trên điện thoại, mẹ vui cả tuần.")
    page.get_by_label("Tôi đồng ý đăng bài này").check()
    page.get_by_role("button", name="Gửi chia sẻ").click()


def test_six_steps_with_javascript(phone: Page, downloads: Path) -> None:
    register(phone)
    learn(phone)
    sit(phone)
    tell(phone)
    phone.get_by_role("link", name="Nhận giấy chứng nhận").click()
    phone.get_by_role("button", name="Nhận giấy chứng nhận").click()
    link = phone.locator("a[href$='.pdf']").first
    response = phone.request.get(str(link.get_attribute("href")))
    (downloads / "giay.pdf").write_bytes(response.body())
    assert NAME in PdfReader(downloads / "giay.pdf").pages[0].extract_text()
    code = str(link.get_attribute("href")).split("/")[-1].removesuffix(".pdf")
    phone.context.clear_cookies()
    phone.goto(f"/xac-minh/{code}")
    expect(phone.locator("main")).to_contain_text(NAME)
