"""Sending a story: written, waiting, refused, sent again, on the wall."""

import unicodedata
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from app.extensions import db
from app.models import Entry, Story, StoryState
from app.rules.contest import StoryKind
from tests.rooms.conftest import SetRules
from tests.support.asking import (
    asked_and_back,
    asked_to_sign_in,
    count,
    hops,
    look,
    one,
    only_own_forms,
    refused,
    sent_to_the_desk,
    summary,
    title,
    words,
)
from tests.support.visitor import Visitor

BODY = "Tôi dạy mẹ tự xem bảo hiểm trên điện thoại.\nMẹ vui cả tuần."
FORM = "/lan-toa/gui"


def send(visitor: Visitor, **changes: Any) -> Visitor:
    """Fill in and send."""
    fields = {"kind": "story", "body": BODY, "consent_story": "y"} | changes
    return visitor.visit(FORM).submit("Gửi chia sẻ", **fields)


def told(app: Flask) -> Story:
    """The only story."""
    return look(app, lambda: db.session.scalars(select(Story)).one())


def decide(app: Flask, state: StoryState, reason: str = "") -> None:
    """As an organiser would."""
    with app.app_context():
        db.session.execute(update(Story).values(state=state, reason=reason, decided_at=datetime.now(UTC)))
        db.session.commit()


def test_it_waits_for_the_organiser(contestant: Entry, visitor: Visitor, app: Flask) -> None:
    send(visitor)
    assert (hops(visitor), visitor.path) == ([303], "/toi")
    story = told(app)
    assert (story.entry_id, story.kind, story.state, story.on_wall) == (
        contestant.id,
        StoryKind.STORY,
        StoryState.WAITING,
        True,
    )
    assert [line.strip() for line in story.body.splitlines()] == BODY.splitlines()
    assert "Mẹ vui" not in visitor.visit("/lan-toa").text


def test_without_moderation_it_stands_on_the_wall_at_once(
    contestant: Entry, visitor: Visitor, app: Flask, set_rules: SetRules
) -> None:
    set_rules(story={"moderated": False})
    send(visitor)
    assert told(app).state is StoryState.PUBLISHED
    assert "Mẹ vui cả tuần." in visitor.visit("/lan-toa").text


def test_decomposed_text_is_stored_composed(contestant: Entry, visitor: Visitor, app: Flask) -> None:
    send(visitor, body=f"  {unicodedata.normalize('NFD', BODY)} ")
    assert told(app).body.splitlines() == BODY.splitlines()


def test_nul_is_dropped(contestant: Entry, visitor: Visitor, app: Flask) -> None:
    send(visitor, body=f"{BODY}\0")
    assert told(app).body.splitlines() == BODY.splitlines()


FAULTS: list[tuple[str, dict[str, Any], str]] = [
    ("kind", {"kind": None}, "Chọn một loại bài chia sẻ."),
    ("kind", {"kind": "tho"}, "Chọn một mục trong danh sách."),
    ("body", {"body": ""}, "Viết nội dung bạn muốn chia sẻ."),
    ("body", {"body": "  \n "}, "cần ít nhất 5 từ, bạn mới viết 0 từ."),
    ("body", {"body": "học số vui quá"}, "cần ít nhất 5 từ, bạn mới viết 4 từ."),
    ("body", {"body": "vui " * 501}, "dài nhiều nhất 500 từ, bạn đã viết 501 từ."),
    ("body", {"body": "vui " * 5 + "v" * 9_981}, "dài nhiều nhất 10.000 ký tự, bạn đã viết 10.001 ký tự."),
]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault[2][:24])
def test_a_fault_is_told_and_nothing_typed_is_lost(
    contestant: Entry, visitor: Visitor, app: Flask, fault: tuple[str, dict[str, Any], str]
) -> None:
    field, changes, message = fault
    send(visitor, **changes)
    refused(visitor, field, message)
    assert list(summary(visitor)) == [f"#{field}"]
    assert visitor.value("body").split() == changes.get("body", BODY).split()
    assert visitor.value("kind") == ("story" if "kind" not in changes else None)
    assert visitor.value("consent_story") == "y"
    assert count(app, Story) == [0]


@pytest.mark.parametrize("total", [5, 500])
def test_the_limits_themselves_are_good(contestant: Entry, visitor: Visitor, total: int) -> None:
    assert send(visitor, body="vui " * total).path == "/toi"


