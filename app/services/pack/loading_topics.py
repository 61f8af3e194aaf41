"""Topics, lessons and questions of a pack → tables. What left the pack is withdrawn, never removed."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app.extensions import db
from app.models import Contest, Lesson, Pool, Question, QuestionVersion, Topic
from app.services.pack.contents import PackLesson, PackQuestion, PackTopic
from app.services.pack.faults import Fault, PackFaults
from app.services.pack.reading_questions import POOL_FOLDERS
from app.services.pack.rows import Changes


@dataclass(frozen=True, slots=True)
class LoadedTopic:
    """Row ids of a topic and of its lessons by slug."""

    id: int
    folder: str
    lessons: Mapping[str, int]


def load_topics(contest: Contest, topics: tuple[PackTopic, ...], changes: Changes) -> dict[str, LoadedTopic]:
    """Bring topics and lessons into line; flushes. Returns their ids by slug."""
    rows = {row.slug: row for row in db.session.scalars(select(Topic).where(Topic.contest_id == contest.id))}
    loaded: dict[str, LoadedTopic] = {}
    for topic in topics:
        values = {"number": topic.number, "title": topic.title, "summary": topic.summary, "withdrawn": False}
        key = {"contest_id": contest.id, "slug": topic.slug}
        row = changes.put(rows.pop(topic.slug, None), Topic, key, values)
        db.session.flush()
        loaded[topic.slug] = LoadedTopic(row.id, topic.folder, _load_lessons(row.id, topic.lessons, changes))
    for row in rows.values():
        changes.update(row, {"withdrawn": True})
        _load_lessons(row.id, (), changes)
    return loaded


def _load_lessons(topic_id: int, lessons: tuple[PackLesson, ...], changes: Changes) -> dict[str, int]:
    rows = {row.slug: row for row in db.session.scalars(select(Lesson).where(Lesson.topic_id == topic_id))}
    kept: dict[str, Lesson] = {}
    for lesson in lessons:
        values = asdict(lesson) | {"sources": list(lesson.sources), "withdrawn": False}
        key = {"topic_id": topic_id, "slug": values.pop("slug")}
        kept[lesson.slug] = changes.put(rows.pop(lesson.slug, None), Lesson, key, values)
    for row in rows.values():
        changes.update(row, {"withdrawn": True})
    db.session.flush()
    return {slug: row.id for slug, row in kept.items()}


def load_questions(
    contest: Contest, questions: tuple[PackQuestion, ...], topics: Mapping[str, LoadedTopic], changes: Changes
) -> None:
    """Bring the question bank into line; flushes.

    Raises PackFaults when a question that was asked in an exam moves to practice.
    """
    query = select(Question).where(Question.contest_id == contest.id).options(selectinload(Question.versions))
    rows = {row.ref: row for row in db.session.scalars(query)}
    _check_pools(questions, rows, topics)
    for question in questions:
        topic = topics[question.topic]
        values = {
            "topic_id": topic.id,
            "lesson_id": topic.lessons[question.lesson] if question.lesson else None,
            "pool": question.pool,
            "difficulty": question.difficulty,
            "position": question.position,
            "withdrawn": False,
        }
        key = {"contest_id": contest.id, "ref": question.ref}
        row = changes.put(rows.pop(question.ref, None), Question, key, values)
        _load_version(row, question, changes)
    for row in rows.values():
        changes.update(row, {"withdrawn": True})
    db.session.flush()


def _check_pools(
    questions: tuple[PackQuestion, ...], rows: Mapping[str, Question], topics: Mapping[str, LoadedTopic]
) -> None:
    """Exam questions are never practised; their used versions belong to results."""
    faults = [
        Fault(
            f"{POOL_FOLDERS[question.pool]}/{topics[question.topic].folder}.gift",
            question.line,
            f"câu “{question.ref}” đã có người thi nên không chuyển nhóm được; hãy đặt id mới",
        )
        for question in questions
        if (row := rows.get(question.ref))
        and row.pool is not question.pool
        and any(version.used for version in row.versions)
    ]
    if faults:
        raise PackFaults(faults)


def _load_version(row: Question, question: PackQuestion, changes: Changes) -> None:
    """A changed exam question gets a new version: what was asked stays as it was.

    Also one that was not `used` yet, for a process draws from the bank as it stood up to CatalogueCache.every ago, and
    would grade by keys that nobody saw. Practice is never graded later and is changed in place.
    """
    text = question.text
    values: dict[str, Any] = asdict(text) | {"options": list(text.options), "right": list(text.right)}
    current = row.versions[-1] if row.versions else None
    if current is None:
        row.versions.append(changes.add(QuestionVersion(number=1, **values)))
    elif row.pool is Pool.PRACTICE:
        changes.update(current, values)
    elif any(getattr(current, key) != value for key, value in values.items()):
        row.versions.append(changes.add(QuestionVersion(number=current.number + 1, **values)))
