"""Ending an attempt: graded exactly once, by the person's submit or because its time had passed."""

from datetime import datetime

from sqlalchemy import bindparam, select

from app.extensions import db
from app.models import Attempt, AttemptState, Contest
from app.rules import clock
from app.rules.grading import Marked, correct_count, grade
from app.rules.paper import read_paper
from app.rules.ranking import Result
from app.services.catalogue import Catalogue
from app.services.exam_save import Sheet
from app.services.standings import record_result

_LOCKED = (
    select(Attempt)
    .where(Attempt.id == bindparam("attempt"), Attempt.account_id == bindparam("account"))
    .with_for_update()
)


class UnknownAttempt(Exception):
    """No such attempt of this person."""


class OlderPage(Exception):
    """The sheet comes from a page that another one has overtaken; nothing was changed."""


def marks_of(*, attempt: Attempt, catalogue: Catalogue, voided: frozenset[int] = frozenset()) -> list[Marked]:
    """Every question of the attempt, marked by the keys of the versions it was drawn in.

    `voided` holds version ids that count as right besides those that the catalogue knows as voided.
    """
    return grade(read_paper(attempt.paper), attempt.answers, catalogue.keys, voided=catalogue.voided | voided)


def submit_attempt(
    *, account_id: int, attempt_id: int, sheet: Sheet | None, catalogue: Catalogue, now: datetime
) -> Attempt:
    """Take the last sheet, grade, rank. A second submit finds the attempt ended and changes nothing.

    `now` is the time of day, also while exams are paused. Raises UnknownAttempt and OlderPage.
    """
    attempt = db.session.scalar(_LOCKED, {"attempt": attempt_id, "account": account_id})
    if attempt is None:
        raise UnknownAttempt
    # Never before what was saved: a clock that is put back makes nobody faster.
    now = max(_exam_time(catalogue, now), attempt.saved_at or attempt.started_at)
    if attempt.state is not AttemptState.OPEN or close_if_over(attempt=attempt, catalogue=catalogue, now=now):
        return attempt
    if sheet is not None:
        _take(attempt, sheet, now)
    _end(attempt, AttemptState.SUBMITTED, catalogue, received_at=now, now=now)
    return attempt


def _exam_time(catalogue: Catalogue, now: datetime) -> datetime:
    """What the exam's clock shows, behind the attempt's lock.

    A process knows of a pause's end up to CatalogueCache.every seconds late. Handed in there, the clock would still
    show the pause's beginning while the attempt has already got it back: it would be taken off twice.
    """
    if catalogue.paused_at is None:
        return now
    paused_at = db.session.scalar(select(Contest.paused_at).where(Contest.id == catalogue.contest_id))
    return min(now, paused_at) if paused_at else now


def _take(attempt: Attempt, sheet: Sheet, now: datetime) -> None:
    """The order of exam_save.IN_ORDER, on a row that is locked."""
    if len(sheet.answers) != len(attempt.answers):
        raise UnknownAttempt
    own = attempt.saved_by == sheet.page
    if not own and attempt.revision != sheet.base:
        raise OlderPage
    if own and sheet.number and sheet.number < attempt.saved_number:
        return  # a late double of an older submit: newer choices are already here
    attempt.answers, attempt.saved_at = sheet.answers, now
    attempt.saved_by, attempt.saved_number = sheet.page, sheet.number
    attempt.revision += 1


def close_if_over(*, attempt: Attempt, catalogue: Catalogue, now: datetime) -> bool:
    """Close and grade an open attempt whose grace has passed, from what was saved. True when it is closed now."""
    if attempt.state is not AttemptState.OPEN:
        return True
    if now < attempt.closes_at:
        return False
    _end(attempt, AttemptState.TIMED_OUT, catalogue, received_at=attempt.closes_at, now=now)
    return True


def sweep(*, catalogue: Catalogue, now: datetime, limit: int = 200) -> int:
    """Close attempts whose time is over, oldest first, at most `limit`; returns how many. For a timer, in a loop.

    Only this contest's: another one has its own keys and its own ranking.
    """
    rounds = [this_round.id for this_round in catalogue.rounds]
    over = db.session.scalars(
        select(Attempt)
        .where(Attempt.state == AttemptState.OPEN, Attempt.closes_at <= now, Attempt.round_id.in_(rounds))
        .order_by(Attempt.closes_at, Attempt.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    for attempt in over:
        close_if_over(attempt=attempt, catalogue=catalogue, now=now)
    return len(over)


def _end(attempt: Attempt, state: AttemptState, catalogue: Catalogue, *, received_at: datetime, now: datetime) -> None:
    result = Result(
        correct=correct_count(marks_of(attempt=attempt, catalogue=catalogue)),
        time_used=clock.time_used(attempt.started_at, attempt.deadline_at, received_at, given_back=attempt.given_back),
        submitted_at=received_at,
        attempts=attempt.number,
    )
    attempt.state, attempt.ended_at = state, received_at
    attempt.correct, attempt.time_used = result.correct, result.time_used
    with db.session.no_autoflush:  # attempt and standing are written together below
        record_result(attempt=attempt, result=result, catalogue=catalogue, now=now)
    db.session.flush()
