"""The people of one unit as a file for its officer. No citizen number is in it, not even its end."""

from collections.abc import Generator
from datetime import datetime
from typing import IO, Any

from sqlalchemy import Select, func, select

from app.extensions import db
from app.models import Account, Certificate, Entry, Group, LessonRead, Standing
from app.rules.numbers import shown_phone
from app.services.catalogue import Catalogue, UnitInfo
from app.services.spreadsheets import Cell, Columns, FileKind, stamp, wall_time, write_sheet

_BATCH = 1000  # rows that are in memory at once
_HEADINGS = (
    "Họ và tên",
    "Số điện thoại",
    "Tổ, thôn, cơ quan, trường",
    "Đăng ký lúc",
    "Số bài đã học",
    "Số bài phải học",
    "Số câu đúng cao nhất",
    "Hoàn thành lúc",
    "Giấy chứng nhận",
)
_WIDTHS = (30, 15, 28, 21, 9, 9, 9, 21, 12)


def write_unit_people(file: IO[bytes], *, kind: FileKind, unit: UnitInfo, catalogue: Catalogue) -> int:
    """Write everybody of a unit who has registered, by name; returns how many. Times are the contest's."""
    columns = Columns("Thí sinh", _HEADINGS, _WIDTHS)
    return write_sheet(file, _rows(unit, catalogue), columns=columns, kind=kind)


def file_name(*, unit: UnitInfo, catalogue: Catalogue, kind: FileKind, now: datetime) -> str:
    """`thi-sinh-11329-20251021-1530.xlsx`."""
    return f"thi-sinh-{unit.code}-{stamp(now, catalogue.rules.zone)}.{kind}"


def _rows(unit: UnitInfo, catalogue: Catalogue) -> Generator[list[Cell]]:
    zone, lessons = catalogue.rules.zone, len(catalogue.lesson_ids)
    with db.session.execute(_people(unit, catalogue)) as found:  # closed also when the writing fails half-way
        for name, phone, group, registered, learnt, correct, finished, revoked, certificate in found:
            yield [
                name,
                shown_phone(phone),
                group.full_name if group else "",
                wall_time(registered, zone),
                learnt,
                lessons,
                correct,
                wall_time(finished, zone) if finished else None,
                "" if certificate is None else "đã thu hồi" if revoked else "đã cấp",
            ]


def _people(unit: UnitInfo, catalogue: Catalogue) -> Select[*tuple[Any, ...]]:
    read = select(func.count()).where(LessonRead.entry_id == Entry.id, LessonRead.lesson_id.in_(catalogue.lesson_ids))
    best = select(func.max(Standing.correct)).where(
        Standing.entry_id == Entry.id, Standing.round_id.in_([each.id for each in catalogue.rounds])
    )
    return (
        select(
            Account.full_name,
            Account.phone,
            Group,
            Entry.registered_at,
            read.scalar_subquery(),
            best.scalar_subquery(),
            Entry.finished_at,
            Certificate.revoked_at,
            Certificate.id,
        )
        .join(Entry, Entry.account_id == Account.id)
        .outerjoin(Group, Group.id == Entry.group_id)
        .outerjoin(Certificate, Certificate.entry_id == Entry.id)
        .where(Entry.contest_id == catalogue.contest_id, Entry.unit_id == unit.id)
        .order_by(Account.name_sort, Entry.id)
        .execution_options(yield_per=_BATCH)
    )
