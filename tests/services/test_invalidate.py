"""Taking a result out and giving it back: standing, finishing, certificate, audit follow in the same transaction."""

from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.extensions import db
from app.models import Attempt, Certificate, Entry, Invalidation, InvalidationReason, Standing
from app.services import invalidate as deed
from app.services.catalogue import Catalogue
from app.services.certify import NotEarned, certify
from app.services.invalidate import Target
from tests.support import results
from tests.support.audit import audited
from tests.support.people import make_contestant, sit
from tests.support.stories import make_story

MINUTE = timedelta(minutes=1)


@pytest.fixture
def attempts(entry: Entry, contest: Catalogue, noon: datetime) -> list[Attempt]:
    """Two attempts: the second one is better. The person has also told a story."""
    made = [
        sit(entry, contest, started=noon + n * 30 * MINUTE, ended=noon + (n * 30 + 8) * MINUTE, wrong=2 - n, seed=n)
        for n in range(2)
    ]
    make_story(entry, contest, now=noon)
    return made


def take_out(contest: Catalogue, now: datetime, target: Target) -> Invalidation:
    words = {"words": "Có người thấy bạn nhờ người khác làm.", "evidence": "Biên bản số 5"}
    return results.take_out(target, contest, now=now, code=InvalidationReason.HELPED, **words)


def give_back(contest: Catalogue, now: datetime, act: Invalidation) -> None:
    deed.restore(invalidation_id=act.id, reason="nhầm người", actor_id=None, catalogue=contest, now=now)
    db.session.commit()


def standing(attempt: Attempt) -> Standing | None:
    return db.session.get(Standing, (attempt.entry_id, attempt.round_id), populate_existing=True)


def certificate(entry: Entry) -> Certificate:
    found = select(Certificate).where(Certificate.entry_id == entry.id).execution_options(populate_existing=True)
    return db.session.scalars(found).one()


def test_the_next_best_attempt_counts_and_the_other_way_back(
    attempts: list[Attempt], contest: Catalogue, noon: datetime
) -> None:
    first, best = attempts
    act = take_out(contest, noon, Target(best.entry_id, best.id))
    kept = standing(best)
    assert kept is not None
    assert (kept.attempt_id, kept.attempts, kept.shown_correct) == (first.id, 1, first.correct)
    give_back(contest, noon, act)
    kept = standing(best)
    assert kept is not None
    assert (kept.attempt_id, kept.attempts, kept.shown_correct) == (best.id, 2, best.correct)


def test_without_an_attempt_that_counts_nobody_has_finished(
    attempts: list[Attempt], entry: Entry, contest: Catalogue, noon: datetime
) -> None:
    acts = [take_out(contest, noon, Target(entry.id, attempt.id)) for attempt in attempts]
    assert standing(attempts[0]) is None
    db.session.refresh(entry)
    assert entry.finished_at is None
    give_back(contest, noon, acts[1])
    db.session.refresh(entry)
    assert entry.finished_at == attempts[1].ended_at


def test_who_is_excluded_gets_no_standing_from_later_attempts(
    attempts: list[Attempt], entry: Entry, contest: Catalogue, noon: datetime
) -> None:
    act = take_out(contest, noon, Target(entry.id, None))
    later = sit(entry, contest, started=noon + 90 * MINUTE, ended=noon + 95 * MINUTE, seed=9)
    assert later.correct == contest.rules.exam.questions  # graded all the same
    assert standing(later) is None
    give_back(contest, noon, act)
    kept = standing(later)
    assert kept is not None
    assert (kept.attempt_id, kept.attempts) == (later.id, 3)


def test_the_certificate_goes_and_comes_back(
    attempts: list[Attempt], entry: Entry, contest: Catalogue, noon: datetime
) -> None:
    certify(entry_id=entry.id, catalogue=contest, now=noon)
    db.session.commit()
    act = take_out(contest, noon, Target(entry.id, attempts[1].id))
    assert certificate(entry).revoked_at is None  # the other attempt still earns it
    whole = take_out(contest, noon + MINUTE, Target(entry.id, None))
    revoked = certificate(entry)
    assert (revoked.revoked_at, revoked.revoked_for) == (noon + MINUTE, whole.id)
    assert revoked.revoked_reason == "Kết quả thi đã bị hủy."
    give_back(contest, noon, whole)
    assert certificate(entry).revoked_at is None
    give_back(contest, noon, act)
    assert certificate(entry).revoked_at is None


