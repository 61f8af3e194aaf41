"""Lists as files for a spreadsheet: XLSX and CSV, row after row, never all in memory.

Names are people's own text, and spreadsheets run text that looks like a formula. XLSX cells are therefore typed as
text; CSV has no types, so such text gets a leading apostrophe (OWASP, "CSV Injection").
"""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from enum import StrEnum
from typing import IO

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
Cell = str | int | datetime | None


class FileKind(StrEnum):
    """What a spreadsheet can open; the value is the end of the file's name."""

    XLSX = "xlsx"
    CSV = "csv"


MIMETYPES = {
    FileKind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    FileKind.CSV: "text/csv",
}


@dataclass(frozen=True, slots=True)
class Columns:
    """Title of the sheet, names of the columns and how wide they are, in letters."""

    title: str
    headings: Sequence[str]
    widths: Sequence[int]


def write_sheet(file: IO[bytes], rows: Iterable[Sequence[Cell]], *, columns: Columns, kind: FileKind) -> int:
    """Write a list to an open binary file; returns the number of its rows."""
    from app.services.spreadsheets_xlsx import write_xlsx  # noqa: PLC0415  openpyxl would cost every start a fifth of it

    write = write_xlsx if kind is FileKind.XLSX else write_csv
    return write(file, rows, columns=columns)


def write_csv(file: IO[bytes], rows: Iterable[Sequence[Cell]], *, columns: Columns) -> int:
    """UTF-8 with the mark by which Excel knows it. Times as 2025-10-21 15:30:05, which no locale misreads."""
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
    lines, count = csv.writer(text), 0
    lines.writerow(columns.headings)
    for count, row in enumerate(rows, 1):  # noqa: B007  the last number is the answer
        lines.writerow(_harmless(value) if isinstance(value, str) else value for value in row)
    text.detach()  # the file stays open for its owner
    return count


def wall_time(moment: datetime, zone: tzinfo) -> datetime:
    """What the clock on the wall showed, to the second: spreadsheets know no zones."""
    return moment.astimezone(zone).replace(tzinfo=None, microsecond=0)


def stamp(moment: datetime, zone: tzinfo) -> str:
    """`20251021-1530`, the time that a list stands at, for the name of its file."""
    return f"{moment.astimezone(zone):%Y%m%d-%H%M}"


def _harmless(text: str) -> str:
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA_STARTS) else text
