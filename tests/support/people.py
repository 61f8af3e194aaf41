"""Invented people for tests: names that are clearly examples, numbers that cannot be issued (province code 000)."""

import itertools
import random
from datetime import datetime

from flask import Flask

from app.extensions import db
from app.models import Account, Attempt, Channel, Entry, Purpose, Role
from app.rules.answers import pack
from app.rules.paper import read_paper
from app.services.catalogue import Catalogue
from app.services.exam_save import Sheet
from app.services.exam_start import start_attempt
from app.services.exam_submit import submit_attempt
from app.services.register import NewContestant, register
from app.services.staff import add_staff
from app.services.study import finish_lesson
from app.web.portal import portal
from tests.support.visitor import Visitor

PASSWORD = "hoa phượng tháng năm"
_serial = itertools.count(1)


def citizen_number() -> str:
    """Twelve digits that no office issues; a new one each call."""
    return f"000{next(_serial):09d}"


def registration(**changes: str | None) -> dict[str, str | None]:
    """Fields of the registration form as a person fills them in."""
    fields: dict[str, str | None] = {
        "full_name": "Nguyễn Thị Hồng Ánh",
        "phone": "0900 000 001",
        "citizen_id": citizen_number(),
        "unit": None,
        "password": PASSWORD,
        "consent_contest": "y",
        "consent_boards": "y",
    }
    return fields | changes


def register_by_form(visitor: Visitor, contest: Catalogue, **changes: str | None) -> dict[str, str | None]:
    """Register through the real form; returns what was typed."""
    fields = registration(**({"unit": contest.units[0].code} | changes))
    visitor.visit("/dang-ky").submit("Đăng ký", **fields)
    return fields


def make_contestant(
    contest: Catalogue, *, now: datetime, name: str = "Trần Văn Mẫu", unit: int = 0, on_boards: bool = True
) -> Entry:
    """A contestant straight through the deed; needs an application context. Commits."""
    consents = {Purpose.CONTEST} | ({Purpose.BOARDS} if on_boards else set())
    keys = portal().keyring
    assert keys is not None
    account = register(
        person=NewContestant(
            name, "+84900000002", citizen_number(), contest.units[unit], PASSWORD, frozenset(consents)
        ),
        catalogue=contest,
        keyring=keys,
        passwords=portal().passwords,
        channel=Channel.SELF,
        now=now,
    )
    db.session.commit()
    return account.entries[0]


def make_staff(role: Role = Role.ORGANISER, *, now: datetime, phone: str = "+84900000009") -> Account:
    """A staff account with PASSWORD. Commits."""
    account = add_staff(
        full_name="Lê Thị Tổ Chức", phone=phone, role=role, password=PASSWORD, passwords=portal().passwords, now=now
    )
    db.session.commit()
    return account


def learn_all(entry: Entry, contest: Catalogue, *, now: datetime) -> None:
    """Finish every lesson. Commits."""
    for lesson_id in contest.lesson_ids:
        finish_lesson(entry_id=entry.id, lesson_id=lesson_id, now=now)
    db.session.commit()


def begin(entry: Entry, contest: Catalogue, *, now: datetime, seed: int = 1) -> Attempt:
    """An open attempt of a contestant who has learnt everything. Commits."""
    attempt = start_attempt(
        entry_id=entry.id, account_id=entry.account_id, catalogue=contest, now=now, rng=random.Random(seed)
    )
    db.session.commit()
    return attempt


def right_answers(attempt: Attempt, contest: Catalogue, *, wrong: int = 0) -> str:
    """The answers text of a paper with all but the first `wrong` questions right."""
    choices = []
    for place, question in enumerate(read_paper(attempt.paper)):
        right = contest.versions[question.version_id].right
        shown = {question.order.index(original) for original in right}
        every = set(range(len(question.order)))
        choices.append(shown if place >= wrong else every - shown if len(shown) == 1 else set())
    return pack(choices)


def sit(
    entry: Entry, contest: Catalogue, *, started: datetime, ended: datetime, wrong: int = 0, seed: int = 1
) -> Attempt:
    """One whole attempt of a contestant who has learnt everything. Commits."""
    attempt = begin(entry, contest, now=started, seed=seed)
    sheet = Sheet(right_answers(attempt, contest, wrong=wrong), "trang", 1, attempt.revision)
    attempt = submit_attempt(
        account_id=entry.account_id, attempt_id=attempt.id, sheet=sheet, catalogue=contest, now=ended
    )
    db.session.commit()
    return attempt


def sign_in(visitor: Visitor, app: Flask, account: Account) -> None:
    """Sign in by the citizen number or phone of an account made here."""
    with app.app_context():
        keys = portal().keyring
        assert keys is not None
        found = db.session.get_one(Account, account.id)
        identifier = (
            keys.unseal(found.citizen_cipher, found.citizen_index)
            if found.citizen_cipher and found.citizen_index
            else found.phone
        )
    visitor.visit("/dang-nhap").submit("Đăng nhập", identifier=identifier, password=PASSWORD)
