"""The way through the lessons."""

from flask import url_for

from app.services.catalogue import Catalogue


def following(contest: Catalogue, lesson_id: int) -> str | None:
    """Address of the lesson after this one, over all topics; None after the last."""
    way = [(topic.slug, lesson.slug, lesson.id) for topic in contest.topics for lesson in topic.lessons]
    place = next(i for i, step in enumerate(way) if step[2] == lesson_id)
    if place + 1 == len(way):
        return None
    topic_slug, lesson_slug, _ = way[place + 1]
    return url_for("learning.lesson", slug=topic_slug, lesson_slug=lesson_slug)
