"""The final result as files: all lines as XLSX, what was taken out since marked beside its line.

A draft says so on its tab: once sent around, nobody sees whether it was signed.
"""

from collections.abc import Mapping
from typing import IO

from app.models import FinalLine, FinalResult, InvalidationReason
from app.services.catalogue import Catalogue, RoundInfo
from app.services.final_result import NAMELESS, counted_attempt, lines_of, taken_out
from app.services.results import ResultRow, columns, values
from app.services.spreadsheets import Columns, FileKind, write_sheet


def write_final(file: IO[bytes], *, final: FinalResult, catalogue: Catalogue) -> int:
    """Write the lines to an open binary file; returns how many."""
    zone, acts = catalogue.rules.zone, taken_out(final=final)
    shape = columns(zone)
    title = "Kết quả chung cuộc" if final.signed_at else "Dự thảo, chưa ký"
    wider = Columns(title, [*shape.headings, "Ghi chú"], [*shape.widths, 40])
    rows = ([*values(_row(line, final), zone), _note(line, final, acts)] for line in lines_of(final=final))
    return write_sheet(file, rows, columns=wider, kind=FileKind.XLSX)


def _row(line: FinalLine, final: FinalResult) -> ResultRow:
    return ResultRow(
        line.place,
        line.full_name or NAMELESS,
        line.unit_code,
        line.unit_name,
        line.citizen_last_four,
        line.correct,
        final.questions,
        line.time_used,
        line.submitted_at,
        line.attempts,
    )


def _note(line: FinalLine, final: FinalResult, acts: Mapping[int, InvalidationReason]) -> str:
    """What ranks and has no column of its own, and what became of it."""
    attempt, reason = counted_attempt(line, final), acts.get(line.entry_id)
    ranks = [] if attempt is None else [f"Thứ tự lượt thi: {attempt}"]
    return "; ".join([*ranks, f"Đã hủy sau khi tính: {reason.label}"] if reason else ranks)


def file_name(*, board: RoundInfo, catalogue: Catalogue, kind: str) -> str:
    """`chung-cuoc-<contest>-dot-1.pdf`: no marks."""
    return f"chung-cuoc-{catalogue.slug}-{'tong' if board is catalogue.total else f'dot-{board.number}'}.{kind}"
