"""Saving: the whole sheet at once, by the button or by htmx; an older page never overwrites newer choices."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.models import AttemptState
from app.services.catalogue import Catalogue
from tests.rooms.exam.conftest import Running, just_now
from tests.support.asking import asked_to_sign_in, hops, one, only_own_forms, words
from tests.support.visitor import Visitor

BUTTON = "Lưu và xem thời gian"


def by_htmx(running: Running, sheet: dict[str, Any], browser: Visitor | None = None) -> TestResponse:
    """As the paper's script sends it."""
    client = (browser or running.visitor).client
    url = f"http://localhost{running.paper}"
    headers = {"HX-Request": "true", "HX-Current-URL": url, "Referer": url}
    return client.post(running.paper, data=sheet, headers=headers)


def test_the_button_saves_and_tells_the_time(running: Running) -> None:
    running.visitor.submit(BUTTON, q1="1", q3="0")
    assert (hops(running.visitor), running.visitor.path) == ([303], running.paper)
    assert words(one(running.visitor, "[role=status]")).startswith("Đã lưu 2/8 câu lúc ")
    assert (running.visitor.value("q1"), running.visitor.value("q2"), running.visitor.value("q3")) == ("1", None, "0")
    row = running.row()
    assert (row.revision, row.state) == (1, AttemptState.OPEN)
    assert just_now(row.saved_at)


@pytest.mark.parametrize("button", [BUTTON, "Xem từng câu một"])
def test_a_browser_without_formaction_saves_too(running: Running, contest: Catalogue, button: str) -> None:
    """It sends every button to the form's own address; a full sheet is not handed in, an older one not taken."""
    pressed = one(running.visitor, f"button:-soup-contains('{button}')")
    assert pressed["formaction"] == running.paper
    del pressed["formaction"]
    old_sheet = running.sheet()
    running.visitor.submit(button, **running.right(contest))
    assert (hops(running.visitor), running.visitor.path) == ([303], running.paper)
    row = running.row()
    assert (row.revision, row.state) == (1, AttemptState.OPEN)
    assert one(running.visitor, "form#bai-thi.one") if button != BUTTON else "Đã lưu 8/8" in running.visitor.text
    name, value = str(pressed["name"]), str(pressed["value"])
    older = old_sheet | {"page": "khac", "q1": "0", name: value}
    assert running.visitor.post(f"{running.paper}/nop", older).status == 409
    assert running.row().answers == row.answers
    running.age(minutes=22.1)
    assert running.visitor.post(f"{running.paper}/nop", older).path == f"{running.paper}/ket-qua"


def test_several_right_ones_and_taking_a_choice_back(running: Running, contest: Catalogue) -> None:
    several = next(name for name, places in running.right(contest).items() if len(places) > 1)
    running.visitor.submit(BUTTON, **{several: ["0", "2"]})
    assert running.chosen()[int(several[1:]) - 1] == {0, 2}
    running.visitor.submit(BUTTON, **{several: None})
    assert running.chosen()[int(several[1:]) - 1] == frozenset()


def test_htmx_gets_a_line_and_the_seconds_left(running: Running) -> None:
    answer = by_htmx(running, running.sheet(q1="0", number="1"))
    assert answer.status_code == 200
    assert answer.text.startswith("Đã lưu 1/8 câu lúc ")
    assert "<" not in answer.text
    assert 1190 <= json.loads(answer.headers["HX-Trigger"])["con"] <= 1200
    assert answer.headers["Cache-Control"] == "no-store"
    assert running.chosen()[0] == {0}


def test_a_late_or_doubled_message_of_the_page_changes_nothing(running: Running) -> None:
    for number, choice in (("1", "0"), ("3", "2"), ("2", "1"), ("3", "1")):
        answer = by_htmx(running, running.sheet(q1=choice, number=number))
        assert answer.status_code == 200
        assert answer.text.startswith("Đã lưu 1/8")
    assert running.chosen()[0] == {2}
    assert running.row().revision == 2


def test_an_older_page_is_told_and_shown_the_newer_choices(
    running: Running, second_device: Callable[[], Visitor]
) -> None:
    tablet = second_device().visit(running.paper)
    tablet.submit(BUTTON, q1="1")
    running.visitor.submit(BUTTON, q1="0", q2="0")
    assert running.visitor.status == 409
    assert "Bài này đã được làm tiếp ở nơi khác" in running.visitor.text
    assert (running.visitor.value("q1"), running.visitor.value("q2")) == ("1", None)
    assert running.chosen()[:2] == [{1}, frozenset()]
    running.visitor.submit(BUTTON, q2="0")
    assert running.visitor.status == 200
    assert running.chosen()[:2] == [{1}, {0}]


def test_htmx_on_an_older_page_gets_the_words_alone(running: Running, second_device: Callable[[], Visitor]) -> None:
    tablet = second_device().visit(running.paper)
    assert by_htmx(running, running.sheet(tablet, q1="1", number="1"), tablet).status_code == 200
    answer = by_htmx(running, running.sheet(q1="0", number="1"))
    assert answer.status_code == 409
    assert "Bài này đã được làm tiếp ở nơi khác." in answer.text
    assert f'href="{running.paper}"' in answer.text
    assert "<html" not in answer.text
    assert "HX-Trigger" not in answer.headers
    assert running.chosen()[0] == {1}


