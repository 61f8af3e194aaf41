"""The certificate as a PDF: one A4 page, made by xhtml2pdf from templates/pdf/certificate.html."""

import io
import logging
import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import date
from functools import cache, lru_cache
from types import SimpleNamespace

import segno
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from PIL import Image

from app.config import ROOT
from app.models import Certificate
from app.services.catalogue import Catalogue
from app.services.codes import shown_code
from app.services.readiness import FONTS

_KEPT = 64  # PDFs of 25 kB: people press the button twice, nobody fifty times
_TEXT = "BeVietnamPro"
_FRAME = "LanToaFrame"

# What xhtml2pdf's own style sheet says and this page needs; reading all of it takes 2 ms a certificate.
_CSS = """html { font-size: 12pt; margin: 0; padding: 0; border: 0 none; display: inline; white-space: normal }
body, p, table, tr, td { display: block } b { font-weight: bold } td { vertical-align: top; width: auto }"""

# (points wide, lines, sizes to try, largest first), for each text whose length is not ours to decide.
_ROOM = {
    "issuer": (680.0, 1, (14.0, 13.0, 12.0, 10.0, 8.0, 6.0, 4.0)),
    "title": (600.0, 1, (38.0, 32.0, 26.0, 20.0, 14.0, 10.0)),
    "full_name": (670.0, 1, (42.0, 38.0, 34.0, 30.0, 26.0, 23.0, 20.0)),
    "unit_name": (670.0, 1, (16.0, 14.0, 12.0, 10.0)),
    "wording": (670.0, 2, (16.0, 14.0, 12.0, 10.0, 8.0, 6.0, 4.0)),
    "contest": (670.0, 2, (22.0, 19.0, 16.0, 13.0, 10.0)),
    "signatory_title": (310.0, 1, (13.0, 11.0, 9.0, 7.0, 5.0)),
    "address": (278.0, 1, (9.5, 8.5, 7.5, 6.5, 5.5, 4.5)),
    "signatory": (310.0, 1, (14.0, 12.0, 10.0, 8.0, 6.0)),
}


class Unprintable(Exception):
    """Letters that the certificate's font does not have. A box in a name would be worse than no certificate."""

    def __init__(self, letters: str) -> None:
        super().__init__(letters)
        self.letters = letters


class NotPrinted(Exception):
    """xhtml2pdf complained or did not make exactly one page."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything that is printed. Texts are NFC; `code` is as kept, `address` verifies it."""

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
    """The person as she was certified, the wording as the organiser has it today."""
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
    """The PDF, made once and kept for a while. One at a time in a process. Raises Unprintable, NotPrinted."""
    with _turn:
        return _print(sheet)


@lru_cache(maxsize=_KEPT)
def _print(sheet: Sheet) -> bytes:
    from xhtml2pdf import pisa  # 30 MB and 0.25 s: only a process that prints pays them
    from xhtml2pdf.config.resources import ResourceAccessPolicy

    _register_fonts()
    _refuse_unprintable(sheet)
    out = io.BytesIO()
    with _complaints() as complaints:
        result = pisa.CreatePDF(
            _html(sheet),
            dest=out,
            default_css=_CSS,
            encoding="utf-8",
            resource_policy=ResourceAccessPolicy.server(base_dir=FONTS, allow_remote=False),
        )
    if result.err or result.warn or complaints or out.getvalue().count(b"/Type /Page\n") != 1:
        raise NotPrinted("; ".join([*(str(line) for line in result.log), *complaints]) or "not one page")
    return out.getvalue()


@contextmanager
def _complaints() -> Iterator[list[str]]:
    """What xhtml2pdf only logs: a letter it cannot draw, a text that outgrew its place."""
    found: list[str] = []
    handler = logging.Handler(logging.WARNING)
    handler.emit = lambda line: found.append(line.getMessage())  # type: ignore[method-assign]
    logger = logging.getLogger("xhtml2pdf")
    logger.addHandler(handler)
    try:
        yield found
    finally:
        logger.removeHandler(handler)


@cache
def _register_fonts() -> None:
    """Three registers: pdfmetrics draws, addMapping knows bold, DEFAULT_FONT is where xhtml2pdf looks a family up.

    Without the last one it falls back to Helvetica without an error, and Vietnamese letters become boxes.
    """
    from reportlab import rl_config
    from reportlab.lib.fonts import addMapping
    from reportlab.pdfbase.pdfmetrics import registerFont
    from reportlab.pdfbase.ttfonts import TTFont
    from xhtml2pdf.default import DEFAULT_FONT

    rl_config.useA85 = 0  # streams as they are: fewer bytes, less work
    for family, plain, bold in ((_TEXT, f"{_TEXT}-Regular", f"{_TEXT}-SemiBold"), (_FRAME, _FRAME, _FRAME)):
        for name in {plain, bold}:
            registerFont(TTFont(name, FONTS / f"{name}.ttf"))
        for italic in (0, 1):
            addMapping(family, 0, italic, plain)
            addMapping(family, 1, italic, bold)
        DEFAULT_FONT[family.lower()] = family


def _refuse_unprintable(sheet: Sheet) -> None:
    from reportlab.pdfbase.pdfmetrics import getFont

    known = getFont(f"{_TEXT}-SemiBold").face.charToGlyph
    texts = [value for value in (getattr(sheet, field.name) for field in fields(sheet)) if isinstance(value, str)]
    if strange := {letter for text in texts for letter in text if ord(letter) not in known}:
        raise Unprintable("".join(sorted(strange)))


def _html(sheet: Sheet) -> str:
    day = sheet.issued_on
    when = f"ngày {day.day:02d} tháng {day.month:02d} năm {day.year}"
    return (
        _templates()
        .get_template("pdf/certificate.html")
        .render(
            sheet=sheet,
            sizes=SimpleNamespace(**{name: _size(getattr(sheet, name), *room) for name, room in _ROOM.items()}),
            code=shown_code(sheet.code),
            day=f"{sheet.place}, {when}" if sheet.place else when.capitalize(),
            qr=_qr(sheet.address),
        )
    )


@cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(ROOT / "app" / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
    )


def _size(text: str, width: float, lines: int, sizes: tuple[float, ...]) -> float:
    """The largest size at which the text takes at most that many lines, words unbroken; else the smallest."""
    return next((size for size in sizes if _lines(text, width, size) <= lines), sizes[-1])


def _lines(text: str, width: float, size: float) -> int:
    """Lines that greedy breaking needs; a word that is wider than the line counts as too many."""
    from reportlab.pdfbase.pdfmetrics import stringWidth

    lines, filled = 1, 0.0
    blank = stringWidth(" ", f"{_TEXT}-SemiBold", size)
    for word in text.split():
        long = stringWidth(word, f"{_TEXT}-SemiBold", size)
        if long > width:
            return 99
        if filled and filled + blank + long > width:
            lines, filled = lines + 1, long
        else:
            filled += (blank if filled else 0.0) + long
    return lines


def _qr(address: str) -> str:
    """A PNG as a data URI, with the border left to the white page. Any mask is valid; trying all eight takes 3 ms."""
    matrix = segno.make(address, error="m", micro=False, mask=3).matrix
    dots = Image.frombytes("L", (len(matrix), len(matrix)), bytes(0 if dot else 255 for row in matrix for dot in row))
    out = io.BytesIO()
    dots.resize((4 * dots.width, 4 * dots.height), Image.Resampling.NEAREST).save(out, "PNG")
    return "data:image/png;base64," + b64encode(out.getvalue()).decode()
