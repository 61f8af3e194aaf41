"""Topics and lessons: public to read, kept as progress for who is signed in."""

from typing import Any

from flask import abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.learning import room
from app.learning.practice import AT_ONCE, asked_for, practice_items, read_set, sets
from app.learning.presenters import following, unread
from app.services.catalogue import LessonInfo, TopicInfo
from app.services.study import finish_lesson, lessons_read
from app.web.doors import contestant_by_deed, public
from app.web.htmx import is_htmx, render
from app.web.packed_once import packed_once
from app.web.portal import catalogue, now
from app.web.sign_in import holder, is_signed_in, me


def _visitor() -> dict[str, Any]:
    """What pages ask of who reads them: `knows_me`, `learns` (staff read without progress), lessons `read`."""
    knows_me = is_signed_in()
    entry = me().entry_id if knows_me else None
    read = lessons_read(entry_id=entry) if entry is not None else frozenset[int]()
    return {"knows_me": knows_me, "learns": entry is not None, "read": read}


def _topic(slug: str) -> TopicInfo:
    topic = catalogue().topic(slug)
    if topic is None:
        abort(404)
    return topic


def _lesson(topic: TopicInfo, slug: str) -> LessonInfo:
    lesson = next((lesson for lesson in topic.lessons if lesson.slug == slug), None)
    if lesson is None:
        abort(404)
    return lesson


@room.get("/hoc")
@public
def topics() -> str:
    """All topics with their lessons."""
    contest, visitor = catalogue(), _visitor()
    next_href = unread(contest, visitor["read"])
    return render_template("learning/topics.html", topics=contest.topics, next_href=next_href, **visitor)


@room.get("/hoc/<slug>")
@public
def topic(slug: str) -> str:
    """One topic."""
    return render_template("learning/topic.html", topic=_topic(slug), **_visitor())


@room.get("/hoc/<slug>/<lesson_slug>")
@public
@packed_once
def lesson(slug: str, lesson_slug: str) -> str:
    """One lesson."""
    of_topic = _topic(slug)
    found = _lesson(of_topic, lesson_slug)
    return render_template(
        "learning/lesson.html",
        topic=of_topic,
        lesson=found,
        next_href=following(catalogue(), found.id),
        practice=min(AT_ONCE, len(catalogue().practice.get(found.id, ()))),
        **_visitor(),
    )


@room.post("/hoc/<slug>/<lesson_slug>")
@contestant_by_deed
def finish(slug: str, lesson_slug: str) -> Response | None:
    """“Tôi đã học xong bài này”, and on to the next one."""
    contest, found = catalogue(), _lesson(_topic(slug), lesson_slug)
    if not finish_lesson(holder=holder(), contest_id=contest.contest_id, lesson_id=found.id, now=now()):
        return None
    return redirect(following(contest, found.id) or url_for("account.me"), 303)


@room.get("/hoc/<slug>/<lesson_slug>/luyen-tap")
@public
def practice(slug: str, lesson_slug: str) -> Response:
    """Questions to try oneself on; nothing is kept, all choices stand in the address."""
    of_topic = _topic(slug)
    found = _lesson(of_topic, lesson_slug)
    pool = catalogue().practice.get(found.id, ())
    number = read_set(request.args, pool)
    if number is None:
        abort(404)
    items = practice_items(pool, number, request.args)
    item = asked_for(items)
    if item is None and is_htmx():
        abort(404)
    response = render(
        page="learning/practice.html",
        part="learning/_practice_question.html",
        topic=of_topic,
        lesson=found,
        set_number=number,
        sets=sets(pool),
        items=items,
        item=item,
    )
    response.vary.add("Cookie")  # the size of type
    response.headers["Cache-Control"] = "public, max-age=60"
    return response
