"""Registering somebody under 16: a guardian agrees, and decides about what all may see."""

from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import select

from app.extensions import db
from app.models import Account, Channel, Consent, Entry, Purpose
from app.services.catalogue import Catalogue
from tests.support.asking import count, look, one, refused, summary, words
from tests.support.people import PASSWORD, registration
from tests.support.visitor import Visitor

YEAR = datetime.now(UTC).year
GUARDIAN = {"guardian_name": "Trần Thị Lớn", "guardian_phone": "0900 000 003", "guardian_consent": "y"}
FIELDS = ("guardian_name", "guardian_phone", "guardian_consent", "guardian_public")


def fill_in(visitor: Visitor, contest: Catalogue, age: int, **changes: str | None) -> Visitor:
    """Somebody who is or gets this old this year."""
    born = YEAR - age
    number = f"031{2 * (born // 100 - 19)}{born % 100:02d}000017"
    fields = registration(unit=contest.units[0].code, citizen_id=number, full_name="Trần Văn Nhỏ", **changes)
    return visitor.visit("/dang-ky").submit("Đăng ký", **fields)


def entry(app: Flask) -> tuple[Entry, dict[Purpose, Consent]]:
    """The only one, with its consents."""

    def read() -> tuple[Entry, dict[Purpose, Consent]]:
        found = db.session.scalars(select(Entry)).one()
        return found, {row.purpose: row for row in db.session.scalars(select(Consent))}

    return look(app, read)


def test_the_form_comes_back_with_the_guardian_s_part(visitor: Visitor, app: Flask, contest: Catalogue) -> None:
    fill_in(visitor, contest, 10)
    refused(visitor, "guardian_name", "nhờ cha, mẹ hoặc người giám hộ điền và đồng ý ở phần này.")
    assert list(summary(visitor)) == ["#guardian_name"]
    assert not visitor.page.select("[name=of_age]")
    for box in ("guardian_consent", "guardian_public"):
        assert not one(visitor, f"#{box}").has_attr("checked")
    assert visitor.value("full_name") == "Trần Văn Nhỏ"
    assert count(app, Account) == [0]


@pytest.mark.parametrize("public", ["y", None])
@pytest.mark.parametrize("boards", ["y", None])
def test_the_name_is_shown_when_both_agree(
    visitor: Visitor, app: Flask, contest: Catalogue, public: str | None, boards: str | None
) -> None:
    fill_in(visitor, contest, 10, consent_boards=boards)
    visitor.submit("Đăng ký", password=PASSWORD, guardian_public=public, **GUARDIAN)
    assert visitor.path == "/toi/ma-khoi-phuc"
    made, consents = entry(app)
    assert (made.guardian_name, made.guardian_phone) == ("Trần Thị Lớn", "+84900000003")
    assert made.on_boards is (public is not None and boards is not None)
    assert (Purpose.GUARDIAN_PUBLIC in consents) is (public is not None)
    assert (Purpose.BOARDS in consents) is (boards is not None)
    given = consents[Purpose.GUARDIAN]
    assert (given.text_version, given.channel, given.withdrawn_at) == (contest.rules_version, Channel.SELF, None)


@pytest.mark.parametrize(
    "fault",
    [
        ("guardian_name", "", "Nhập họ và tên cha, mẹ hoặc người giám hộ"),
        ("guardian_name", "Mẹ 1", "Nhập họ và tên cha, mẹ hoặc người giám hộ"),
        ("guardian_phone", "", "Số điện thoại gồm 10 số"),
        ("guardian_phone", "113", "Số điện thoại gồm 10 số"),
        ("guardian_consent", None, "Cha, mẹ hoặc người giám hộ cần đánh dấu ô đồng ý này."),
    ],
)
def test_each_part_is_asked_for(
    visitor: Visitor, app: Flask, contest: Catalogue, fault: tuple[str, str | None, str]
) -> None:
    field, typed, message = fault
    fill_in(visitor, contest, 10).submit("Đăng ký", password=PASSWORD, **GUARDIAN | {field: typed})
    refused(visitor, field, message)
    assert list(summary(visitor)) == [f"#{field}"]
    for name, value in (GUARDIAN | {field: typed}).items():
        assert visitor.value(name) == value
    assert count(app, Account) == [0]


def test_in_the_year_of_the_sixteenth_birthday_it_is_asked(visitor: Visitor, app: Flask, contest: Catalogue) -> None:
    fill_in(visitor, contest, 16)
    refused(visitor, "of_age", "Cho biết bạn đã đủ 16 tuổi chưa.")
    assert list(summary(visitor)) == ["#of_age"]
    visitor.submit("Đăng ký", of_age="du", password=PASSWORD)
    assert visitor.path == "/toi/ma-khoi-phuc"
    made, consents = entry(app)
    assert (made.guardian_name, made.on_boards) == (None, True)
    assert set(consents) == {Purpose.CONTEST, Purpose.BOARDS}


def test_not_yet_sixteen_the_guardian_is_asked(visitor: Visitor, app: Flask, contest: Catalogue) -> None:
    fill_in(visitor, contest, 16).submit("Đăng ký", of_age="chua", password=PASSWORD)
    assert list(summary(visitor)) == ["#guardian_name", "#guardian_phone", "#guardian_consent"]
    assert visitor.value("of_age") == "chua"
    visitor.submit("Đăng ký", password=PASSWORD, **GUARDIAN)
    made, _ = entry(app)
    assert (made.guardian_name, made.on_boards) == ("Trần Thị Lớn", False)


@pytest.mark.parametrize("age", [17, 40])
def test_older_people_are_asked_nothing_and_may_not_be_made_minors(
    visitor: Visitor, app: Flask, contest: Catalogue, age: int
) -> None:
    number = f"0310{(YEAR - age) % 100:02d}000017" if age == 40 else f"0312{(YEAR - age) % 100:02d}000017"
    forged = GUARDIAN | {"guardian_public": "y", "of_age": "chua"}
    fields = registration(unit=contest.units[0].code, citizen_id=number) | forged | {"csrf_token": visitor.csrf()}
    assert visitor.client.post("/dang-ky", data=fields).status_code == 303
    made, consents = entry(app)
    assert (made.guardian_name, made.guardian_phone, made.on_boards) == (None, None, True)
    assert set(consents) == {Purpose.CONTEST, Purpose.BOARDS}


@pytest.mark.parametrize("answer", ["du", "co", ""])
def test_a_child_who_says_to_be_sixteen_is_still_a_child(
    visitor: Visitor, app: Flask, contest: Catalogue, answer: str
) -> None:
    fields = registration(unit=contest.units[0].code, citizen_id=f"0312{(YEAR - 12) % 100:02d}000017")
    fields |= {"of_age": answer, "csrf_token": visitor.csrf()}
    assert visitor.client.post("/dang-ky", data=fields).status_code == 422
    assert count(app, Account) == [0]


def test_the_child_reads_that_the_story_stays_private(visitor: Visitor, contest: Catalogue) -> None:
    fill_in(visitor, contest, 10).submit("Đăng ký", password=PASSWORD, **GUARDIAN)
    visitor.visit("/lan-toa/gui")
    assert "người giám hộ chưa đồng ý đăng" in words(one(visitor, "#consent_story-hint"))
    visitor.submit("Gửi chia sẻ", kind="story", body="Em dạy bà gọi điện có hình nhé.", consent_story="y")
    assert visitor.visit("/lan-toa/gui").value("consent_story") == "y"
