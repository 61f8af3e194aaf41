"""How times are told in Vietnamese. They and amounts (app.rules.amounts) are filters of all templates."""

from datetime import datetime, tzinfo

from flask import Flask

from app.rules.amounts import decimal, duration, number, percent
from app.rules.contest import ContestRules
from app.rules.numbers import shown_phone
from app.services.catalogue import NoContest
from app.services.codes import shown_code
from app.web.portal import catalogue

_DEFAULT_ZONE = ContestRules().zone


def _local(moment: datetime) -> datetime:
    try:
        return moment.astimezone(catalogue().rules.zone)
    except NoContest:  # an error page still tells the time
        return moment.astimezone(_DEFAULT_ZONE)


def moment(value: datetime, zone: tzinfo | None = None) -> str:
    """`15h30 ngày 21/10/2025` in the contest's zone, which whoever tells a hundred moments has at hand."""
    return f"{value.astimezone(zone) if zone else _local(value):%Hh%M ngày %d/%m/%Y}"


def day(value: datetime) -> str:
    """`21/10/2025` in the contest's zone."""
    return f"{_local(value):%d/%m/%Y}"


def until(end: datetime) -> str:
    """An exclusive end: `đến hết ngày 11/11/2025` when it is a midnight, else `đến trước 9h00 ngày 20/10/2025`."""
    if f"{_local(end):%H%M}" == "0000":
        return f"đến hết ngày {day(end - end.resolution)}"
    return f"đến trước {moment(end)}"


def time_of_day(value: datetime) -> str:
    """`14:05` in the contest's zone."""
    return f"{_local(value):%H:%M}"


def waiting_time(seconds: int) -> str:
    """`30` → `30 giây`, `200` → `4 phút`, `80000` → `23 giờ`: never shorter than the wait."""
    if seconds < 60:
        return f"{seconds} giây"
    return f"{-(-seconds // 60)} phút" if seconds <= 7200 else f"{-(-seconds // 3600)} giờ"


def init_app(app: Flask) -> None:
    """Filters of all templates."""
    for formatter in (number, percent, decimal, moment, day, until, time_of_day, duration, shown_phone, shown_code):
        app.add_template_filter(formatter)
