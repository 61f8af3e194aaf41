"""The people of one unit as a file for its officer. No citizen number is in it, not even its end."""

from collections.abc import Generator
from datetime import datetime, tzinfo
from typing import IO

from sqlalchemy import func, select

from app.extensions import db
from app.models import Account, Certificate, Entry, Group, LessonRead, Standing
from app.rules.numbers import shown_phone
from app.services.catalogue import Catalogue, UnitInfo
from app.services.spreadsheets import Cell, Columns, FileKind, write_sheet

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
    return f"thi-sinh-{unit.code}-{now.astimezone(catalogue.rules.zone):%Y%m%d-%H%M}.{kind}"


def _rows(unit: UnitInfo, catalogue: Catalogue) -> Generator[list[Cell]]:
    zone, lessons = catalogue.rules.zone, catalogue.lesson_ids
    read = select(func.count()).where(LessonRead.entry_id == Entry.id, LessonRead.lesson_id.in_(lessons))
    best = select(func.max(Standing.correct)).where(
        Standing.entry_id == Entry.id, Standing.round_id.in_([each.id for each in catalogue.rounds])
    )
    statement = (
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
    with db.session.execute(statement) as found:  # closed also when the writing of the file fails half-way
        for name, phone, group, registered, learnt, correct, finished, revoked, certificate in found:
            yield [
                name,
                shown_phone(phone),
                group.full_name if group else "",
                _local(registered, zone),
                learnt,
                len(lessons),
                correct,
                _local(finished, zone),
                "" if certificate is None else "đã thu hồi" if revoked else "đã cấp",
            ]


def _local(moment: datetime | None, zone: tzinfo) -> datetime | None:
    """Spreadsheets know no zones."""
    return moment.astimezone(zone).replace(tzinfo=None, microsecond=0) if moment else None
