"""Passwords: argon2id, at most one hash at a time in a process so that a rush of sign-ins cannot starve exams."""

import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext, suppress
from functools import cache
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from app.config import ROOT
from app.rules.names import fold

T = TypeVar("T")
MIN_LENGTH = 8
_COMMON = ROOT / "app" / "data" / "common-passwords.txt"
_NICE = 10


class Passwords:
    """Hashes and checks. `cheapest` is for load tests only; `aside` is entered while one waits for a hash."""

    def __init__(
        self, *, cheapest: bool = False, aside: Callable[[], AbstractContextManager[None]] = nullcontext
    ) -> None:
        # 19 MiB, two passes, one lane: OWASP's smallest recommended setting, 20–25 ms on one core.
        self._hasher = PasswordHasher(1, 8, 1) if cheapest else PasswordHasher(2, 19 * 1024, 1)
        self._nobody = self._hasher.hash("nobody has this password")
        self._aside = aside
        self._lock, self._pid = threading.Lock(), -1
        self._one: ThreadPoolExecutor

    def hash(self, password: str) -> str:
        """argon2id hash with its own salt and parameters."""
        return self._in_turn(lambda: self._hasher.hash(password))

    def matches(self, password_hash: str | None, password: str) -> bool:
        """Whether it is the password; takes the same time when there is no account (`None`)."""

        def verify() -> bool:
            try:
                return self._hasher.verify(password_hash or self._nobody, password) and password_hash is not None
            except (VerificationError, InvalidHashError):
                return False

        return self._in_turn(verify)

    def _in_turn(self, work: Callable[[], T]) -> T:
        """In the one thread that hashes, first come, first served."""
        with self._lock:
            if self._pid != os.getpid():  # a fork has no threads of its parent
                self._one, self._pid = ThreadPoolExecutor(1, "hashing", _give_way), os.getpid()
        with self._aside():
            return self._one.submit(work).result()


def _give_way() -> None:
    """Linux: this thread runs when nobody else wants the core, so a save waits for no hash."""
    with suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICE)


def _bare(text: str) -> str:
    """Without marks, case and separators: many type their name, and dots in their phone, either way."""
    return "".join(char for char in fold(text) if char not in " .-()")


@cache
def _common() -> frozenset[str]:
    lines = _COMMON.read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("# ") and line != "#")


def is_common(password: str) -> bool:
    """One of those that are guessed first, whatever its marks, case and blanks."""
    return _bare(password) in _common()


def too_weak(password: str, *, own_words: list[str]) -> bool:
    """Made of the person's own data, or one character again and again; length is checked by the form."""
    flat = _bare(password)
    if len(set(flat)) < 3:
        return True
    own = [_bare(word) for word in own_words if len(word) >= 4]
    return any(flat in word or (word in flat and len(flat) - len(word) < 4) for word in own)
