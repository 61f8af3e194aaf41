"""The paper: the whole of it in one form, the same on every device, quiet, and only its owner's."""

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask

from app.models import AttemptState, Standing
from app.rules.paper import read_paper
from app.services.catalogue import Catalogue
from tests.rooms.exam.conftest import Running
from tests.support.asking import asked_and_back, count, one, sent_to_the_desk, words
from tests.support.visitor import Visitor


def questions(visitor: Visitor) -> list[str]:
    """Every question with its options, as shown."""
    return [words(fieldset) for fieldset in visitor.page.select("fieldset.question")]


def test_questions_and_options_as_they_were_drawn(running: Running, contest: Catalogue) -> None:
    fieldsets = running.visitor.page.select("fieldset.question")
    for number, (drawn, fieldset) in enumerate(zip(read_paper(running.row().paper), fieldsets, strict=True), 1):
        version = contest.versions[drawn.version_id]
        assert words(one(fieldset, "legend")) == f"Câu {number}/8 {version.stem}"
        labels = [words(label) for label in fieldset.select(".option label")]
        assert labels == [version.options[place] for place in drawn.order]
        inputs = fieldset.select("input")
        assert {str(control["name"]) for control in inputs} == {f"q{number}"}
        assert [str(control["value"]) for control in inputs] == [str(n) for n in range(len(labels))]
        assert {str(control["type"]) for control in inputs} == {"checkbox" if len(version.right) > 1 else "radio"}
        assert ("Chọn tất cả phương án đúng." in words(fieldset)) == (len(version.right) > 1)


def test_no_key_reaches_the_browser(running: Running, contest: Catalogue) -> None:
    page = running.visitor.response.text
    for drawn in read_paper(running.row().paper):
        assert contest.versions[drawn.version_id].explanation not in page
    assert "đáp án" not in page.lower()
    assert not running.visitor.page.select("input[checked]")


def test_the_bar_tells_time_and_what_is_saved(running: Running, contest: Catalogue) -> None:
    ends = running.row().deadline_at.astimezone(contest.rules.zone)
    assert "Còn 20 phút" in running.visitor.text
    assert f"đến {ends:%H:%M}" in running.visitor.text
    assert words(one(running.visitor, "[role=status]")) == "Chưa có câu nào được lưu (0/8)"
    running.age(minutes=19.5)
    assert re.search(r"Còn 2\d giây", running.visitor.visit(running.paper).text)


def test_it_is_quiet(running: Running) -> None:
    assert not running.visitor.page.select("header a, footer a, nav")


def test_another_device_shows_the_same_paper_and_choices(
    running: Running, contest: Catalogue, second_device: Callable[[], Visitor]
) -> None:
    right = running.right(contest)
    running.visitor.submit("Lưu và xem thời gian", **right)
    tablet = second_device().visit(running.paper)
    assert questions(tablet) == questions(running.visitor)
    for name, places in right.items():
        assert tablet.value(name) == (places if len(places) > 1 else places[0])


def test_in_the_grace_it_still_opens(running: Running) -> None:
    running.age(minutes=21)
    running.visitor.visit(running.paper)
    assert running.visitor.path == running.paper
    assert "Hết giờ" in running.visitor.text


def test_after_the_grace_whoever_looks_closes_it_and_sees_the_result(running: Running, contest: Catalogue) -> None:
    running.visitor.submit("Lưu và xem thời gian", **running.right(contest, wrong=3))
    running.age(minutes=22.1)
    for path in (running.paper, f"{running.paper}/nop", f"{running.paper}/ket-qua"):
        running.visitor.visit(path)
        assert running.visitor.path == f"{running.paper}/ket-qua"
    row = running.row()
    assert (row.state, row.time_used, row.ended_at) == (AttemptState.TIMED_OUT, 20 * 60, row.closes_at)
    assert "Bài đã hết giờ và được chấm theo những câu đã lưu." in running.visitor.text
    assert row.correct == 5
    assert count(running.app, Standing) == [1]


def test_an_ended_attempt_shows_its_result(running: Running, contest: Catalogue) -> None:
    running.visitor.submit("Nộp bài", **running.right(contest))
    for path in (running.paper, f"{running.paper}/nop"):
        assert running.visitor.visit(path).path == f"{running.paper}/ket-qua"


def test_looking_changes_nothing(running: Running) -> None:
    before = running.row()
    running.visitor.visit(running.paper).visit(f"{running.paper}/nop")
    after = running.row()
    assert (after.revision, after.answers, after.saved_at) == (before.revision, before.answers, None)


@pytest.mark.parametrize("what", ["", "/nop", "/ket-qua"])
@pytest.mark.parametrize("ended", [False, True])
def test_another_person_s_is_not_found(
    running: Running, contest: Catalogue, other: Visitor, what: str, ended: bool
) -> None:
    if ended:
        running.visitor.submit("Nộp bài", **running.right(contest))
    assert other.visit(running.paper + what).status == 404
    assert other.path == running.paper + what


def test_another_person_does_not_close_it_either(running: Running, other: Visitor) -> None:
    running.age(minutes=30)
    other.visit(running.paper)
    assert running.row().state is AttemptState.OPEN


@pytest.mark.parametrize("number", ["0", "999999", str(2**31), "9" * 30])
def test_an_attempt_that_is_not_there(running: Running, number: str) -> None:
    for what in ("", "/nop", "/ket-qua"):
        assert running.visitor.visit(f"/thi/{number}{what}").status == 404


@pytest.mark.parametrize("what", ["", "/nop"])
def test_not_signed_in(running: Running, app: Flask, what: str) -> None:
    asked_and_back(app, running.paper + what)


def test_an_organiser_without_an_entry(running: Running, organiser: Visitor) -> None:
    sent_to_the_desk(organiser, running.paper, f"{running.paper}/nop", f"{running.paper}/ket-qua")


def test_the_page_says_until_when_in_the_contest_s_own_time(running: Running) -> None:
    assert running.row().started_at <= datetime.now(UTC)
    running.visitor.visit("/thi")
    assert "Đồng hồ vẫn chạy đến " in running.visitor.text


@pytest.mark.parametrize("what", ["", "/nop"])
def test_wrong_method(running: Running, what: str) -> None:
    assert running.visitor.client.put(running.paper + what).status_code == 405
    assert running.visitor.client.delete(running.paper + what).status_code == 405
