"""Somebody with an account from an earlier contest enters this one."""

from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import select

from app.extensions import db
from app.models import Account, Consent, Entry, Purpose
from app.services.catalogue import Catalogue
from tests.rooms.account.conftest import Return
from tests.rooms.conftest import NAME, SetRules
from tests.support.asking import (
    asked_and_back,
    count,
    hops,
    look,
    one,
    only_own_forms,
    refused,
    sent_to_the_desk,
    summary,
    words,
)
from tests.support.people import make_contestant
from tests.support.visitor import Visitor

PATH, PRESS, UNIT = "/toi/du-thi", "Dự thi", "11329"
YEAR = datetime.now(UTC).year
GUARDIAN = {"guardian_name": "Trần Thị Lớn", "guardian_phone": "0900 000 003", "guardian_consent": "y"}


def of_age(age: int) -> str:
    """The number of somebody who is or gets this old this year."""
    born = YEAR - age
    return f"031{2 * (born // 100 - 19)}{born % 100:02d}000017"


def made(app: Flask, contest: Catalogue) -> tuple[Entry, dict[Purpose, Consent]]:
    """The one entry of this contest, with its consents."""

    def read() -> tuple[Entry, dict[Purpose, Consent]]:
        entry = db.session.scalars(select(Entry).where(Entry.contest_id == contest.contest_id)).one()
        given = db.session.scalars(select(Consent).where(Consent.entry_id == entry.id))
        return entry, {row.purpose: row for row in given}

    return look(app, read)


def test_signing_in_and_every_page_of_the_contest_lead_here(back: Return, visitor: Visitor) -> None:
    back()
    assert visitor.path == PATH
    assert visitor.h1 == "Dự thi"
    for path in ("/toi", "/dang-ky", "/thi", "/toi/don-vi", "/lan-toa/gui", "/chung-nhan", "/bang-xep-hang/cua-toi"):
        assert visitor.visit(path).path == PATH, path


def test_who_i_am_is_known_and_nothing_is_agreed_to(back: Return, visitor: Visitor, contest: Catalogue) -> None:
    entry = back()
    facts = {words(one(row, "dt")): words(one(row, "dd")) for row in visitor.page.select("dl.facts > div")}
    masked = f"•••• •••• {entry.account.citizen_last_four}"
    assert facts == {"Họ và tên": NAME, "Số căn cước": masked, "Số điện thoại": "0900 000 002"}
    assert visitor.value("unit") == contest.units[0].code
    boxes = {str(box["name"]): box.has_attr("checked") for box in visitor.page.select("main [type=checkbox]")}
    assert boxes == {"consent_contest": False, "consent_boards": False, "consent_contact": False}
    assert not visitor.page.select("[name=full_name], [name=citizen_id], [name=password], [name=citizen_checked]")


def test_entered(back: Return, visitor: Visitor, app: Flask, contest: Catalogue) -> None:
    before = back()
    visitor.submit(PRESS, consent_contest="y")
    assert (visitor.path, visitor.h1, hops(visitor)) == ("/toi", f"Chào {NAME}", [303])
    entry, consents = made(app, contest)
    assert (entry.account_id, entry.unit_id, entry.on_boards) == (before.account_id, contest.units[0].id, False)
    assert entry.accepted_rules == contest.rules_version
    assert {each: row.text_version for each, row in consents.items()} == {Purpose.CONTEST: contest.rules_version}
    assert count(app, Account, Entry) == [1, 2]
    assert visitor.visit("/thi").path == "/thi"
    assert visitor.visit(PATH).path == "/toi"


def test_with_another_ward_a_group_and_a_name_on_the_boards(
    back: Return, visitor: Visitor, app: Flask, contest: Catalogue
) -> None:
    back()
    visitor.visit(f"{PATH}?unit={UNIT}")
    group = next(each for each in contest.groups if each.full_name == "Thôn Đông")
    visitor.submit(PRESS, group=str(group.id), consent_contest="y", consent_boards="y", consent_contact="y")
    entry, consents = made(app, contest)
    assert (contest.units_by_id[entry.unit_id].code, entry.group_id, entry.on_boards) == (UNIT, group.id, True)
    assert set(consents) == {Purpose.CONTEST, Purpose.BOARDS, Purpose.CONTACT}


