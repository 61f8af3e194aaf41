"""Lines of the boards of people and of groups."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from app.models import Entry
from app.services.catalogue import Catalogue, GroupInfo, RoundInfo, UnitInfo
from app.services.figures import Figures, Tally
from app.services.rank import PersonRow, Scope, my_place


class Line(NamedTuple):
    """One person on a board. The template takes it apart: looking seven things up in a hundred lines costs more."""

    place: int
    name: str
    unit: UnitInfo
    correct: int
    time_used: int
    submitted_at: datetime


def people_rows(board: Sequence[PersonRow], contest: Catalogue) -> list[Line]:
    """What ranking/_people.html shows; the place is kept when the name is not."""
    units = contest.units_by_id
    return [
        Line(
            row.place,
            row.name or "Thí sinh ẩn danh",
            units[row.unit_id],
            row.correct,
            row.time_used,
            row.submitted_at,
        )
        for row in board
    ]


def group_rows(groups: Sequence[GroupInfo], live: Figures) -> list[dict[str, Any]]:
    """Groups of a unit over the whole contest, by people who finished; equal ones share a place."""
    tallied = [(group, live.groups.get(group.id, Tally())) for group in groups]
    tallied.sort(key=lambda pair: (-pair[1].finishers, -pair[1].registered))
    finishers = [tally.finishers for _, tally in tallied]
    return [{"place": finishers.index(tally.finishers) + 1, "group": group, "tally": tally} for group, tally in tallied]


def my_boards(entry: Entry, this_round: RoundInfo, contest: Catalogue) -> list[dict[str, Any]]:
    """Where I stand: place, people and the name of each board I am on; empty without a shown result."""
    scopes = [("Toàn thành phố", Scope(this_round.id))]
    scopes.append((contest.units_by_id[entry.unit_id].full_name, Scope(this_round.id, frozenset({entry.unit_id}))))
    if entry.group_id is not None:
        name = next(group.full_name for group in contest.groups if group.id == entry.group_id)
        scopes.append((name, Scope(this_round.id, group_id=entry.group_id)))
    places = [(name, my_place(entry_id=entry.id, scope=scope)) for name, scope in scopes]
    return [{"name": name, "place": place[0], "people": place[1]} for name, place in places if place]
