"""What goes when the set time after a contest is over, and what stays."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from app.extensions import db
from app.models import (
    Attempt,
    Award,
    Certificate,
    Contest,
    DataRequest,
    Entry,
    FinalLine,
    RequestKind,
    RequestState,
    Round,
    SmsMessage,
    Standing,
    UnitType,
)
from app.models.unit import Unit
from app.services.catalogue import Catalogue
from app.services.certify import find_certificate
from app.services.keyring import Keyring
from app.services.purge import Purge, due_at
from app.services.sign_in import WrongCredentials, check_credentials
from app.web.portal import portal
from tests.support.everywhere import every_value
from tests.support.finishers import GUARDIAN, NUMBER, PHONE, make_known
from tests.support.people import PASSWORD, make_staff
from tests.support.results import make_final


@pytest.fixture
def person(contest: Catalogue, keys: Keyring, noon: datetime) -> Entry:
    """Somebody who has everything that goes."""
    entry, _ = make_known(contest, keys, now=noon)
    db.session.add_all(
        [
            SmsMessage(
                key="tin",
                template="code",
                sealed=keys.seal_text(PHONE, place="x"),
                created_at=noon,
                due_at=noon,
                expires_at=noon,
            ),
            *(
                DataRequest(
                    contest_id=entry.contest_id,
                    account_id=entry.account_id,
                    kind=kind,
                    state=state,
                    text="Lời của tôi",
                    created_at=noon,
                    acknowledge_by=noon,
                    due_at=noon,
                )
                for kind, state in ((RequestKind.COPY, RequestState.DONE), (RequestKind.DELETE, RequestState.NEW))
            ),
        ]
    )
    db.session.commit()
    return entry


def _purge(contest: Catalogue, now: datetime) -> dict[str, int]:
    done = Purge(contest=contest, now=now).run(limit=1, between=db.session.commit)
    db.session.commit()
    return done


def _statistics() -> list[object]:
    per_unit = select(Entry.unit_id, func.count(), func.count(Entry.finished_at)).group_by(Entry.unit_id)
    return [
        [tuple(row) for row in db.session.execute(per_unit)],
        [tuple(row) for row in db.session.execute(select(Standing.__table__))],
        [tuple(row) for row in db.session.execute(select(Certificate.__table__))],
        db.session.scalar(select(func.count()).select_from(Entry)),
    ]


def test_numbers_go_and_statistics_stay(person: Entry, contest: Catalogue, keys: Keyring, noon: datetime) -> None:
    now, before = due_at(contest), _statistics()
    code = db.session.scalars(select(Certificate.code)).one()
    promised = Purge(contest=contest, now=now).counts()
    assert _purge(contest, now) == promised
    assert sum(promised.values()) == 2 + 1 + 1 + 1 + 1 + 1
    words = [NUMBER, keys.citizen_index(NUMBER), PHONE, PHONE.replace("+84", "0"), GUARDIAN, keys.mark("phone", PHONE)]
    assert not [name for name, text in every_value() for word in words if word in text]
    assert _statistics() == before
    assert find_certificate(code=code, contest_id=contest.contest_id) is not None
    assert not any(Purge(contest=contest, now=now).counts().values())


@pytest.mark.parametrize("won", [False, True])
def test_the_last_digits_go_from_results_but_for_winners(
    person: Entry, contest: Catalogue, noon: datetime, won: bool
) -> None:
    attempt = db.session.scalars(select(Attempt).where(Attempt.entry_id == person.id)).one()
    final = make_final(contest, now=noon, first=attempt)
    if won:
        award = Award(
            final_id=final.id, prize=1, level="Giải", entry_id=person.id, name="A", figure="", awarded_at=noon
        )
        db.session.add(award)
        db.session.flush()
    final.signed_at, final.signed_by = noon, "Lê Thị Ký"
    db.session.commit()
    _purge(contest, due_at(contest))
    assert db.session.scalars(select(FinalLine.citizen_last_four)).all() == ["0001" if won else None]


def test_a_request_that_waits_keeps_its_words(person: Entry, contest: Catalogue) -> None:
    _purge(contest, due_at(contest))
    texts = {row.state: row.text for row in db.session.scalars(select(DataRequest))}
    assert texts == {RequestState.DONE: "", RequestState.NEW: "Lời của tôi"}


def test_nobody_signs_in_by_a_number_that_is_gone(person: Entry, contest: Catalogue, keys: Keyring) -> None:
    now = due_at(contest)
    _purge(contest, now)
    for identifier in (NUMBER, PHONE, "", "+84"):
        with pytest.raises(WrongCredentials) as refused:
            check_credentials(
                identifier=identifier, password=PASSWORD, keyring=keys, passwords=portal().passwords, now=now
            )
        assert refused.value.wait == 0


def test_staff_are_kept(contest: Catalogue, noon: datetime, person: Entry) -> None:
    account = make_staff(now=noon)
    _purge(contest, due_at(contest))
    db.session.refresh(account)
    assert account.phone


@pytest.mark.parametrize(("days", "kept"), [(1, True), (-1, False)])
def test_who_takes_part_in_a_later_contest_is_left_to_that(
    person: Entry, contest: Catalogue, noon: datetime, days: int, kept: bool
) -> None:
    later = Contest(
        slug="sau",
        name="Sau",
        short_name="Sau",
        tagline="",
        city="",
        organisers=[],
        hotline="",
        email="",
        rules_version="1",
        settings={},
        shift_to_now=False,
    )
    db.session.add(later)
    db.session.flush()
    closes_at = contest.closes_at + timedelta(days=days)
    unit = Unit(contest_id=later.id, code="1", type=UnitType.XA, name="Mẫu", sort_key="mau")
    round_ = Round(contest_id=later.id, number=1, name="Đợt", opens_at=noon - timedelta(days=99), closes_at=closes_at)
    db.session.add_all([unit, round_])
    db.session.flush()
    db.session.add(
        Entry(
            account_id=person.account_id,
            contest_id=later.id,
            unit_id=unit.id,
            on_boards=False,
            accepted_rules="1",
            registered_at=noon,
        )
    )
    db.session.flush()
    Purge(contest=contest, now=due_at(contest)).run(limit=10, between=db.session.flush)
    db.session.refresh(person.account)
    assert bool(person.account.phone) is kept
    assert (person.account.citizen_index is not None) is kept
    db.session.rollback()


def test_due_six_months_after_the_end(contest: Catalogue) -> None:
    zone = contest.rules.zone
    ends, due = contest.closes_at.astimezone(zone), due_at(contest).astimezone(zone)
    assert (due.year * 12 + due.month) - (ends.year * 12 + ends.month) == contest.rules.privacy.keep_months == 6
