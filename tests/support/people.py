"""Invented people for tests: names that are clearly examples, numbers that cannot be issued (province code 000)."""

import itertools
import random
from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pyotp
from flask import Flask

from app.extensions import db, upsert
from app.models import Account, Attempt, Channel, Entry, LessonRead, Purpose, Role, Session
from app.rules.answers import pack
from app.rules.names import fold, name_sort_key
from app.rules.paper import read_paper
from app.services.catalogue import Catalogue
from app.services.enter_contest import Guardian, NewEntry
from app.services.exam_save import Sheet
from app.services.exam_start import start_attempt
from app.services.exam_submit import submit_attempt
from app.services.holder import Holder
from app.services.keyring import Keyring
from app.services.register import NewContestant, register
from app.services.sign_in import token_hash
from app.services.staff import add_staff
from app.web.portal import keyring, portal
from tests.support.numbers import unsealed
from tests.support.visitor import Visitor

PASSWORD = "hoa phượng tháng năm"
SECOND_FACTOR = "/dang-nhap/xac-thuc"
_serial = itertools.count(1)


def citizen_number() -> str:
    """Twelve digits that no office issues; a new one each call."""
    return f"000{next(_serial):09d}"


def registration(**changes: str | None) -> dict[str, str | None]:
    """Fields of the registration form as a person fills them in, who was asked before to look at the number again."""
    fields: dict[str, str | None] = {
        "full_name": "Nguyễn Thị Hồng Ánh",
        "phone": "0900 000 001",
        "citizen_id": citizen_number(),
        "unit": None,
        "password": PASSWORD,
        "consent_contest": "y",
        "consent_boards": "y",
    }
    fields |= changes
    number = "".join(char for char in fields["citizen_id"] or "" if char.isdigit())
    return {"citizen_checked": number} | fields


def register_by_form(visitor: Visitor, contest: Catalogue, **changes: str | None) -> dict[str, str | None]:
    """Register through the real form, and on to my page; returns what was typed."""
    fields = registration(**({"unit": contest.units[0].code} | changes))
    visitor.visit("/dang-ky").submit("Đăng ký", **fields)
    if visitor.path == "/toi/ma-khoi-phuc":
        visitor.click("vào trang của tôi")
    return fields


def register_one(
    contest: Catalogue,
    *,
    now: datetime,
    name: str = "Trần Văn Mẫu",
    phone: str = "+84900000001",
    number: str | None = None,
    unit: int = 0,
    consents: Collection[Purpose] = (Purpose.CONTEST,),
    guardian: Guardian | None = None,
    channel: Channel = Channel.SELF,
    keys: Keyring | None = None,
    claims: bool = False,
) -> Entry:
    """Straight through the deed, with a new number if none is given; needs an application context. Flushes."""
    account = register(
        person=NewContestant(
            name,
            phone,
            number or citizen_number(),
            PASSWORD,
            NewEntry(contest.units[unit], consents, guardian=guardian),
        ),
        catalogue=contest,
        keyring=keys or keyring(),
        passwords=portal().passwords,
        channel=channel,
        now=now,
        claims=claims,
    )
    return account.entries[0]


def make_contestant(
    contest: Catalogue, *, now: datetime, name: str = "Trần Văn Mẫu", unit: int = 0, on_boards: bool = True
) -> Entry:
    """A contestant as most are. Commits."""
    consents = {Purpose.CONTEST} | ({Purpose.BOARDS} if on_boards else set())
    entry = register_one(contest, now=now, name=name, phone="+84900000002", unit=unit, consents=consents)
    db.session.commit()
    return entry


def bare_entry(contest_id: int, unit_id: int, *, now: datetime, name: str = "Nguyễn Thị Thử", **more: Any) -> Entry:
    """Rows alone, without a number and with a password that nobody has; `more` columns of the entry. To be added."""
    account = Account(
        full_name=name,
        name_search=fold(name),
        name_sort=name_sort_key(name),
        phone="+84900000003",
        password_hash="-",
        created_at=now,
    )
    values: dict[str, Any] = {"on_boards": False, "accepted_rules": "1", "registered_at": now} | more
    return Entry(account=account, contest_id=contest_id, unit_id=unit_id, **values)


