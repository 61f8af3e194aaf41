"""The exam on a bad line, in a real browser: nothing that was tapped is lost."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, Route, expect
from sqlalchemy import select

from app.extensions import db
from app.models import Attempt, AttemptState
from app.rules.answers import answered
from tests.journeys.conftest import NewContestant, sign_in, start_exam
from tests.support.people import PASSWORD

EVERYTHING = range(20)


def tap(page: Page, questions: range, option: int = 1) -> None:
    """Tap one option of each of these questions (0-based)."""
    for number in questions:
        page.locator("fieldset.question").nth(number).locator("label").nth(option).click()


def kept(beside: Flask, page: Page) -> Attempt:
    """The attempt's row as the server has it."""
    number = re.findall(r"/thi/(\d+)", page.url)[-1]
    with beside.app_context():
        attempt = db.session.scalar(select(Attempt).where(Attempt.id == int(number)))
        assert attempt is not None
        db.session.expunge(attempt)
        return attempt


def expect_saved(page: Page, count: int) -> None:
    """The page says so in words."""
    expect(page.locator("#da-luu")).to_contain_text(f"Đã lưu {count}/20 câu lúc", timeout=20_000)


def no_line(page: Page) -> None:
    """Cut the line of the whole browser."""
    page.context.set_offline(True)


def line_back(page: Page) -> None:
    """Mend it."""
    page.context.set_offline(False)


def test_answers_given_without_a_line_arrive_by_themselves(phone: Page, ready: NewContestant, beside: Flask) -> None:
    start_exam(phone, ready())
    no_line(phone)
    tap(phone, EVERYTHING)
    expect(phone.locator("#da-luu")).to_contain_text("Mất mạng. Câu trả lời vẫn còn trên máy này")
    line_back(phone)
    expect_saved(phone, 20)
    assert answered(kept(beside, phone).answers) == 20


def test_unsaved_taps_survive_a_crash(phone: Page, ready: NewContestant, beside: Flask) -> None:
    start_exam(phone, ready())
    tap(phone, range(3))
    expect_saved(phone, 3)
    address = phone.url
    no_line(phone)
    tap(phone, range(3, 8))
    expect(phone.locator("#da-luu")).to_contain_text("Mất mạng")
    phone.close(run_before_unload=False)
    again = phone.context.new_page()
    line_back(again)
    again.goto(address)
    expect(again.locator("input:checked")).to_have_count(8)
    expect_saved(again, 8)
    assert answered(kept(beside, again).answers) == 8
    assert again.evaluate("localStorage.length") == 0  # acknowledged, so no longer kept on the phone


def test_submit_without_a_line_keeps_the_page_and_goes_once(phone: Page, ready: NewContestant, beside: Flask) -> None:
    start_exam(phone, ready())
    tap(phone, EVERYTHING)
    expect_saved(phone, 20)
    no_line(phone)
    phone.get_by_role("button", name="Nộp bài").click()
    expect(phone.locator("#da-luu")).to_contain_text("Bài sẽ tự nộp khi có mạng")
    expect(phone.locator("fieldset.question")).to_have_count(20)
    line_back(phone)
    phone.wait_for_url("**/ket-qua", timeout=20_000)
    attempt = kept(beside, phone)
    assert attempt.state is AttemptState.SUBMITTED
    assert answered(attempt.answers) == 20


@pytest.mark.parametrize("hours", [-2, 2])
def test_a_wrong_phone_clock_changes_nothing(phone: Page, ready: NewContestant, hours: int) -> None:
    phone.add_init_script(f"const real = Date.now; Date.now = () => real() + {hours * 3_600_000}")
    start_exam(phone, ready())
    expect(phone.locator("#con-lai")).to_have_text("Còn 20 phút")
    phone.wait_for_timeout(1500)
    expect(phone.locator("#con-lai")).to_have_text("Còn 20 phút")


def test_a_lost_session_costs_no_answer(phone: Page, ready: NewContestant, beside: Flask) -> None:
    number = ready()
    start_exam(phone, number)
    tap(phone, range(4))
    expect_saved(phone, 4)
    phone.context.clear_cookies()
    tap(phone, range(4, 9))
    phone.wait_for_url("**/dang-nhap**")
    phone.get_by_label("Số điện thoại hoặc số căn cước").fill(number)
    phone.get_by_label("Mật khẩu").fill(PASSWORD)
    phone.get_by_role("button", name="Đăng nhập").click()
    phone.wait_for_url(re.compile(r"/thi/\d+$"))
    last = 9 if phone.locator("input:checked").count() == 9 else phone.locator("input:checked").count()
    assert last >= 5  # the tap that met the closed door is there; the page left before the later ones
    expect_saved(phone, last)
    assert answered(kept(beside, phone).answers) == last


