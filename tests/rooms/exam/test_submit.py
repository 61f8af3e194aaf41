"""Submitting: once, graded once, the same receipt however often; asked once more when answers are missing."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.extensions import db
from app.models import Attempt, AttemptState, Entry, Standing
from app.services.catalogue import Catalogue
from tests.rooms.exam.conftest import Running, just_now
from tests.support.asking import asked_to_sign_in, count, hops, look, one, only_own_forms, words
from tests.support.visitor import Visitor

BUTTON = "Nộp bài"


def standing(app: Flask) -> Standing:
    """The only one."""
    return look(app, lambda: db.session.scalars(select(Standing)).one())


def test_it_takes_the_sheet_and_grades(running: Running, contest: Catalogue) -> None:
    running.visitor.submit(BUTTON, **running.right(contest, wrong=2))
    assert (hops(running.visitor), running.visitor.path) == ([303], f"{running.paper}/ket-qua")
    row = running.row()
    assert (row.state, row.correct) == (AttemptState.SUBMITTED, 6)
    assert just_now(row.ended_at)
    assert row.time_used is not None
    assert 0 <= row.time_used < 60
    kept = standing(running.app)
    assert (kept.attempt_id, kept.correct, kept.attempts) == (running.id, 6, 1)
    assert look(running.app, lambda: db.session.scalars(select(Entry.finished_at)).one()) == row.ended_at


def test_sent_twice_it_is_the_same_receipt(running: Running, contest: Catalogue) -> None:
    sheet = running.sheet(**running.right(contest))
    running.visitor.post(f"{running.paper}/nop", sheet)
    first, receipt = running.row(), running.visitor.text
    running.visitor.post(f"{running.paper}/nop", sheet | {"q1": "3"})
    assert running.visitor.text == receipt
    again = running.row()
    assert (again.answers, again.ended_at, again.correct) == (first.answers, first.ended_at, 8)
    assert standing(running.app).attempts == 1


def test_missing_answers_are_asked_for_once(running: Running, contest: Catalogue) -> None:
    right = running.right(contest)
    partly = {name: right[name] for name in ("q1", "q2", "q5")}
    running.visitor.submit(BUTTON, **partly)
    assert (hops(running.visitor), running.visitor.path) == ([303], f"{running.paper}/nop")
    assert running.visitor.h1 == "Còn 5 câu chưa trả lời"
    links = [str(link["href"]) for link in running.visitor.page.select("main form p a[href*='#']")]
    assert links == [f"{running.paper}#q{number}" for number in (3, 4, 6, 7, 8)]
    assert "Còn 20 phút. Nộp rồi thì không sửa được nữa." in running.visitor.text
    assert running.row().state is AttemptState.OPEN
    assert [bool(chosen) for chosen in running.chosen()] == [True, True, False, False, True, False, False, False]
    running.visitor.submit(BUTTON)
    assert running.visitor.path == f"{running.paper}/ket-qua"
    assert running.row().correct == 3


def test_one_may_go_back_and_finish(running: Running, contest: Catalogue) -> None:
    right = running.right(contest)
    running.visitor.submit(BUTTON, q1=right["q1"]).click("Quay lại làm tiếp")
    assert running.visitor.path == running.paper
    running.visitor.submit(BUTTON, **right)
    assert (running.visitor.path, running.row().correct) == (f"{running.paper}/ket-qua", 8)


def test_a_full_sheet_is_not_asked_again(running: Running, contest: Catalogue) -> None:
    running.visitor.submit(BUTTON, **running.right(contest))
    assert f"{running.paper}/nop" not in [answer.headers["Location"] for answer in running.visitor.response.history]


def test_the_confirm_page_of_a_full_sheet_asks_plainly(running: Running, contest: Catalogue) -> None:
    running.visitor.submit("Lưu và xem thời gian", **running.right(contest))
    running.visitor.visit(f"{running.paper}/nop")
    assert running.visitor.h1 == "Bạn muốn nộp bài?"
    assert "Chưa trả lời" not in running.visitor.text
    assert running.visitor.submit(BUTTON).path == f"{running.paper}/ket-qua"


def test_in_the_grace_nobody_is_asked_and_the_time_is_the_limit(running: Running) -> None:
    running.age(minutes=21)
    running.visitor.submit(BUTTON, q1="0")
    assert running.visitor.path == f"{running.paper}/ket-qua"
    row = running.row()
    assert (row.state, row.time_used) == (AttemptState.SUBMITTED, 1200)
    assert running.chosen()[0] == {0}


def test_after_the_grace_only_what_was_saved_counts(running: Running, contest: Catalogue) -> None:
    right = running.right(contest)
    running.visitor.submit("Lưu và xem thời gian", q1=right["q1"])
    running.age(minutes=22.1)
    running.visitor.submit(BUTTON, **right)
    assert running.visitor.path == f"{running.paper}/ket-qua"
    row = running.row()
    assert (row.state, row.correct, row.time_used) == (AttemptState.TIMED_OUT, 1, 1200)


@pytest.mark.parametrize("full", [True, False])
def test_an_older_page_does_not_submit_over_newer_choices(
    running: Running, contest: Catalogue, second_device: Callable[[], Visitor], full: bool
) -> None:
    right = running.right(contest)
    tablet = second_device().visit(running.paper)
    tablet.submit("Lưu và xem thời gian", **right)
    answers = running.row().answers
    older: dict[str, Any] = running.right(contest, wrong=8) if full else {"q1": "0"}
    running.visitor.submit(BUTTON, **older)
    assert running.visitor.status == 409
    assert "Bài này đã được làm tiếp ở nơi khác" in running.visitor.text
    row = running.row()
    assert (row.state, row.answers) == (AttemptState.OPEN, answers)
    running.visitor.submit(BUTTON)
    assert running.row().correct == 8


def test_the_better_result_stands(running: Running, contest: Catalogue) -> None:
    running.visitor.submit(BUTTON, **running.right(contest, wrong=1))
    for wrong in (0, 4):
        running.visitor.visit("/thi").submit("Bắt đầu làm bài")
        again = Running(running.app, running.visitor, int(running.visitor.path.removeprefix("/thi/")))
        again.visitor.submit(BUTTON, **again.right(contest, wrong=wrong))
    assert "Hạng 1 trên 1 người, theo kết quả cao nhất của bạn" in running.visitor.text
    kept = standing(running.app)
    assert (kept.correct, kept.attempts) == (8, 3)
    assert count(running.app, Attempt) == [3]


def test_a_form_that_no_page_of_ours_sends_is_refused(running: Running) -> None:
    sheet = running.sheet()
    assert running.visitor.post(f"{running.paper}/nop", sheet | {"q1": "6"}).status == 400
    assert running.visitor.post(f"{running.paper}/nop", sheet | {"count": "7"}).status == 404
    assert running.row().state is AttemptState.OPEN


@pytest.mark.parametrize("confirmed", [True, False])
def test_another_person_s_is_not_found(running: Running, other: Visitor, confirmed: bool) -> None:
    token = {"csrf_token": other.csrf()}
    sheet = token | {"confirmed": "1"} if confirmed else running.sheet(**token)
    assert other.post(f"{running.paper}/nop", sheet).status == 404
    assert running.row().state is AttemptState.OPEN


def test_not_signed_in(running: Running, app: Flask) -> None:
    stranger = Visitor(app)
    headers = {"Referer": f"http://localhost{running.paper}"}
    sheet = running.sheet(csrf_token=stranger.csrf())
    asked_to_sign_in(stranger.client.post(f"{running.paper}/nop", data=sheet, headers=headers), back=running.paper)
    assert running.row().state is AttemptState.OPEN


def test_signed_out_meanwhile_one_signs_in_and_finds_the_paper(running: Running, contest: Catalogue) -> None:
    sheet = running.sheet(**running.right(contest))
    running.visitor.submit("Lưu và xem thời gian", q1=sheet["q1"])
    paper = running.visitor.path
    running.visitor.visit("/toi").submit("Đăng xuất")
    running.visitor.path = paper
    running.visitor.post(f"{running.paper}/nop", sheet)
    assert running.visitor.path == "/dang-nhap"
    assert one(running.visitor, "main form")["action"] == f"/dang-nhap?tiep={running.paper}"
    assert running.row().state is AttemptState.OPEN


def test_an_organiser_without_an_entry(running: Running, organiser: Visitor) -> None:
    sheet = running.sheet(csrf_token=organiser.csrf())
    assert organiser.post(f"{running.paper}/nop", sheet).path == "/quan-tri"
    assert running.row().state is AttemptState.OPEN


def test_only_own_forms(running: Running) -> None:
    only_own_forms(running.visitor, f"{running.paper}/nop", {"confirmed": "1"})
    assert running.row().state is AttemptState.OPEN


def test_words_of_the_page(running: Running) -> None:
    buttons = [words(button) for button in running.visitor.page.select("form .button")]
    assert buttons[:2] == ["Nộp bài", "Lưu và xem thời gian"]
