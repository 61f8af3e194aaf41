"""Codes of six digits: bound, short-lived, used once, five tries, so many a day; and the breaker. On both databases."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from app.extensions import db
from app.models import CodePurpose, Entry, OneTimeCode
from app.services import one_time_codes as house
from app.services.keyring import Keyring
from app.services.one_time_codes import CodeGone, RightCode, TooSoon, Tripped, WrongCode
from tests.support.codes import bare_code
from tests.support.racing import race

PHONE = "+84900000002"
RECOVERY = CodePurpose.RECOVERY


class Desk:
    """Issues and tries codes for the account of `entry`, each deed committed; times in seconds after `noon`."""

    def __init__(self, entry: Entry, keys: Keyring, noon: datetime) -> None:
        self.account, self.keys, self.noon = entry.account_id, keys, noon
        self.budget = 1000

    def at(self, seconds: float) -> datetime:
        return self.noon + timedelta(seconds=seconds)

    def issue(self, seconds: float = 0, *, phone: str = PHONE, browser: str = "b", nobody: bool = False) -> str:
        try:
            code = house.issue_code(
                purpose=RECOVERY,
                phone=phone,
                account_id=None if nobody else self.account,
                browser=browser,
                budget=self.budget,
                keyring=self.keys,
                now=self.at(seconds),
            )
        except Exception:
            db.session.rollback()
            raise
        db.session.commit()
        return code

    def refused(self, seconds: float, *, phone: str = PHONE) -> int:
        """How long one is told to wait; 0 when there was a code."""
        try:
            self.issue(seconds, phone=phone)
        except TooSoon as refused:
            return refused.wait
        return 0

    def attempt(self, code: str, seconds: float = 1, *, browser: str = "b") -> RightCode:
        return house.try_code(purpose=RECOVERY, browser=browser, code=code, keyring=self.keys, now=self.at(seconds))

    def use(self, right: RightCode, seconds: float = 1) -> None:
        house.use_code(code_id=right.id, now=self.at(seconds))
        db.session.commit()


@pytest.fixture
def desk(entry: Entry, keys: Keyring, noon: datetime) -> Desk:
    return Desk(entry, keys, noon)


def other(code: str) -> str:
    """Another code."""
    return f"{(int(code) + 1) % 10**6:06d}"


def test_six_digits_that_stand_nowhere(desk: Desk) -> None:
    code = desk.issue()
    assert len(code) == 6
    assert code.isdigit()
    row = db.session.scalars(select(OneTimeCode)).one()
    db.session.commit()
    kept = [row.code_mark, row.phone_mark, row.browser_mark, row.prefix_mark]
    assert not [mark for mark in kept if code in mark or PHONE[1:] in mark or len(mark) != 64]
    assert len(set(kept)) == 4


def test_right_once(desk: Desk) -> None:
    code = desk.issue()
    right = desk.attempt(code)
    assert right.account_id == desk.account
    desk.use(right)
    with pytest.raises(CodeGone):
        desk.use(right)
    db.session.rollback()
    with pytest.raises(CodeGone):
        desk.attempt(code)


@pytest.mark.parametrize("seconds", [299.9, 300])
def test_five_minutes(desk: Desk, seconds: float) -> None:
    code = desk.issue()
    if seconds < 300:
        assert desk.attempt(code, seconds)
        return
    right = desk.attempt(code)
    for late in (lambda: desk.attempt(code, seconds), lambda: desk.use(right, seconds)):
        with pytest.raises(CodeGone):
            late()
        db.session.rollback()


def test_five_tries_and_then_not_even_the_right_one(desk: Desk) -> None:
    code = desk.issue()
    for left in (4, 3, 2, 1, 0):
        with pytest.raises(WrongCode) as wrong:
            desk.attempt(other(code))
        assert wrong.value.left == left
    with pytest.raises(CodeGone):
        desk.attempt(code)


def test_the_right_one_counts_as_a_try_until_it_is_used(desk: Desk) -> None:
    """Who has it may come back with another password, but not for ever."""
    code = desk.issue()
    rights = [desk.attempt(code) for _ in range(5)]
    assert len({right.id for right in rights}) == 1
    with pytest.raises(CodeGone):
        desk.attempt(code)


def test_another_browser(desk: Desk) -> None:
    code = desk.issue()
    desk.issue(1, phone="+84900009999", browser="c")
    with pytest.raises(WrongCode):
        desk.attempt(code, browser="c")
    for browser in ("", "d"):
        with pytest.raises(CodeGone):
            desk.attempt(code, browser=browser)
    assert desk.attempt(code)


@pytest.mark.parametrize("column", ["phone_mark", "browser_mark", "purpose"])
def test_a_row_that_was_tampered_with_opens_nothing(
    desk: Desk, keys: Keyring, column: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mark holds purpose, phone and browser: moved to another of them it is worth nothing."""
    code, browser = desk.issue(), "b"
    if column == "purpose":
        monkeypatch.setattr(house, "_code_mark", _mark_of_another_purpose)
    else:
        foreign = keys.mark(f"code.{column.removesuffix('_mark')}", "x")
        db.session.execute(update(OneTimeCode).values({column: foreign}))
        db.session.commit()
        browser = "x" if column == "browser_mark" else browser
    with pytest.raises(WrongCode):
        desk.attempt(code, browser=browser)


_real_mark = house._code_mark


def _mark_of_another_purpose(keyring: Keyring, _purpose: CodePurpose, phone: str, browser: str, code: str) -> str:
    return _real_mark(keyring, "other", phone, browser, code)  # type: ignore[arg-type]  # there is one so far


def test_nobody_s_code_opens_nothing(desk: Desk) -> None:
    code = desk.issue(nobody=True)
    with pytest.raises(WrongCode):
        desk.attempt(code)


