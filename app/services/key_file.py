"""The file of the secret keys: made once, changed only whole, read again by every process when it changed.

Its content: `signing`, `marks`, `citizen_index` and `citizen_cipher` (key id → key), `active` (the id that writes) and,
while the next keys wait to be used, `next`. All keys are 64 hex digits.
"""

import fcntl
import json
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from app.services.keyring import Keyring, KeysMissing, completed, keyring_of, read_keys

MOST_IDS = 256  # the id is one byte of each sealed text


class Busy(Exception):
    """Another command is changing the keys."""


class KeyFile:
    """The keys of this process, read again at most every `every` seconds, and only when the file is another one."""

    def __init__(self, path: Path, *, every: float) -> None:
        self._path, self._every = path, every
        self._state: tuple[int, ...] = ()
        self._keys: Keyring | None = None
        self._looked = float("-inf")

    def get(self) -> Keyring:
        """The keys as they stand now. Raises KeysMissing while there have never been any.

        A file that is gone or broken for a while takes nothing away: the keys that were read go on working.
        """
        if self._keys is not None and time.monotonic() - self._looked < self._every:
            return self._keys
        self._looked = time.monotonic()
        state = self._stat()
        if self._keys is None or (state and state != self._state):
            try:
                self._keys = read_keys(self._path)
            except KeysMissing:
                if self._keys is None:
                    raise
            else:
                self._state = state
        return self._keys

    def _stat(self) -> tuple[int, ...]:
        try:
            found = self._path.stat()
        except OSError:
            return ()
        return (found.st_ino, found.st_mtime_ns, found.st_size)


def make_keys(path: Path) -> None:
    """Write fresh keys with mode 0600. Raises FileExistsError rather than replace keys that data hangs on."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    content = {"signing": new_key(), "marks": new_key(), "active": 1}
    content |= {"citizen_index": {"1": new_key()}, "citizen_cipher": {"1": new_key()}}
    _write_new(path, content)
    _keep_names(path.parent)


def _write_new(path: Path, content: dict[str, Any]) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(content, file, indent=1)
        file.flush()
        os.fsync(file.fileno())


def _keep_names(folder: Path) -> None:
    """What its files are called now outlives a power cut too."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def new_key() -> str:
    """256 random bits as the file keeps them."""
    return secrets.token_hex(32)


def read_content(path: Path) -> dict[str, Any]:
    """The file's content in today's form. Raises KeysMissing."""
    read_keys(path)  # says in one line what is wrong with it
    return completed(json.loads(path.read_text()))


def complete(path: Path) -> bool:
    """Bring a file of an earlier form into today's; returns whether there was anything to do. Raises KeysMissing."""
    content = read_content(path)
    if content == json.loads(path.read_text()):
        return False
    replace_content(path, content)
    return True


def replace_content(path: Path, content: dict[str, Any]) -> None:
    """Put another content in the file's place at once: whoever reads finds the old or the new one, whole.

    On disk before the old one is gone: keys that a power cut took away would take the citizen numbers with them.
    """
    keyring_of(content)
    beside = path.with_name(path.name + ".new")
    beside.unlink(missing_ok=True)
    _write_new(beside, content)
    beside.replace(path)
    _keep_names(path.parent)


@contextmanager
def only_one(path: Path) -> Iterator[None]:
    """One command at a time changes the keys. Raises Busy."""
    descriptor = os.open(path.with_name(path.name + ".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Busy from None
        yield
    finally:
        os.close(descriptor)
