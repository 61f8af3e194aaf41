"""An officer registers somebody at the kiosk."""

import re
from datetime import UTC, datetime, timedelta

from flask import Flask
from sqlalchemy import func, select

from app.extensions import db
from app.models import Account, AuditRecord, Channel, Consent, Entry, Purpose, Role, Session
from app.services.catalogue import Catalogue
from tests.rooms.kiosk.conftest import Come
from tests.support.asking import look, refused
from tests.support.kiosks import register_many
from tests.support.people import citizen_number, make_staff, registration, sign_in_staff
from tests.support.visitor import Fields, Visitor

PRESS = "Đăng ký và hiện phiếu"
PASSWORD_SHAPE = re.compile(r"\b[a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4}\b")
CODE_SHAPE = re.compile(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}\b")


def _fields(number: str, **changes: str | None) -> Fields:
    fields: Fields = registration(citizen_id=number, consent_boards=None, **changes)
    return {name: value for name, value in fields.items() if name not in ("password", "unit")}


def _entry(app: Flask) -> Entry:
    return look(app, lambda: db.session.scalars(select(Entry)).one())


def test_registered_with_a_spoken_consent(app: Flask, officer: Visitor, contest: Catalogue, kiosk_id: int) -> None:
    assert (officer.path, officer.h1) == ("/kiosk/dang-ky-ho", "Đăng ký giúp người khác")
    officer.submit(PRESS, **_fields(citizen_number()))
    assert (officer.status, officer.h1) == (200, "Đã đăng ký xong")
    assert officer.response.headers["Cache-Control"] == "no-store"
    entry = _entry(app)
    staff = look(app, lambda: db.session.scalars(select(Account).where(Account.role == Role.OFFICER)).one())
    assert (entry.assisted_by, entry.kiosk_id, entry.on_boards) == (staff.id, kiosk_id, False)
    consents = look(app, lambda: list(db.session.scalars(select(Consent))))
    assert [(c.purpose, c.channel, c.recorded_by) for c in consents] == [(Purpose.CONTEST, Channel.KIOSK, staff.id)]
    line = look(
        app, lambda: db.session.scalars(select(AuditRecord).where(AuditRecord.action == "kiosk.register")).one()
    )
    assert (line.actor_id, line.subject, line.reason) == (staff.id, f"account:{entry.account_id}", f"kiosk {kiosk_id}")


def test_the_slip_opens_the_account(app: Flask, officer: Visitor) -> None:
    officer.submit(PRESS, **_fields(citizen_number()))
    (password,) = PASSWORD_SHAPE.findall(officer.text)
    (code,) = CODE_SHAPE.findall(officer.text)
    phone = Visitor(app).visit("/dang-nhap").submit("Đăng nhập", identifier="0900000001", password=password)
    assert phone.path == "/toi"
    phone = Visitor(app).visit("/quen-mat-khau")
    phone.submit("Đặt mật khẩu mới", identifier="0900000001", code=code, new="một câu thật riêng của tôi")
    assert phone.status == 200, phone.text
    assert officer.visit("/kiosk/dang-ky-ho").status == 200  # the officer is still there, the slip is not
    assert not PASSWORD_SHAPE.findall(officer.text)


def test_a_scan_fills_the_form(officer: Visitor) -> None:
    number = citizen_number()
    officer.submit("Đọc thẻ", card=f"{number}||TRẦN VĂN MẪU|01012000|Nam|x|01012022")
    assert (officer.value("citizen_id"), officer.value("full_name")) == (number, "Trần Văn Mẫu")
    assert officer.form_with(PRESS)["action"] == "/kiosk/dang-ky-ho"


def test_without_a_consent_nobody_is_registered(app: Flask, officer: Visitor) -> None:
    officer.submit(PRESS, **_fields(citizen_number(), consent_contest=None))
    refused(officer, "consent_contest", "Bạn cần đánh dấu ô đồng ý này")
    assert officer.value("full_name") == "Nguyễn Thị Hồng Ánh"
    assert look(app, lambda: db.session.scalar(select(func.count()).select_from(Entry))) == 0


def test_a_number_that_is_taken(officer: Visitor) -> None:
    fields = _fields(citizen_number())
    officer.submit(PRESS, **fields).click("Đăng ký người tiếp theo").submit(PRESS, **fields)
    refused(officer, "citizen_id", "Số căn cước này đã được đăng ký")


def test_the_day_is_full(app: Flask, officer: Visitor, contest: Catalogue, kiosk_id: int) -> None:
    register_many(app, contest, kiosk_id, 80, ago=timedelta())
    officer.submit(PRESS, **_fields(citizen_number(), phone="0900 000 077"))
    assert officer.status == 422
    assert "Hôm nay máy này đã đăng ký 80 người" in officer.text
    assert officer.value("phone") == "0900 000 077"
    assert look(app, lambda: db.session.scalar(select(func.count()).select_from(Entry))) == 80
    assert "tạm dừng" in officer.visit("/kiosk/dang-ky-ho").text


def test_the_desk_stays_shut_on_a_kiosk(officer: Visitor) -> None:
    for path in ("/can-bo", "/can-bo/thi-sinh", "/can-bo/kiosk"):
        assert officer.visit(path).path == "/kiosk/dang-ky-ho"
    assert officer.visit("/kiosk").page.select_one(".three a")["href"] == "/kiosk/dang-ky-ho"  # type: ignore[index]


def test_an_organiser_finds_no_desk_either(app: Flask, come: Come) -> None:
    with app.app_context():
        account = make_staff(now=datetime.now(UTC))
    kiosk = come(account)
    assert kiosk.path == "/kiosk"
    assert "Bàn làm việc không mở trên máy dùng chung" in kiosk.text
    assert kiosk.visit("/kiosk/dang-ky-ho").status == 404


def test_an_officer_of_another_unit(app: Flask, come: Come) -> None:
    with app.app_context():
        account = make_staff(Role.OFFICER, now=datetime.now(UTC), units=(1,))
    assert come(account).status == 404


def test_a_contestant_and_a_stranger(come: Come, entry: Entry, kiosk: Visitor) -> None:
    assert kiosk.visit("/kiosk/dang-ky-ho").path == "/dang-nhap"
    assert come(entry.account).visit("/kiosk/dang-ky-ho").status == 404


def test_not_at_the_desk(app: Flask) -> None:
    """Only at a kiosk: elsewhere nobody spoke."""
    desk = Visitor(app)
    sign_in_staff(desk, app, Role.OFFICER)
    assert desk.visit("/kiosk/dang-ky-ho").status == 404
    assert desk.post("/kiosk/dang-ky-ho", {"csrf_token": desk.csrf()}).status == 404


def test_the_session_there_is_separate_and_short(app: Flask, officer: Visitor, kiosk_id: int) -> None:
    session = look(app, lambda: db.session.scalars(select(Session)).one())
    assert (session.kiosk_id, session.device) == (kiosk_id, "Kiosk")
    assert session.expires_at - session.created_at == timedelta(hours=4)
