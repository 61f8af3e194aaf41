"""The exam: start, paper, save, submit, result."""

import random
import secrets

from flask import abort, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from app.exam import room
from app.exam.presenters import (
    by_topic,
    clock_text,
    paper_questions,
    question_link,
    refusal_text,
    revealed,
    saved_text,
    shows_topics,
)
from app.exam.sheet import read_sheet
from app.extensions import db, writing
from app.models import Attempt, AttemptState
from app.rules.answers import NONE_CHOSEN, unanswered_numbers
from app.rules.clock import seconds_left
from app.services.exam_save import Saved, SaveOutcome, save_answers
from app.services.exam_start import MayNotStart, open_attempt, refusal_now, start_attempt
from app.services.exam_submit import OlderPage, UnknownAttempt, close_if_over, marks_of, submit_attempt
from app.services.rank import my_place
from app.web.access import contestant, entry_id, me
from app.web.htmx import is_htmx
from app.web.portal import catalogue, now

Page = str | tuple[str, int] | Response
_rng = random.SystemRandom()


def _mine(attempt_id: int) -> Attempt:
    """My attempt; a stranger's is a 404. One whose time is over is closed here, whoever comes first."""
    attempt = db.session.scalar(
        select(Attempt).where(Attempt.id == attempt_id, Attempt.account_id == me().account_id)
    )
    if attempt is None:
        abort(404)
    if attempt.state is AttemptState.OPEN and now() >= attempt.closes_at:
        db.session.rollback()
        with writing():
            attempt = db.session.get_one(Attempt, attempt_id, with_for_update=True, populate_existing=True)
            close_if_over(attempt=attempt, catalogue=catalogue(), now=now())
            db.session.commit()
    return attempt


def _to_result(attempt_id: int) -> Response:
    return redirect(url_for("exam.result", attempt_id=attempt_id), 303)


@room.get("/thi")
@contestant
def intro() -> str:
    """What awaits; one button, or why it is not there."""
    running = open_attempt(entry_id=entry_id())
    refused = None if running else refusal_now(entry_id=entry_id(), catalogue=catalogue(), now=now())
    return render_template(
        "exam/intro.html", running=running, refused=refusal_text(refused) if refused else None
    )


@room.post("/thi")
@contestant
def start() -> Page:
    """Start, or come back to the attempt that is open."""
    try:
        attempt = start_attempt(
            entry_id=entry_id(), account_id=me().account_id, catalogue=catalogue(), now=now(), rng=_rng
        )
    except MayNotStart as refused:
        db.session.commit()  # an attempt whose time was over may have been closed on the way
        return render_template("exam/intro.html", running=None, refused=refusal_text(refused.refusal)), 409
    db.session.commit()
    return redirect(url_for("exam.paper", attempt_id=attempt.id), 303)


def _paper(attempt: Attempt, *, overtaken: bool = False) -> str:
    moment = now()
    return render_template(
        "exam/paper.html",
        attempt=attempt,
        questions=paper_questions(attempt, catalogue()),
        page=secrets.token_urlsafe(6),
        left=seconds_left(attempt.deadline_at, moment),
        clock=clock_text(attempt.deadline_at, moment),
        saved=saved_text(attempt.answers, attempt.saved_at),
        overtaken=overtaken,
    )


@room.get("/thi/<int:attempt_id>")
@contestant
def paper(attempt_id: int) -> Page:
    """The whole paper in one form, with what was saved."""
    attempt = _mine(attempt_id)
    return _paper(attempt) if attempt.state is AttemptState.OPEN else _to_result(attempt_id)