def test_the_newest_of_a_browser_counts(desk: Desk) -> None:
    first = desk.issue()
    second = desk.issue(60)
    if first != second:
        with pytest.raises(WrongCode):
            desk.attempt(first, 61)
    assert desk.attempt(second, 61)


def test_again_after_60_120_and_an_hour(desk: Desk) -> None:
    assert desk.refused(0) == 0
    assert [desk.refused(second) for second in (0, 59, 59.5, 60)] == [60, 1, 1, 0]
    assert [desk.refused(second) for second in (61, 179, 180)] == [119, 1, 0]
    assert [desk.refused(second) for second in (181, 480, 3599, 3600)] == [3419, 3120, 1, 0]
    assert [desk.refused(second) for second in (3601, 3899, 3900)] == [299, 1, 0]
    assert [desk.refused(second) for second in (5000, 7 * 3600, 86399)] == [81400, 61200, 1]
    assert desk.refused(86400) == 0


def test_others_are_not_held_up(desk: Desk) -> None:
    desk.issue()
    assert desk.refused(1, phone="+84911111111") == 0


def test_ten_in_ten_minutes_for_neighbours(desk: Desk) -> None:
    """Numbers one after the other: whoever has them sent is no family."""
    numbers = [f"+849123450{number:02d}" for number in range(13)]
    assert [desk.refused(second, phone=numbers[second]) for second in range(10)] == [0] * 10
    assert desk.refused(10, phone=numbers[10]) == 590
    assert desk.refused(10, phone="+84912346000") == 0
    assert desk.refused(600, phone=numbers[11]) == 0
    assert desk.refused(600, phone=numbers[12]) == 1


def test_many_at_once_get_one_code(app: Flask, desk: Desk) -> None:
    outcomes = race(app, [partial(desk.issue, browser=str(number)) for number in range(6)])
    assert sum(isinstance(outcome, str) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, TooSoon) for outcome in outcomes) == 5


def test_many_neighbours_at_once_get_ten(app: Flask, desk: Desk) -> None:
    outcomes = race(app, [partial(desk.issue, phone=f"+849123450{number:02d}") for number in range(14)])
    assert sum(isinstance(outcome, str) for outcome in outcomes) == 10


def test_many_guesses_at_once_are_five(app: Flask, desk: Desk) -> None:
    code = desk.issue()
    outcomes = race(app, [partial(desk.attempt, other(code)) for _ in range(9)])
    assert sum(isinstance(outcome, WrongCode) for outcome in outcomes) == 5
    assert sum(isinstance(outcome, CodeGone) for outcome in outcomes) == 4


def test_used_by_many_at_once_it_is_used_once(app: Flask, desk: Desk) -> None:
    right = desk.attempt(desk.issue())
    outcomes = race(app, [partial(desk.use, right) for _ in range(5)])
    assert outcomes.count(None) == 1
    assert sum(isinstance(outcome, CodeGone) for outcome in outcomes) == 4


@pytest.fixture
def given(desk: Desk) -> Callable[..., None]:
    """So many codes, given out some seconds after noon, the first `used` of them used."""

    def give(count: int, *, used: int = 0, seconds: float = 0, nobody: bool = False) -> None:
        for number in range(count):
            account, mark = None if nobody else desk.account, f"{seconds}.{number}"
            db.session.add(bare_code(account, phone_mark=mark, at=desk.at(seconds), used=number < used))
        db.session.commit()

    return give


def tripped(desk: Desk, seconds: float) -> str:
    try:
        desk.issue(seconds, phone=f"+8491{seconds:07.0f}")  # nobody else's turn matters here
    except Tripped as why:
        return str(why)
    return ""


def test_at_80_percent_of_the_budget(desk: Desk, given: Callable[..., None]) -> None:
    desk.budget = 100
    given(79, used=79)
    assert tripped(desk, 0) == ""
    assert tripped(desk, 400) == "đã gửi 80 mã trong 24 giờ, hạn mức 100"
    assert tripped(desk, 86400) == ""


def test_when_under_half_of_the_last_hundred_were_used(desk: Desk, given: Callable[..., None]) -> None:
    given(50, used=50)
    given(100, used=50, seconds=1)
    assert tripped(desk, 400) == ""
    given(1, seconds=2)
    assert tripped(desk, 301) == ""  # the last one may still be used
    assert tripped(desk, 500) == "trong 100 mã gần nhất chỉ 49 mã được dùng"


def test_a_few_codes_say_nothing_yet(desk: Desk, given: Callable[..., None]) -> None:
    given(99)
    assert tripped(desk, 400) == ""


def test_asking_for_nobody_s_numbers_trips_nothing(desk: Desk, given: Callable[..., None]) -> None:
    desk.budget = 100
    given(500, nobody=True)
    assert tripped(desk, 400) == ""


def test_the_operator_lets_them_go_on(desk: Desk, given: Callable[..., None]) -> None:
    desk.budget = 100
    given(100)
    assert tripped(desk, 400)
    house.resume(reason="Cổng tin nhắn đã chạy lại", now=desk.at(450))
    db.session.commit()
    assert tripped(desk, 451) == ""
    watch = house.watch(budget=100, now=desk.at(451))
    assert (watch.sent, watch.judged, watch.used, watch.trip) == (1, 0, 0, "")


def test_sweeping_keeps_what_still_counts(desk: Desk, given: Callable[..., None]) -> None:
    given(3)
    given(2, seconds=10)
    day = desk.at(86400)
    assert house.sweep(now=day - timedelta(seconds=1), limit=10) == 0
    assert [house.sweep(now=day, limit=2) for _ in range(2)] == [2, 1]
    assert db.session.scalar(select(func.count()).select_from(OneTimeCode)) == 2
