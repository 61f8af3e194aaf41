"""How a certificate is printed: xhtml2pdf and templates/pdf/certificate.html.

Import this only to print: xhtml2pdf takes 30 MB and 0.25 s. The three fonts are made by docs/certificate-fonts.
"""

import io
import logging
from base64 import b64encode
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import fields
from functools import cache
from types import SimpleNamespace
from typing import cast

import segno
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from PIL import Image
from reportlab import rl_config
from reportlab.lib.fonts import addMapping
from reportlab.pdfbase.pdfmetrics import getFont, registerFont, stringWidth
from reportlab.pdfbase.ttfonts import TTFont
from xhtml2pdf import pisa
from xhtml2pdf.config.resources import ResourceAccessPolicy
from xhtml2pdf.default import DEFAULT_FONT

from app.config import ROOT
from app.services.certificate_pdf import NotPrinted, Sheet, Unprintable
from app.services.codes import shown_code
from app.services.readiness import FONTS

PLAIN, BOLD, FRAME = "BeVietnamPro-Regular", "BeVietnamPro-SemiBold", "LanToaFrame"
FAMILIES = (("BeVietnamPro", PLAIN, BOLD), (FRAME, FRAME, FRAME))

# What xhtml2pdf's own style sheet says and this page needs; reading all of it takes 2 ms a certificate.
_CSS = """html { font-size: 12pt; margin: 0; padding: 0; border: 0 none; display: inline; white-space: normal }
body, p, div { display: block } b { font-weight: bold } a { text-decoration: none }"""

Steps = tuple[tuple[float, int], ...]


def _on(lines: int, *sizes: float) -> Steps:
    return tuple((size, lines) for size in sizes)


# For each text whose length is not ours to decide: points wide, and (size, most lines) to try, the finest first.
_ROOM: dict[str, tuple[float, Steps]] = {
    "issuer": (680.0, _on(1, 14, 13, 12, 10, 8, 6, 4)),
    "title": (600.0, _on(1, 38, 32, 26, 20, 14, 10)),
    "full_name": (680.0, _on(1, 42, 38, 34, 30, 27) + _on(2, 25, 22, 19, 16, 13) + _on(1, 10, 8)),
    "unit_name": (680.0, _on(1, 16, 14, 12, 10, 8, 6)),
    "wording": (640.0, _on(1, 16, 15) + _on(2, 16, 14, 12, 10, 8, 6, 4)),
    "contest": (680.0, _on(1, 22, 19) + _on(2, 18, 16, 13, 10, 8)),
    "address": (300.0, _on(1, 9.5, 9, 8.5, 8, 7.5, 6.5, 5.5, 4.5, 3.5)),
    "signatory_title": (282.0, _on(1, 13, 11, 9, 7, 5)),
    "signatory": (282.0, _on(1, 14, 12, 10, 8, 6, 4)),
}


def _register_fonts() -> None:
    """In three places: pdfmetrics draws, addMapping knows bold, DEFAULT_FONT is where xhtml2pdf looks a family up.

    Without the last one it takes Helvetica without an error, and Vietnamese letters become boxes.
    """
    for family, plain, bold in FAMILIES:
        for name in {plain, bold}:
            registerFont(TTFont(name, str(FONTS / f"{name}.ttf")))
        for italic in (0, 1):
            addMapping(family, 0, italic, plain)
            addMapping(family, 1, italic, bold)
        DEFAULT_FONT[family.lower()] = family


rl_config.useA85 = 0  # streams as they are: fewer bytes, less work
_register_fonts()
_FACE = cast("TTFont", getFont(BOLD)).face


def press(sheet: Sheet) -> bytes:
    """One page. Raises Unprintable, NotPrinted."""
    refuse_unprintable(getattr(sheet, field.name) for field in fields(sheet) if field.type is str)
    pdf = pdf_of(_html(sheet))
    if b"/Count 1 " not in pdf:
        raise NotPrinted("more than one page")
    return pdf


def pdf_of(html: str) -> bytes:
    """A PDF in the portal's fonts. Raises NotPrinted."""
    out = io.BytesIO()
    with _complaints() as complaints:
        result = pisa.CreatePDF(
            html,
            dest=out,
            default_css=_CSS,
            encoding="utf-8",
            resource_policy=ResourceAccessPolicy.server(base_dir=FONTS, allow_remote=False),
        )
    if result.err or result.warn or complaints:
        raise NotPrinted("; ".join([*map(str, result.log), *complaints]))
    return out.getvalue()


class _Complaints(logging.Handler):
    """What xhtml2pdf only logs: a letter it cannot draw, a text that outgrew its place."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep it."""
        self.lines.append(record.getMessage())


@contextmanager
def _complaints() -> Iterator[list[str]]:
    ears = _Complaints()
    logger = logging.getLogger("xhtml2pdf")
    logger.addHandler(ears)
    try:
        yield ears.lines
    finally:
        logger.removeHandler(ears)


def refuse_unprintable(texts: Iterable[str]) -> None:
    """Raises Unprintable for letters that the fonts don't have."""
    known = _FACE.charToGlyph
    if strange := {letter for text in texts for letter in text if ord(letter) not in known}:
        raise Unprintable("".join(sorted(strange)))


def _html(sheet: Sheet) -> str:
    day = sheet.issued_on
    when = f"ngày {day.day:02d} tháng {day.month:02d} năm {day.year}"
    return (
        templates()
        .get_template("pdf/certificate.html")
        .render(
            sheet=sheet,
            sizes=SimpleNamespace(**{name: fitting(getattr(sheet, name), *room) for name, room in _ROOM.items()}),
            code=shown_code(sheet.code),
            day=f"{sheet.place}, {when}" if sheet.place else when.capitalize(),
            qr=_qr(sheet.address),
        )
    )


@cache
def templates() -> Environment:
    """The templates of PDFs, without the web."""
    folder = FileSystemLoader(ROOT / "app" / "templates")
    return Environment(loader=folder, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


def fitting(text: str, width: float, steps: Steps) -> float:
    """The first size at which the text takes no more lines than that step allows, words unbroken; else the last.

    Measured in SemiBold, the wider of the two.
    """
    return next((size for size, lines in steps if _lines(text, width, size) <= lines), steps[-1][0])


def _lines(text: str, width: float, size: float) -> float:
    """Lines that breaking at blanks gives; endless when a word alone is wider than the line."""
    lines, filled, blank = 1, 0.0, stringWidth(" ", BOLD, size)
    for word in text.split():
        long = stringWidth(word, BOLD, size)
        if long > width:
            return float("inf")
        if filled and filled + blank + long > width:
            lines, filled = lines + 1, long
        else:
            filled += long + (blank if filled else 0.0)
    return lines


def qr_matrix(address: str) -> tuple[bytearray, ...]:
    """Rows of dots, 1 is dark. Any mask is valid; trying all eight for the prettiest takes 3 ms."""
    return segno.make(address, error="m", micro=False, mask=3).matrix


def _qr(address: str) -> str:
    """A PNG as a data URI, four pixels a dot; the white page is its border."""
    matrix = qr_matrix(address)
    dots = Image.frombytes("L", (len(matrix), len(matrix)), bytes(0 if dot else 255 for row in matrix for dot in row))
    out = io.BytesIO()
    dots.resize((4 * dots.width, 4 * dots.height), Image.Resampling.NEAREST).save(out, "PNG")
    return "data:image/png;base64," + b64encode(out.getvalue()).decode()