def test_the_page_that_was_in_time_hears_of_the_other(running: Running, second_device: Callable[[], Visitor]) -> None:
    tablet = second_device().visit(running.paper)
    by_htmx(running, running.sheet(tablet, q1="1", number="1"), tablet)
    by_htmx(running, running.sheet(q1="0", number="1"))
    answer = by_htmx(running, running.sheet(tablet, q1="1", q2="0", number="2"), tablet)
    assert answer.status_code == 200
    assert "Bài cũng đang mở ở nơi khác" in answer.text


def test_in_the_grace_it_still_counts(running: Running) -> None:
    running.age(minutes=21)
    answer = by_htmx(running, running.sheet(q1="0", number="1"))
    assert answer.status_code == 200
    assert json.loads(answer.headers["HX-Trigger"]) == {"con": 0}
    assert running.chosen()[0] == {0}


def test_after_the_grace_it_leads_to_the_result(running: Running) -> None:
    sheet = running.sheet(q1="0", number="1")
    running.age(minutes=22.1)
    answer = by_htmx(running, sheet)
    assert (answer.status_code, answer.data) == (410, b"")
    assert answer.headers["HX-Redirect"] == f"{running.paper}/ket-qua"
    assert running.chosen()[0] == frozenset()
    running.visitor.submit(BUTTON, q1="0")
    assert (hops(running.visitor)[0], running.visitor.path) == (303, f"{running.paper}/ket-qua")
    assert running.row().correct == 0


def test_a_submitted_attempt_is_not_touched(running: Running, contest: Catalogue) -> None:
    sheet = running.sheet(number="1")
    running.visitor.submit("Nộp bài", **running.right(contest))
    before = running.row().answers
    answer = by_htmx(running, sheet)
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (410, f"{running.paper}/ket-qua")
    assert running.visitor.post(running.paper, sheet).path == f"{running.paper}/ket-qua"
    assert running.row().answers == before


ODD: list[dict[str, Any]] = [
    {"q1": "6"},
    {"q1": "-1"},
    {"q1": "abc"},
    {"q1": "9" * 5000},
    {"count": "101"},
    {"count": "tám"},
    {"count": "-8"},
    {"base": "x"},
    {"base": "9" * 30},
    {"number": "1.5"},
    {"number": "9999999"},
    {"page": "a\0b"},
]


@pytest.mark.parametrize(
    "changes", ODD, ids=[f"{next(iter(odd))}={str(next(iter(odd.values())))[:8]!r}" for odd in ODD]
)
def test_a_form_that_no_page_of_ours_sends_is_refused(running: Running, changes: dict[str, Any]) -> None:
    assert running.visitor.post(running.paper, running.sheet(**changes)).status == 400
    assert running.row().revision == 0


def test_a_sheet_of_another_length_belongs_to_no_attempt(running: Running) -> None:
    assert running.visitor.post(running.paper, running.sheet(count="7")).status == 404
    assert running.row().revision == 0


def test_another_person_s_is_not_found(running: Running, other: Visitor) -> None:
    sheet = running.sheet(q1="0", csrf_token=other.csrf())
    assert other.post(running.paper, sheet).status == 404
    assert by_htmx(running, sheet, other).status_code == 404
    assert running.row().revision == 0


def test_not_signed_in(running: Running, app: Flask) -> None:
    stranger = Visitor(app)
    headers = {"Referer": f"http://localhost{running.paper}"}
    sheet = running.sheet(q1="0", csrf_token=stranger.csrf())
    asked_to_sign_in(stranger.client.post(running.paper, data=sheet, headers=headers), back=running.paper)
    assert running.row().revision == 0


@pytest.mark.parametrize("known_token", [True, False], ids=["session ended", "cookie gone"])
def test_htmx_whose_session_is_gone_is_led_to_sign_in_and_back(running: Running, app: Flask, known_token: bool) -> None:
    stranger = Visitor(app)
    changes = {"csrf_token": stranger.csrf()} if known_token else {}
    answer = by_htmx(running, running.sheet(q1="0", **changes), stranger)
    assert (answer.status_code, answer.data) == (200, b"")
    target = urlsplit(answer.headers["HX-Redirect"])
    assert (target.path, parse_qs(target.query)) == ("/dang-nhap", {"tiep": [running.paper]})
    assert running.row().revision == 0


def test_an_organiser_without_an_entry(running: Running, organiser: Visitor) -> None:
    assert organiser.post(running.paper, running.sheet(q1="0", csrf_token=organiser.csrf())).path == "/quan-tri"
    assert running.row().revision == 0


def test_only_own_forms(running: Running) -> None:
    sheet = running.sheet(q1="0")
    del sheet["csrf_token"]
    only_own_forms(running.visitor, running.paper, sheet)
    assert running.row().revision == 0
