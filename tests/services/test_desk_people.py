"""Contestants as a desk sees them: finding, listing, mending, new passwords, looking at a number."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from app.extensions import db
from app.models import Entry
from app.services import desk_people
from app.services.catalogue import Catalogue
from app.services.desk_people import (
    Reach,
    Stage,
    UnitFigures,
    correct_person,
    find_people,
    find_person,
    look_at_number,
    read_roll,
    read_unit_figures,
    reset_password,
)
from app.services.keyring import Keyring
from app.services.passwords import Passwords
from app.services.sign_in import find_session, open_session
from app.services.staff import new_password
from tests.support.audit import audited
from tests.support.credentials import are_good
from tests.support.numbers import unsealed
from tests.support.people import PASSWORD, learn_all, make_contestant, make_staff, sit

NOW = datetime.now(UTC)


@pytest.fixture
def entry(deeds: Flask, contest: Catalogue) -> Entry:
    """A contestant."""
    return make_contestant(contest, now=NOW, name="Đỗ Thị Ngọc Ánh")


@pytest.mark.parametrize("text", ["do thi ngoc anh", "ĐỖ THỊ", "ngọc", "0900000002", "84 900 000 002"])
def test_finding(entry: Entry, contest: Catalogue, keys: Keyring, text: str) -> None:
    assert [e.id for e in find_people(text=text, reach=Reach(contest.contest_id), keyring=keys)] == [entry.id]


def test_finding_by_the_whole_citizen_number_only(entry: Entry, contest: Catalogue, keys: Keyring) -> None:
    number = unsealed(entry.account)
    spaced = f"{number[:3]} {number[3:6]} {number[6:]}"
    for text, found in ((number, [entry.id]), (spaced, [entry.id]), (number[:11], []), (number[-4:], [])):
        assert [e.id for e in find_people(text=text, reach=Reach(contest.contest_id), keyring=keys)] == found


@pytest.mark.usefixtures("entry")
@pytest.mark.parametrize("text", ["", "  ", "%", "_", "ngoc\\", "\u0301"])
def test_nothing_to_find(contest: Catalogue, keys: Keyring, text: str) -> None:
    assert find_people(text=text, reach=Reach(contest.contest_id), keyring=keys) == []


def test_people_of_another_contest(entry: Entry, contest: Catalogue, keys: Keyring) -> None:
    elsewhere = contest.contest_id + 1
    assert find_people(text="ngoc", reach=Reach(elsewhere), keyring=keys) == []
    assert find_person(entry_id=entry.id, reach=Reach(elsewhere)) is None
    assert find_person(entry_id=entry.id, reach=Reach(contest.contest_id)) is entry


def test_in_order_of_the_given_name_and_not_too_many(
    deeds: Flask, contest: Catalogue, keys: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("Mẫu Văn Ước", "Mẫu Văn Đức", "Mẫu Văn Dũng", "Mẫu Văn An"):
        make_contestant(contest, now=NOW, name=name)
    monkeypatch.setattr(desk_people, "FOUND_AT_MOST", 3)
    found = find_people(text="mau van", reach=Reach(contest.contest_id), keyring=keys)
    assert [e.account.full_name for e in found] == ["Mẫu Văn An", "Mẫu Văn Dũng", "Mẫu Văn Đức"]


def test_a_new_password_ends_all_sessions(
    entry: Entry, contest: Catalogue, keys: Keyring, passwords: Passwords
) -> None:
    number, other = unsealed(entry.account), make_contestant(contest, now=NOW, unit=1)
    actor = make_staff(now=NOW)
    tokens = [open_session(account_id=entry.account_id, now=NOW) for _ in range(2)]
    kept = open_session(account_id=other.account_id, now=NOW)
    db.session.commit()
    assert are_good(number, PASSWORD, keys=keys, now=NOW)

    password = new_password()
    reset_password(entry=entry, actor_id=actor.id, reason="Quên", password_hash=passwords.hash(password), now=NOW)
    db.session.commit()

    for token in tokens:
        assert find_session(token=token, contest_id=contest.contest_id, now=NOW) is None
    assert find_session(token=kept, contest_id=contest.contest_id, now=NOW) is not None
    assert not are_good(number, PASSWORD, keys=keys, now=NOW)
    assert are_good(number, password, keys=keys, now=NOW)
    (record,) = audited("password.reset")
    assert (record.actor_id, record.subject, record.reason) == (actor.id, f"account:{entry.account_id}", "Quên")


def test_units_out_of_reach(entry: Entry, contest: Catalogue, keys: Keyring) -> None:
    """The entry's unit is the first; an officer of the second finds nobody, by no way."""
    own, other = (Reach(contest.contest_id, frozenset({contest.units[place].id})) for place in (0, 1))
    for text in ("ngoc anh", "0900000002", unsealed(entry.account)):
        assert [found.id for found in find_people(text=text, reach=own, keyring=keys)] == [entry.id]
        assert find_people(text=text, reach=other, keyring=keys) == []
    assert find_person(entry_id=entry.id, reach=own) is entry
    assert find_person(entry_id=entry.id, reach=other) is None
    assert find_person(entry_id=entry.id, reach=Reach(contest.contest_id, frozenset())) is None


