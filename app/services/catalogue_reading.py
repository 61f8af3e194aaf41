"""Reading a contest into memory, and keeping it there until a pack is loaded.

Content changes only when a pack is loaded, which raises the contest's `content_version`; processes look at that number
every few seconds.
"""

import threading
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from app.extensions import direct
from app.models import (
    Contest,
    Group,
    Lesson,
    OldUnit,
    Page,
    Pool,
    Question,
    QuestionKind,
    QuestionVersion,
    Round,
    Topic,
    Unit,
)
from app.rules.contest import BoardRules
from app.rules.contest_reading import read_rules
from app.rules.drawing import Candidate
from app.rules.rounds import freeze_moment
from app.rules.unit_search import OldWard
from app.services.catalogue import (
    Catalogue,
    GroupInfo,
    LessonInfo,
    NoContest,
    RoundInfo,
    TopicInfo,
    UnitInfo,
    VersionInfo,
)
from app.services.markdown import markdown_to_html

_CURRENT = select(Contest.id, Contest.content_version, Contest.shifted_days, Contest.paused_at).where(
    Contest.is_current
)


def _units(session: Session, contest_id: int) -> tuple[UnitInfo, ...]:
    rows = session.scalars(select(Unit).where(Unit.contest_id == contest_id).order_by(Unit.sort_key, Unit.code))
    return tuple(UnitInfo(u.id, u.code, u.type, u.name, u.full_name, u.population, u.cluster, u.sort_key) for u in rows)


def _old_wards(session: Session, contest_id: int) -> tuple[OldWard, ...]:
    rows = session.scalars(select(OldUnit).where(OldUnit.contest_id == contest_id).options(joinedload(OldUnit.unit)))
    codes: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: (row.search, row.name, row.district, row.mapping.place, row.unit.code)):
        codes[row.name, row.district, row.search].append(row.unit.code)
    return tuple(OldWard(*names, tuple(parts)) for names, parts in codes.items())


def _groups(session: Session, contest_id: int) -> tuple[GroupInfo, ...]:
    rows = session.scalars(select(Group).where(Group.contest_id == contest_id))
    ordered = sorted(rows, key=lambda row: (row.unit_id, row.kind, row.sort_key, row.name))
    return tuple(GroupInfo(row.id, row.unit_id, row.kind, row.full_name, row.join_code) for row in ordered)


def _rounds(session: Session, contest: Contest, boards: BoardRules) -> tuple[tuple[RoundInfo, ...], RoundInfo | None]:
    """The rounds in order, and the total with the window of all of them."""
    rows = session.scalars(select(Round).where(Round.contest_id == contest.id).order_by(Round.number)).all()
    rounds, hours = [], boards.freeze_hours_before_end
    for row in rows:
        opens_at, closes_at = row.window(contest.shifted_days)
        freezes_at = None if row.unfrozen_at else freeze_moment(opens_at, closes_at, hours=hours)
        rounds.append(RoundInfo(row.id, row.number, row.name, opens_at, closes_at, freezes_at))
    total = next((each for each in rounds if each.number == 0), None)
    if total is None:
        return tuple(rounds), None
    rounds.remove(total)
    whole = replace(total, opens_at=rounds[0].opens_at, closes_at=rounds[-1].closes_at, freezes_at=None)
    return tuple(rounds), whole


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
        _within_a_page(row.picture),
        tuple(row.sources),
        row.as_of,
    )


def _within_a_page(picture: str) -> str:
    """HTML knows what <svg> is; only a file of its own must name the namespace."""
    return picture.replace(' xmlns="http://www.w3.org/2000/svg"', "", 1)


def _version(question: Question, row: QuestionVersion) -> VersionInfo:
    return VersionInfo(
        row.id,
        question.id,
        question.topic_id,
        question.lesson_id,
        row.kind,
        row.stem,
        row.picture and _within_a_page(row.picture),
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


def _practice(questions: Iterable[Question]) -> dict[int, tuple[VersionInfo, ...]]:
    """Lesson → its questions, in the order in which they come."""
    shelves: dict[int, list[VersionInfo]] = defaultdict(list)
    for question in questions:
        if question.pool is Pool.PRACTICE and question.lesson_id is not None:
            shelves[question.lesson_id].append(_version(question, question.current))
    return {lesson_id: tuple(shelf) for lesson_id, shelf in shelves.items()}


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
    pages = session.scalars(select(Page).where(Page.contest_id == contest.id).order_by(Page.slug))
    rules = read_rules(contest.settings, topics=tuple(slugs.values()))
    rounds, total = _rounds(session, contest, rules.boards)
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
        shifted_days=contest.shifted_days,
        paused_at=contest.paused_at,
        rules=rules,
        rounds=rounds,
        total=total,
        units=_units(session, contest.id),
        old_wards=_old_wards(session, contest.id),
        groups=_groups(session, contest.id),
        topics=topics,
        pages={page.slug: (page.title, markdown_to_html(page.body)) for page in pages},
        bank=tuple(_candidate(q, slugs) for q in asked if q.pool is Pool.EXAM),
        versions={v.id: _version(q, v) for q in questions if q.pool is Pool.EXAM for v in q.versions},
        voided=frozenset(v.id for q in questions if q.voided_at for v in q.versions),
        practice=_practice(asked),
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
        self.every = every
        self._lock = threading.Lock()
        self._stamp: tuple[object, ...] | None = None
        self._catalogue: Catalogue | None = None
        self._looked = 0.0

    def get(self) -> Catalogue:
        """The current contest. Raises NoContest."""
        if self._catalogue is None or time.monotonic() - self._looked >= self.every:
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