def test_earned_anew_the_same_certificate_comes_back(
    attempts: list[Attempt], entry: Entry, contest: Catalogue, noon: datetime
) -> None:
    code = certify(entry_id=entry.id, catalogue=contest, now=noon).code
    db.session.commit()
    for attempt in attempts:
        take_out(contest, noon, Target(entry.id, attempt.id))
    assert certify(entry_id=entry.id, catalogue=contest, now=noon).revoked_at is not None
    sit(entry, contest, started=noon + 90 * MINUTE, ended=noon + 95 * MINUTE, seed=9)
    again = certify(entry_id=entry.id, catalogue=contest, now=noon + 100 * MINUTE)
    assert (again.code, again.revoked_at, again.revoked_for) == (code, None, None)


def test_what_a_hand_revoked_stays_revoked(
    attempts: list[Attempt], entry: Entry, contest: Catalogue, noon: datetime
) -> None:
    paper = certify(entry_id=entry.id, catalogue=contest, now=noon)
    paper.revoked_at, paper.revoked_reason = noon, "Theo quyết định số 9"
    db.session.commit()
    give_back(contest, noon, take_out(contest, noon, Target(entry.id, None)))
    assert certificate(entry).revoked_reason == "Theo quyết định số 9"


def test_who_is_excluded_earns_no_certificate(
    attempts: list[Attempt], entry: Entry, contest: Catalogue, noon: datetime
) -> None:
    take_out(contest, noon, Target(entry.id, None))
    with pytest.raises(NotEarned):
        certify(entry_id=entry.id, catalogue=contest, now=noon)


def test_twice_is_refused(attempts: list[Attempt], contest: Catalogue, noon: datetime) -> None:
    target = Target(attempts[0].entry_id, attempts[0].id)
    act = take_out(contest, noon, target)
    with pytest.raises(deed.AlreadyInvalidated):
        take_out(contest, noon, target)
    db.session.rollback()
    give_back(contest, noon, act)
    with pytest.raises(deed.NotInForce):
        give_back(contest, noon, act)
    take_out(contest, noon, target)  # once lifted, it may be taken out again


def test_targets_are_of_this_contest_and_graded(attempts: list[Attempt], entry: Entry, contest: Catalogue) -> None:
    receipt = attempts[0].receipt
    assert deed.find_target(receipt=receipt, catalogue=contest) == Target(entry.id, attempts[0].id)
    assert deed.find_target(entry_id=entry.id, catalogue=contest) == Target(entry.id, None)
    for wrong in ({"receipt": "00000000"}, {"entry_id": entry.id + 99}, {}):
        with pytest.raises(deed.NothingToInvalidate):
            deed.find_target(**wrong, catalogue=contest)


def test_the_person_replies_once_more_and_a_stranger_never(
    attempts: list[Attempt], entry: Entry, contest: Catalogue, noon: datetime
) -> None:
    act = take_out(contest, noon, Target(entry.id, attempts[0].id))
    stranger = make_contestant(contest, now=noon)
    for text in ("Không đúng.", "Tôi tự làm bài."):
        deed.reply(invalidation_id=act.id, entry_id=entry.id, text=text, now=noon + MINUTE)
    assert deed.reply(invalidation_id=act.id, entry_id=stranger.id, text="?", now=noon) is None
    db.session.commit()
    (found,) = deed.in_force(entry_id=entry.id)
    assert (found.reply, found.replied_at) == ("Tôi tự làm bài.", noon + MINUTE)
    assert deed.of_attempt(entry_id=entry.id, attempt_id=attempts[0].id) == found
    assert deed.of_attempt(entry_id=entry.id, attempt_id=attempts[1].id) is None
    give_back(contest, noon, act)
    assert deed.find_own(invalidation_id=act.id, entry_id=entry.id) is None


def test_the_audit_says_what_and_not_the_evidence(
    deeds: Flask, attempts: list[Attempt], contest: Catalogue, noon: datetime
) -> None:
    give_back(contest, noon, take_out(contest, noon, Target(attempts[0].entry_id, attempts[0].id)))
    rows = audited("result.%")
    subject = f"attempt:{attempts[0].id}"
    assert sorted((row.action, row.subject, row.reason) for row in rows) == [
        ("result.invalidate", subject, "helped"),
        ("result.restore", subject, "nhầm người"),
    ]
