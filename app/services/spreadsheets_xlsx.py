"""Lists as workbooks. Imported with the first one that is asked for."""

from collections.abc import Iterable, Sequence
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from app.services.spreadsheets import Cell, Columns


def write_xlsx(file: IO[bytes], rows: Iterable[Sequence[Cell]], *, columns: Columns) -> int:
    """A workbook with one sheet; openpyxl keeps its rows in a temporary file."""
    book = Workbook(write_only=True)
    sheet: Any = book.create_sheet(columns.title)
    sheet.freeze_panes = "A2"
    for place, width in enumerate(columns.widths, 1):
        sheet.column_dimensions[get_column_letter(place)].width = width
    top = [_text(sheet, heading) for heading in columns.headings]
    for heading in top:
        heading.font, heading.alignment = Font(bold=True), Alignment(wrap_text=True, vertical="top")
    sheet.append(top)
    count = 0
    for count, row in enumerate(rows, 1):  # noqa: B007  the last number is the answer
        sheet.append([_text(sheet, value) if isinstance(value, str) else value for value in row])
    book.save(file)
    return count


def _text(sheet: Any, text: str) -> Any:
    """A cell that is text, also when it begins with `=` or reads `#N/A`."""
    cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", text))
    cell.data_type = "s"
    return cell