def test_by_a_join_code(back: Return, visitor: Visitor, app: Flask, contest: Catalogue) -> None:
    back()
    visitor.submit(PRESS, unit=UNIT, join_code="nq01", consent_contest="y")
    entry, _ = made(app, contest)
    assert entry.group_id == contest.groups_by_join_code["NQ01"].id


def test_a_ward_that_is_no_more_is_asked_for(back: Return, visitor: Visitor, app: Flask) -> None:
    back(unit="99999")
    assert visitor.value("unit") == ""
    visitor.submit(PRESS, consent_contest="y", consent_boards="y")
    refused(visitor, "unit", "Chọn phường, xã hoặc đặc khu nơi bạn ở.")
    assert [visitor.value(box) for box in ("consent_contest", "consent_boards")] == ["y", "y"]
    assert count(app, Entry) == [1]


def test_without_the_consent_nobody_takes_part(back: Return, visitor: Visitor, app: Flask) -> None:
    back()
    visitor.submit(PRESS, unit=UNIT, join_code="nq01", consent_boards="y")
    refused(visitor, "consent_contest", "Bạn cần đánh dấu ô đồng ý này thì mới dự thi được.")
    assert list(summary(visitor)) == ["#consent_contest"]
    kept = {"unit": UNIT, "join_code": "nq01", "consent_boards": "y"}
    assert {name: visitor.value(name) for name in kept} == kept
    assert NAME in visitor.text
    assert count(app, Entry) == [1]


def test_a_child_s_guardian_answers_again(back: Return, visitor: Visitor, app: Flask, contest: Catalogue) -> None:
    def guarded(entry: Entry) -> None:
        entry.guardian_name, entry.guardian_phone = "Trần Thị Lớn", "+84900000003"

    back(number=of_age(10), changed=guarded)
    assert {name: visitor.value(name) for name in ("guardian_name", "guardian_phone")} == {
        "guardian_name": "Trần Thị Lớn",
        "guardian_phone": "0900 000 003",
    }
    assert not visitor.page.select("[name=of_age]")
    visitor.submit(PRESS, consent_contest="y", consent_boards="y")
    refused(visitor, "guardian_consent", "Cha, mẹ hoặc người giám hộ cần đánh dấu ô đồng ý này.")
    visitor.submit(PRESS, guardian_consent="y")
    entry, consents = made(app, contest)
    assert (entry.guardian_name, entry.guardian_phone, entry.on_boards) == ("Trần Thị Lớn", "+84900000003", False)
    assert set(consents) == {Purpose.CONTEST, Purpose.BOARDS, Purpose.GUARDIAN}


def test_who_was_a_child_then_and_is_none_now(back: Return, visitor: Visitor, app: Flask, contest: Catalogue) -> None:
    back(number=of_age(17))
    assert not visitor.page.select("[name=guardian_name], [name=of_age]")
    forged = GUARDIAN | {"of_age": "chua", "consent_contest": "y", "unit": UNIT}
    visitor.post(PATH, forged | {"csrf_token": visitor.csrf()})
    entry, consents = made(app, contest)
    assert (entry.guardian_name, set(consents)) == (None, {Purpose.CONTEST})


def _take_number(entry: Entry) -> None:
    entry.account.citizen_index = entry.account.citizen_cipher = entry.account.citizen_last_four = None


@pytest.mark.parametrize("who", ["sixteen", "without a number"])
def test_who_alone_can_tell_is_asked(back: Return, visitor: Visitor, app: Flask, contest: Catalogue, who: str) -> None:
    back(**{"number": of_age(16)} if who == "sixteen" else {"changed": _take_number})
    visitor.visit(PATH).submit(PRESS, consent_contest="y")
    refused(visitor, "of_age", "Cho biết bạn đã đủ 16 tuổi chưa.")
    visitor.submit(PRESS, of_age="chua")
    assert list(summary(visitor)) == ["#guardian_name", "#guardian_phone", "#guardian_consent"]
    visitor.submit(PRESS, of_age="du")
    assert visitor.path == "/toi"
    assert set(made(app, contest)[1]) == {Purpose.CONTEST}


