"""When things happen: between the contest's opening and now, mostly in the evening."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate
from random import Random
from zoneinfo import ZoneInfo

from app.rules.contest import ExamRules
from app.services.catalogue import RoundInfo

LEARNING = timedelta(minutes=12)  # the quickest way from registering to the first exam
# How busy an hour of the day is, 0h to 23h: a small rush at noon, the great one after supper.
BUSY = (3, 1, 1, 1, 1, 3, 8, 16, 26, 32, 30, 28, 34, 26, 24, 28, 30, 30, 34, 58, 84, 88, 52, 16)
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Stretch:
    """The part of a round that is behind us."""

    round_id: int
    opens_at: datetime
    ends_at: datetime


def stretches_until(now: datetime, rounds: Sequence[RoundInfo]) -> list[Stretch]:
    """The rounds that have begun, each until its end or now."""
    return [Stretch(r.id, r.opens_at, min(r.closes_at, now)) for r in rounds if r.opens_at < now]


def spacing(exam: ExamRules) -> timedelta:
    """From one start of a person to the next: then no limit of the contest is ever overstepped."""
    one = timedelta(minutes=exam.minutes + exam.cooldown_minutes, seconds=exam.grace_seconds)
    # A day may have 25 hours where clocks are changed.
    return max(one, timedelta(hours=25) / exam.attempts_per_day) if exam.attempts_per_day else one


class Timeline:
    """Moments of the stretches, as busy as their hour. `now` ends it."""

    def __init__(self, stretches: Sequence[Stretch], zone: ZoneInfo) -> None:
        self._starts: list[datetime] = []
        self._ends: list[datetime] = []
        self.weights: list[float] = []
        for stretch in stretches:
            start = stretch.opens_at
            while start < stretch.ends_at:
                end = min(start + _HOUR, stretch.ends_at)
                self._starts.append(start)
                self._ends.append(end)
                self.weights.append(BUSY[start.astimezone(zone).hour] * ((end - start) / _HOUR))
                start = end
        self._before = [0.0, *accumulate(self.weights)]
        self.opens_at, self.now = stretches[0].opens_at, stretches[-1].ends_at

    @property
    def hours(self) -> Sequence[datetime]:
        """Where each hour of `weights` begins."""
        return self._starts

    def between(self, chance: Random, first: datetime, last: datetime) -> datetime:
        """A moment from `first` to `last`, in whole seconds; `first` when there is no room."""
        low, high = self._place(first), self._place(last)
        moment = self._moment(low + (high - low) * chance.random()).replace(microsecond=0)
        return max(first, min(moment, last))

    def _place(self, moment: datetime) -> float:
        """How much of all busyness lies before a moment."""
        index = max(0, bisect_right(self._starts, moment) - 1)
        start, end = self._starts[index], self._ends[index]
        share = min(max((moment - start) / (end - start), 0.0), 1.0)
        return self._before[index] + self.weights[index] * share

    def _moment(self, place: float) -> datetime:
        index = min(max(0, bisect_right(self._before, place) - 1), len(self._starts) - 1)
        share = min((place - self._before[index]) / self.weights[index], 1.0)
        return self._starts[index] + (self._ends[index] - self._starts[index]) * share
