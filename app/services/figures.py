"""The public figures of a contest, and how they are written down. Counting them: app.services.count_figures; keeping
them: app.services.rollups.

While boards are frozen, whatever could tell how the race goes on stands at the freeze: finishers, right answers,
attempts. Registered people and visits go on (docs/adr/0013).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Tally:
    """What is counted of a unit, a group or all together.

    `finishers` have a result on the boards; `correct` is the sum of the right answers of their best results;
    `attempts` are graded and valid.
    """

    registered: int = 0
    finishers: int = 0
    correct: int = 0
    attempts: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            self.registered + other.registered,
            self.finishers + other.finishers,
            self.correct + other.correct,
            self.attempts + other.attempts,
        )

    @property
    def share_finished(self) -> float | None:
        """Finishers of the registered, 0 to 1; None of nobody."""
        return self.finishers / self.registered if self.registered else None

    @property
    def mean_correct(self) -> float | None:
        """Right answers of a finisher's best result; None without finishers."""
        return self.correct / self.finishers if self.finishers else None

    def as_list(self) -> list[int]:
        """For JSON; `Tally(*list)` reads it."""
        return [self.registered, self.finishers, self.correct, self.attempts]


@dataclass(frozen=True, slots=True)
class Hour:
    """What happened in one hour (UTC); people by when they registered and first finished, attempts by their end."""

    at: datetime
    registered: int = 0
    finishers: int = 0
    attempts: int = 0
    visits: int = 0


@dataclass(frozen=True)
class Figures:
    """One version of the figures. `frozen_at`: since when results stand still, None when they don't.

    `units` and `groups` are over the whole contest; `rounds` holds the units of each round and, where there are
    several, of the total; registered people are a unit's own in all of them. A unit without anybody is left out.
    `whole_at` is when the hours were last counted from the first on.
    """

    as_of: datetime
    frozen_at: datetime | None
    units: Mapping[int, Tally]
    groups: Mapping[int, Tally]
    rounds: Mapping[int, Mapping[int, Tally]]
    hours: tuple[Hour, ...]
    whole_at: datetime

    @cached_property
    def total(self) -> Tally:
        """All units together."""
        return sum(self.units.values(), Tally())

    @cached_property
    def visits(self) -> int:
        """Page views since the beginning."""
        return sum(hour.visits for hour in self.hours)

    @cached_property
    def units_with_finishers(self) -> int:
        """Units that have at least one."""
        return sum(tally.finishers > 0 for tally in self.units.values())

    def as_json(self) -> dict[str, Any]:
        """Without `as_of`, which moves on when nothing else does."""
        return {
            "frozen_at": _seconds(self.frozen_at) if self.frozen_at else None,
            "whole_at": _seconds(self.whole_at),
            "units": _lists(self.units),
            "groups": _lists(self.groups),
            "rounds": {str(number): _lists(units) for number, units in self.rounds.items()},
            "hours": [[_seconds(h.at), h.registered, h.finishers, h.attempts, h.visits] for h in self.hours],
        }

    @classmethod
    def from_json(cls, content: Mapping[str, Any], *, as_of: datetime) -> Self:
        """The figures that `as_json` wrote."""
        frozen_at = content["frozen_at"]
        return cls(
            as_of=as_of,
            frozen_at=None if frozen_at is None else _moment(frozen_at),
            units=_tallies(content["units"]),
            groups=_tallies(content["groups"]),
            rounds={int(number): _tallies(units) for number, units in content["rounds"].items()},
            hours=tuple(Hour(_moment(at), *happened) for at, *happened in content["hours"]),
            whole_at=_moment(content["whole_at"]),
        )


def _seconds(moment: datetime) -> float:
    return moment.timestamp()


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _lists(tallies: Mapping[int, Tally]) -> dict[str, list[int]]:
    return {str(key): tally.as_list() for key, tally in tallies.items()}


def _tallies(lists: Mapping[str, list[int]]) -> dict[int, Tally]:
    return {int(key): Tally(*numbers) for key, numbers in lists.items()}
