"""The six steps by the keys of a keyboard alone: Tab, arrows, space, Enter and letters."""

from playwright.sync_api import Locator, Page, expect

from tests.support.people import PASSWORD, citizen_number
from tests.support.six_steps import NAME


def reach(page: Page, target: Locator) -> None:
    """Tab until it has the focus, and see that it shows: at least in part within the window, nothing above it."""
    expect(target).to_be_visible()
    for _ in range(200):
        page.keyboard.press("Tab")
        if target.evaluate("el => el === document.activeElement"):
            break
    expect(target).to_be_focused()
    shows = """el => [el, ...(el.labels || [])].flatMap(part => [...part.getClientRects()].map(box => {
        const top = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
        return part.contains(top) || el.contains(top);
    })).includes(true)"""
    assert target.evaluate(shows), "hidden when focused"


def press(page: Page, name: str) -> None:
    """Go to a link or button and press Enter."""
    reach(page, page.get_by_role("link", name=name).or_(page.get_by_role("button", name=name, exact=True)).first)
    page.keyboard.press("Enter")


def write(page: Page, label: str, words: str) -> None:
    """Go to a field and type."""
    reach(page, page.get_by_label(label))
    page.keyboard.type(words)


def tick(page: Page, label: str) -> None:
    """Go to a box and press space."""
    reach(page, page.get_by_label(label))
    page.keyboard.press("Space")


def fill_registration(page: Page) -> None:
    """In the order of the page."""
    reach(page, page.get_by_label("Phường, xã, đặc khu"))
    page.keyboard.type("Phường Lê Chân")
    write(page, "Họ và tên", NAME)
    write(page, "Số điện thoại", "0900 000 001")
    write(page, "Số căn cước", citizen_number())
    write(page, "Mật khẩu", PASSWORD)
    tick(page, "Tôi đồng ý để Ban Tổ chức dùng")
    press(page, "Đăng ký")


def test_six_steps_by_keyboard(phone: Page) -> None:
    phone.goto("/")
    press(phone, "Đăng ký dự thi")
    phone.wait_for_url("**/dang-ky")
    fill_registration(phone)
    phone.wait_for_selector(".notice.error")
    tick(phone, "đúng như trên thẻ")  # no office issues such a number: it is asked about
    write(phone, "Mật khẩu", PASSWORD)
    press(phone, "Đăng ký")
    press(phone, "vào trang của tôi")
    press(phone, "Bắt đầu học")
    reach(phone, phone.locator("ol.lessons a").first)
    phone.keyboard.press("Enter")
    phone.wait_for_url("**/hoc/*/*")
    while "/hoc/" in phone.url:
        title = phone.get_by_role("heading", level=1).inner_text()
        press(phone, "Tôi đã học xong bài này")
        expect(phone.get_by_role("heading", level=1)).not_to_have_text(title)
    press(phone, "Vào phòng thi")
    press(phone, "Bắt đầu làm bài")
    for number in range(20):
        question = phone.locator("fieldset.question").nth(number).locator("input")
        reach(phone, question.first)
        phone.keyboard.press("Space")
        if question.first.get_attribute("type") == "radio":
            phone.keyboard.press("ArrowDown")
            expect(question.nth(1)).to_be_checked()
    expect(phone.get_by_role("status")).to_contain_text("Đã lưu 20/20 câu lúc", timeout=20_000)
    press(phone, "Nộp bài")
    expect(phone.get_by_role("heading", level=1)).to_have_text("Kết quả bài thi", timeout=20_000)
    press(phone, "Về trang của tôi")
    press(phone, "Gửi chia sẻ")
    reach(phone, phone.locator("input[name=kind]").first)
    phone.keyboard.press("ArrowUp")  # round from the first to the last
    expect(phone.get_by_label("Câu chuyện thật")).to_be_checked()
    write(phone, "Nội dung", "Tôi dạy mẹ tự xem bảo hiểm trên điện thoại, mẹ vui cả tuần.")
    tick(phone, "Tôi đồng ý đăng bài này")
    press(phone, "Gửi chia sẻ")
    press(phone, "Nhận giấy chứng nhận")
    press(phone, "Nhận giấy chứng nhận")
    expect(phone.locator("a[href$='.pdf']").first).to_be_visible()
