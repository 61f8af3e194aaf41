"""Counting failures: free tries, doubling waits, forgetting, sweeping; right when many fail at once."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.extensions import db
from app.models import Throttle
from app.services import throttle
from app.services.keyring import Keyring
from app.services.throttle import (
    FORGET,
    FREE,
    WAITS,
    WINDOW,
    Address,
    Throttled,
    address_of,
    ask,
    clear,
    fail,
    look,
)
from tests.support.racing import race

KEY = "k" * 64
HERE = Address("a" * 64, 1000)


@pytest.fixture
def at(deeds: Flask, noon: datetime) -> Callable[[float], datetime]:
    """So many seconds after noon."""
    return lambda seconds: noon + timedelta(seconds=seconds)


def rows() -> int:
    return db.session.scalar(select(func.count()).select_from(Throttle)) or 0


def test_five_are_free_then_each_further_one_doubles_the_wait(at: Callable[[float], datetime]) -> None:
    waits, second = [], 0.0
    for _ in range(FREE + len(WAITS) + 2):
        waits.append(fail(KEY, HERE, now=at(second)))
        second += waits[-1]
        assert look(KEY, now=at(second)).wait(KEY) == 0
    assert waits == [0, 0, 0, 0, 30, 60, 120, 240, 480, 900, 900, 900, 900]


def test_who_has_to_wait_is_told_how_long_and_not_counted(at: Callable[[float], datetime]) -> None:
    for _ in range(FREE):
        fail(KEY, HERE, now=at(0))
    assert [look(KEY, now=at(s)).wait(KEY) for s in (0, 0.4, 29, 29.9, 30)] == [30, 30, 1, 1, 0]
    with pytest.raises(Throttled) as refused:
        fail(KEY, HERE, now=at(10))
    assert refused.value.wait == 20
    assert look(KEY, now=at(10)).failures(KEY) == FREE


def test_questions_of_an_address_are_counted_alone(at: Callable[[float], datetime]) -> None:
    here = Address("b" * 64, 3)
    for _ in range(2):
        ask(here, now=at(0))
    for _ in range(2):
        with pytest.raises(Throttled) as refused:
            ask(here, now=at(0))
        assert refused.value.wait == throttle.ADDRESS_WAIT
    assert (rows(), look(here.key, now=at(0)).failures(here.key)) == (1, 3)


def test_success_clears(at: Callable[[float], datetime]) -> None:
    for _ in range(FREE):
        fail(KEY, HERE, now=at(0))
    clear(KEY)
    assert look(KEY, now=at(1)).failures(KEY) == 0
    assert fail(KEY, HERE, now=at(1)) == 0


def test_quiet_hours_are_forgotten(at: Callable[[float], datetime]) -> None:
    for _ in range(FREE - 1):
        fail(KEY, HERE, now=at(0))
    quiet = FORGET.total_seconds()
    assert look(KEY, now=at(quiet)).failures(KEY) == FREE - 1
    assert look(KEY, now=at(quiet + 1)).failures(KEY) == 0
    assert fail(KEY, HERE, now=at(quiet + 1)) == 0
    assert look(KEY, now=at(quiet + 1)).failures(KEY) == 1


def test_of_many_at_once_exactly_five_are_answered(deeds: Flask, at: Callable[[float], datetime]) -> None:
    """Before the wait and after it: nobody gains a try by sending them together."""
    outcomes = race(deeds, [lambda: fail(KEY, HERE, now=at(0))] * 20)
    assert sorted(map(str, (o for o in outcomes if isinstance(o, int)))) == ["0"] * (FREE - 1) + ["30"]
    assert sum(isinstance(o, Throttled) for o in outcomes) == 20 - FREE
    outcomes = race(deeds, [lambda: fail(KEY, HERE, now=at(30))] * 20)
    assert [o for o in outcomes if not isinstance(o, Throttled)] == [60]


def test_many_accounts_from_one_address_never_wait_for_each_other(
    deeds: Flask, at: Callable[[float], datetime]
) -> None:
    """On Postgres each holds one row and wants the other's: in one order for all, else some would be killed."""
    outcomes = race(deeds, [partial(fail, f"{n:064d}", HERE, now=at(0)) for n in range(16)])
    assert outcomes == [0] * 16
    assert look(HERE.key, now=at(0)).failures(HERE.key) == 16


def test_an_address_waits_only_above_its_ceiling_and_not_long(at: Callable[[float], datetime]) -> None:
    here = Address("a" * 64, 3)
    for n in range(4):
        assert look(here.key, now=at(0)).wait(here.key) == (30 if n == 3 else 0)
        assert fail(f"{n:064d}", here, now=at(0)) == 0
    assert look(here.key, now=at(30)).wait(here.key) == 0
    fail("x" * 64, here, now=at(30))
    assert look(here.key, now=at(30)).wait(here.key) == 30


def test_an_address_begins_anew_with_each_window(keys: Keyring, at: Callable[[float], datetime]) -> None:
    def key(text: str, second: float = 0, purpose: str = "sign-in") -> str:
        return address_of(text, purpose=purpose, ceiling=1, keyring=keys, now=at(second)).key

    assert key("192.0.2.1") == key("192.0.2.1")
    others = {key("192.0.2.2"), key("192.0.2.1", WINDOW), key("192.0.2.1", purpose="register"), key(""), key("?")}
    assert len(others - {key("192.0.2.1")}) == 5
    assert key("2001:db8::1") == key("2001:db8::ffff:1") != key("2001:db8:0:1::1")
    assert "192.0.2.1" not in key("192.0.2.1")


def test_old_rows_are_swept_in_small_steps(at: Callable[[float], datetime]) -> None:
    for n in range(3):
        fail(f"{n:064d}", HERE, now=at(0))
    late = FORGET.total_seconds() + 1
    fail("9" * 64, Address("b" * 64, 9), now=at(late))
    assert [throttle.sweep(now=at(late), limit=3) for _ in range(3)] == [3, 1, 0]
    db.session.commit()
    assert rows() == 2
