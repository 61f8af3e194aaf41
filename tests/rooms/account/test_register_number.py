"""Registering with a number that looks odd: asked once to look again, never refused."""

from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import select

from app.extensions import db
from app.models import Account
from app.services.catalogue import Catalogue
from tests.rooms.conftest import NAME, SetRules
from tests.support.asking import count, look, one, refused, summary, words
from tests.support.numbers import unsealed
from tests.support.people import PASSWORD, registration
from tests.support.visitor import Visitor

YEAR = datetime.now(UTC).year
ODD = "000085000017"


def fill_in(visitor: Visitor, contest: Catalogue, number: str, **changes: str | None) -> Visitor:
    """As somebody who comes for the first time."""
    fields = registration(unit=contest.units[0].code, citizen_id=number, **changes) | {"citizen_checked": ""}
    return visitor.visit("/dang-ky").submit("Đăng ký", **fields)


def kept(app: Flask) -> str:
    """The number of the only account."""

    return look(app, lambda: unsealed(db.session.scalars(select(Account)).one()))


@pytest.mark.parametrize(
    "odd",
    [
        (ODD, "000 0 85 000017", "ba số đầu không phải mã tỉnh, thành phố"),
        ("031885000017", "031 8 85 000017", "số thứ tư thường là 0, 1, 2 hoặc 3"),
        ("031005000017", "031 0 05 000017", "năm sinh theo số này là 1905"),
        ("031299000017", "031 2 99 000017", "năm sinh theo số này là 2099"),
    ],
)
def test_it_says_what_looks_odd_and_keeps_what_was_typed(
    visitor: Visitor, app: Flask, contest: Catalogue, odd: tuple[str, str, str]
) -> None:
    number, grouped, why = odd
    fill_in(visitor, contest, f"{number[:6]} {number[6:]}")
    refused(visitor, "citizen_id", f"Hãy so số {grouped} với thẻ: {why}.")
    assert words(one(visitor, "label[for=citizen_checked]")) == f"Số {grouped} đúng như trên thẻ căn cước"
    assert not one(visitor, "#citizen_checked").has_attr("checked")
    assert visitor.value("citizen_id") == f"{number[:6]} {number[6:]}"
    assert (visitor.value("full_name"), visitor.value("unit")) == (NAME, contest.units[0].code)
    assert visitor.value("consent_boards") == "y"
    assert visitor.value("password") == ""
    assert count(app, Account) == [0]


def test_said_to_be_right_it_is_taken(visitor: Visitor, app: Flask, contest: Catalogue) -> None:
    fill_in(visitor, contest, ODD).submit("Đăng ký", citizen_checked=ODD, password=PASSWORD)
    assert visitor.path == "/toi/ma-khoi-phuc"
    assert kept(app) == ODD


def test_corrected_it_is_taken_without_another_question(visitor: Visitor, app: Flask, contest: Catalogue) -> None:
    fill_in(visitor, contest, ODD).submit("Đăng ký", citizen_id="031085000017", password=PASSWORD)
    assert kept(app) == "031085000017"


def test_sent_again_without_the_box_it_is_asked_again(visitor: Visitor, app: Flask, contest: Catalogue) -> None:
    fill_in(visitor, contest, ODD).submit("Đăng ký", password=PASSWORD)
    refused(visitor, "citizen_id", "Hãy so số")
    assert count(app, Account) == [0]


@pytest.mark.parametrize("forged", ["y", "1", "000085000018", "on"])
def test_the_box_is_good_for_its_own_number_only(visitor: Visitor, app: Flask, contest: Catalogue, forged: str) -> None:
    fill_in(visitor, contest, ODD).submit("Đăng ký", citizen_checked=forged, password=PASSWORD)
    refused(visitor, "citizen_id", "Hãy so số")
    assert not one(visitor, "#citizen_checked").has_attr("checked")
    assert count(app, Account) == [0]


def test_it_stays_ticked_while_something_else_is_mended(visitor: Visitor, app: Flask, contest: Catalogue) -> None:
    fill_in(visitor, contest, ODD, phone="12")
    assert list(summary(visitor)) == ["#phone", "#citizen_id"]
    visitor.submit("Đăng ký", citizen_checked=ODD, password=PASSWORD)
    assert list(summary(visitor)) == ["#phone"]
    assert one(visitor, "#citizen_checked").has_attr("checked")
    visitor.submit("Đăng ký", phone="0900 000 001", password=PASSWORD)
    assert kept(app) == ODD


@pytest.mark.parametrize("number", ["031085000017", "030301000017", f"0012{(YEAR - 17) % 100:02d}000017"])
def test_an_ordinary_number_is_asked_nothing(visitor: Visitor, app: Flask, contest: Catalogue, number: str) -> None:
    fill_in(visitor, contest, number)
    assert visitor.path == "/toi/ma-khoi-phuc"
    assert kept(app) == number


def test_a_client_that_sends_the_fixed_names_alone_registers(visitor: Visitor, app: Flask, contest: Catalogue) -> None:
    """It could not answer a question that its form does not know."""
    fields = registration(unit=contest.units[0].code, citizen_id=ODD) | {"csrf_token": visitor.csrf()}
    del fields["citizen_checked"]
    assert visitor.client.post("/dang-ky", data=fields).status_code == 303
    assert visitor.visit("/toi").h1 == f"Chào {NAME}"


def born(year: int) -> str:
    """A number of somebody born then."""
    return f"031{2 * (year // 100 - 19)}{year % 100:02d}000017"


def test_who_is_surely_too_young_is_told_kindly(
    visitor: Visitor, app: Flask, contest: Catalogue, set_rules: SetRules
) -> None:
    set_rules(registration={"min_age": 18})
    fill_in(visitor, contest, born(YEAR - 17))
    refused(visitor, "citizen_id", "Cuộc thi này dành cho người từ 18 tuổi. Hẹn gặp bạn khi đủ tuổi nhé.")
    assert count(app, Account) == [0]


@pytest.mark.parametrize("age", [18, 19])
def test_who_may_be_old_enough_takes_part(visitor: Visitor, contest: Catalogue, set_rules: SetRules, age: int) -> None:
    set_rules(registration={"min_age": 18})
    assert fill_in(visitor, contest, born(YEAR - age)).path == "/toi/ma-khoi-phuc"


def test_no_number_gets_into_an_address_or_a_cookie(visitor: Visitor, contest: Catalogue) -> None:
    fill_in(visitor, contest, ODD).submit("Đăng ký", citizen_checked=ODD, password=PASSWORD)
    history = [*visitor.response.history, visitor.response]
    assert all(ODD not in f"{answer.request.url} {answer.headers}" for answer in history)
