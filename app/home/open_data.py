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


def as_json(figures: Figures, contest: Catalogue) -> dict[str, Any]:
    """Everything; moments as ISO 8601 in the contest's zone."""

    def told(moment: datetime | None) -> str | None:
        return moment.astimezone(contest.rules.zone).isoformat(timespec="seconds") if moment else None

    total = figures.total
    return {
        "cuoc_thi": contest.name,
        "tinh_den": told(figures.as_of),
        "ket_qua_dung_tu": told(figures.frozen_at),
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


def _unit_rows(figures: Figures, contest: Catalogue) -> list[tuple[str | int | None, ...]]:
    rows = []
    for unit in contest.units:
        tally = figures.units.get(unit.id, Tally())
        rows.append((unit.code, unit.type.label, unit.name, unit.cluster, unit.population, *tally.as_list()))
    return rows


def _day_rows(figures: Figures, contest: Catalogue) -> list[tuple[str | int | None, ...]]:
    return [(day.isoformat(), *row.counts) for day, row in days(figures, contest)]


def units_csv(figures: Figures, contest: Catalogue) -> bytes:
    """A line a unit."""
    return _csv("Đơn vị", _UNITS, _unit_rows(figures, contest))


def days_csv(figures: Figures, contest: Catalogue) -> bytes:
    """A line a day."""
    return _csv("Ngày", _DAYS, _day_rows(figures, contest))


def _csv(title: str, headings: tuple[str, ...], rows: list[tuple[str | int | None, ...]]) -> bytes:
    file = io.BytesIO()
    write_csv(file, rows, columns=Columns(title, headings, ()))
    return file.getvalue()
