"""Lists of a unit's people by how far they are, on the screen and as a file."""

from typing import Any

from flask import Response, abort, request, url_for

from app.desk.files import sheet
from app.desk.page import asked_row, desk_page, my_reach
from app.desk.presenters import STAGES, roll_rows
from app.extensions import db
from app.services.audit import record
from app.services.catalogue import UnitInfo
from app.services.desk_people import Reach, Stage, read_roll
from app.services.spreadsheets import FileKind
from app.services.unit_people_file import file_name, write_unit_people
from app.web.portal import catalogue, now
from app.web.sign_in import me


def my_units(reach: Reach) -> list[UnitInfo]:
    """The units within reach, in the order of the dictionary."""
    return [unit for unit in catalogue().units if reach.covers(unit.id)]


def _unit(units: list[UnitInfo], code: str) -> UnitInfo:
    """The unit that was asked for, else the first; one out of reach does not exist."""
    if not units:
        abort(404)
    return next((unit for unit in units if unit.code == code), None) or abort(404) if code else units[0]


def roll() -> str:
    """One unit, one stage, one page: `don-vi`, `tinh-trang`, `sau` or `truoc`."""
    units = my_units(my_reach())
    unit = _unit(units, request.args.get("don-vi", ""))
    word = request.args.get("tinh-trang", Stage.FINISHED.value)
    if word not in list(Stage):
        abort(404)
    stage = Stage(word)
    page = read_roll(
        unit_id=unit.id, stage=stage, catalogue=catalogue(), after=asked_row("sau"), before=asked_row("truoc")
    )
    here: dict[str, Any] = {"don-vi": unit.code, "tinh-trang": stage.value}
    return desk_page(
        "desk/roll.html",
        units=units,
        unit=unit,
        stage=stage,
        stages=STAGES,
        rows=roll_rows(page.entries),
        previous=url_for(".roll", **here, truoc=page.before) if page.before else None,
        next=url_for(".roll", **here, sau=page.after) if page.after else None,
    )


def export(kind: str) -> Response:
    """The file; recorded first."""
    contest, at, kind_of_file = catalogue(), now(), FileKind(kind)
    unit = _unit(my_units(my_reach()), request.form.get("don-vi", ""))
    record(actor_id=me().account_id, action="export", subject=f"unit:{unit.id}", reason=kind, now=at)
    db.session.commit()
    return sheet(
        lambda file: write_unit_people(file, kind=kind_of_file, unit=unit, catalogue=contest),
        kind=kind_of_file,
        name=file_name(unit=unit, catalogue=contest, kind=kind_of_file, now=at),
    )
