"""The way through the lessons."""

from collections.abc import Container

from flask import url_for

from app.services.catalogue import Catalogue


def following(contest: Catalogue, lesson_id: int) -> str | None:
    """Address of the lesson after this one, over all topics; None after the last."""
    ids = [lesson.id for topic in contest.topics for lesson in topic.lessons]
    return unread(contest, ids[: ids.index(lesson_id) + 1])


def unread(contest: Catalogue, read: Container[int]) -> str | None:
    """Address of the first lesson, over all topics, that is not among those read; None when all are."""
    for topic in contest.topics:
        for lesson in topic.lessons:
            if lesson.id not in read:
                return url_for("learning.lesson", slug=topic.slug, lesson_slug=lesson.slug)
    return None
