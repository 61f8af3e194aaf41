"""The exam before and after the paper: start, result."""

import random

from flask import abort, redirect, render_template, request, url_for
from sqlalchemy import bindparam, select

from app.exam import room
from app.exam.layout import COOKIE, LAYOUTS, SINGLE, chosen_layout, keep_layout
from app.exam.presenters import by_topic, refusal_text, revealed, shows_topics
from app.extensions import Hot, db, direct, writing
from app.models import Attempt, AttemptState
from app.services.exam_start import MayNotStart, open_attempt, refusal_now, somebody_sits, start_attempt
from app.services.exam_submit import close_if_over, marks_of
from app.services.invalidate import of_attempt
from app.services.my_place import my_place
from app.web.doors import Page, contestant
from app.web.portal import catalogue, now
from app.web.sign_in import entry_id, me

_new_rng = random.Random  # seeded by the system each time; SystemRandom would ask it 400 times a paper
_MINE = Hot(
    select(Attempt.__table__).where(Attempt.id == bindparam("attempt"), Attempt.account_id == bindparam("account"))
)


def my_attempt(attempt_id: int) -> Attempt:
    """My attempt to look at, a row outside of any session; a stranger's is a 404.

    One whose time is over is closed here, whoever comes first.
    """
    attempt: Attempt | None = direct.first(_MINE, {"attempt": attempt_id, "account": me().account_id})
    if attempt is None:
        abort(404)
    moment = catalogue().exam_time(now())
    if attempt.state is AttemptState.OPEN and moment >= attempt.closes_at:
        db.session.rollback()
        with writing():
            attempt = db.session.get_one(Attempt, attempt_id, with_for_update=True, populate_existing=True)
            close_if_over(attempt=attempt, catalogue=catalogue(), now=moment)
            db.session.commit()
    return attempt


@room.get("/thi")
@contestant
def intro() -> str:
    """What awaits; one button, or why it is not there."""
    running = open_attempt(entry_id=entry_id())
    if running is not None and my_attempt(running.id).state is not AttemptState.OPEN:
        running = None
    refused = None if running else refusal_now(entry_id=entry_id(), catalogue=catalogue(), now=now())
    return render_template(
        "exam/intro.html",
        running=running,
        refused=refusal_text(refused) if refused else None,
        layouts=LAYOUTS,
        layout=chosen_layout(),
    )


@room.post("/thi")
@contestant
def start() -> Page:
    """Start, or come back to the attempt that is open."""
    contest = catalogue()
    try:
        attempt = start_attempt(
            entry_id=entry_id(),
            account_id=me().account_id,
            catalogue=contest,
            now=contest.exam_time(now()),
            rng=_new_rng(),
        )
    except MayNotStart as refused:
        db.session.commit()  # an attempt whose time was over may have been closed on the way
        words = refusal_text(refused.refusal)
        return render_template("exam/intro.html", running=None, refused=words, layouts={}, layout=""), 409
    db.session.commit()
    choice = request.form.get(COOKIE) or chosen_layout()
    first = "q1" if choice == SINGLE else None
    return keep_layout(redirect(url_for("exam.paper", attempt_id=attempt.id, _anchor=first), 303), choice)


def _is_over(round_id: int) -> bool:
    """Whether results may show what they show after the round: no key while somebody else still sits."""
    contest, at = catalogue(), now()
    if at < contest.round(round_id).closes_at:
        return False
    return not somebody_sits(round_id=round_id, now=contest.exam_time(at))


@room.get("/thi/<int:attempt_id>/ket-qua")
@contestant
def result(attempt_id: int) -> Page:
    """Count, time, place so far, receipt, and what to learn again as far as the setting allows."""
    attempt, contest = my_attempt(attempt_id), catalogue()
    if attempt.state is AttemptState.OPEN:
        return redirect(url_for("exam.paper", attempt_id=attempt_id), 303)
    marks = marks_of(attempt=attempt, catalogue=contest)
    over = _is_over(attempt.round_id)
    return render_template(
        "exam/result.html",
        attempt=attempt,
        questions=len(marks),
        place=my_place(entry_id=attempt.entry_id, round_id=attempt.round_id),
        frozen_at=contest.round(attempt.round_id).frozen_at(now()),
        act=of_attempt(entry_id=attempt.entry_id, attempt_id=attempt_id),
        topics=by_topic(marks, contest) if shows_topics(contest, round_over=over) else [],
        shown=revealed(marks, contest, round_over=over),
    )