def make_staff(
    role: Role = Role.ORGANISER, *, now: datetime, phone: str = "+84900000009", units: Collection[int] = (0,)
) -> Account:
    """A staff account with PASSWORD; an officer works for the units at these places of the list. Commits."""
    listed = portal().catalogues.get().units
    account = add_staff(
        full_name="Lê Thị Tổ Chức",
        phone=phone,
        role=role,
        password=PASSWORD,
        passwords=portal().passwords,
        now=now,
        unit_ids=[listed[place].id for place in units] if role is Role.OFFICER else (),
    )
    db.session.commit()
    return account


def learn_all(entry: Entry, contest: Catalogue, *, now: datetime) -> None:
    """Finish every lesson that is not yet finished. Commits."""
    read = [{"entry_id": entry.id, "lesson_id": lesson_id, "read_at": now} for lesson_id in contest.lesson_ids]
    db.session.execute(upsert(LessonRead).values(read).on_conflict_do_nothing())
    db.session.commit()


def begin(entry: Entry, contest: Catalogue, *, now: datetime, seed: int = 1) -> Attempt:
    """An open attempt of a contestant who has learnt everything. Commits."""
    attempt = start_attempt(
        entry_id=entry.id, account_id=entry.account_id, catalogue=contest, now=now, rng=random.Random(seed)
    )
    db.session.commit()
    return attempt


def holder_of(account_id: int, *, now: datetime) -> Holder:
    """The session by which this account saves, in force and used today; always the same one. Commits."""
    token, today = f"phiên-{account_id}", date(2025, 10, 10)
    if db.session.get(Session, token_hash(token)) is None:
        ends = now + timedelta(days=30)
        row = Session(
            token_hash=token_hash(token), account_id=account_id, created_at=now, expires_at=ends, seen_on=today
        )
        db.session.add(row)
    db.session.commit()
    return Holder(token, now, today)


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
    """Sign in by the citizen number or phone of an account made here; staff with their second factor as well."""
    with app.app_context():
        found = db.session.get_one(Account, account.id)
        identifier = unsealed(found) if found.citizen_index else found.phone
    visitor.visit("/dang-nhap").submit("Đăng nhập", identifier=identifier, password=PASSWORD)
    if visitor.path.startswith(SECOND_FACTOR):
        prove_second_factor(visitor, app, account)
    # In somebody else's application context a browser keeps the half-open session's token: sign in outside of one.
    assert not visitor.path.startswith(SECOND_FACTOR), visitor.text


def sign_in_staff(visitor: Visitor, app: Flask, role: Role = Role.ORGANISER, **values: Any) -> Account:
    """Somebody of the staff, new, in this browser; `values` as of make_staff."""
    with app.app_context():
        account = make_staff(role, now=datetime.now(UTC), **values)
    sign_in(visitor, app, account)
    return account


def prove_second_factor(visitor: Visitor, app: Flask, account: Account) -> None:
    """Set it up, or prove it by a code that no test before this one in the same half minute has used."""
    if visitor.path == f"{SECOND_FACTOR}/thiet-lap":
        visitor.submit("Xác nhận và vào", code=totp_code(shown_secret(visitor)))
        return
    with app.app_context():
        found = db.session.get_one(Account, account.id)
        assert found.totp_cipher is not None
        secret = keyring().unseal_text(found.totp_cipher, place=f"accounts.totp_cipher.{account.id}")
        found.totp_step = None
        db.session.commit()
    visitor.submit("Đăng nhập", code=totp_code(secret))


def shown_secret(visitor: Visitor) -> str:
    """The secret that the page of the setting up offers in groups of four."""
    (groups,) = visitor.page.select("main ol b")
    return groups.get_text().replace(" ", "")


def totp_code(secret: str) -> str:
    """What an authenticator app shows now."""
    return pyotp.TOTP(secret).at(datetime.now(UTC))
