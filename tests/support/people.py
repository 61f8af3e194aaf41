"""Invented people for tests: names that are clearly examples, numbers that cannot be issued (province code 000)."""

import itertools
import random
from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta

import pyotp
from flask import Flask

from app.extensions import db
from app.models import Account, Attempt, Channel, Claim, Entry, Purpose, Role, Session
from app.rules.answers import pack
from app.rules.paper import read_paper
from app.services.catalogue import Catalogue
from app.services.claims import open_claim
from app.services.exam_save import Sheet
from app.services.exam_start import start_attempt
from app.services.exam_submit import submit_attempt
from app.services.holder import Holder
from app.services.register import NewContestant, register
from app.services.sign_in import token_hash
from app.services.staff import add_staff
from app.services.study import finish_lesson
from app.web.portal import portal
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


def make_claim(holder: Entry, contest: Catalogue, *, now: datetime, unit: int = 0, name: str = "Lý Thị Báo") -> Claim:
    """Somebody without a number of her own says that this person's is hers. Commits."""
    keys = portal().keyring
    assert keys is not None
    claimant = make_contestant(contest, now=now, name=name, unit=unit)
    theirs, account = claimant.account, holder.account
    assert account.citizen_cipher is not None
    assert account.citizen_index is not None
    theirs.citizen_index, theirs.citizen_cipher, theirs.citizen_last_four = None, None, None
    number = keys.unseal(account.citizen_cipher, account.citizen_index)
    claim = open_claim(claimant=claimant, holder_id=account.id, number=number, keyring=keys, now=now)
    db.session.commit()
    return claim


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
        keys = portal().keyring
        assert keys is not None
        found = db.session.get_one(Account, account.id)
        identifier = (
            keys.unseal(found.citizen_cipher, found.citizen_index)
            if found.citizen_cipher and found.citizen_index
            else found.phone
        )
    visitor.visit("/dang-nhap").submit("Đăng nhập", identifier=identifier, password=PASSWORD)
    if visitor.path.startswith(SECOND_FACTOR):
        prove_second_factor(visitor, app, account)
    # In somebody else's application context a browser keeps the half-open session's token: sign in outside of one.
    assert not visitor.path.startswith(SECOND_FACTOR), visitor.text


def prove_second_factor(visitor: Visitor, app: Flask, account: Account) -> None:
    """Set it up, or prove it by a code that no test before this one in the same half minute has used."""
    if visitor.path == f"{SECOND_FACTOR}/thiet-lap":
        visitor.submit("Xác nhận và vào", code=totp_code(shown_secret(visitor)))
        return
    with app.app_context():
        keys, found = portal().keyring, db.session.get_one(Account, account.id)
        assert keys is not None
        assert found.totp_cipher is not None
        secret = keys.unseal_text(found.totp_cipher, place=f"accounts.totp_cipher.{account.id}")
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
