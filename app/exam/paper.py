"""The paper: look at it, save it, submit it."""

import secrets
from datetime import datetime

from flask import abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.exam import room
from app.exam.layout import COOKIE, LAYOUTS, SINGLE, chosen_layout, keep_layout
from app.exam.presenters import clock_text, paper_questions, question_link, saved_text
from app.exam.sheet import read_sheet
from app.exam.views import my_attempt
from app.extensions import db
from app.models import Attempt, AttemptState
from app.rules.answers import NONE_CHOSEN, unanswered_numbers
from app.rules.clock import seconds_left
from app.services.exam_save import Saved, SaveOutcome, Sheet, save_answers
from app.services.exam_submit import OlderPage, UnknownAttempt, submit_attempt
from app.web.doors import Page, contestant, contestant_by_deed
from app.web.htmx import is_htmx
from app.web.portal import catalogue, now
from app.web.sign_in import holder, me

SAVE = "luu"  # name of the button that saves
LAST_SECONDS = 5  # nobody is asked once more then: the page submits by itself, and its clock may be a second ahead


def _to_result(attempt_id: int) -> Response:
    return redirect(url_for("exam.result", attempt_id=attempt_id), 303)


def _exam_now() -> datetime:
    return catalogue().exam_time(now())


def _sent_sheet() -> Sheet:
    return read_sheet(request.form, questions=catalogue().rules.exam.questions)


def _paper(attempt: Attempt, *, overtaken: bool = False) -> str:
    moment = _exam_now()
    return render_template(
        "exam/paper.html",
        attempt=attempt,
        questions=paper_questions(attempt, catalogue()),
        page=secrets.token_urlsafe(6),
        left=seconds_left(attempt.deadline_at, moment),
        clock=clock_text(attempt.deadline_at, moment),
        saved=saved_text(attempt.answers, attempt.saved_at),
        overtaken=overtaken,
        single=chosen_layout() == SINGLE,
        layouts=LAYOUTS,
    )


@room.get("/thi/<int:attempt_id>")
@contestant
def paper(attempt_id: int) -> Page:
    """The whole paper in one form, with what was saved."""
    attempt = my_attempt(attempt_id)
    return _paper(attempt) if attempt.state is AttemptState.OPEN else _to_result(attempt_id)


@room.post("/thi/<int:attempt_id>")
@contestant_by_deed
def save(attempt_id: int) -> Page | None:
    """Save the whole sheet: after each change by htmx, or by the button “Lưu và xem thời gian”."""
    return _save(attempt_id)


def _save(attempt_id: int) -> Page | None:
    saved = save_answers(holder=holder(), attempt_id=attempt_id, sheet=_sent_sheet(), now=_exam_now())
    if saved.outcome is SaveOutcome.UNKNOWN:
        return None
    if is_htmx():
        return _saved_part(saved, attempt_id)
    if saved.outcome is SaveOutcome.CLOSED:
        return _to_result(attempt_id)
    if saved.outcome is SaveOutcome.CONFLICT:
        return _paper(my_attempt(attempt_id), overtaken=True), 409
    return keep_layout(redirect(url_for("exam.paper", attempt_id=attempt_id), 303), request.form.get(COOKIE))


def _saved_part(saved: Saved, attempt_id: int) -> Response:
    """A line of words, and the seconds left for the page's clock. 409 another page saved since, 410 it is over."""
    if saved.outcome is SaveOutcome.CLOSED:
        return Response(status=410, headers={"HX-Redirect": url_for("exam.result", attempt_id=attempt_id)})
    if saved.outcome is SaveOutcome.CONFLICT:
        here = url_for("exam.paper", attempt_id=attempt_id)
        return Response(render_template("exam/_overtaken.html", here=here), status=409, mimetype="text/html")
    words = saved_text(saved.answers, now())
    if saved.contested:
        words += ". Bài cũng đang mở ở nơi khác; ở đây là bản mới nhất"
    response = Response(words, mimetype="text/html")
    left = seconds_left(saved.deadline_at, _exam_now()) if saved.deadline_at else 0
    response.headers["HX-Trigger"] = f'{{"con":{left}}}'
    return response


@room.get("/thi/<int:attempt_id>/nop")
@contestant
def confirm(attempt_id: int) -> Page:
    """Asks once more when questions are still without an answer."""
    attempt = my_attempt(attempt_id)
    if attempt.state is not AttemptState.OPEN:
        return _to_result(attempt_id)
    missing = [(number, question_link(number, attempt_id)) for number in unanswered_numbers(attempt.answers)]
    left = clock_text(attempt.deadline_at, _exam_now())
    return render_template("exam/confirm.html", attempt=attempt, missing=missing, left=left)


@room.post("/thi/<int:attempt_id>/nop")
@contestant
def submit(attempt_id: int) -> Page:
    """Take the sheet, grade once, show the receipt; again the same receipt however often it is sent.

    Browsers that know no `formaction` send every button of the paper here: one that saves never hands in.
    """
    if SAVE in request.form or COOKIE in request.form:
        return _save(attempt_id) or abort(404)
    contest, moment = catalogue(), _exam_now()
    confirmed = "confirmed" in request.form
    from_confirm_page = confirmed and "page" not in request.form
    sheet = None if from_confirm_page else _sent_sheet()
    if sheet is not None and not confirmed and NONE_CHOSEN in sheet.answers:
        saved = save_answers(holder=holder(), attempt_id=attempt_id, sheet=sheet, now=moment)
        kept = saved.outcome in (SaveOutcome.SAVED, SaveOutcome.STALE)
        if kept and saved.deadline_at and seconds_left(saved.deadline_at, moment) > LAST_SECONDS:
            return redirect(url_for("exam.confirm", attempt_id=attempt_id), 303)
    try:
        submit_attempt(account_id=me().account_id, attempt_id=attempt_id, sheet=sheet, catalogue=contest, now=now())
    except UnknownAttempt:
        abort(404)
    except OlderPage:
        db.session.rollback()
        return _paper(my_attempt(attempt_id), overtaken=True), 409
    db.session.commit()
    return _to_result(attempt_id)
