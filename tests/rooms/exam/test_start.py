"""Starting: the gate, the limits, one open attempt a person."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from app.extensions import db
from app.models import Attempt, AttemptState, Contest, Entry, Question, Standing
from app.rules.paper import read_paper
from app.services.catalogue import Catalogue
from tests.rooms.conftest import SetRules
from tests.rooms.exam.conftest import Running, just_now
from tests.support.asking import asked_and_back, asked_to_sign_in, count, hops, only_own_forms, sent_to_the_desk
from tests.support.people import sit
from tests.support.visitor import Visitor


def press_start(visitor: Visitor) -> Visitor:
    """As a page that was opened before would."""
    return visitor.post("/thi", {"csrf_token": visitor.csrf()})


def test_what_awaits_is_told_before(learned: Entry, visitor: Visitor) -> None:
    visitor.visit("/toi").click("Vào phòng thi")
    assert (visitor.status, visitor.h1) == (200, "Phòng thi")
    assert "8 câu hỏi ngẫu nhiên trong 20 phút." in visitor.text
    assert "Thi bao nhiêu lượt cũng được" in visitor.text


@pytest.mark.parametrize("limit", ["attempts_per_round", "attempts_per_day"])
def test_who_may_sit_so_often_is_not_told_as_often_as_you_like(
    learned: Entry, visitor: Visitor, set_rules: SetRules, limit: str
) -> None:
    set_rules(exam={limit: 2})
    assert "Thi bao nhiêu lượt cũng được" not in visitor.visit("/thi").text


def test_it_draws_a_paper_and_starts_the_clock(running: Running, learned: Entry, contest: Catalogue) -> None:
    assert (hops(running.visitor), running.visitor.path) == ([303], running.paper)
    row = running.row()
    assert (row.entry_id, row.account_id, row.number) == (learned.id, learned.account_id, 1)
    assert row.state is AttemptState.OPEN
    assert just_now(row.started_at)
    assert row.deadline_at - row.started_at == timedelta(minutes=20)
    assert row.closes_at - row.deadline_at == timedelta(seconds=120)
    assert len({question.version_id for question in read_paper(row.paper)}) == contest.rules.exam.questions
    assert row.answers == "-" * 8


def test_looking_starts_nothing(learned: Entry, visitor: Visitor, app: Flask) -> None:
    visitor.visit("/thi")
    assert count(app, Attempt) == [0]


def test_the_open_attempt_is_gone_on_with(running: Running) -> None:
    visitor = running.visitor
    visitor.submit("Lưu và xem thời gian", q1="0")
    visitor.visit("/thi")
    assert "Bạn đang có một lượt thi làm dở." in visitor.text
    assert "Bắt đầu làm bài" not in visitor.text
    visitor.submit("Làm tiếp")
    assert visitor.path == running.paper
    assert visitor.value("q1") == "0"
    assert count(running.app, Attempt) == [1]


def test_pressed_twice_it_is_one_attempt(running: Running) -> None:
    assert press_start(running.visitor).path == running.paper
    assert count(running.app, Attempt) == [1]


def test_an_attempt_whose_time_is_over_is_closed_on_the_way(running: Running) -> None:
    running.age(minutes=23)
    running.visitor.visit("/thi")
    assert "lượt thi làm dở" not in running.visitor.text
    assert running.row().state is AttemptState.TIMED_OUT
    running.visitor.submit("Bắt đầu làm bài")
    assert running.visitor.path != running.paper
    assert "lượt 2" in running.visitor.h1


def test_pressed_on_an_older_page_it_closes_that_one_too(running: Running) -> None:
    running.age(minutes=23)
    assert press_start(running.visitor).path != running.paper
    assert running.row().state is AttemptState.TIMED_OUT
    assert count(running.app, Attempt, Standing) == [2, 1]


def test_the_gate(contestant: Entry, visitor: Visitor, app: Flask) -> None:
    visitor.visit("/thi")
    assert visitor.status == 200
    assert "Bạn còn 4 bài học chưa xong. Học xong thì phòng thi mở." in visitor.text
    assert not visitor.page.select("main form")
    assert press_start(visitor).status == 409
    assert "Bạn còn 4 bài học chưa xong." in visitor.text
    assert count(app, Attempt) == [0]


def test_without_a_gate(contestant: Entry, visitor: Visitor, set_rules: SetRules) -> None:
    set_rules(exam={"gate": "none"})
    assert visitor.visit("/thi").submit("Bắt đầu làm bài").status == 200
    assert visitor.h1 == "Bài thi, lượt 1"


LIMITS = [
    ({"attempts_per_round": 1}, "Bạn đã dùng hết số lượt thi của đợt này."),
    ({"attempts_per_day": 1}, "Bạn đã dùng hết số lượt thi của hôm nay. Thi tiếp được từ 0"),
    ({"cooldown_minutes": 30}, "Giữa hai lượt thi cần nghỉ một lúc. Thi tiếp được từ "),
]


@pytest.mark.parametrize("limit", LIMITS, ids=lambda limit: next(iter(limit[0])))
def test_limits_say_why_and_when_again(
    learned: Entry, visitor: Visitor, contest: Catalogue, set_rules: SetRules, limit: tuple[dict[str, int], str]
) -> None:
    exam, said = limit
    app = visitor.client.application
    set_rules(exam=exam)
    now = datetime.now(UTC)
    with app.app_context():
        sit(learned, contest, started=now, ended=now)
    assert said in visitor.visit("/thi").text
    assert not visitor.page.select("main form")
    assert press_start(visitor).status == 409
    assert said in visitor.text
    assert count(app, Attempt) == [1]


def test_a_limit_does_not_stop_an_attempt_that_runs(running: Running, set_rules: SetRules) -> None:
    set_rules(exam={"attempts_per_round": 1})
    assert running.visitor.visit("/thi").submit("Làm tiếp").path == running.paper


def void_the_hard_ones(app: Flask) -> None:
    """As the organiser's command does; no paper can be drawn any more."""
    with app.app_context():
        db.session.execute(update(Question).where(Question.difficulty == "hard").values(voided_at=datetime.now(UTC)))
        db.session.execute(update(Contest).values(content_version=Contest.content_version + 1))
        db.session.commit()


