"""What happened in the ten days, person by person and hour by hour; the same in every process that has the same seed.

The figures are those of 15h30 on 21/10/2025 (the contest of Hải Phòng, ten days after its opening); the hours follow
the day of `app.services.demo.timeline`, with its rush after supper.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import accumulate
from random import Random

from app.services.demo.timeline import BUSY

DAYS = 10
HOURS = 24 * DAYS
LESSONS = 16  # of the shipped contest
# Pages that are looked at; each counts as a visit.
_REGISTERING, _LEARNING, _SITTING, _TELLING, _CERTIFYING = 2, LESSONS, 3, 1, 2


class Stage(StrEnum):
    """A part of somebody's way that is gone in one go."""

    REGISTER = "register"
    LEARN = "learn"
    SIT = "sit"
    TELL = "tell"
    CERTIFY = "certify"


@dataclass(frozen=True, slots=True)
class Total:
    """What the front page shows in the end."""

    registered: int
    finishers: int
    attempts: int
    visits: int

    def scaled(self, scale: float) -> "Total":
        """The same city, smaller."""
        return Total(
            *(round(figure * scale) for figure in (self.registered, self.finishers, self.attempts, self.visits))
        )

    @property
    def strolls(self) -> int:
        """Visits that are left for people who only look: the front page, boards, stories."""
        return (
            self.visits
            - self.registered * _REGISTERING
            - self.finishers * (_LEARNING + _TELLING + _CERTIFYING)
            - self.attempts * _SITTING
        )


REAL = Total(registered=70_949, finishers=42_117, attempts=59_807, visits=1_240_000)


@dataclass(frozen=True, slots=True)
class Visit:
    """Stages of one person within an hour, in order."""

    person: int
    stages: tuple[Stage, ...]


@dataclass(slots=True)
class Hour:
    """What one client has to do in an hour, and how busy the hour is beside the busiest, 0 to 1."""

    visits: list[Visit]
    strolls: int
    rush: float


def unit_of(person: int, units: Sequence[str]) -> str:
    """Everybody's unit: the first people are spread over all, so that each has a finisher; then some are larger."""
    count = len(units)
    return units[person % count] if person < count else units[min(Random(person).randrange(count), person * 7 % count)]


def plan(total: Total, *, seed: int, client: int, clients: int) -> list[Hour]:
    """The hours of one of several clients. Person 0 … `finishers`−1 finish; who has which number says nothing else.

    Raises ValueError when the visits are too few for what people do.
    """
    if total.strolls < 0:
        raise ValueError(f"{total.visits} visits are {-total.strolls} too few for these people")
    weights = [BUSY[hour % 24] for hour in range(HOURS)]
    most, before = max(weights), list(accumulate(weights))
    hours = [Hour([], 0, weight / most) for weight in weights]
    chance = Random(seed)
    again: dict[int, int] = {}
    for _ in range(total.attempts - total.finishers):
        person = chance.randrange(total.finishers)
        again[person] = again.get(person, 0) + 1
    for person in range(total.registered):
        first = chance.choices(range(HOURS), cum_weights=before)[0]
        stages = {first: [Stage.REGISTER]}
        if person < total.finishers:
            stages[first] += [Stage.LEARN, Stage.SIT, Stage.TELL, Stage.CERTIFY]
        for _ in range(again.get(person, 0)):
            stages.setdefault(chance.randrange(first, HOURS), []).append(Stage.SIT)
        if person % clients == client:
            for number, gone in stages.items():
                hours[number].visits.append(Visit(person, tuple(gone)))
    strolls = [0] * HOURS
    for number in chance.choices(range(HOURS), cum_weights=before, k=total.strolls):
        strolls[number] += 1
    for hour, count in zip(hours, strolls, strict=True):  # every client strolls its share
        hour.strolls = count * (client + 1) // clients - count * client // clients
    return hours
