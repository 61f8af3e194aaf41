"""What a contest consists of, read once and kept in memory: settings, rounds, units, lessons, the question bank.

Content changes only when a pack is loaded, which raises the contest's `content_version`; processes look at that number
every few seconds. Nothing here belongs to a person.
"""

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from app.extensions import direct
from app.models import (
    Contest,
    Lesson,
    Page,
    Pool,
    Question,
    QuestionKind,
    QuestionVersion,
    Round,
    Topic,
    Unit,
    UnitType,
)
from app.rules.contest import ContestRules
from app.rules.contest_reading import read_rules
from app.rules.drawing import Candidate
from app.services.markdown import markdown_to_html

_CURRENT = select(Contest.id, Contest.content_version, Contest.shifted_days, Contest.paused_at).where(
    Contest.is_current
)


class NoContest(Exception):
    """No contest is loaded or none is current."""


@dataclass(frozen=True, slots=True)
class RoundInfo:
    """A round with the window in force (UTC, end exclusive)."""

    id: int
    number: int
    name: str
    opens_at: datetime
    closes_at: datetime


@dataclass(frozen=True, slots=True)
class UnitInfo:
    """A unit; `sort_key` orders as a Vietnamese dictionary does."""

    id: int
    code: str
    type: UnitType
    name: str
    full_name: str
    population: int | None
    sort_key: str


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
    shifted: bool
    paused_at: datetime | None
    rules: ContestRules
    rounds: tuple[RoundInfo, ...]
    units: tuple[UnitInfo, ...]
    topics: tuple[TopicInfo, ...]
    pages: Mapping[str, tuple[str, str]]  # slug → title, HTML
    bank: tuple[Candidate, ...]
    versions: Mapping[int, VersionInfo]
    voided: frozenset[int]  # version ids of voided questions
    practice: Mapping[int, tuple[VersionInfo, ...]]  # lesson id → questions

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

    def exam_time(self, now: datetime) -> datetime:
        """What the exam's clock shows: it stands still while all exams are paused."""
        return min(now, self.paused_at) if self.paused_at else now

    def round_at(self, now: datetime) -> RoundInfo:
        """The round that is open, else the next one, else the last one."""
        return next((r for r in self.rounds if now < r.closes_at), self.rounds[-1])

    def round(self, round_id: int) -> RoundInfo:
        """Round by row id."""
        return next(r for r in self.rounds if r.id == round_id)

    def topic(self, slug: str) -> TopicInfo | None:
        """Topic by its address."""
        return next((topic for topic in self.topics if topic.slug == slug), None)


def _topics(session: Session, contest_id: int) -> tuple[TopicInfo, ...]:
    rows = session.scalars(
        select(Topic)
        .where(Topic.contest_id == contest_id, ~Topic.withdrawn)
        .options(selectinload(Topic.lessons))
        .order_by(Topic.number, Topic.id)
    )
    return tuple(
        TopicInfo(t.id, t.number, t.slug, t.title, t.summary, tuple(_lesson(x) for x in t.lessons if not x.withdrawn))
        for t in rows
    )


def _lesson(row: Lesson) -> LessonInfo:
    html = markdown_to_html(row.body)
    return LessonInfo(
        row.id,
        row.number,
        row.slug,
        row.title,
        row.summary,
        row.minutes,
        html,
        row.picture,
        tuple(row.sources),
        row.as_of,
    )


def _version(question: Question, row: QuestionVersion) -> VersionInfo:
    return VersionInfo(
        row.id,
        question.id,
        question.topic_id,
        question.lesson_id,
        row.kind,
        row.stem,
        row.picture,
        tuple(row.options),
        frozenset(row.right),
        row.explanation,
    )


def _candidate(question: Question, topics: Mapping[int, str]) -> Candidate:
    current = question.current
    return Candidate(
        question.id,
        current.id,
        topics[question.topic_id],
        question.difficulty,
        len(current.options),
        keep_order=current.kind is QuestionKind.TRUE_FALSE,
    )


def load_catalogue(session: Session, contest: Contest) -> Catalogue:
    """Read one contest whole."""
    topics = _topics(session, contest.id)
    slugs = {topic.id: topic.slug for topic in topics}
    questions = session.scalars(
        select(Question)
        .where(Question.contest_id == contest.id)
        .options(selectinload(Question.versions))
        .order_by(Question.position, Question.id)
    ).all()
    asked = [q for q in questions if not q.withdrawn and q.voided_at is None and q.topic_id in slugs]
    practice: dict[int, tuple[VersionInfo, ...]] = {}
    for question in asked:
        if question.pool is Pool.PRACTICE and question.lesson_id is not None:
            seen = practice.get(question.lesson_id, ())
            practice[question.lesson_id] = (*seen, _version(question, question.current))
    units = session.scalars(select(Unit).where(Unit.contest_id == contest.id).order_by(Unit.sort_key, Unit.code))
    pages = session.scalars(select(Page).where(Page.contest_id == contest.id).order_by(Page.slug))
    rounds = session.scalars(select(Round).where(Round.contest_id == contest.id).order_by(Round.number))
    return Catalogue(
        contest_id=contest.id,
        slug=contest.slug,
        name=contest.name,
        short_name=contest.short_name,
        tagline=contest.tagline,
        city=contest.city,
        organisers=tuple(contest.organisers),
        hotline=contest.hotline,
        email=contest.email,
        rules_version=contest.rules_version,
        shifted=contest.shifted_days != 0,
        paused_at=contest.paused_at,
        rules=read_rules(contest.settings, topics=tuple(slugs.values())),
        rounds=tuple(RoundInfo(r.id, r.number, r.name, *r.window(contest.shifted_days)) for r in rounds),
        units=tuple(UnitInfo(u.id, u.code, u.type, u.name, u.full_name, u.population, u.sort_key) for u in units),
        topics=topics,
        pages={page.slug: (page.title, markdown_to_html(page.body)) for page in pages},
        bank=tuple(_candidate(q, slugs) for q in asked if q.pool is Pool.EXAM),
        versions={v.id: _version(q, v) for q in questions if q.pool is Pool.EXAM for v in q.versions},
        voided=frozenset(v.id for q in questions if q.voided_at for v in q.versions),
        practice=practice,
    )


def read_current() -> Catalogue:
    """The current contest, fresh from the database. Raises NoContest.

    In a session of its own: the request's would begin its transaction here, a writing one even in the way of saves.
    """
    with direct.session() as session:
        contest = session.scalar(select(Contest).where(Contest.is_current))
        if contest is None:
            raise NoContest
        return load_catalogue(session, contest)


class CatalogueCache:
    """The current contest of one process; looks every `every` seconds whether another version was loaded."""

    def __init__(self, *, every: float) -> None:
        self._every = every
        self._lock = threading.Lock()
        self._stamp: tuple[object, ...] | None = None
        self._catalogue: Catalogue | None = None
        self._looked = 0.0

    def get(self) -> Catalogue:
        """The current contest. Raises NoContest."""
        if self._catalogue is None or time.monotonic() - self._looked >= self._every:
            self._look()
        if self._catalogue is None:
            raise NoContest
        return self._catalogue

    def _look(self) -> None:
        row = direct.first(_CURRENT)
        stamp = tuple(row) if row else None
        with self._lock:
            if stamp is None:
                self._catalogue = None
            elif stamp != self._stamp or self._catalogue is None:
                self._catalogue = read_current()
            self._stamp, self._looked = stamp, time.monotonic()
