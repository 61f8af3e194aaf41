"""The secret keys."""

import json
import stat
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag

from app.services.key_file import make_keys
from app.services.keyring import Keyring, KeysMissing, read_keys

NUMBER = "000000000001"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file of fresh keys."""
    file = tmp_path / "instance" / "keys.json"
    make_keys(file)
    return file


@pytest.fixture
def keys(path: Path) -> Keyring:
    return read_keys(path)


def test_equal_numbers_have_equal_indexes_and_only_they(keys: Keyring) -> None:
    assert keys.citizen_index(NUMBER) == keys.citizen_index(NUMBER)
    assert keys.citizen_index(NUMBER) != keys.citizen_index("000000000002")
    assert len(keys.citizen_index(NUMBER)) == 64
    assert NUMBER not in keys.citizen_index(NUMBER)


def test_another_installation_has_other_indexes(keys: Keyring, tmp_path: Path) -> None:
    make_keys(tmp_path / "other.json")
    other = read_keys(tmp_path / "other.json")
    assert other.citizen_index(NUMBER) != keys.citizen_index(NUMBER)
    assert other.signing != keys.signing


def test_a_sealed_number_is_opened_again_and_tells_nothing(keys: Keyring) -> None:
    sealed = keys.seal(NUMBER)
    assert keys.unseal(sealed, keys.citizen_index(NUMBER)) == NUMBER
    assert NUMBER.encode() not in sealed
    assert keys.seal(NUMBER) != sealed  # a nonce of its own each time


def test_a_sealed_number_is_bound_to_its_row(keys: Keyring) -> None:
    with pytest.raises(InvalidTag):
        keys.unseal(keys.seal(NUMBER), keys.citizen_index("000000000002"))


@pytest.mark.parametrize("place", [1, 13, -1])
def test_a_changed_cipher_is_not_opened(keys: Keyring, place: int) -> None:
    sealed = bytearray(keys.seal(NUMBER))
    sealed[place] ^= 1
    with pytest.raises(InvalidTag):
        keys.unseal(bytes(sealed), keys.citizen_index(NUMBER))


def test_after_a_new_cipher_key_old_rows_still_open(keys: Keyring) -> None:
    old, index = keys.seal(NUMBER), keys.citizen_index(NUMBER)
    renewed = replace(
        keys,
        index_keys={**keys.index_keys, 2: b"i" * 32},
        cipher_keys={**keys.cipher_keys, 2: b"c" * 32},
        active=2,
    )
    assert renewed.unseal(old, index) == NUMBER
    assert renewed.seal(NUMBER)[0] == 2
    assert renewed.citizen_index(NUMBER) != index
    assert renewed.citizen_indexes(NUMBER) == [renewed.citizen_index(NUMBER), index]
    with pytest.raises(KeyError):
        keys.unseal(renewed.seal(NUMBER), renewed.citizen_index(NUMBER))


def test_no_new_key_changes_a_mark(keys: Keyring) -> None:
    renewed = replace(keys, index_keys={2: b"i" * 32}, cipher_keys={2: b"c" * 32}, active=2)
    assert renewed.mark("device", "x") == keys.mark("device", "x")


def test_a_sealed_text_is_bound_to_its_place(keys: Keyring) -> None:
    sealed = keys.seal_text("bí mật", place="accounts.totp_cipher.1")
    assert keys.unseal_text(sealed, place="accounts.totp_cipher.1") == "bí mật"
    with pytest.raises(InvalidTag):
        keys.unseal_text(sealed, place="accounts.totp_cipher.2")


def test_the_file_is_nobody_else_s_to_read(path: Path) -> None:
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_keys_are_never_replaced(path: Path) -> None:
    before = path.read_bytes()
    with pytest.raises(FileExistsError):
        make_keys(path)
    assert path.read_bytes() == before


def test_no_file_is_one_line_that_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(KeysMissing, match=r"^no keys in .*keys\.json: restore them .* `flask prepare` .*$"):
        read_keys(tmp_path / "keys.json")


# As files were before keys had ids: one index key, which made the marks too.
GOOD: dict[str, Any] = {"signing": "ab" * 32, "citizen_index": "cd" * 32, "citizen_cipher": {"1": "ef" * 32}}
TODAY: dict[str, Any] = GOOD | {"marks": "12" * 32, "citizen_index": {"1": "cd" * 32}, "active": 1}


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        "7",
        "{}",
        *(json.dumps({k: v for k, v in GOOD.items() if k != missing}) for missing in GOOD),
        json.dumps(GOOD | {"citizen_index": "không"}),
        json.dumps(GOOD | {"citizen_index": ""}),
        json.dumps(GOOD | {"citizen_index": None}),
        json.dumps(GOOD | {"signing": ""}),
        json.dumps(GOOD | {"signing": 7}),
        json.dumps(GOOD | {"citizen_cipher": ["ef" * 32]}),
        json.dumps(GOOD | {"citizen_cipher": {}}),
        json.dumps(GOOD | {"citizen_cipher": {"one": "ef" * 32}}),
        json.dumps(GOOD | {"citizen_cipher": {"1": "ef"}}),
        json.dumps(GOOD | {"citizen_cipher": {"256": "ef" * 32}}),
        *(json.dumps({k: v for k, v in TODAY.items() if k != missing}) for missing in TODAY),
        json.dumps(TODAY | {"active": 2}),
        json.dumps(TODAY | {"active": "1"}),
        json.dumps(TODAY | {"next": 2}),
        json.dumps(TODAY | {"marks": ""}),
        json.dumps(TODAY | {"citizen_index": {"2": "cd" * 32}}),
    ],
)
def test_a_broken_file_is_one_line_and_tells_no_secret(tmp_path: Path, content: str) -> None:
    path = tmp_path / "keys.json"
    path.write_text(content)
    with pytest.raises(KeysMissing) as refused:
        read_keys(path)
    told = str(refused.value)
    assert "restore them from the backup" in told
    assert str(path) in told
    assert "\n" not in told
    assert "efef" not in told


def test_a_file_that_cannot_be_read_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "keys.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(KeysMissing, match="cannot be read"):
        read_keys(tmp_path / "keys.json")
    with pytest.raises(KeysMissing, match="cannot be read"):
        read_keys(tmp_path)


def test_the_good_file_of_these_tests_is_good(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    path.write_text(json.dumps(GOOD))
    earlier = read_keys(path)
    assert earlier.cipher_keys == {1: bytes.fromhex("ef" * 32)}
    assert earlier.marks_key == earlier.index_keys[1] == bytes.fromhex("cd" * 32)
    path.write_text(json.dumps(TODAY))
    assert read_keys(path).marks_key == bytes.fromhex("12" * 32)
