"""Drawings of the figures page, as numbers for SVG: bars, and one tile a unit. No geography is invented."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from app.services.catalogue import Catalogue, UnitInfo
from app.services.figures import Figures, Hour

WIDTH, TOP, BASE = 320, 8, 108  # of a chart, in its own units
STEPS = 5


@dataclass(frozen=True, slots=True)
class Bars:
    """A bar chart: `path` draws all bars at once; `ticks` are x and word of a few of them."""

    title: str
    most: int
    most_at: str
    path: str
    ticks: tuple[tuple[float, str], ...]


def bars(title: str, values: Sequence[int], labels: Sequence[str], ticks: Iterable[int]) -> Bars:
    """One bar a value, from the left; `ticks` are the places of the bars that get their label written below."""
    most, step = max(values), WIDTH / len(values)
    parts = []
    for place, value in enumerate(values):
        if value:
            left, top = round(place * step + step / 10, 1), round(BASE - (BASE - TOP) * value / most, 1)
            parts.append(f"M{left:g} {BASE}V{top:g}h{step * 0.8:.1f}V{BASE}z")
    middles = tuple((round((place + 0.5) * step, 1), labels[place]) for place in ticks)
    return Bars(title, most, labels[values.index(most)], "".join(parts), middles)


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a table behind charts: a day or an hour of the day."""

    label: str
    registered: int
    finishers: int
    attempts: int
    visits: int

    @property
    def counts(self) -> tuple[int, int, int, int]:
        """The four counts in the order of the charts."""
        return self.registered, self.finishers, self.attempts, self.visits


def days(figures: Figures, contest: Catalogue) -> list[tuple[date, Row]]:
    """Every day from the first on which anything happened, or the opening, to the last; in the contest's zone."""
    zone = contest.rules.zone
    found: dict[date, list[Hour]] = defaultdict(list)
    for hour in figures.hours:
        found[hour.at.astimezone(zone).date()].append(hour)
    today = min(figures.as_of, contest.closes_at - contest.closes_at.resolution).astimezone(zone).date()
    first = min([*found, contest.opens_at.astimezone(zone).date(), today])
    last = max([*found, today])
    every = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return [(day, _row(f"{day:%d/%m}", found.get(day, []))) for day in every]


def hours_of_day(figures: Figures, contest: Catalogue) -> list[Row]:
    """The 24 hours of a day, each summed over all days; in the contest's zone."""
    zone = contest.rules.zone
    found: dict[int, list[Hour]] = defaultdict(list)
    for hour in figures.hours:
        found[hour.at.astimezone(zone).hour].append(hour)
    return [_row(f"{number}h", found.get(number, [])) for number in range(24)]


def _row(label: str, hours: Iterable[Hour]) -> Row:
    counts = [(hour.registered, hour.finishers, hour.attempts, hour.visits) for hour in hours]
    return Row(label, *(sum(column) for column in zip(*counts, strict=True))) if counts else Row(label, 0, 0, 0, 0)


def charts(rows: Sequence[Row], titles: Sequence[str], *, ticks: int) -> list[Bars]:
    """A chart for each title that has anything to show, in the order of Row.counts; an empty title leaves one out.

    `ticks` is how many labels have room below.
    """
    labels = [row.label for row in rows]
    shown = sorted({round(number * (len(rows) - 1) / (ticks - 1)) for number in range(ticks)})
    columns = zip(*(row.counts for row in rows), strict=True)
    named = zip(titles, columns, strict=True)
    return [bars(title, column, labels, shown) for title, column in named if title and any(column)]


@dataclass(frozen=True, slots=True)
class Tile:
    """A unit: how many take part, and in which fifth of the units that is; step 0 is nobody."""

    unit: UnitInfo
    initials: str
    registered: int
    step: int


def tiles(figures: Figures, contest: Catalogue) -> list[tuple[str, list[Tile]]]:
    """Tiles by kind of unit, in order of name. Equal counts have equal steps."""
    counts = {unit.id: figures.units[unit.id].registered if unit.id in figures.units else 0 for unit in contest.units}
    ranked = sorted(count for count in counts.values() if count)

    def tile(unit: UnitInfo) -> Tile:
        count = counts[unit.id]
        step = 1 + STEPS * ranked.index(count) // len(ranked) if count else 0
        initials = "".join(word[0] for word in unit.name.split())[:3].upper()
        return Tile(unit, initials, count, step)

    kinds = list(type(contest.units[0].type)) if contest.units else []
    ordered = sorted(contest.units, key=lambda unit: (kinds.index(unit.type), unit.sort_key, unit.code))
    return [(kind.label, [tile(unit) for unit in units]) for kind, units in groupby(ordered, key=lambda u: u.type)]
