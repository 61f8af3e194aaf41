"""The installation's secret keys: signing, marks, the citizen number's index and its encryption.

Kept in one file outside the database, mode 0600 (services.key_file writes it and reads it again when it changed). A
citizen number has only about 10¹⁰ possible values, so a plain hash falls in seconds: the index is an HMAC-SHA-256, the
readable copy AES-256-GCM bound to its row.

Index and encryption have a key each per key id. One id is active: it makes new indexes and seals. While keys are being
replaced (services.rotate_keys) two ids are live: both are looked up and opened. Marks have a key of their own, which no
replacement touches: known devices, counted failures and recovery codes outlive it.
"""

import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE = 12
_KEY = 32


class KeysMissing(Exception):
    """No key file, or one that cannot be used; the message is one line for the operator."""


@dataclass(frozen=True, slots=True)
class Keyring:
    """Secrets as bytes; index and cipher keys by key id (0 to 255), `active` is the id that writes."""

    signing: str
    marks_key: bytes
    index_keys: Mapping[int, bytes]
    cipher_keys: Mapping[int, bytes]
    active: int

    def citizen_index(self, number: str) -> str:
        """Keyed index of a citizen number as it is written, 64 hex digits; equal numbers have equal indexes."""
        return _index(self.index_keys[self.active], number)

    def citizen_indexes(self, number: str) -> list[str]:
        """The indexes under which this number may stand, the active key's first: for look-ups."""
        others = (self.index_keys[key_id] for key_id in sorted(self.index_keys) if key_id != self.active)
        return [self.citizen_index(number), *(_index(key, number) for key in others)]

    def mark(self, purpose: str, text: str) -> str:
        """Keyed mark of any text, 64 hex digits, different for each purpose; never that of a citizen number's index."""
        return hmac.new(self.marks_key, f"{purpose}.{text}".encode(), sha256).hexdigest()

    def seal(self, number: str) -> bytes:
        """Encrypt a citizen number, bound to table, column and its index: a row cannot be swapped with another."""
        return self.seal_text(number, place=_place(self.citizen_index(number)))

    def unseal(self, cipher: bytes, index: str) -> str:
        """Citizen number of a row. Raises cryptography's InvalidTag when cipher and row do not belong together."""
        return self.unseal_text(cipher, place=_place(index))

    def seal_text(self, text: str, *, place: str) -> bytes:
        """Encrypt any text, bound to its place: `table.column.row`. Key id, nonce, AES-256-GCM."""
        nonce = secrets.token_bytes(_NONCE)
        sealed = AESGCM(self.cipher_keys[self.active]).encrypt(nonce, text.encode(), place.encode())
        return bytes([self.active]) + nonce + sealed

    def unseal_text(self, sealed: bytes, *, place: str) -> str:
        """The text again. Raises InvalidTag when it was sealed for another place, KeyError when its key is gone."""
        key, nonce, rest = self.cipher_keys[sealed[0]], sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :]
        return AESGCM(key).decrypt(nonce, rest, place.encode()).decode()


def _index(key: bytes, number: str) -> str:
    return hmac.new(key, number.encode(), sha256).hexdigest()


def _place(index: str) -> str:
    return f"accounts.citizen_cipher.{index}"


def read_keys(path: Path) -> Keyring:
    """Read the key file. Raises KeysMissing."""
    try:
        return keyring_of(json.loads(path.read_text()))
    except FileNotFoundError:
        raise KeysMissing(
            f"no keys in {path}: restore them from the backup, or run `flask prepare` for a new portal"
        ) from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as fault:
        raise KeysMissing(
            f"the keys in {path} cannot be read ({type(fault).__name__}): restore them from the backup"
        ) from None


def keyring_of(content: dict[str, Any]) -> Keyring:
    """The keys of a file's content, also of one from before keys had ids of their own (see `completed`).

    Raises ValueError, KeyError, TypeError or AttributeError for what is no such file.
    """
    content = completed(content)
    index_keys, cipher_keys = _by_id(content["citizen_index"]), _by_id(content["citizen_cipher"])
    active, following = content["active"], content.get("next")
    for key_id in (active, *([] if following is None else [following])):
        if not isinstance(key_id, int) or key_id not in index_keys or key_id not in cipher_keys:
            raise ValueError("id of a live key")
    return Keyring(
        signing=_secret(content["signing"]).hex(),
        marks_key=_secret(content["marks"]),
        index_keys=index_keys,
        cipher_keys=cipher_keys,
        active=active,
    )


def completed(content: dict[str, Any]) -> dict[str, Any]:
    """The same content in today's form.

    Earlier files had one index key, without an id, which also made the marks: it goes on making them. The highest
    cipher key sealed.
    """
    if not isinstance(content["citizen_index"], str):
        return content
    active = max(int(key_id) for key_id in content["citizen_cipher"])
    key = content["citizen_index"]
    return content | {"marks": key, "citizen_index": {str(active): key}, "active": active}


def _secret(text: str) -> bytes:
    """A key of full length: a shorter one would work and protect nothing."""
    key = bytes.fromhex(text)
    if len(key) != _KEY:
        raise ValueError("length of a key")
    return key


def _by_id(keys: dict[str, str]) -> dict[int, bytes]:
    found = {int(key_id): _secret(text) for key_id, text in keys.items()}
    if not found or not all(0 <= key_id <= 255 for key_id in found):  # the id is one byte of each sealed text
        raise ValueError("ids of the keys")
    return found
