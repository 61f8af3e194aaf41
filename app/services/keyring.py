"""The installation's secret keys: signing, the citizen number's index and its encryption.

Kept in one file outside the database, mode 0600. A citizen number has only about 10¹⁰ possible values, so a plain hash
falls in seconds: the index is an HMAC-SHA-256, the readable copy AES-256-GCM bound to its row.
"""

import hmac
import json
import os
import secrets
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE = 12
_KEY = 32


class KeysMissing(Exception):
    """No key file, or one that cannot be used; the message is one line for the operator."""


@dataclass(frozen=True, slots=True)
class Keyring:
    """Secrets as bytes; `cipher_keys` by key id, the highest id seals."""

    signing: str
    index_key: bytes
    cipher_keys: dict[int, bytes]

    def citizen_index(self, number: str) -> str:
        """Keyed index of a citizen number, 64 hex digits; equal numbers have equal indexes."""
        return hmac.new(self.index_key, number.encode(), sha256).hexdigest()

    def mark(self, purpose: str, text: str) -> str:
        """Keyed mark of any text, 64 hex digits, different for each purpose; never that of a citizen number's index."""
        return hmac.new(self.index_key, f"{purpose}.{text}".encode(), sha256).hexdigest()

    def seal(self, number: str) -> bytes:
        """Encrypt a citizen number, bound to table, column and its index: a row cannot be swapped with another."""
        key_id = max(self.cipher_keys)
        nonce = secrets.token_bytes(_NONCE)
        sealed = AESGCM(self.cipher_keys[key_id]).encrypt(
            nonce, number.encode(), self._place(self.citizen_index(number))
        )
        return bytes([key_id]) + nonce + sealed

    def unseal(self, cipher: bytes, index: str) -> str:
        """Citizen number of a row. Raises cryptography's InvalidTag when cipher and row do not belong together."""
        key, nonce, sealed = self.cipher_keys[cipher[0]], cipher[1 : 1 + _NONCE], cipher[1 + _NONCE :]
        return AESGCM(key).decrypt(nonce, sealed, self._place(index)).decode()

    @staticmethod
    def _place(index: str) -> bytes:
        return b"accounts.citizen_cipher." + index.encode()


def make_keys(path: Path) -> None:
    """Write fresh keys with mode 0600. Raises FileExistsError rather than replace keys that data hangs on."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    content = {
        "signing": secrets.token_hex(32),
        "citizen_index": secrets.token_hex(32),
        "citizen_cipher": {"1": secrets.token_hex(32)},
    }
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(content, file, indent=1)


def read_keys(path: Path) -> Keyring:
    """Read the key file. Raises KeysMissing."""
    try:
        content = json.loads(path.read_text())
        return Keyring(
            signing=_secret(content["signing"]).hex(),
            index_key=_secret(content["citizen_index"]),
            cipher_keys=_by_id(content["citizen_cipher"]),
        )
    except FileNotFoundError:
        raise KeysMissing(
            f"no keys in {path}: restore them from the backup, or run `flask prepare` for a new portal"
        ) from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as fault:
        raise KeysMissing(
            f"the keys in {path} cannot be read ({type(fault).__name__}): restore them from the backup"
        ) from None


def _secret(text: str) -> bytes:
    """A key of full length: a shorter one would work and protect nothing."""
    key = bytes.fromhex(text)
    if len(key) != _KEY:
        raise ValueError("length of a key")
    return key


def _by_id(keys: dict[str, str]) -> dict[int, bytes]:
    found = {int(key_id): _secret(text) for key_id, text in keys.items()}
    if not found or not all(0 <= key_id <= 255 for key_id in found):  # the id is one byte of each sealed number
        raise ValueError("ids of the keys")
    return found
