"""Buttons of the paper on a page with JavaScript: their form takes its place in the order of the autosaves."""

from urllib.parse import parse_qs

import pytest
from playwright.sync_api import Page, Request, expect

from tests.journeys.conftest import NewContestant, start_exam


@pytest.mark.parametrize("button", ["Lưu và xem thời gian", "Xem từng câu một"])
def test_a_pressed_form_comes_after_every_autosave(phone: Page, ready: NewContestant, button: str) -> None:
    start_exam(phone, ready())
    sent: list[dict[str, list[str]]] = []

    def note(request: Request) -> None:
        if request.method == "POST":
            sent.append(parse_qs(request.post_data or "", keep_blank_values=True))

    phone.on("request", note)
    phone.locator("fieldset.question").nth(0).locator("label").first.click()
    expect(phone.get_by_role("status")).to_contain_text("Đã lưu 1/20 câu lúc")
    phone.get_by_role("button", name=button).click()
    expect(phone.locator("input:checked")).to_have_count(1)
    autosave, pressed = sent[0], sent[-1]
    assert pressed["page"] == autosave["page"]
    assert autosave["number"] == ["1"]
    assert int(pressed["number"][0]) > 1  # without a number, an autosave that comes late would count as newer
