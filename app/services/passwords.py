"""Passwords: argon2id, at most one hash at a time in a process so that a rush of sign-ins cannot starve exams."""

import threading

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from app.rules.names import fold

MIN_LENGTH = 8
_turn = threading.BoundedSemaphore(1)


class Passwords:
    """Hashes and checks. `cheapest` is for load tests only."""

    def __init__(self, *, cheapest: bool = False) -> None:
        # 19 MiB, two passes, one lane: OWASP's smallest recommended setting, 20–25 ms on one core.
        self._hasher = PasswordHasher(1, 8, 1) if cheapest else PasswordHasher(2, 19 * 1024, 1)
        self._nobody = self._hasher.hash("nobody has this password")

    def hash(self, password: str) -> str:
        """argon2id hash with its own salt and parameters."""
        with _turn:
            return self._hasher.hash(password)

    def matches(self, password_hash: str | None, password: str) -> bool:
        """Whether it is the password; takes the same time when there is no account (`None`)."""
        with _turn:
            try:
                return self._hasher.verify(password_hash or self._nobody, password) and password_hash is not None
            except (VerificationError, InvalidHashError):
                return False


def _bare(text: str) -> str:
    """Without marks, case and separators: many type their name, and dots in their phone, either way."""
    return "".join(char for char in fold(text) if char not in " .-()")


def too_weak(password: str, *, own_words: list[str]) -> bool:
    """Made of the person's own data, or one character again and again; length is checked by the form."""
    flat = _bare(password)
    if len(set(flat)) < 3:
        return True
    own = [_bare(word) for word in own_words if len(word) >= 4]
    return any(flat in word or (word in flat and len(flat) - len(word) < 4) for word in own)
