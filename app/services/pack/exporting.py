"""The tables of a contest → the folder it came from."""

from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app.extensions import db
from app.models import Contest, Lesson, Page, Question, QuestionVersion, Round, Topic, Unit
from app.rules.contest_reading import read_rules
from app.services.pack.contents import (
    Pack,
    PackHead,
    PackLesson,
    PackPage,
    PackQuestion,
    PackRound,
    PackTopic,
    PackUnit,
    QuestionText,
)
from app.services.pack.groups import groups_of
from app.services.pack.old_units import old_units_of
from app.services.pack.writing import write_pack


def export_pack(contest: Contest, path: Path) -> None:
    """Write what stands in the tables into a new or empty folder; what is withdrawn is left out.

    The folder of a loaded canonical pack comes back byte for byte. Raises FolderNotEmpty, OSError.
    """
    write_pack(pack_of(contest), path)


def pack_of(contest: Contest) -> Pack:
    """The contest's content as a Pack; the rounds keep the pack's own dates, whatever the shift."""
    topics = db.session.scalars(
        select(Topic).where(Topic.contest_id == contest.id, ~Topic.withdrawn).order_by(Topic.number, Topic.id)
    ).all()
    slugs = {topic.id: topic.slug for topic in topics}
    real = (Round.contest_id == contest.id, Round.number > 0)
    rounds = db.session.scalars(select(Round).where(*real).order_by(Round.number))
    units = db.session.scalars(select(Unit).where(Unit.contest_id == contest.id).order_by(Unit.code))
    pages = db.session.scalars(select(Page).where(Page.contest_id == contest.id).order_by(Page.slug))
    return Pack(
        head=PackHead(**_shared(PackHead, contest) | {"organisers": tuple(contest.organisers)}),
        rules=read_rules(contest.settings, topics=tuple(slugs.values())),
        rounds=tuple(PackRound(row.name, row.opens_at, row.closes_at) for row in rounds),
        units=tuple(PackUnit(**_shared(PackUnit, row)) for row in units),
        topics=tuple(_topic(row) for row in topics),
        questions=_questions(contest, slugs),
        pages=tuple(PackPage(row.slug, row.title, row.body) for row in pages),
        old_units=old_units_of(contest),
        groups=groups_of(contest),
    )


def _shared(shape: Any, row: object) -> dict[str, Any]:
    """Values of the columns that a shape has too."""
    return {member.name: getattr(row, member.name) for member in fields(shape) if hasattr(row, member.name)}


def _lessons(topic: Topic) -> list[Lesson]:
    query = select(Lesson).where(Lesson.topic_id == topic.id, ~Lesson.withdrawn).order_by(Lesson.number, Lesson.id)
    return list(db.session.scalars(query))


def _topic(row: Topic) -> PackTopic:
    lessons = (PackLesson(**_shared(PackLesson, x) | {"sources": tuple(x.sources)}) for x in _lessons(row))
    return PackTopic(row.number, row.slug, row.title, row.summary, tuple(lessons))


def _questions(contest: Contest, topics: Mapping[int, str]) -> tuple[PackQuestion, ...]:
    rows = db.session.scalars(
        select(Question)
        .where(Question.contest_id == contest.id, ~Question.withdrawn, Question.topic_id.in_(topics))
        .options(selectinload(Question.versions))
        .order_by(Question.pool, Question.topic_id, Question.position, Question.id)
    ).all()
    lessons = {
        lesson.id: lesson.slug for lesson in db.session.scalars(select(Lesson).where(Lesson.topic_id.in_(topics)))
    }
    return tuple(
        PackQuestion(
            row.ref,
            row.pool,
            topics[row.topic_id],
            lessons[row.lesson_id] if row.lesson_id is not None else None,
            row.difficulty,
            row.position,
            _text(row.current),
        )
        for row in rows
    )


def _text(row: QuestionVersion) -> QuestionText:
    values = _shared(QuestionText, row)
    return QuestionText(**values | {"options": tuple(row.options), "right": tuple(row.right)})
