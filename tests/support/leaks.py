"""Finding citizen numbers and phones where they must not stand, however they are grouped."""

import base64
import io
import logging
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from flask import Flask
from flask.logging import default_handler
from sqlalchemy import select

from app.extensions import db
from app.models import Account, Claim, Entry
from app.web.portal import portal
from tests.support.everywhere import every_value

_RUN = re.compile(r"\d(?:(?:[ .\-\u00a0]|&nbsp;|%20|\+)?\d){8,}")
# The pack's own tables: their sort keys are full of zeros and nobody's numbers.
_CONTENT = ("contests.", "rounds.", "pages.", "units.", "old_units.", "unit_groups.", "topics.", "lessons.", "question")
# A phone's own column. A guardian's phone is one too.
_PHONES = ("accounts.phone", "entries.guardian_phone")
# A name's letters as places in the alphabet: digits that may be anybody's number by chance. A name holds no digit.
_CODED = ("accounts.name_sort",)


def numbers_in(text: str, known: set[str]) -> set[str]:
    """The known ones, digits only, that stand in a text, also with blanks, dots or dashes between their digits."""
    found = set()
    lengths = {len(number) for number in known}
    for run in _RUN.findall(text):
        digits = re.sub(r"\D", "", run.replace("%20", ""))
        for length in lengths:
            found |= {digits[i : i + length] for i in range(len(digits) - length + 1)} & known
    return found


def as_typed(phone: str) -> set[str]:
    """`+84912345678` as it may be written: `0912345678`, `84912345678`."""
    return {"0" + phone.removeprefix("+84"), phone.removeprefix("+")}


@dataclass
class Traces:
    """What a run knew and what it left: people's numbers, the whole database, the log as the portal writes it."""

    citizen_numbers: set[str] = field(default_factory=set)
    phones: set[str] = field(default_factory=set)
    kept: list[tuple[str, str]] = field(default_factory=list)
    log: str = ""

    @contextmanager
    def logging(self, app: Flask) -> Iterator[None]:
        """Everything that is logged meanwhile, from INFO on."""
        stream = io.StringIO()
        handler = logging.StreamHandler(stream)
        handler.setFormatter(default_handler.formatter)
        root, before = logging.getLogger(), logging.getLogger().level
        root.addHandler(handler)
        root.setLevel(logging.INFO)
        try:
            yield
        finally:
            root.removeHandler(handler)
            root.setLevel(before)
            self.log += stream.getvalue()

    def note_people(self, app: Flask) -> None:
        """Whoever is there now; who was deleted before the end is still looked for."""
        with app.app_context():
            keys = portal().keyring
            sealed = select(Account.citizen_cipher, Account.citizen_index).union(
                select(Claim.citizen_cipher, Claim.citizen_index)
            )
            rows = db.session.execute(sealed).all()
            self.citizen_numbers |= {keys.unseal(cipher, index) for cipher, index in rows if cipher and index}
            phones = [*db.session.scalars(select(Account.phone)), *db.session.scalars(select(Entry.guardian_phone))]
            self.phones |= {typed for phone in phones if phone for typed in as_typed(phone)}

    def note_database(self, app: Flask) -> None:
        """Every value of every table, bytes too."""
        with app.app_context():
            self.kept = list(every_value())

    def in_database(self) -> list[str]:
        """Each column with a clear number, or with a phone outside its own column."""
        faults = []
        for column, text in self.kept:
            if column.startswith((*_CONTENT, *_CODED)):
                continue
            known = self.citizen_numbers | (set() if column in _PHONES else self.phones)
            faults += [f"{column}: {found}" for found in numbers_in(text, known)]
        return faults

    def in_text(self, text: str, *, but: set[str] = frozenset()) -> set[str]:  # type: ignore[assignment]
        """Numbers and phones in a text, except these."""
        return numbers_in(text, self.citizen_numbers | self.phones) - but


def cookie_texts(headers: list[str]) -> str:
    """Cookies as sent, and what the signed one says to anybody who unpacks it."""
    texts = []
    for header in headers:
        value = header.partition("=")[2].partition(";")[0]
        texts.append(value)
        packed = value.startswith(".")
        with suppress(ValueError, zlib.error):
            raw = base64.urlsafe_b64decode(value.lstrip(".").partition(".")[0] + "==")
            texts.append((zlib.decompress(raw) if packed else raw).decode("utf-8", "replace"))
    return "\n".join(texts)