def test_only_the_kinds_of_the_contest(contestant: Entry, visitor: Visitor, set_rules: SetRules) -> None:
    set_rules(story={"kinds": ["slogan"]})
    visitor.visit(FORM)
    assert [control["value"] for control in visitor.page.select("input[name=kind]")] == ["slogan"]
    visitor.post(FORM, {"csrf_token": visitor.value("csrf_token"), "kind": "story", "body": BODY})
    refused(visitor, "kind", "Chọn một mục trong danh sách.")


def test_the_form_is_clean_at_first(contestant: Entry, visitor: Visitor) -> None:
    visitor.visit(FORM)
    assert visitor.status == 200
    assert title(visitor).startswith("Gửi chia sẻ")
    assert not visitor.page.select("[role=alert], .fault, .notice")
    assert visitor.value("consent_story") is None


def test_waiting_it_may_be_written_again(contestant: Entry, visitor: Visitor, app: Flask) -> None:
    send(visitor)
    visitor.visit(FORM)
    assert "đang chờ duyệt" in visitor.text
    assert (visitor.value("kind"), visitor.value("consent_story")) == ("story", "y")
    assert visitor.value("body").splitlines() == BODY.splitlines()
    send(visitor, kind="slogan", body="Học số để sống vui", consent_story=None)
    story = told(app)
    assert (story.kind, story.body, story.on_wall) == (StoryKind.SLOGAN, "Học số để sống vui", False)


def test_refused_the_reason_is_told_and_it_is_sent_again(contestant: Entry, visitor: Visitor, app: Flask) -> None:
    send(visitor)
    decide(app, StoryState.REFUSED, "Bài có số điện thoại của người khác.")
    visitor.visit(FORM)
    assert "Bài chưa được duyệt" in visitor.text
    assert "Lý do: Bài có số điện thoại của người khác." in visitor.text
    assert visitor.value("body").splitlines() == BODY.splitlines()
    visitor.submit("Gửi chia sẻ", body="Tôi đã bỏ số điện thoại đi rồi.")
    assert visitor.path == "/toi"
    story = told(app)
    assert (story.state, story.reason, story.decided_at) == (StoryState.WAITING, "", None)
    assert "đang chờ Ban Tổ chức đọc" in visitor.text


def test_published_it_is_no_longer_changed(contestant: Entry, visitor: Visitor, app: Flask) -> None:
    send(visitor)
    token = visitor.visit(FORM).value("csrf_token")
    decide(app, StoryState.PUBLISHED)
    visitor.post(FORM, {"csrf_token": token, "kind": "slogan", "body": "Một hai ba bốn năm", "consent_story": "y"})
    assert visitor.status == 422
    assert "Bài của bạn đã được duyệt nên không sửa được nữa." in words(one(visitor, "main [role=alert]"))
    assert told(app).body.splitlines() == BODY.splitlines()
    visitor.visit(FORM)
    assert not visitor.page.select("main form")
    assert visitor.click("Xem bài trên trang Lan tỏa").path.startswith("/lan-toa/")
    assert "Mẹ vui cả tuần." in visitor.text


def test_published_without_consent_has_no_link_to_the_wall(contestant: Entry, visitor: Visitor, app: Flask) -> None:
    send(visitor, consent_story=None)
    decide(app, StoryState.PUBLISHED)
    assert not visitor.visit(FORM).page.select("main a")
    assert visitor.visit(f"/lan-toa/{told(app).id}").status == 404


def test_a_script_comes_back_as_text(contestant: Entry, visitor: Visitor) -> None:
    nasty = "</textarea><script>alert(1)</script> & một hai ba bốn"
    send(visitor, body=nasty, kind=None)
    assert visitor.value("body") == nasty
    assert "<script>alert" not in visitor.response.text


def test_not_signed_in(contestant: Entry, visitor: Visitor, app: Flask) -> None:
    asked_and_back(app, FORM)
    stranger = Visitor(app)
    asked_to_sign_in(
        stranger.client.post(
            FORM, data={"csrf_token": stranger.csrf()}, headers={"Referer": f"http://localhost{FORM}"}
        ),
        back=FORM,
    )
    assert count(app, Story) == [0]


def test_an_organiser_without_an_entry(organiser: Visitor) -> None:
    sent_to_the_desk(organiser, FORM)


def test_only_own_forms(contestant: Entry, visitor: Visitor, app: Flask) -> None:
    only_own_forms(visitor, FORM, {"kind": "story", "body": BODY})
    assert count(app, Story) == [0]


def test_wrong_method(contestant: Entry, visitor: Visitor) -> None:
    assert visitor.client.put(FORM).status_code == 405
