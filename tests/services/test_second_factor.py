"""Codes of the second factor: which are right, each once, also when two come at the same moment."""

from datetime import datetime, timedelta

import pyotp
import pytest
from cryptography.exceptions import InvalidTag
from flask import Flask

from app.extensions import db
from app.models import Account
from app.services import second_factor
from app.services.keyring import Keyring
from app.services.second_factor import AlreadyProven, WrongCode, offered_secret, prove_first, use_code
from app.services.throttle import Throttled
from tests.support.audit import audited
from tests.support.people import make_staff
from tests.support.racing import race

TOKEN = "a-session's-token"
STEP = timedelta(seconds=second_factor.STEP)


@pytest.fixture
def at(noon: datetime) -> datetime:
    """The beginning of a time step."""
    return noon - timedelta(seconds=noon.timestamp() % second_factor.STEP)


@pytest.fixture
def account(deeds: Flask, at: datetime) -> Account:
    """An organiser who has no second factor yet."""
    return make_staff(now=at)


@pytest.fixture
def secret(keys: Keyring) -> str:
    """What the session is offered."""
    return offered_secret(token=TOKEN, keyring=keys)


def _code(secret: str, moment: datetime) -> str:
    return pyotp.TOTP(secret).at(moment)


def _prove(account: Account, keys: Keyring, at: datetime, secret: str) -> None:
    prove_first(account_id=account.id, token=TOKEN, code=_code(secret, at), keyring=keys, now=at)
    db.session.commit()


def _use(account_id: int, code: str, keys: Keyring, now: datetime) -> None:
    use_code(account_id=account_id, code=code, keyring=keys, now=now)
    db.session.commit()


def test_each_session_is_offered_its_own(keys: Keyring, secret: str) -> None:
    assert offered_secret(token=TOKEN, keyring=keys) == secret
    assert offered_secret(token="another", keyring=keys) != secret
    assert len(secret) == 32


def test_the_first_right_code_keeps_it(account: Account, keys: Keyring, at: datetime, secret: str) -> None:
    with pytest.raises(WrongCode):
        prove_first(account_id=account.id, token="another", code=_code(secret, at), keyring=keys, now=at)
    db.session.refresh(account)
    assert account.totp_since is None
    db.session.commit()
    _prove(account, keys, at, secret)
    db.session.refresh(account)
    assert account.totp_since == at
    assert account.totp_cipher is not None
    assert secret.encode() not in account.totp_cipher
    assert keys.unseal_text(account.totp_cipher, place=f"accounts.totp_cipher.{account.id}") == secret
    with pytest.raises(InvalidTag):
        keys.unseal_text(account.totp_cipher, place=f"accounts.totp_cipher.{account.id + 1}")
    (line,) = audited("second_factor.set")
    assert (line.actor_id, line.subject) == (account.id, f"account:{account.id}")
    with pytest.raises(AlreadyProven):
        prove_first(account_id=account.id, token=TOKEN, code=_code(secret, at + STEP), keyring=keys, now=at + STEP)


def test_the_code_of_the_setting_up_is_used(account: Account, keys: Keyring, at: datetime, secret: str) -> None:
    _prove(account, keys, at, secret)
    with pytest.raises(WrongCode):
        _use(account.id, _code(secret, at), keys, at)


@pytest.mark.parametrize(
    ("shift", "right"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)], ids=["-60", "-30", "0", "30", "60"]
)
def test_a_clock_that_is_half_a_minute_wrong(
    account: Account, keys: Keyring, at: datetime, secret: str, *, shift: int, right: bool
) -> None:
    _prove(account, keys, at, secret)
    later = at + 10 * STEP
    code = _code(secret, later + shift * STEP)
    if right:
        _use(account.id, f"{code[:3]} {code[3:]}", keys, later)
    else:
        with pytest.raises(WrongCode):
            _use(account.id, code, keys, later)


def test_a_code_is_good_once_and_older_ones_no_more(account: Account, keys: Keyring, at: datetime, secret: str) -> None:
    _prove(account, keys, at, secret)
    later = at + 10 * STEP
    _use(account.id, _code(secret, later), keys, later)
    for moment in (later, later - STEP):
        with pytest.raises(WrongCode):
            _use(account.id, _code(secret, moment), keys, later)
    _use(account.id, _code(secret, later + STEP), keys, later)


def test_of_two_with_one_code_one_comes_in(
    deeds: Flask, account: Account, keys: Keyring, at: datetime, secret: str
) -> None:
    _prove(account, keys, at, secret)
    later, account_id = at + 10 * STEP, account.id
    code = _code(secret, later)
    outcomes = race(deeds, [lambda: _use(account_id, code, keys, later)] * 4)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["NoneType"] + ["WrongCode"] * 3


def test_of_two_first_codes_one_is_kept(deeds: Flask, account: Account, keys: Keyring, at: datetime) -> None:
    account_id = account.id

    def prove(token: str) -> None:
        code = _code(offered_secret(token=token, keyring=keys), at)
        prove_first(account_id=account_id, token=token, code=code, keyring=keys, now=at)
        db.session.commit()

    outcomes = race(deeds, [lambda: prove("one"), lambda: prove("two")])
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["AlreadyProven", "NoneType"]


def test_guessing_is_slow(account: Account, keys: Keyring, at: datetime, secret: str) -> None:
    _prove(account, keys, at, secret)
    later = at + 10 * STEP
    right = _code(secret, later)
    wrong = next(guess for guess in ("000000", "111111", "222222", "333333", "444444") if guess != right)
    waits = []
    for _ in range(5):
        with pytest.raises(WrongCode) as refused:
            _use(account.id, wrong, keys, later)
        waits.append(refused.value.wait)
    assert waits == [0, 0, 0, 0, 30]
    with pytest.raises(Throttled):
        _use(account.id, right, keys, later)
    again = later + timedelta(seconds=31)
    _use(account.id, _code(secret, again), keys, again)


def test_without_a_second_factor_no_code_is_right(account: Account, keys: Keyring, at: datetime, secret: str) -> None:
    with pytest.raises(WrongCode):
        _use(account.id, _code(secret, at), keys, at)
    _prove(account, keys, at, secret)
    account.disabled_at = at
    db.session.commit()
    with pytest.raises(WrongCode):
        _use(account.id, _code(secret, at + 2 * STEP), keys, at + 2 * STEP)
