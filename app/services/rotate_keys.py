"""Replacing the keys of the citizen numbers and of everything sealed, while people register and sign in.

1. `begin`: the next keys stand in the file, known but not yet used. Wait until every process has read the file again.
2. `activate`: the next keys write. Wait again: until then some processes still write with the old ones.
3. `Renewal.some`, again and again: a few rows at a time get indexes and seals of the new keys.
4. `finish`: nothing hangs on the old keys any more, and they go.

After a crash the file says where to go on. In each step every process knows all keys that any process writes with;
look-ups ask for all of them, and `citizen_numbers.hold` keeps two from registering one number under two keys.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import InstrumentedAttribute

from app.extensions import db
from app.models import Account, Claim, SmsMessage
from app.services.citizen_numbers import hold
from app.services.key_file import MOST_IDS, new_key, read_content, replace_content
from app.services.keyring import Keyring

_LIVE = ("citizen_index", "citizen_cipher")


class Phase(StrEnum):
    """Where the file says a replacement stands."""

    AT_REST = "at_rest"
    BEGUN = "begun"
    ACTIVE = "active"  # the new keys write, the old ones are still read


class OldKeysInUse(Exception):
    """Rows of the old keys are left: they would be lost with them."""


@dataclass(frozen=True, slots=True)
class SealedColumn:
    """A column of texts that `Keyring.seal_text` sealed, and what `place` each is bound to."""

    column: InstrumentedAttribute[bytes | None]
    row: InstrumentedAttribute[Any]

    def place(self, row: object) -> str:
        """`accounts.totp_cipher.17`."""
        return f"{self.column.class_.__tablename__}.{self.column.key}.{row}"


TOTP_SECRETS = SealedColumn(Account.totp_cipher, Account.id)
OUTBOX = SealedColumn(SmsMessage.sealed, SmsMessage.key)
SEALED = (TOTP_SECRETS, OUTBOX)
_NUMBERS: tuple[InstrumentedAttribute[Any], ...] = (Account.citizen_cipher, Claim.citizen_cipher)


def phase(path: Path) -> Phase:
    """Raises KeysMissing."""
    content = read_content(path)
    if content.get("next") is not None:
        return Phase.BEGUN
    return Phase.ACTIVE if any(len(content[name]) > 1 for name in _LIVE) else Phase.AT_REST


def begin(path: Path) -> int:
    """Put the next keys beside the active ones; returns their id."""
    content = read_content(path)
    used = {int(key_id) for name in _LIVE for key_id in content[name]}
    key_id = next(i for i in chain(range(max(used) + 1, MOST_IDS), range(MOST_IDS)) if i not in used)
    for name in _LIVE:
        content[name][str(key_id)] = new_key()
    replace_content(path, content | {"next": key_id})
    return key_id


def activate(path: Path) -> None:
    """Let the next keys write."""
    content = read_content(path)
    content["active"] = content.pop("next")
    replace_content(path, content)


def finish(path: Path, keyring: Keyring) -> None:
    """Take the old keys out of the file. Raises OldKeysInUse."""
    if any(left_over(keyring).values()):
        raise OldKeysInUse
    content = read_content(path)
    active = str(content["active"])
    replace_content(path, content | {name: {active: content[name][active]} for name in _LIVE})


def left_over(keyring: Keyring) -> dict[str, int]:
    """Rows by column that still hang on another key than the active one."""
    columns = [*_NUMBERS, *(sealed.column for sealed in SEALED)]
    return {
        f"{column.class_.__tablename__}.{column.key}": db.session.scalar(
            select(func.count()).select_from(column.class_).where(_stale(column, keyring))
        )
        or 0
        for column in columns
    }


class Renewal:
    """Brings rows under the active key, column by column, in the order of their ids."""

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring
        self._left: list[Callable[[int], int]] = [
            *(_Numbers(table, keyring).renew for table in (Account, Claim)),
            *(_Seals(sealed, keyring).renew for sealed in SEALED),
        ]

    def some(self, *, limit: int) -> int:
        """At most `limit` rows of one column; 0 when there are none left. Flushes."""
        while self._left:
            if count := self._left[0](limit):
                return count
            del self._left[0]
        return 0


def _stale(column: InstrumentedAttribute[Any], keyring: Keyring) -> ColumnElement[bool]:
    """The first byte of a sealed text is the id of its key; NULL is no text."""
    return func.substr(column, 1, 1) != bytes([keyring.active])


class _Numbers:
    """A number's account and claims change together: whoever compares their indexes finds them alike."""

    def __init__(self, table: type[Account] | type[Claim], keyring: Keyring) -> None:
        self._table, self._keyring, self._after = table, keyring, 0

    def renew(self, limit: int) -> int:
        table, keyring = self._table, self._keyring
        rows = db.session.execute(
            select(table.id, table.citizen_index, table.citizen_cipher)
            .where(_stale(table.citizen_cipher, keyring), table.id > self._after)
            .order_by(table.id)
            .limit(limit)
        ).all()
        for self._after, index, cipher in rows:
            if index is not None and cipher is not None:
                _renew_number(index, cipher, keyring)
        return len(rows)


def _renew_number(index: str, cipher: bytes, keyring: Keyring) -> None:
    number = keyring.unseal(cipher, index)
    hold(number, keyring)
    known = {index, *keyring.citizen_indexes(number)}  # a claim may have been made under the new key already
    for table in (Account, Claim):
        db.session.execute(
            update(table)
            .where(table.citizen_index.in_(known), _stale(table.citizen_cipher, keyring))
            .values(citizen_index=keyring.citizen_index(number), citizen_cipher=keyring.seal(number))
            .execution_options(synchronize_session=False)
        )


class _Seals:
    """One sealed column."""

    def __init__(self, sealed: SealedColumn, keyring: Keyring) -> None:
        self._sealed, self._keyring, self._after = sealed, keyring, None

    def renew(self, limit: int) -> int:
        sealed, keyring = self._sealed, self._keyring
        column, row = sealed.column, sealed.row
        statement = select(row, column).where(_stale(column, keyring)).order_by(row).limit(limit)
        if self._after is not None:
            statement = statement.where(row > self._after)
        rows = db.session.execute(statement).all()
        for self._after, cipher in rows:
            place = sealed.place(self._after)
            db.session.execute(
                update(column.class_)
                .where(row == self._after, column == cipher)  # somebody may have changed or wiped it meanwhile
                .values({column.key: keyring.seal_text(keyring.unseal_text(cipher, place=place), place=place)})
                .execution_options(synchronize_session=False)
            )
        return len(rows)
