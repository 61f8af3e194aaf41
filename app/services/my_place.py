"""Where a person stands, exact now: in the city, in the unit, in the group."""

from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, bindparam, func, select, true

from app.extensions import Hot, direct
from app.models import Standing
from app.services.ladder import CITY, at_rungs, on_board, on_group, people, place, place_in_group

_standings = Standing.__table__.c
_ENTRY: BindParameter[int] = bindparam("entry")


class Place(NamedTuple):
    """Place on a board, shared by equals, and how many people stand there."""

    place: int
    people: int


@dataclass(frozen=True, slots=True)
class MyPlaces:
    """On every board of one round that a person is on."""

    unit_id: int
    group_id: int | None
    city: Place
    unit: Place
    group: Place | None


def _mine() -> Any:
    columns = (_standings.shown_key, _standings.unit_id, _standings.group_id)
    return select(*columns).where(_standings.entry_id == _ENTRY, *on_board(CITY)).cte("mine")


def _city() -> Any:
    line = at_rungs(_mine(), CITY, "line")
    return select(place(line, CITY), people(CITY)).select_from(line)


def _everywhere() -> Any:
    """One statement for all boards."""
    mine = _mine()
    in_city, in_unit = at_rungs(mine, CITY, "in_city"), at_rungs(mine, mine.c.unit_id, "in_unit")
    group = in_city.c.group_id
    return select(
        in_city.c.unit_id,
        in_city.c.group_id,
        place(in_city, CITY),
        people(CITY),
        place(in_unit, in_unit.c.unit_id),
        people(in_unit.c.unit_id),
        place_in_group(in_city, group),
        select(func.count()).where(*on_group(group)).scalar_subquery(),
    ).select_from(in_city.join(in_unit, true()))


_CITY, _EVERYWHERE = Hot(_city()), Hot(_everywhere())


def my_place(*, entry_id: int, round_id: int) -> Place | None:
    """In the whole city; None for who isn't on the board of this round."""
    row = direct.first(_CITY, {"entry": entry_id, "round": round_id})
    return Place(*row) if row else None


def my_places(*, entry_id: int, round_id: int) -> MyPlaces | None:
    """On every board; None for who isn't on those of this round."""
    row = direct.first(_EVERYWHERE, {"entry": entry_id, "round": round_id})
    if row is None:
        return None
    unit_id, group_id, *places = row
    city, unit, group = (Place(*places[n : n + 2]) for n in (0, 2, 4))
    return MyPlaces(unit_id, group_id, city, unit, None if group_id is None else group)
