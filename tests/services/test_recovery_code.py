"""The recovery code: kept nowhere, each account's own, gone with its nonce."""

import pytest

from app.models import Entry
from app.services.codes import is_code, shown_code
from app.services.keyring import Keyring
from app.services.recovery_code import LENGTH, NoRecoveryCode, is_recovery_code, new_recovery_nonce, recovery_code


def test_it_is_the_same_each_time_and_stands_in_no_column(entry: Entry, keys: Keyring) -> None:
    code = recovery_code(entry.account, keys)
    assert is_code(code, LENGTH)
    assert recovery_code(entry.account, keys) == code
    assert not [value for value in vars(entry.account).values() if code in str(value)]


def test_it_is_read_however_it_was_typed(entry: Entry, keys: Keyring) -> None:
    code = recovery_code(entry.account, keys)
    for typed in (code, code.lower(), shown_code(code), f" {shown_code(code).replace('-', ' ')} "):
        assert is_recovery_code(entry.account, typed, keys)
    other = ("0" if code[0] != "0" else "1") + code[1:]
    for typed in ("", other, code[:-1], code + "0", "ế" * LENGTH):
        assert not is_recovery_code(entry.account, typed, keys)


def test_another_nonce_makes_another_code(entry: Entry, keys: Keyring) -> None:
    code = recovery_code(entry.account, keys)
    entry.account.recovery_nonce = new_recovery_nonce()
    assert not is_recovery_code(entry.account, code, keys)


def test_two_accounts_with_one_nonce_have_different_codes(entry: Entry, keys: Keyring) -> None:
    code = recovery_code(entry.account, keys)
    entry.account.id += 1
    assert recovery_code(entry.account, keys) != code


def test_without_a_nonce_there_is_none(entry: Entry, keys: Keyring) -> None:
    entry.account.recovery_nonce = None
    with pytest.raises(NoRecoveryCode):
        recovery_code(entry.account, keys)
    assert not is_recovery_code(entry.account, "", keys)