def _in_every_stage(contest: Catalogue) -> dict[Stage, Entry]:
    start = NOW - timedelta(hours=3)
    people = {stage: make_contestant(contest, now=start, name=f"Trần Văn {stage.name.title()[:2]}") for stage in Stage}
    for stage in (Stage.FINISHED, Stage.TO_SIT):
        learn_all(people[stage], contest, now=start)
    sit(people[Stage.FINISHED], contest, started=start, ended=start + timedelta(minutes=5))
    return people


def test_everybody_is_in_one_stage(deeds: Flask, contest: Catalogue) -> None:
    people = _in_every_stage(contest)
    here, empty = contest.units[0].id, contest.units[1].id
    assert read_unit_figures(units=[here, empty], catalogue=contest) == {
        here: UnitFigures(here, 1, 1, 1),
        empty: UnitFigures(empty),
    }
    for stage, entry in people.items():
        assert [found.id for found in read_roll(unit_id=here, stage=stage, catalogue=contest).entries] == [entry.id]
        assert not read_roll(unit_id=empty, stage=stage, catalogue=contest).entries


def test_pages_forwards_and_back(deeds: Flask, contest: Catalogue) -> None:
    names = ["An", "An", "Ánh", "Dũng", "Đức"]
    for name in reversed(names):
        make_contestant(contest, now=NOW, name=f"Mẫu Văn {name}")
    unit = contest.units[0].id

    def page(after: int | None = None, before: int | None = None) -> desk_people.Roll:
        return read_roll(unit_id=unit, stage=Stage.TO_LEARN, catalogue=contest, after=after, before=before, size=2)

    first = page()
    second = page(after=first.after)
    third = page(after=second.after)
    shown = [entry.account.full_name.split()[-1] for each in (first, second, third) for entry in each.entries]
    assert shown == names
    assert (first.before, third.after) == (None, None)
    again = page(before=third.before)
    assert [entry.id for entry in again.entries] == [entry.id for entry in second.entries]
    back = page(before=again.before)
    assert [entry.id for entry in back.entries] == [entry.id for entry in first.entries]
    assert (back.before, back.after) == (None, first.after)
    assert [entry.id for entry in page(after=999_999).entries] == [entry.id for entry in first.entries]


def test_a_correction(entry: Entry, contest: Catalogue, keys: Keyring) -> None:
    actor, elsewhere = make_staff(now=NOW), contest.units[1]

    def correct(name: str, phone: str, unit_id: int) -> list[str]:
        return correct_person(
            entry=entry, full_name=name, phone=phone, unit_id=unit_id, actor_id=actor.id, reason="Đã xem thẻ", now=NOW
        )

    assert correct(entry.account.full_name, entry.account.phone, entry.unit_id) == []
    assert correct("Đỗ Thị Ngọc Ánh Mới", "+84900000077", elsewhere.id) == ["name", "phone", "unit"]
    db.session.commit()
    (found,) = find_people(text="anh moi", reach=Reach(contest.contest_id), keyring=keys)
    assert (found.id, found.account.phone, found.unit_id, found.group_id) == (
        entry.id,
        "+84900000077",
        elsewhere.id,
        None,
    )
    (line,) = audited("person.correct name phone unit")
    assert (line.actor_id, line.subject, line.reason) == (actor.id, f"account:{entry.account_id}", "Đã xem thẻ")


def test_a_look_at_a_number(entry: Entry, contest: Catalogue, keys: Keyring) -> None:
    actor = make_staff(now=NOW)
    number = look_at_number(entry=entry, actor_id=actor.id, reason="Đối chiếu", keyring=keys, now=NOW)
    assert number == unsealed(entry.account)
    entry.account.citizen_cipher = entry.account.citizen_index = None
    assert look_at_number(entry=entry, actor_id=actor.id, reason="Lần nữa", keyring=keys, now=NOW) is None
    db.session.flush()
    looks = audited("citizen.look")
    assert [(line.actor_id, line.subject, line.reason) for line in looks] == [
        (actor.id, f"account:{entry.account_id}", reason) for reason in ("Đối chiếu", "Lần nữa")
    ]
