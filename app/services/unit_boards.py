"""Boards of units and of their clusters, made from the figures alone: nothing here asks the database.

A ratio ranks only whoever is large enough for it (`[boards]` of the contest): else one person who finishes leads the
city. The others stand behind, without a place; raw counts stand beside every ratio.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import add

from app.models import UnitType
from app.rules.contest import BoardRules
from app.rules.prizes import Metric
from app.services.catalogue import Catalogue, UnitInfo
from app.services.figures import Figures, Tally

_ENOUGH_POPULATIONS = 0.9  # of the units: below that a board by population would be one of whose number is known


@dataclass(frozen=True, slots=True)
class UnitRow:
    """One line; `place` is shared by equals, None when the unit is too small for what ranks."""

    place: int | None
    unit: UnitInfo
    tally: Tally

    @property
    def per_1000(self) -> float | None:
        """Finishers per 1,000 people; None where the population is not known."""
        return _per_1000(self.tally, self.unit.population)


@dataclass(frozen=True, slots=True)
class ClusterRow:
    """One line of the board of clusters (cụm thi đua); `number` is the cluster's place among the names."""

    place: int | None
    number: int
    name: str
    units: int
    tally: Tally
    population: int | None  # known when that of each unit is

    @property
    def per_1000(self) -> float | None:
        """Finishers per 1,000 people of all its units."""
        return _per_1000(self.tally, self.population)


def _per_1000(tally: Tally, population: int | None) -> float | None:
    return 1000 * tally.finishers / population if population else None


def metrics(catalogue: Catalogue) -> tuple[Metric, ...]:
    """What units can be ranked by: by population only where nearly all are known."""
    known = sum(unit.population is not None for unit in catalogue.units)
    enough = known >= _ENOUGH_POPULATIONS * len(catalogue.units)
    return tuple(metric for metric in Metric if enough or metric is not Metric.PER_1000)


def unit_board(
    *,
    catalogue: Catalogue,
    figures: Figures,
    by: Metric,
    round_id: int | None = None,
    kind: UnitType | None = None,
    cluster: str | None = None,
) -> list[UnitRow]:
    """Units of a kind and a cluster, best first, places among themselves; equals stand in order of name.

    `round_id` takes the results of one round; registered people are those of the whole contest.
    """
    tallies = _tallies(figures, round_id)
    rows = [
        UnitRow(None, unit, tallies.get(unit.id, Tally()))
        for unit in catalogue.units
        if kind in (None, unit.type) and cluster in (None, unit.cluster)
    ]

    def value(row: UnitRow) -> float | None:
        return _value(row.tally, row.unit.population, by, catalogue.rules.boards)

    rows.sort(key=lambda row: (-_order(value(row)), row.unit.sort_key, row.unit.code))
    places = _places([value(row) for row in rows])
    return [replace(row, place=place) for row, place in zip(rows, places, strict=True)]


def cluster_board(
    *, catalogue: Catalogue, figures: Figures, by: Metric, round_id: int | None = None
) -> list[ClusterRow]:
    """All clusters, best first: the sums of their units."""
    tallies = _tallies(figures, round_id)
    rows = []
    for number, name in enumerate(catalogue.clusters, 1):
        units = [unit for unit in catalogue.units if unit.cluster == name]
        known = [unit.population for unit in units if unit.population is not None]
        population = sum(known) if len(known) == len(units) else None
        tally = reduce(add, (tallies.get(unit.id, Tally()) for unit in units))
        rows.append(ClusterRow(None, number, name, len(units), tally, population))

    def value(row: ClusterRow) -> float | None:
        return _value(row.tally, row.population, by, catalogue.rules.boards)

    rows.sort(key=lambda row: (-_order(value(row)), row.number))
    places = _places([value(row) for row in rows])
    return [replace(row, place=place) for row, place in zip(rows, places, strict=True)]


def _tallies(figures: Figures, round_id: int | None) -> Mapping[int, Tally]:
    if round_id is None:
        return figures.units
    # A round that was loaded since they were counted is not among them: nobody has a result in it.
    return figures.rounds.get(round_id) or {unit: Tally(tally.registered) for unit, tally in figures.units.items()}


def _value(tally: Tally, population: int | None, by: Metric, rules: BoardRules) -> float | None:
    """What ranks, greater is better; None when there is too little of it."""
    is_ratio = by not in (Metric.REGISTERED, Metric.FINISHERS)
    too_few_people = by is Metric.PER_1000 and (population or 0) < rules.min_population
    if (is_ratio and tally.finishers < rules.min_finishers) or too_few_people:
        return None
    return {
        Metric.REGISTERED: tally.registered,
        Metric.FINISHERS: tally.finishers,
        Metric.PER_1000: _per_1000(tally, population),
        Metric.MEAN_CORRECT: tally.mean_correct,
        Metric.SHARE_FINISHED: tally.share_finished,
    }[by]


def _order(value: float | None) -> float:
    return -1.0 if value is None else value


def _places(values: Sequence[float | None]) -> list[int | None]:
    """Places of values in order, best first; equals share one."""
    places: list[int | None] = []
    for position, value in enumerate(values, 1):
        if value is None:
            places.append(None)
        elif places and values[position - 2] == value:
            places.append(places[-1])
        else:
            places.append(position)
    return places