def test_a_bank_that_lost_its_questions_says_so(learned: Entry, visitor: Visitor, app: Flask) -> None:
    void_the_hard_ones(app)
    said = "Ban Tổ chức đang bổ sung câu hỏi cho đề thi."
    assert said in visitor.visit("/thi").text
    assert (visitor.status, len(visitor.page.select("main form"))) == (200, 0)
    assert press_start(visitor).status == 409
    assert said in visitor.text
    assert count(app, Attempt) == [0]


def test_who_has_begun_goes_on_all_the_same(running: Running) -> None:
    void_the_hard_ones(running.app)
    assert running.visitor.visit("/thi").submit("Làm tiếp").path == running.paper


def test_before_and_after_the_window(
    learned: Entry, visitor: Visitor, app: Flask, set_rules: SetRules, finish_round: Callable[[], Catalogue]
) -> None:
    finish_round()
    assert "Thời gian thi đã hết." in visitor.visit("/thi").text
    set_rules(days=100)
    assert "Phòng thi mở lúc 00h00 ngày " in visitor.visit("/thi").text
    assert press_start(visitor).status == 409
    assert count(app, Attempt) == [0]


def test_an_attempt_that_began_in_time_may_finish(
    running: Running, contest: Catalogue, finish_round: Callable[[], Catalogue]
) -> None:
    finish_round()
    visitor = running.visitor.visit("/thi").submit("Làm tiếp")
    visitor.submit("Nộp bài", **running.right(contest))
    assert visitor.h1 == "Kết quả bài thi"


def test_papers_differ(running: Running, other: Visitor, contest: Catalogue) -> None:
    other.visit("/thi").submit("Bắt đầu làm bài")
    theirs = Running(running.app, other, int(other.path.removeprefix("/thi/")))
    assert theirs.row().paper != running.row().paper


def test_one_question_at_a_time_is_a_choice(learned: Entry, visitor: Visitor) -> None:
    visitor.visit("/thi").submit("Bắt đầu làm bài", **{"cach-lam": "tung-cau"})
    assert visitor.page.select("form.one")
    assert next(link["href"] for link in visitor.page.select("#q1 + p a")) == "#q2"
    visitor.submit("Xem cả đề trên một trang")
    assert not visitor.page.select("form.one")
    visitor.client.set_cookie("cach-lam", "<b>")
    assert not visitor.visit(visitor.path).page.select("form.one")


def test_not_signed_in(learned: Entry, app: Flask) -> None:
    asked_and_back(app, "/thi")
    stranger = Visitor(app)
    headers = {"Referer": "http://localhost/thi"}
    asked_to_sign_in(stranger.client.post("/thi", data={"csrf_token": stranger.csrf()}, headers=headers), back="/thi")
    assert count(app, Attempt) == [0]


def test_an_organiser_without_an_entry(organiser: Visitor, app: Flask) -> None:
    sent_to_the_desk(organiser, "/thi")
    assert press_start(organiser).path == "/quan-tri"
    assert count(app, Attempt) == [0]


def test_only_own_forms(learned: Entry, visitor: Visitor, app: Flask) -> None:
    only_own_forms(visitor, "/thi", {})
    assert count(app, Attempt) == [0]


def test_wrong_method(visitor: Visitor) -> None:
    assert visitor.client.put("/thi").status_code == 405