def test_a_second_person_sees_nothing_of_the_first(phone: Page, ready: NewContestant) -> None:
    start_exam(phone, ready())
    no_line(phone)
    tap(phone, range(6))
    expect(phone.locator("#da-luu")).to_contain_text("Mất mạng")
    phone.goto("about:blank")  # else the page would leave for the door by itself, while the second person goes there
    phone.context.clear_cookies()
    line_back(phone)
    start_exam(phone, ready())
    expect(phone.locator("fieldset.question")).to_have_count(20)
    expect(phone.locator("input:checked")).to_have_count(0)


def test_submit_carries_everything_when_saving_fails_for_ever(phone: Page, ready: NewContestant, beside: Flask) -> None:
    start_exam(phone, ready())

    def fail(route: Route) -> None:
        if route.request.headers.get("hx-request"):
            route.fulfill(status=503, body="")
        else:
            route.continue_()

    phone.route("**/thi/*", fail)
    tap(phone, EVERYTHING)
    phone.get_by_role("button", name="Nộp bài").click()
    phone.wait_for_url("**/ket-qua", timeout=20_000)
    assert answered(kept(beside, phone).answers) == 20


def test_an_older_page_overwrites_nothing_and_both_are_told(phone: Page, ready: NewContestant, beside: Flask) -> None:
    start_exam(phone, ready())
    newer = phone.context.new_page()
    newer.goto(phone.url)
    tap(newer, range(3), option=2)
    expect_saved(newer, 3)
    before = kept(beside, phone).answers
    tap(phone, range(1), option=0)
    expect(phone.locator("#da-luu")).to_contain_text("đã được làm tiếp ở nơi khác")
    assert kept(beside, phone).answers == before
    tap(newer, range(3, 4))
    expect(newer.locator("#da-luu")).to_contain_text("cũng đang mở ở nơi khác")
    phone.reload()
    expect(phone.locator("input:checked")).to_have_count(4)


def test_back_after_submit_shows_the_result(phone: Page, ready: NewContestant) -> None:
    start_exam(phone, ready())
    tap(phone, EVERYTHING)
    expect_saved(phone, 20)
    phone.get_by_role("button", name="Nộp bài").click()
    phone.wait_for_url("**/ket-qua")
    receipt = phone.locator("dl.facts").inner_text()
    phone.go_back()
    phone.wait_for_url("**/ket-qua")
    assert phone.locator("dl.facts").inner_text() == receipt


def test_the_page_submits_itself_at_the_end(phone: Page, ready: NewContestant, beside: Flask) -> None:
    start_exam(phone, ready())
    tap(phone, range(2))
    expect_saved(phone, 2)
    with beside.app_context():
        attempt = db.session.get_one(Attempt, kept(beside, phone).id)
        attempt.deadline_at -= timedelta(minutes=20) - timedelta(seconds=4)
        db.session.commit()
    phone.reload()
    phone.wait_for_url("**/ket-qua", timeout=20_000)
    ended = kept(beside, phone)
    assert ended.state is AttemptState.SUBMITTED
    assert answered(ended.answers) == 2


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_one_question_at_a_time(
    chromium: Browser, served: str, ready: NewContestant, beside: Flask, script: bool
) -> None:
    context = chromium.new_context(base_url=served, viewport={"width": 360, "height": 640}, java_script_enabled=script)
    page = context.new_page()
    sign_in(page, ready())
    page.goto("/thi")
    page.get_by_label("Từng câu một").check()
    page.get_by_role("button", name="Bắt đầu làm bài").click()
    for number in EVERYTHING:
        shown = page.locator("fieldset.question:visible")
        expect(shown).to_have_count(1)
        shown.locator("label").first.click()
        if number < 19:
            page.locator("a:visible", has_text="Sang câu tiếp theo").click()
    if not script:
        page.get_by_role("button", name="Lưu và xem thời gian").click()
    expect_saved(page, 20)
    assert answered(kept(beside, page).answers) == 20
    page.get_by_role("button", name="Nộp bài").click()
    page.wait_for_url("**/ket-qua")
    context.close()
