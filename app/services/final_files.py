"""The final result as files: all lines as XLSX, what was taken out since marked beside its line."""

from collections.abc import Mapping
from typing import IO

from app.models import FinalLine, FinalResult, Invalidation
from app.services.catalogue import Catalogue, RoundInfo
from app.services.final_result import lines_of, taken_out
from app.services.results import ResultRow, columns, values
from app.services.spreadsheets import Columns, FileKind, write_sheet


def write_final(file: IO[bytes], *, final: FinalResult, catalogue: Catalogue) -> int:
    """Write the lines to an open binary file; returns how many."""
    zone, acts = catalogue.rules.zone, taken_out(final=final)
    shape = columns(zone)
    wider = Columns("Kết quả chung cuộc", [*shape.headings, "Ghi chú"], [*shape.widths, 40])
    rows = ([*values(_row(line, final), zone), _note(line, acts)] for line in lines_of(final=final))
    return write_sheet(file, rows, columns=wider, kind=FileKind.XLSX)


def _row(line: FinalLine, final: FinalResult) -> ResultRow:
    return ResultRow(
        line.place,
        line.full_name or "(đã xóa theo yêu cầu)",
        line.unit_code,
        line.unit_name,
        line.citizen_last_four,
        line.correct,
        final.questions,
        line.time_used,
        line.submitted_at,
        line.attempts,
    )


def _note(line: FinalLine, acts: Mapping[int, Invalidation]) -> str:
    act = acts.get(line.entry_id)
    return f"Đã hủy sau khi tính: {act.code.label}" if act else ""


def file_name(*, board: RoundInfo, catalogue: Catalogue, kind: str) -> str:
    """`chung-cuoc-<contest>-dot-1.pdf`: no marks."""
    return f"chung-cuoc-{catalogue.slug}-{'tong' if board is catalogue.total else f'dot-{board.number}'}.{kind}"
