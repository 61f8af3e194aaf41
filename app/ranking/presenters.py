"""Lines of the boards of people and of groups."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from app.rules.ranking import Criterion, attempts_in
from app.services.catalogue import Catalogue, GroupInfo
from app.services.figures import Figures, Tally
from app.services.my_place import MyPlaces
from app.services.rank import PersonRow
from app.web.formatters import moment


class Line(NamedTuple):
    """One person on a board. The template takes it apart: looking seven things up in a hundred lines costs more."""

    place: int
    name: str
    unit: str
    correct: int
    time_used: int
    submitted_at: str
    attempt: str  # which one counts, where that ranks


def people_rows(board: Sequence[PersonRow], contest: Catalogue) -> list[Line]:
    """What ranking/_people.html shows; the place is kept when the name is not."""
    units, zone, criteria = contest.units_by_id, contest.rules.zone, contest.rules.ranking
    return [
        Line(
            place,
            name or "Thí sinh ẩn danh",
            units[unit_id].full_name,
            correct,
            time_used,
            moment(submitted_at, zone),
            _attempt(key, criteria),
        )
        for place, _, name, unit_id, correct, time_used, submitted_at, key in board
    ]


def _attempt(key: str, criteria: Sequence[Criterion]) -> str:
    try:
        return str(attempts_in(key, criteria) or "")
    except ValueError:  # the contest has just come to rank otherwise, and the key is still the old one
        return "–"


def group_rows(groups: Sequence[GroupInfo], live: Figures) -> list[dict[str, Any]]:
    """Groups of a unit over the whole contest, by people who finished; equal ones share a place."""
    tallied = [(group, live.groups.get(group.id, Tally())) for group in groups]
    tallied.sort(key=lambda pair: (-pair[1].finishers, -pair[1].registered))
    finishers = [tally.finishers for _, tally in tallied]
    return [{"place": finishers.index(tally.finishers) + 1, "group": group, "tally": tally} for group, tally in tallied]


def my_boards(mine: MyPlaces, contest: Catalogue) -> list[dict[str, Any]]:
    """Where I stand: place, people and the name of each board that I am on."""
    boards = [("Toàn thành phố", mine.city), (contest.units_by_id[mine.unit_id].full_name, mine.unit)]
    if mine.group is not None:
        name = next(group.full_name for group in contest.groups if group.id == mine.group_id)
        boards.append((name, mine.group))
    return [{"name": name, "place": place, "people": people} for name, (place, people) in boards]
