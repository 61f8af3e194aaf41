"""Told that a result was taken out, and replying."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.extensions import db
from app.models import Entry, Invalidation, InvalidationReason
from app.services.catalogue import Catalogue
from app.services.invalidate import Target, restore
from tests.support.asking import asked_and_back, only_own_forms, refused, sent_to_the_desk
from tests.support.people import sit
from tests.support.results import take_out
from tests.support.visitor import Visitor

NOW = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def act(learned: Entry, app: Flask, contest: Catalogue) -> Invalidation:
    """Her only attempt doesn't count."""
    with app.app_context():
        attempt = sit(learned, contest, started=NOW - timedelta(hours=2), ended=NOW - timedelta(hours=1))
        made = take_out(
            Target(learned.id, attempt.id),
            contest,
            now=NOW,
            code=InvalidationReason.HELPED,
            words="Cán bộ thấy hai người cùng làm.",
            evidence="Biên bản bí mật",
        )
        db.session.expunge_all()
        return made


def path(act: Invalidation) -> str:
    return f"/toi/phan-hoi/{act.id}"


def test_my_page_and_the_result_tell_and_lead_to_the_reply(act: Invalidation, visitor: Visitor, app: Flask) -> None:
    visitor.visit("/toi")
    told = "Lý do: Người khác làm bài thay. Cán bộ thấy hai người cùng làm."
    assert told in visitor.text
    assert told in visitor.click("Lượt 1").text
    assert "Biên bản" not in visitor.text
    visitor.click("gửi phản hồi cho Ban Tổ chức")
    assert (visitor.path, visitor.h1) == (path(act), "Phản hồi về kết quả bị hủy")
    visitor.submit("Gửi phản hồi", text="Tôi tự làm.\r\nCon tôi chỉ ngồi cạnh.")
    assert (visitor.path, visitor.status) == (path(act), 200)
    assert "Ban Tổ chức đã nhận phản hồi của bạn" in visitor.text
    with app.app_context():
        kept = db.session.scalars(select(Invalidation)).one()
        assert kept.reply == "Tôi tự làm.\nCon tôi chỉ ngồi cạnh."
    assert "Xem lại phản hồi" in visitor.visit("/toi").text


def test_lifted_nothing_is_told_any_more(act: Invalidation, visitor: Visitor, app: Flask, contest: Catalogue) -> None:
    with app.app_context():
        restore(invalidation_id=act.id, reason="nhầm", actor_id=None, catalogue=contest, now=NOW)
        db.session.commit()
    assert "không được tính" not in visitor.visit("/toi").text
    assert visitor.visit(path(act)).status == 404


@pytest.mark.parametrize(
    ("text", "message"), [("   ", "Viết điều bạn muốn Ban Tổ chức biết."), ("a" * 1001, "nhiều nhất 1.000 ký tự")]
)
def test_what_cannot_be_kept_comes_back(act: Invalidation, visitor: Visitor, text: str, message: str) -> None:
    visitor.visit(path(act)).submit("Gửi phản hồi", text=text)
    refused(visitor, "text", message)
    assert text.strip() in visitor.page.select_one("textarea").get_text()  # type: ignore[union-attr]


def test_another_person_s_is_not_found(act: Invalidation, other: Visitor) -> None:
    assert other.visit(path(act)).status == 404
    assert other.client.post(path(act), data={"csrf_token": other.csrf(), "text": "x"}).status_code == 404


def test_not_signed_in(act: Invalidation, app: Flask) -> None:
    asked_and_back(app, path(act))


def test_an_organiser_has_no_business_here(act: Invalidation, organiser: Visitor) -> None:
    sent_to_the_desk(organiser, path(act))


def test_only_our_own_form_counts(act: Invalidation, visitor: Visitor) -> None:
    only_own_forms(visitor, path(act), {"text": "x"})


def test_wrong_method(act: Invalidation, visitor: Visitor) -> None:
    assert visitor.client.delete(path(act)).status_code == 405
