"""The whole contest in a real browser with JavaScript, on a phone's screen, against the portal as it is served."""

from pathlib import Path

from playwright.sync_api import Page, expect
from pypdf import PdfReader

from tests.support.six_steps import NAME, answer, be_certified, learn, register, start, submit, tell


def test_six_steps_with_javascript(phone: Page, downloads: Path) -> None:
    register(phone)
    learn(phone)
    start(phone)
    answer(phone)
    phone.reload()
    expect(phone.locator("input:checked")).to_have_count(20)
    submit(phone)
    tell(phone)
    pdf = be_certified(phone)
    (downloads / "giay.pdf").write_bytes(phone.request.get(pdf).body())
    assert NAME in PdfReader(downloads / "giay.pdf").pages[0].extract_text()
    phone.context.clear_cookies()
    phone.goto(f"/xac-minh/{pdf.split('/')[-1].removesuffix('.pdf')}")
    expect(phone.locator("main")).to_contain_text(NAME)
