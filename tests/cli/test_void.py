"""`flask exam void`: also who hands in while the others don't know yet gets the question right."""

import time
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.extensions import db
from app.models import Attempt, Question, QuestionVersion
from app.rules.paper import read_paper
from app.services.catalogue import Catalogue
from app.services.exam_save import Sheet
from app.services.exam_submit import submit_attempt
from tests.support.people import begin, learn_all, make_contestant, right_answers

NOW = datetime.now(UTC).replace(microsecond=0)


def test_who_hands_in_meanwhile_is_graded_again(
    app: Flask, contest: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        entry = make_contestant(contest, now=NOW)
        learn_all(entry, contest, now=NOW)
        attempt = begin(entry, contest, now=NOW)
        version = read_paper(attempt.paper)[0].version_id
        ref = db.session.scalar(select(Question.ref).join(QuestionVersion).where(QuestionVersion.id == version))
        sheet = Sheet(right_answers(attempt, contest, wrong=1), "trang", 1, attempt.revision)
        who = {"account_id": attempt.account_id, "attempt_id": attempt.id}
        db.session.commit()

    def hand_in(_seconds: float) -> None:
        with app.app_context():
            done = submit_attempt(**who, sheet=sheet, catalogue=contest, now=NOW + timedelta(minutes=1))
            assert done.correct == contest.rules.exam.questions - 1
            db.session.commit()

    monkeypatch.setattr(time, "sleep", hand_in)
    said = app.test_cli_runner().invoke(args=["exam", "void", str(ref), "--reason", "hai đáp án"])
    assert said.output == f"Đã hủy câu {ref}: 1 bài có câu này, 1 bài đổi số câu đúng.\n"
    with app.app_context():
        assert db.session.get_one(Attempt, who["attempt_id"]).correct == contest.rules.exam.questions


def test_an_unknown_question_is_named(app: Flask, contest: Catalogue) -> None:
    said = app.test_cli_runner().invoke(args=["exam", "void", "khong-co", "--reason", "thử"])
    assert said.exit_code == 1
    assert "Không có câu hỏi khong-co." in said.output


def test_a_bank_that_is_too_small_now_is_told(app: Flask, contest: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "sleep", lambda _: None)
    of_kind = [c.question_id for c in contest.bank if (c.topic, c.difficulty) == ("an-toan", "hard")]
    with app.app_context():
        refs = db.session.scalars(select(Question.ref).where(Question.id.in_(of_kind)).order_by(Question.ref)).all()
    said = [app.test_cli_runner().invoke(args=["exam", "void", ref, "--reason", "sai đáp án"]) for ref in refs]
    assert [result.exit_code for result in said] == [0] * len(refs)
    assert not any(result.stderr for result in said[:-1])
    assert "chưa ai bắt đầu được lượt thi mới" in said[-1].stderr
    assert "exam.quota.an-toan, hard: cần 1 câu, chỉ còn 0 câu." in said[-1].stderr
