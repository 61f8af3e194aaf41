"""The result: count, time, place, receipt; and beyond that only what the contest's setting allows."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from app.extensions import db
from app.models import Attempt, Entry, Question
from app.rules.paper import read_paper
from app.services.catalogue import Catalogue, VersionInfo
from tests.rooms.conftest import SetRules
from tests.support.asking import asked_and_back, look, words
from tests.support.people import begin, learn_all, make_contestant, sit
from tests.support.visitor import Visitor

NOW = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def sat(learned: Entry, app: Flask, contest: Catalogue) -> Attempt:
    """Two wrong, 125 seconds, half an hour ago."""
    started = NOW - timedelta(minutes=30)
    with app.app_context():
        return sit(learned, contest, started=started, ended=started + timedelta(seconds=125), wrong=2)


def asked(attempt: Attempt, contest: Catalogue) -> list[VersionInfo]:
    """Questions in paper order."""
    return [contest.versions[question.version_id] for question in read_paper(attempt.paper)]


def facts(visitor: Visitor) -> dict[str, str]:
    """The key–value list."""
    return {words(row.select("dt")[0]): words(row.select("dd")[0]) for row in visitor.page.select("dl.facts > div")}


def show(visitor: Visitor, attempt: Attempt) -> Visitor:
    """Open the result."""
    visitor.visit(f"/thi/{attempt.id}/ket-qua")
    assert (visitor.status, visitor.h1) == (200, "Kết quả bài thi")
    return visitor


def review(visitor: Visitor) -> list[str]:
    """Questions that are shown again."""
    return [words(item) for item in visitor.page.select("ol.review > li")]


def topics(visitor: Visitor) -> list[str]:
    """Lines about topics."""
    return [words(item) for item in visitor.page.select("main section ul li")]


def test_count_time_moment_place_and_receipt(sat: Attempt, visitor: Visitor, contest: Catalogue) -> None:
    show(visitor, sat)
    assert words(visitor.page.select(".figure")[0]) == "6/8 câu đúng"
    assert sat.ended_at is not None
    ended = sat.ended_at.astimezone(contest.rules.zone)
    assert facts(visitor) == {
        "Thời gian làm bài": "2 phút 05 giây",
        "Nộp lúc": f"{ended:%Hh%M ngày %d/%m/%Y}",
        "Vị trí hiện nay": "Hạng 1 trên 1 người, theo kết quả cao nhất của bạn",
        "Mã biên nhận": f"{sat.receipt[:4]}-{sat.receipt[4:]}",
    }
    assert visitor.click("Về trang của tôi").path == "/toi"


def test_the_place_follows_the_others(sat: Attempt, visitor: Visitor, app: Flask, contest: Catalogue) -> None:
    with app.app_context():
        better = make_contestant(contest, now=NOW, name="Giỏi Hơn")
        learn_all(better, contest, now=NOW)
        sit(better, contest, started=NOW - timedelta(minutes=9), ended=NOW)
    assert facts(show(visitor, sat))["Vị trí hiện nay"].startswith("Hạng 2 trên 2 người")


def test_wrong_topics_is_right_and_asked_per_topic(sat: Attempt, visitor: Visitor, contest: Catalogue) -> None:
    show(visitor, sat)
    paper = asked(sat, contest)
    for topic in contest.topics:
        total = sum(version.topic_id == topic.id for version in paper)
        wrong = [version for version in paper[:2] if version.topic_id == topic.id]
        again = [lesson.title for lesson in topic.lessons if lesson.id in {version.lesson_id for version in wrong}]
        said = f"{topic.title} Đúng {total - len(wrong)}/{total} câu"
        said += " . Nên học lại: " + " ".join(again) if again else " Rất tốt"
        assert said.replace(" .", ".") in visitor.text.replace(" .", ".")
    assert review(visitor) == []
    assert not any(version.stem in visitor.text for version in paper)


def test_nothing_is_nothing_more(sat: Attempt, visitor: Visitor, contest: Catalogue, set_rules: SetRules) -> None:
    set_rules(exam={"reveal": "nothing"})
    show(visitor, sat)
    assert words(visitor.page.select(".figure")[0]) == "6/8 câu đúng"
    assert (topics(visitor), review(visitor)) == ([], [])


def test_own_wrong_shows_my_wrong_ones_without_the_key(
    sat: Attempt, visitor: Visitor, contest: Catalogue, set_rules: SetRules
) -> None:
    set_rules(exam={"reveal": "own_wrong"})
    shown = review(show(visitor, sat))
    paper = asked(sat, contest)
    assert len(shown) == 2
    for line, version in zip(shown, paper[:2], strict=True):
        assert line.startswith(f"{version.stem} Sai Bạn chọn: ")
        assert "Đáp án" not in line
        assert version.explanation not in line
    assert [str(item["value"]) for item in visitor.page.select("ol.review > li")] == ["1", "2"]
    assert not any(version.stem in visitor.text for version in paper[2:])
    assert len(topics(visitor)) == 2


def test_all_shows_every_question_with_key_and_explanation(
    sat: Attempt, visitor: Visitor, contest: Catalogue, set_rules: SetRules
) -> None:
    set_rules(exam={"reveal": "all"})
    shown = review(show(visitor, sat))
    for number, (line, version) in enumerate(zip(shown, asked(sat, contest), strict=True), 1):
        assert line.startswith(f"{version.stem} {'Sai' if number <= 2 else 'Đúng'} ")
        assert f"Đáp án: {'; '.join(version.options[place] for place in sorted(version.right))}" in line
        assert version.explanation in line


@pytest.mark.parametrize("reveal", ["wrong_topics", "own_wrong", "all"])
def test_after_the_round_waits_for_its_end(
    sat: Attempt,
    visitor: Visitor,
    set_rules: SetRules,
    finish_round: Callable[[], Catalogue],
    reveal: str,
) -> None:
    set_rules(exam={"reveal": reveal, "reveal_when": "after_round"})
    show(visitor, sat)
    assert (topics(visitor), review(visitor)) == ([], [])
    finish_round()
    show(visitor, sat)
    assert len(topics(visitor)) == 2
    assert len(review(visitor)) == {"wrong_topics": 0, "own_wrong": 2, "all": 8}[reveal]


def test_no_key_while_somebody_still_sits(
    sat: Attempt, visitor: Visitor, app: Flask, contest: Catalogue, set_rules: SetRules
) -> None:
    """Who started in time may finish behind the round's end, with questions of the same bank."""
    set_rules(exam={"reveal": "all", "reveal_when": "after_round"})
    late = contest.closes_at - timedelta(minutes=1)
    with app.app_context():
        other = make_contestant(contest, now=NOW)
        learn_all(other, contest, now=NOW)
        begun = begin(other, contest, now=late)
    for at, shown in ((contest.closes_at + timedelta(minutes=1), 0), (begun.closes_at, 8)):
        with time_machine.travel(at, tick=False):
            assert len(review(show(visitor, sat))) == shown


