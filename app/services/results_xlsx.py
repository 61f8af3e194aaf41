"""Results as a workbook. Imported with the first one that is asked for."""

from collections.abc import Iterator
from datetime import tzinfo
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font

from app.services.results import ResultRow, headings, values

_WIDTHS = (7, 30, 10, 28, 18, 9, 9, 12, 16, 21, 9)


def write_xlsx(file: IO[bytes], rows: Iterator[ResultRow], *, zone: tzinfo) -> int:
    """A workbook with one sheet; openpyxl keeps its rows in a temporary file."""
    book = Workbook(write_only=True)
    sheet: Any = book.create_sheet("Kết quả")
    sheet.freeze_panes = "A2"
    for letter, width in zip("ABCDEFGHIJK", _WIDTHS, strict=True):
        sheet.column_dimensions[letter].width = width
    top = [_text(sheet, heading) for heading in headings(zone)]
    for heading in top:
        heading.font = Font(bold=True)
    sheet.append(top)
    count = 0
    for count, row in enumerate(rows, 1):  # noqa: B007  the last number is the answer
        sheet.append([_text(sheet, value) if isinstance(value, str) else value for value in values(row, zone)])
    book.save(file)
    return count


def _text(sheet: Any, text: str) -> Any:
    """A cell that is text, also when it begins with `=` or reads `#N/A`."""
    cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", text))
    cell.data_type = "s"
    return cell
