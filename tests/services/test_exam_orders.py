"""Whatever a bad line does to the order of messages, the paper that is graded is the one the person last saw."""

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.extensions import db
from app.models import Attempt, AttemptState, Entry, Standing
from app.services.catalogue import Catalogue
from app.services.exam_save import SaveOutcome, Sheet, save_answers
from app.services.exam_start import start_attempt
from app.services.exam_submit import submit_attempt
from tests.support.people import holder_of, learn_all, make_contestant

NOW = datetime.now(UTC).replace(microsecond=0)
TAPS = 6  # messages of one page; the last one is also what the submit carries


@pytest.fixture
def contestant(deeds: Flask, contest: Catalogue) -> Entry:
    """Somebody who may sit the exam."""
    entry = make_contestant(contest, now=NOW)
    learn_all(entry, contest, now=NOW)
    return entry


def fresh(entry: Entry, contest: Catalogue) -> Attempt:
    """An open attempt with a blank paper."""
    attempt = start_attempt(
        entry_id=entry.id, account_id=entry.account_id, catalogue=contest, now=NOW, rng=random.Random(1)
    )
    db.session.commit()
    return attempt


def sheets(attempt: Attempt) -> list[Sheet]:
    """One page's messages: each tap answers one more question, and the whole form is sent each time."""
    blank = attempt.answers
    return [Sheet("B" * n + blank[n:], "trang", n, 0) for n in range(1, TAPS + 1)]


def deliver(entry: Entry, attempt_id: int, order: Sequence[int], all_sheets: list[Sheet], contest: Catalogue) -> None:
    """Messages in the order they arrive; TAPS stands for the submit."""
    for number in order:
        if number < TAPS:
            holder = holder_of(entry.account_id, now=NOW)
            save_answers(holder=holder, attempt_id=attempt_id, sheet=all_sheets[number], now=NOW)
        else:
            submit_attempt(
                account_id=entry.account_id,
                attempt_id=attempt_id,
                sheet=all_sheets[-1],
                catalogue=contest,
                now=NOW + timedelta(minutes=1),
            )
            db.session.commit()


# Every message arrives at least once, some of them again, in any order.
arrivals = st.lists(st.integers(0, TAPS), max_size=6).flatmap(
    lambda doubled: st.permutations([*range(TAPS + 1), *doubled])
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=arrivals)
def test_any_order_and_doubling_gives_the_same_paper(
    contestant: Entry, contest: Catalogue, order: Sequence[int]
) -> None:
    attempt = fresh(contestant, contest)
    wanted, messages, receipt, attempt_id = "B" * TAPS, sheets(attempt), attempt.receipt, attempt.id
    before = db.session.get(Standing, (contestant.id, attempt.round_id))
    counted = before.attempts if before else 0
    db.session.commit()
    deliver(contestant, attempt_id, order, messages, contest)
    db.session.expire_all()
    graded = db.session.get_one(Attempt, attempt_id)
    assert graded.answers[:TAPS] == wanted
    assert (graded.state, graded.receipt) == (AttemptState.SUBMITTED, receipt)
    assert db.session.get_one(Standing, (contestant.id, graded.round_id)).attempts == counted + 1
    db.session.commit()


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.lists(st.integers(0, TAPS - 1), min_size=1, max_size=12))
def test_what_was_acknowledged_is_never_behind(contestant: Entry, contest: Catalogue, order: Sequence[int]) -> None:
    """Saves alone, some lost: the row always holds the newest message that arrived."""
    attempt = fresh(contestant, contest)
    messages, attempt_id = sheets(attempt), attempt.id
    db.session.commit()
    newest = -1
    for number in order:
        holder = holder_of(contestant.account_id, now=NOW)
        outcome = save_answers(holder=holder, attempt_id=attempt_id, sheet=messages[number], now=NOW).outcome
        assert outcome is (SaveOutcome.SAVED if number > newest else SaveOutcome.STALE)
        newest = max(newest, number)
    db.session.expire_all()
    assert db.session.get_one(Attempt, attempt_id).answers == messages[newest].answers
    submit_attempt(account_id=contestant.account_id, attempt_id=attempt_id, sheet=None, catalogue=contest, now=NOW)
    db.session.commit()
