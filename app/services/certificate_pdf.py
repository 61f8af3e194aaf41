"""The certificate as a PDF: what is printed, once, one at a time. How it is printed: certificate_press."""

import threading
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from app.models import Certificate
from app.services.catalogue import Catalogue

_KEPT = 64  # PDFs of 25 kB: people press the button twice, nobody fifty times


class Unprintable(Exception):
    """Letters that the certificate's font does not have. A box in a name would be worse than no certificate."""

    def __init__(self, letters: str) -> None:
        super().__init__(letters)
        self.letters = letters


class NotPrinted(Exception):
    """xhtml2pdf complained, or the text took more than one page."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything that is printed. Texts are NFC; `code` is as kept, `address` is where it is verified."""

    code: str
    full_name: str
    unit_name: str
    contest: str
    issuer: str
    title: str
    wording: str
    place: str
    signatory_title: str
    signatory: str
    issued_on: date
    address: str


def sheet_of(*, certificate: Certificate, catalogue: Catalogue, address: str) -> Sheet:
    """The person as certified, the wording as the organiser has it today."""
    rules = catalogue.rules.certificate
    return Sheet(
        code=certificate.code,
        full_name=certificate.full_name,
        unit_name=certificate.unit_name,
        contest=catalogue.name,
        issuer=rules.issuer,
        title=rules.title,
        wording=rules.wording,
        place=rules.place,
        signatory_title=rules.signatory_title,
        signatory=rules.signatory,
        issued_on=certificate.issued_at.astimezone(catalogue.rules.zone).date(),
        address=address,
    )


_turn = threading.Lock()


def certificate_pdf(sheet: Sheet) -> bytes:
    """The PDF, made once and kept for a while. Raises Unprintable, NotPrinted.

    One at a time in a process: reportlab's fonts are global, and a second tap waits for the first one's bytes.
    """
    with _turn:
        return _printed(sheet)


# Keyed by all that is printed, not by the certificate's id: a corrected wording or address must not meet an old paper.
@lru_cache(maxsize=_KEPT)
def _printed(sheet: Sheet) -> bytes:
    from app.services.certificate_press import press  # noqa: PLC0415  30 MB, 0.25 s: only for those who print

    return press(sheet)
