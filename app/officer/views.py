"""The officer's first page."""

from app.desk.page import desk_page, my_reach
from app.desk.rolls import my_units
from app.officer import room
from app.services.desk_claims import count_open_claims
from app.services.desk_people import read_unit_figures
from app.services.kiosks import kiosks_to_look_at
from app.web.doors import officer
from app.web.portal import catalogue, now


@room.get("/can-bo")
@officer
def today() -> str:
    """Figures of the own units, and what waits for a look at a card."""
    contest, at, reach = catalogue(), now(), my_reach()
    units = my_units(reach)
    figures = read_unit_figures(units=[unit.id for unit in units], catalogue=contest)
    return desk_page(
        "officer/today.html",
        units=[(unit, figures[unit.id]) for unit in units],
        claims=count_open_claims(reach=reach),
        kiosks=kiosks_to_look_at(reach=reach, zone=contest.rules.zone, now=at),
        as_of=at,
        frozen_at=contest.frozen_at(at),
    )
