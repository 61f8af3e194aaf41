"""The public figures for programs and spreadsheets: docs/so-lieu-mo.md tells what stands in them."""

import io
from datetime import datetime
from typing import Any

from app.home.charts import days
from app.services.catalogue import Catalogue
from app.services.figures import Figures, Tally
from app.services.spreadsheets import Columns, write_csv

_UNITS = ("ma", "loai", "ten", "cum", "dan_so", "dang_ky", "hoan_thanh", "tong_cau_dung", "luot_thi")
_DAYS = ("ngay", "dang_ky", "hoan_thanh", "luot_thi", "luot_truy_cap")
_STANDS_AT = ("tinh_den", "ket_qua_dung_tu")
_Line = tuple[str | int | None, ...]


def as_json(figures: Figures, contest: Catalogue) -> dict[str, Any]:
    """Everything."""
    total = figures.total
    return {
        "cuoc_thi": contest.name,
        **dict(zip(_STANDS_AT, _stands_at(figures, contest), strict=True)),
        "tong": {
            "dang_ky": total.registered,
            "hoan_thanh": total.finishers,
            "don_vi_co_nguoi_hoan_thanh": figures.units_with_finishers,
            "tong_cau_dung": total.correct,
            "luot_thi": total.attempts,
            "luot_truy_cap": figures.visits,
        },
        "don_vi": [dict(zip(_UNITS, row, strict=True)) for row in _unit_rows(figures, contest)],
        "ngay": [dict(zip(_DAYS, row, strict=True)) for row in _day_rows(figures, contest)],
    }


def _stands_at(figures: Figures, contest: Catalogue) -> tuple[str | None, str | None]:
    """When this was so, and since when results stand still; ISO 8601 in the contest's zone."""

    def told(moment: datetime | None) -> str | None:
        return moment.astimezone(contest.rules.zone).isoformat(timespec="seconds") if moment else None

    return told(figures.as_of), told(figures.frozen_at)


def _unit_rows(figures: Figures, contest: Catalogue) -> list[_Line]:
    rows = []
    for unit in contest.units:
        tally = figures.units.get(unit.id, Tally())
        rows.append((unit.code, unit.type.label, unit.name, unit.cluster, unit.population, *tally.as_list()))
    return rows


def _day_rows(figures: Figures, contest: Catalogue) -> list[_Line]:
    return [(day.isoformat(), *row.counts) for day, row in days(figures, contest)]


def units_csv(figures: Figures, contest: Catalogue) -> bytes:
    """A line a unit."""
    return _csv("Đơn vị", _UNITS, _unit_rows(figures, contest), _stands_at(figures, contest))


def days_csv(figures: Figures, contest: Catalogue) -> bytes:
    """A line a day."""
    return _csv("Ngày", _DAYS, _day_rows(figures, contest), _stands_at(figures, contest))


def _csv(title: str, headings: tuple[str, ...], rows: list[_Line], stands_at: _Line) -> bytes:
    """Each line tells when it was so: a file is passed on without the page that it came from."""
    file = io.BytesIO()
    columns = Columns(title, (*headings, *_STANDS_AT), ())
    write_csv(file, ((*row, *stands_at) for row in rows), columns=columns)
    return file.getvalue()
