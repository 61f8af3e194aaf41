"""What a contest consists of, read once and kept in memory: settings, rounds, units, lessons, the question bank.

Nothing here belongs to a person. How it gets there: app.services.catalogue_reading.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from app.models import GroupKind, QuestionKind, UnitType
from app.rules.contest import ContestRules, day_bounds
from app.rules.drawing import Candidate, Shortage, shortages
from app.rules.names import collation_key
from app.rules.unit_search import NewUnit, OldWard, UnitSearch


class NoContest(Exception):
    """No contest is loaded or none is current."""


@dataclass(frozen=True, slots=True)
class RoundInfo:
    """A round with the window in force (UTC, end exclusive); number 0 is the total over several.

    From `freezes_at` to the end boards stand still; None when they don't, also after they were opened by hand.
    """

    id: int
    number: int
    name: str
    opens_at: datetime
    closes_at: datetime
    freezes_at: datetime | None = None

    def frozen_at(self, now: datetime) -> datetime | None:
        """Since when its results are shown to nobody; None when they are, also those handed in behind its end."""
        return self.freezes_at if self.freezes_at and self.freezes_at <= now < self.closes_at else None


@dataclass(frozen=True, slots=True)
class UnitInfo:
    """A unit; `sort_key` orders as a Vietnamese dictionary does."""

    id: int
    code: str
    type: UnitType
    name: str
    full_name: str
    population: int | None
    cluster: str | None
    sort_key: str


@dataclass(frozen=True, slots=True)
class GroupInfo:
    """A group within a unit; `full_name` is `Tổ dân phố số 5`."""

    id: int
    unit_id: int
    kind: GroupKind
    full_name: str
    join_code: str | None


@dataclass(frozen=True, slots=True)
class LessonInfo:
    """A lesson, its text already HTML."""

    id: int
    number: int
    slug: str
    title: str
    summary: str
    minutes: int
    html: str
    picture: str
    sources: tuple[str, ...]
    as_of: date


@dataclass(frozen=True, slots=True)
class TopicInfo:
    """A topic with its lessons in order."""

    id: int
    number: int
    slug: str
    title: str
    summary: str
    lessons: tuple[LessonInfo, ...]


@dataclass(frozen=True, slots=True)
class VersionInfo:
    """What was asked; `right` holds places in `options`."""

    id: int
    question_id: int
    topic_id: int
    lesson_id: int | None
    kind: QuestionKind
    stem: str
    picture: str | None
    options: tuple[str, ...]
    right: frozenset[int]
    explanation: str


@dataclass(frozen=True)
class Catalogue:
    """One contest, whole and read-only."""

    contest_id: int
    slug: str
    name: str
    short_name: str
    tagline: str
    city: str
    organisers: tuple[str, ...]
    hotline: str
    email: str
    rules_version: str
    shifted_days: int
    paused_at: datetime | None
    rules: ContestRules
    rounds: tuple[RoundInfo, ...]
    total: RoundInfo | None  # of a contest with several rounds
    units: tuple[UnitInfo, ...]
    old_wards: tuple[OldWard, ...]
    groups: tuple[GroupInfo, ...]
    topics: tuple[TopicInfo, ...]
    pages: Mapping[str, tuple[str, str]]  # slug → title, HTML
    bank: tuple[Candidate, ...]
    versions: Mapping[int, VersionInfo]
    voided: frozenset[int]  # version ids of voided questions
    practice: Mapping[int, tuple[VersionInfo, ...]]  # lesson id → questions

    @property
    def shifted(self) -> bool:
        """A demonstration: its dates are not the pack's."""
        return self.shifted_days != 0

    @property
    def unit_change_until(self) -> datetime:
        """When people can no longer change their unit by themselves, exclusive."""
        last = self.rules.registration.unit_change_until
        if last is None:
            return self.closes_at
        _, end = day_bounds(last, last, self.rules.zone)
        return end + timedelta(days=self.shifted_days)

    @property
    def opens_at(self) -> datetime:
        """Start of the first round."""
        return self.rounds[0].opens_at

    @property
    def closes_at(self) -> datetime:
        """End of the last round, exclusive."""
        return self.rounds[-1].closes_at

    @cached_property
    def keys(self) -> Mapping[int, frozenset[int]]:
        """Right places of every version of the exam's bank."""
        return {version.id: version.right for version in self.versions.values()}

    @cached_property
    def shortages(self) -> tuple[Shortage, ...]:
        """What the bank lacks for a paper, after a question was voided; empty as long as exams can start."""
        return shortages(self.bank, self.rules.exam.quota)

    @cached_property
    def lesson_ids(self) -> frozenset[int]:
        """All lessons that the gate asks for."""
        return frozenset(lesson.id for topic in self.topics for lesson in topic.lessons)

    @cached_property
    def units_by_id(self) -> Mapping[int, UnitInfo]:
        """Units by row id."""
        return {unit.id: unit for unit in self.units}

    @cached_property
    def units_by_code(self) -> Mapping[str, UnitInfo]:
        """Units by official code."""
        return {unit.code: unit for unit in self.units}

    @cached_property
    def clusters(self) -> tuple[str, ...]:
        """Names of the clusters of units, in order of the dictionary; empty where the contest has none."""
        names = {unit.cluster for unit in self.units if unit.cluster}
        return tuple(sorted(names, key=lambda name: (collation_key(name), name)))

    @cached_property
    def groups_of(self) -> Mapping[int, tuple[GroupInfo, ...]]:
        """Groups by the row id of their unit; units without any are not there."""
        found: dict[int, tuple[GroupInfo, ...]] = defaultdict(tuple)
        for group in self.groups:
            found[group.unit_id] += (group,)
        return dict(found)

    @cached_property
    def groups_by_join_code(self) -> Mapping[str, GroupInfo]:
        """Groups that have a join code."""
        return {group.join_code: group for group in self.groups if group.join_code}

    @cached_property
    def unit_search(self) -> UnitSearch:
        """Units by old and new names."""
        return UnitSearch([NewUnit(u.code, u.name, u.sort_key) for u in self.units], self.old_wards)

    def exam_time(self, now: datetime) -> datetime:
        """What the exam's clock shows: it stands still while all exams are paused."""
        return min(now, self.paused_at) if self.paused_at else now

    def round_at(self, now: datetime) -> RoundInfo:
        """The round that is open, else the next one, else the last one."""
        return next((r for r in self.rounds if now < r.closes_at), self.rounds[-1])

    def board_at(self, now: datetime) -> RoundInfo:
        """Whose results are looked at: of the round that is open, else of the last one before, else of the first."""
        return next((r for r in reversed(self.rounds) if r.opens_at <= now), self.rounds[0])

    def opening_after(self, this_round: RoundInfo) -> datetime | None:
        """When the round behind this one opens; None behind the last."""
        return next((r.opens_at for r in self.rounds if r.number > this_round.number), None)

    @property
    def total_round(self) -> RoundInfo:
        """What the contest as a whole is ranked by: the total, or the only round."""
        return self.total or self.rounds[0]

    @property
    def boards(self) -> tuple[RoundInfo, ...]:
        """Everything that has standings: the rounds, behind them the total where there is one."""
        return (*self.rounds, self.total) if self.total else self.rounds

    def frozen_at(self, now: datetime) -> datetime | None:
        """Since when the total and its figures stand still; None when they don't. Rounds don't overlap: one at most."""
        return next(filter(None, (r.frozen_at(now) for r in self.rounds)), None)

    def board(self, number: int) -> RoundInfo | None:
        """A round or the total by its number."""
        return next((r for r in self.boards if r.number == number), None)

    def round(self, round_id: int) -> RoundInfo:
        """Round by row id."""
        return next(r for r in self.boards if r.id == round_id)

    def topic(self, slug: str) -> TopicInfo | None:
        """Topic by its address."""
        return next((topic for topic in self.topics if topic.slug == slug), None)
