"""Results of a round as a file for the committee."""

from collections.abc import Generator
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import IO

from sqlalchemy import func, select

from app.extensions import db
from app.models import Account, Attempt, Entry, Standing
from app.rules.amounts import full_duration
from app.rules.numbers import masked_citizen_number
from app.services.catalogue import Catalogue, RoundInfo
from app.services.spreadsheets import Cell, Columns, FileKind, stamp, wall_time, write_sheet

_BATCH = 1000  # rows that are in memory at once
_WIDTHS = (7, 30, 10, 28, 18, 9, 9, 12, 16, 21, 9)


@dataclass(frozen=True, slots=True)
class ResultRow:
    """One person's best attempt in a round; equal keys share a place. `time_used` in whole seconds."""

    place: int
    full_name: str
    unit_code: str
    unit_name: str
    citizen_last_four: str | None
    correct: int
    questions: int
    time_used: int
    submitted_at: datetime
    attempts: int


def result_rows(*, round_id: int, catalogue: Catalogue) -> Generator[ResultRow]:
    """All ranked people of a round, best first, from one statement: rows that change meanwhile change nothing here."""
    statement = (
        select(
            Standing.rank_key,
            Account.full_name,
            Entry.unit_id,
            Account.citizen_last_four,
            Standing.correct,
            func.length(Attempt.answers),  # one character a question (rules.answers)
            Standing.time_used,
            Standing.submitted_at,
            Standing.attempts,
        )
        .join(Entry, Entry.id == Standing.entry_id)
        .join(Account, Account.id == Entry.account_id)
        .join(Attempt, Attempt.id == Standing.attempt_id)
        .where(Standing.round_id == round_id)
        .order_by(Standing.rank_key, Standing.entry_id)
        .execution_options(yield_per=_BATCH)
    )
    last_key, place = "", 0
    with db.session.execute(statement) as rows:  # closed also when the writing of the file fails half-way
        for position, (key, name, unit_id, last_four, *result) in enumerate(rows, 1):
            place, last_key = place if key == last_key else position, key
            unit = catalogue.units_by_id[unit_id]
            yield ResultRow(place, name, unit.code, unit.full_name, last_four, *result)


def people_ranked(*, round_id: int) -> int:
    """How many people have a result in a round."""
    return db.session.scalar(select(func.count()).select_from(Standing).where(Standing.round_id == round_id)) or 0


def file_name(*, catalogue: Catalogue, this_round: RoundInfo, kind: FileKind, now: datetime) -> str:
    """`ket-qua-<contest>-dot-1-20251021-1530.xlsx`: no marks, and the time it stands at."""
    return f"ket-qua-{catalogue.slug}-dot-{this_round.number}-{stamp(now, catalogue.rules.zone)}.{kind}"


def write_results(file: IO[bytes], *, kind: FileKind, round_id: int, catalogue: Catalogue) -> int:
    """Write the results of a round to an open binary file; returns the number of people."""
    rows = result_rows(round_id=round_id, catalogue=catalogue)
    zone = catalogue.rules.zone
    return write_sheet(file, (values(row, zone) for row in rows), columns=columns(zone), kind=kind)


def columns(zone: tzinfo) -> Columns:
    """What the file looks like; times are those of `zone`."""
    headings = [
        "Hạng",
        "Họ và tên",
        "Mã đơn vị",
        "Đơn vị",
        "Số căn cước",
        "Số câu đúng",
        "Số câu hỏi",
        "Thời gian (giây)",
        "Thời gian",
        f"Nộp lúc (giờ {zone})",
        "Số lượt thi",
    ]
    return Columns("Kết quả", headings, _WIDTHS)


def values(row: ResultRow, zone: tzinfo) -> list[Cell]:
    """One row's cells, in order of the columns."""
    return [
        row.place,
        row.full_name,
        row.unit_code,
        row.unit_name,
        masked_citizen_number(row.citizen_last_four) if row.citizen_last_four else "",
        row.correct,
        row.questions,
        row.time_used,
        full_duration(row.time_used),
        wall_time(row.submitted_at, zone),
        row.attempts,
    ]