def test_too_young_for_this_contest(back: Return, visitor: Visitor, app: Flask, set_rules: SetRules) -> None:
    set_rules(registration={"min_age": 14})
    back(number=of_age(10))
    assert "Cuộc thi này dành cho người từ 14 tuổi." in visitor.text
    assert not visitor.page.select(f"form[action='{PATH}']")
    visitor.post(PATH, GUARDIAN | {"unit": UNIT, "consent_contest": "y", "csrf_token": visitor.csrf()})
    assert (visitor.status, count(app, Entry)) == (422, [1])
    assert "Cuộc thi này dành cho người từ 14 tuổi." in visitor.text


def test_pressed_twice_it_is_one_entry(back: Return, visitor: Visitor, app: Flask, contest: Catalogue) -> None:
    back()
    data = {"unit": UNIT, "consent_contest": "y", "csrf_token": visitor.csrf()}
    assert visitor.post(PATH, data).path == "/toi"
    assert visitor.post(PATH, data | {"unit": contest.units[0].code}).path == "/toi"
    assert hops(visitor) == [303]
    assert contest.units_by_id[made(app, contest)[0].unit_id].code == UNIT


def test_what_the_account_knows_cannot_be_sent(back: Return, visitor: Visitor, app: Flask) -> None:
    entry = back()
    forged = {"full_name": "Trần Văn Khác", "phone": "0900 000 077", "citizen_id": of_age(40), "password": "x" * 12}
    visitor.post(PATH, forged | {"unit": UNIT, "consent_contest": "y", "csrf_token": visitor.csrf()})
    account = look(app, lambda: db.session.get_one(Account, entry.account_id))
    assert (visitor.path, account.full_name, account.phone) == ("/toi", NAME, "+84900000002")
    assert account.citizen_index == entry.account.citizen_index
    assert account.password_hash == entry.account.password_hash


def test_with_htmx_the_groups_come_with_the_unit(back: Return, visitor: Visitor) -> None:
    back()
    assert one(visitor, "#noi-o")["hx-get"] == PATH
    answer = visitor.client.get(PATH, query_string={"unit": UNIT}, headers={"HX-Request": "true"})
    assert "Tổ dân phố số 1" in answer.text
    assert "<html" not in answer.text


def test_a_part_of_a_page_is_not_filled_with_this_one(back: Return, visitor: Visitor) -> None:
    back()
    answer = visitor.client.get("/thi", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.data, answer.headers["HX-Redirect"]) == (200, b"", PATH)


def test_looking_enters_nobody(back: Return, visitor: Visitor, app: Flask) -> None:
    back()
    visitor.visit(PATH)
    assert count(app, Entry) == [1]


def test_doors(app: Flask, contest: Catalogue, back: Return, visitor: Visitor) -> None:
    back()
    only_own_forms(visitor, PATH, {"unit": UNIT, "consent_contest": "y"})
    assert visitor.client.put(PATH).status_code == 405
    asked_and_back(app, PATH)
    assert count(app, Entry) == [1]


def test_a_stranger_enters_nobody(app: Flask, contest: Catalogue, visitor: Visitor) -> None:
    with app.app_context():
        make_contestant(contest, now=datetime.now(UTC))
    visitor.post(PATH, {"unit": UNIT, "consent_contest": "y", "csrf_token": visitor.csrf()})
    assert (visitor.path, count(app, Entry)) == ("/dang-nhap", [1])


def test_staff_take_no_part(organiser: Visitor, app: Flask) -> None:
    sent_to_the_desk(organiser, PATH)
    answer = organiser.client.post(PATH, data={"unit": UNIT, "consent_contest": "y", "csrf_token": organiser.csrf()})
    assert (answer.status_code, answer.headers["Location"], count(app, Entry)) == (303, "/quan-tri", [0])
