"""Known devices: a cookie that says which accounts have signed in on this browser before.

A stranger who fails on purpose makes everybody wait who comes from an unknown browser, but not the owner on the own
phone. The cookie is a random name and, for each account, a keyed mark of name, account and password hash: nothing is
stored here, it tells nobody who signed in, it cannot be made up, and a new password makes it worthless.
"""

import re
import secrets
from dataclasses import dataclass

from app.services.keyring import Keyring

MOST = 4  # accounts on one browser, newest first: the cookie goes with every request
_LENGTH = 24  # hex digits of a mark
_COOKIE = re.compile(rf"([\w-]{{22}})((?:\.[0-9a-f]{{{_LENGTH}}}){{1,{MOST}}})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Device:
    """A browser. `name` is empty until somebody has signed in there."""

    name: str = ""
    marks: tuple[str, ...] = ()

    def __str__(self) -> str:
        return ".".join((self.name, *self.marks))

    def knows(self, account_id: int, password_hash: str, keyring: Keyring) -> bool:
        """Whether this account has signed in here since it got its password."""
        return bool(self.marks) and _mark(self.name, account_id, password_hash, keyring) in self.marks

    def remembering(self, account_id: int, password_hash: str, keyring: Keyring) -> "Device":
        """The same browser, this account first."""
        name = self.name or secrets.token_urlsafe(16)
        mark = _mark(name, account_id, password_hash, keyring)
        return Device(name, (mark, *(other for other in self.marks if other != mark))[:MOST])


def read_device(cookie: str | None) -> Device:
    """What a browser sent; anything that cannot be ours is an unknown browser."""
    found = _COOKIE.fullmatch(cookie or "")
    return Device(found[1], tuple(found[2].split(".")[1:])) if found else Device()


def _mark(name: str, account_id: int, password_hash: str, keyring: Keyring) -> str:
    return keyring.mark("device", f"{name}.{account_id}.{password_hash}")[:_LENGTH]