@room.post("/thi/<int:attempt_id>")
@contestant
def save(attempt_id: int) -> Page:
    """Save the whole sheet: after each change by htmx, or by the button “Lưu và xem thời gian”."""
    sheet = read_sheet(request.form, questions=catalogue().rules.exam.questions)
    saved = save_answers(account_id=me().account_id, attempt_id=attempt_id, sheet=sheet, now=now())
    if saved.outcome is SaveOutcome.UNKNOWN:
        abort(404)
    if is_htmx():
        return _saved_part(saved, attempt_id)
    if saved.outcome is SaveOutcome.CLOSED:
        return _to_result(attempt_id)
    if saved.outcome is SaveOutcome.CONFLICT:
        return _paper(_mine(attempt_id), overtaken=True), 409
    return redirect(url_for("exam.paper", attempt_id=attempt_id), 303)


def _saved_part(saved: Saved, attempt_id: int) -> Response:
    """A line of words, and the seconds left for the page's clock. 409 another page saved since, 410 it is over."""
    if saved.outcome is SaveOutcome.CLOSED:
        return Response(status=410, headers={"HX-Redirect": url_for("exam.result", attempt_id=attempt_id)})
    if saved.outcome is SaveOutcome.CONFLICT:
        here = url_for("exam.paper", attempt_id=attempt_id)
        return Response(render_template("exam/_overtaken.html", here=here), status=409, mimetype="text/html")
    moment = now()
    left = seconds_left(saved.deadline_at, moment) if saved.deadline_at else 0
    response = Response(saved_text(saved.answers, moment), mimetype="text/html")
    response.headers["HX-Trigger"] = f'{{"con":{left}}}'
    return response


@room.get("/thi/<int:attempt_id>/nop")
@contestant
def confirm(attempt_id: int) -> Page:
    """Asks once more when questions are still without an answer."""
    attempt = _mine(attempt_id)
    if attempt.state is not AttemptState.OPEN:
        return _to_result(attempt_id)
    missing = [(number, question_link(number, attempt_id)) for number in unanswered_numbers(attempt.answers)]
    return render_template("exam/confirm.html", attempt=attempt, missing=missing, left=clock_text(attempt.deadline_at, now()))


@room.post("/thi/<int:attempt_id>/nop")
@contestant
def submit(attempt_id: int) -> Page:
    """Take the sheet, grade once, show the receipt; again the same receipt however often it is sent."""
    contest, moment = catalogue(), now()
    confirmed = "confirmed" in request.form
    sheet = None if confirmed and "page" not in request.form else read_sheet(request.form, questions=contest.rules.exam.questions)
    if sheet is not None and not confirmed and NONE_CHOSEN in sheet.answers:
        saved = save_answers(account_id=me().account_id, attempt_id=attempt_id, sheet=sheet, now=moment)
        if saved.outcome in (SaveOutcome.SAVED, SaveOutcome.STALE) and saved.deadline_at and moment < saved.deadline_at:
            return redirect(url_for("exam.confirm", attempt_id=attempt_id), 303)
    try:
        submit_attempt(
            account_id=me().account_id, attempt_id=attempt_id, sheet=sheet, catalogue=contest, now=moment
        )
    except UnknownAttempt:
        abort(404)
    except OlderPage:
        db.session.rollback()
        return _paper(_mine(attempt_id), overtaken=True), 409
    db.session.commit()
    return _to_result(attempt_id)


@room.get("/thi/<int:attempt_id>/ket-qua")
@contestant
def result(attempt_id: int) -> Page:
    """Count, time, place so far, receipt, and what to learn again as far as the setting allows."""
    attempt, contest = _mine(attempt_id), catalogue()
    if attempt.state is AttemptState.OPEN:
        return redirect(url_for("exam.paper", attempt_id=attempt_id), 303)
    marks = marks_of(attempt=attempt, catalogue=contest)
    over = now() >= contest.round(attempt.round_id).closes_at
    return render_template(
        "exam/result.html",
        attempt=attempt,
        questions=len(marks),
        place=my_place(entry_id=attempt.entry_id, round_id=attempt.round_id),
        topics=by_topic(marks, contest) if shows_topics(contest, round_over=over) else [],
        shown=revealed(marks, contest, round_over=over),
    )
