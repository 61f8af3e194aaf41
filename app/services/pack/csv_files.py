"""The CSV files of a pack: a line of headings, then one line a thing; read with their faults, written back."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.services.pack.faults import Findings
from app.services.pack.texts import read_text

Row = dict[str, str | None]  # by heading; None where the line ends too early


@dataclass(frozen=True, slots=True)
class CsvFile:
    """Its name in the pack, and its columns in canonical order; the first `needed` of them must be there."""

    name: str
    columns: tuple[str, ...]
    needed: int

    def read(self, root: Path, findings: Findings) -> list[tuple[int, Row]] | None:
        """Every line with its number in the file; None where there is no file, or not this one's columns."""
        text = read_text(root / self.name, self.name, findings) if (root / self.name).is_file() else None
        if text is None:
            return None
        reader = csv.DictReader(text.split("\n"), restkey="")
        headings = reader.fieldnames or ()
        if missing := [column for column in self.columns[: self.needed] if column not in headings]:
            wanted = ",".join(self.columns)
            findings.fault(self.name, 1, f"dòng đầu thiếu cột {', '.join(missing)}; cần {wanted}")
            return None
        if strange := [heading for heading in headings if heading not in self.columns]:
            findings.remark(self.name, 1, f"cột không được giữ: {', '.join(strange)}")
        return [(reader.line_num, row) for row in reader]

    def cells(self, row: Row) -> list[str]:
        """A line in order of the columns, each cell with single spaces; empty where there is none."""
        return [" ".join((row.get(column) or "").split()) for column in self.columns]

    def text(self, lines: Iterable[Sequence[str | int]]) -> str:
        """The file with these lines, in canonical form."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(self.columns)
        writer.writerows(lines)
        return out.getvalue()
