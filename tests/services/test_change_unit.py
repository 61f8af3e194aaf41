"""Changing one's own unit and group."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.extensions import db
from app.models import AuditRecord, Entry
from app.rules.contest import RegistrationRules
from app.services.catalogue import Catalogue
from app.services.change_unit import Fixed, UnitFixed, change_unit, why_fixed
from tests.support.racing import race

Move = Callable[..., Entry]


@pytest.fixture
def move(entry: Entry, contest: Catalogue, noon: datetime) -> Move:
    """Moves to the nth unit and commits."""

    def act(unit: int, *, group: str | None = None, now: datetime = noon, catalogue: Catalogue = contest) -> Entry:
        chosen = next((each for each in contest.groups if each.full_name == group), None)
        moved = change_unit(entry_id=entry.id, unit=contest.units[unit], group=chosen, catalogue=catalogue, now=now)
        db.session.commit()
        return moved

    return act


def with_rules(contest: Catalogue, **rules: object) -> Catalogue:
    return replace(contest, rules=replace(contest.rules, registration=RegistrationRules(**rules)))  # type: ignore[arg-type]


def place(contest: Catalogue, code: str) -> int:
    return contest.units.index(contest.units_by_code[code])


def audit() -> list[tuple[str, int | None, str, str]]:
    rows = db.session.scalars(select(AuditRecord).order_by(AuditRecord.id))
    return [(row.action, row.actor_id, row.subject, row.reason) for row in rows]


def test_moved_and_recorded(move: Move, entry: Entry, contest: Catalogue) -> None:
    moved = move(1)
    assert (moved.unit_id, moved.unit_changes) == (contest.units[1].id, 1)
    words = f"{contest.units[0].code} → {contest.units[1].code}"
    assert audit() == [("unit.change", entry.account_id, f"entry:{entry.id}", words)]


def test_the_group_does_not_come_along(move: Move, contest: Catalogue) -> None:
    home = place(contest, "11329")
    assert move(home, group="Thôn Đông").group_id is not None
    assert move(place(contest, "11383")).group_id is None


def test_another_group_of_the_same_unit_is_no_change_of_unit(move: Move, contest: Catalogue) -> None:
    home = place(contest, "11329")
    for group in ("Thôn Đông", "Tổ dân phố số 1", None):
        moved = move(home, group=group)
    assert (moved.unit_changes, moved.group_id) == (1, None)
    assert len(audit()) == 1


def test_only_so_often(move: Move, contest: Catalogue) -> None:
    home = place(contest, "11329")
    move(1)
    move(home)
    with pytest.raises(UnitFixed) as refused:
        move(1)
    assert refused.value.why is Fixed.USED_UP
    db.session.rollback()
    assert move(home, group="Thôn Đông").group_id is not None


@pytest.mark.parametrize("most", [0, 1])
def test_how_often_is_a_setting(move: Move, contest: Catalogue, most: int) -> None:
    rules = with_rules(contest, unit_changes=most)
    for unit in range(1, most + 1):
        move(unit, catalogue=rules)
    with pytest.raises(UnitFixed):
        move(0 if most else 1, catalogue=rules)


def test_until_the_end_of_the_contest(move: Move, contest: Catalogue) -> None:
    move(1, now=contest.closes_at - timedelta(seconds=1))
    for group in (None, "Thôn Đông"):
        with pytest.raises(UnitFixed) as refused:
            move(1, group=group, now=contest.closes_at)
        assert refused.value.why is Fixed.TOO_LATE


def test_until_the_end_of_a_day_that_shifts_with_the_contest(entry: Entry, contest: Catalogue) -> None:
    rules = with_rules(contest, unit_change_until=date(2025, 10, 31))
    midnight = datetime(2025, 11, 1, tzinfo=contest.rules.zone) + timedelta(days=contest.shifted_days)
    assert rules.unit_change_until == midnight
    assert why_fixed(entry, catalogue=rules, now=midnight - timedelta(seconds=1)) is None
    assert why_fixed(entry, catalogue=rules, now=midnight) is Fixed.TOO_LATE


def test_many_at_once_move_only_so_often(deeds: Flask, move: Move) -> None:
    outcomes = race(deeds, [lambda unit=unit: move(unit) for unit in (1, 2, 3, 4)])  # type: ignore[misc]
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Entry", "Entry", "UnitFixed", "UnitFixed"]
    db.session.expire_all()
    assert db.session.scalars(select(Entry.unit_changes)).one() == 2