def test_nothing_stays_nothing_after_the_round(
    sat: Attempt, visitor: Visitor, set_rules: SetRules, finish_round: Callable[[], Catalogue]
) -> None:
    set_rules(exam={"reveal": "nothing", "reveal_when": "after_round"})
    finish_round()
    show(visitor, sat)
    assert (topics(visitor), review(visitor)) == ([], [])


def test_an_unanswered_question_says_so(
    learned: Entry, visitor: Visitor, app: Flask, contest: Catalogue, set_rules: SetRules
) -> None:
    set_rules(exam={"reveal": "own_wrong"})
    visitor.visit("/thi").submit("Bắt đầu làm bài").submit("Nộp bài")
    visitor.submit("Nộp bài")
    assert [line.endswith("Bạn chọn: chưa chọn") for line in review(visitor)] == [True] * 8


def test_a_voided_question_says_so(
    sat: Attempt, visitor: Visitor, app: Flask, contest: Catalogue, set_rules: SetRules
) -> None:
    first = asked(sat, contest)[0]
    with app.app_context():
        db.session.get_one(Question, first.question_id).voided_at = NOW
        db.session.commit()
    set_rules(exam={"reveal": "all"})
    line = review(show(visitor, sat))[0]
    assert line.startswith(f"{first.stem} Đúng Câu hỏi đã hủy, tính là đúng cho mọi người")


def test_an_open_attempt_has_none_yet(learned: Entry, visitor: Visitor) -> None:
    paper = visitor.visit("/thi").submit("Bắt đầu làm bài").path
    assert visitor.visit(f"{paper}/ket-qua").path == paper


def test_looking_writes_nothing(sat: Attempt, visitor: Visitor, app: Flask) -> None:
    show(visitor, sat)
    row = look(app, lambda: db.session.scalars(select(Attempt)).one())
    assert (row.revision, row.ended_at) == (sat.revision, sat.ended_at)


def test_another_person_s_is_not_found(sat: Attempt, other: Visitor) -> None:
    assert other.visit(f"/thi/{sat.id}/ket-qua").status == 404


def test_not_signed_in(sat: Attempt, app: Flask) -> None:
    asked_and_back(app, f"/thi/{sat.id}/ket-qua")


def test_wrong_method(sat: Attempt, visitor: Visitor) -> None:
    assert visitor.client.post(f"/thi/{sat.id}/ket-qua").status_code == 405
