"""Saving answers."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import event

from app.extensions import all_engines, db
from app.models import Account, Attempt, AttemptState, Entry, Role
from app.rules.answers import pack
from app.services.catalogue import Catalogue
from app.services.exam_save import Saved, SaveOutcome, Sheet, save_answers
from app.services.exam_submit import submit_attempt
from app.services.sign_in import token_hash
from tests.support.people import begin, holder_of, make_contestant
from tests.support.racing import race

MINUTE = timedelta(minutes=1)


@pytest.fixture
def attempt(entry: Entry, contest: Catalogue, noon: datetime) -> Attempt:
    """An open attempt of eight questions, begun at noon by somebody who is signed in."""
    holder_of(entry.account_id, now=noon)
    return begin(entry, contest, now=noon)


def save(
    attempt: Attempt, answers: str, page: str = "page-a", number: int = 1, base: int = 0, *, at: datetime | None = None
) -> Saved:
    sheet = Sheet(answers, page, number, base)
    holder = holder_of(attempt.account_id, now=attempt.started_at)
    return save_answers(holder=holder, attempt_id=attempt.id, sheet=sheet, now=at or attempt.started_at + MINUTE)


def kept(attempt: Attempt) -> str:
    """What the database holds now."""
    db.session.refresh(attempt)
    db.session.commit()  # lays down the pen
    return attempt.answers


def test_a_whole_sheet_is_saved(attempt: Attempt, noon: datetime) -> None:
    answers = pack([[0], [1], [], [2, 3], [5], [], [], [0]])
    saved = save(attempt, answers, "page-a", 3, at=noon + 5 * MINUTE)
    assert saved == Saved(SaveOutcome.SAVED, answers, noon + 20 * MINUTE, 1)
    assert kept(attempt) == answers
    assert (attempt.revision, attempt.saved_by, attempt.saved_number) == (1, "page-a", 3)
    assert attempt.saved_at == noon + 5 * MINUTE
    assert (attempt.state, attempt.correct) == (AttemptState.OPEN, None)


def test_a_save_is_one_statement(deeds: Flask, attempt: Attempt, noon: datetime) -> None:
    """It asks by itself who holds the session."""
    holder, sheet = holder_of(attempt.account_id, now=noon), Sheet("B" * 8, "page-a", 1, 0)
    statements: list[str] = []

    def note(*details: object) -> None:
        statements.append(str(details[2]))

    for engine in all_engines():
        event.listen(engine, "before_cursor_execute", note)
    try:
        outcome = save_answers(holder=holder, attempt_id=attempt.id, sheet=sheet, now=noon).outcome
    finally:
        for engine in all_engines():
            event.remove(engine, "before_cursor_execute", note)
    assert outcome is SaveOutcome.SAVED
    assert len(statements) == 1
    assert statements[0].startswith("UPDATE attempts")


def test_a_later_sheet_replaces_the_whole_earlier_one(attempt: Attempt) -> None:
    save(attempt, "BBBBBBBB", number=1)
    assert save(attempt, "C------B", number=2).outcome is SaveOutcome.SAVED
    assert kept(attempt) == "C------B"


def test_late_and_doubled_messages_of_a_page_change_nothing(attempt: Attempt) -> None:
    save(attempt, "B-------", number=1)
    save(attempt, "BC------", number=3)
    for number, answers in [(3, "BC------"), (2, "BD------"), (1, "B-------")]:
        saved = save(attempt, answers, number=number)
        assert saved == Saved(SaveOutcome.STALE, "BC------", attempt.deadline_at, 2)
    assert kept(attempt) == "BC------"
    assert save(attempt, "BCC-----", number=4).outcome is SaveOutcome.SAVED


def test_without_javascript_every_message_is_a_deliberate_tap(attempt: Attempt) -> None:
    for answers in ("B-------", "C-------", "--------"):
        assert save(attempt, answers, number=0).outcome is SaveOutcome.SAVED
        assert kept(attempt) == answers


def test_an_older_page_never_overwrites_newer_choices(attempt: Attempt) -> None:
    """Two devices loaded the same paper; the one that saves second has been overtaken."""
    save(attempt, "B-------", "phone", 1, base=0)
    for number in (1, 2, 0):
        saved = save(attempt, "C-------", "laptop", number, base=0)
        assert saved.outcome is SaveOutcome.CONFLICT
        assert (saved.answers, saved.revision) == ("B-------", 1)
    assert kept(attempt) == "B-------"
    assert save(attempt, "BB------", "phone", 2, base=0).outcome is SaveOutcome.SAVED


def test_a_page_that_was_loaded_later_takes_over(attempt: Attempt) -> None:
    save(attempt, "B-------", "phone", 1, base=0)
    assert save(attempt, "BC------", "laptop", 1, base=1).outcome is SaveOutcome.SAVED
    assert save(attempt, "BB------", "phone", 2, base=0).outcome is SaveOutcome.CONFLICT
    assert kept(attempt) == "BC------"


def test_the_page_in_time_is_told_that_another_one_tried(attempt: Attempt, noon: datetime) -> None:
    assert not save(attempt, "B-------", "phone", 1).contested
    save(attempt, "C-------", "laptop", 1, at=noon + 2 * MINUTE)
    assert save(attempt, "BB------", "phone", 2, at=noon + 3 * MINUTE).contested
    assert not save(attempt, "BBB-----", "phone", 3, at=noon + 9 * MINUTE).contested


@pytest.mark.parametrize(
    ("seconds", "outcome"),
    [(1199, "saved"), (1200, "saved"), (1319, "saved"), (1320, "closed"), (1321, "closed"), (99_999, "closed")],
)
def test_closed_after_the_grace(attempt: Attempt, noon: datetime, seconds: int, outcome: str) -> None:
    assert save(attempt, "B" * 8, at=noon + timedelta(seconds=seconds)).outcome == outcome
    assert kept(attempt) == ("B" * 8 if outcome == "saved" else "-" * 8)


def test_closed_after_submitting(attempt: Attempt, contest: Catalogue, noon: datetime) -> None:
    save(attempt, "B" * 8)
    submit_attempt(
        account_id=attempt.account_id, attempt_id=attempt.id, sheet=None, catalogue=contest, now=noon + MINUTE
    )
    db.session.commit()
    saved = save(attempt, "C" * 8, number=2)
    assert (saved.outcome, saved.answers) == (SaveOutcome.CLOSED, "B" * 8)
    assert kept(attempt) == "B" * 8


def test_a_stranger_s_attempt_is_unknown(attempt: Attempt, contest: Catalogue, noon: datetime) -> None:
    stranger = make_contestant(contest, now=noon).account_id
    sheet = Sheet("B" * 8, "page-a", 1, 0)
    for account_id, attempt_id in [(stranger, attempt.id), (attempt.account_id, attempt.id + 1)]:
        holder = holder_of(account_id, now=noon)
        saved = save_answers(holder=holder, attempt_id=attempt_id, sheet=sheet, now=noon)
        assert saved == Saved(SaveOutcome.UNKNOWN)
    assert kept(attempt) == "-" * 8


def test_only_a_session_that_holds_saves(attempt: Attempt, noon: datetime) -> None:
    """Not another token, one that has ended or was not yet noted as used today, staff, an account that was closed."""
    holder, sheet = holder_of(attempt.account_id, now=noon), Sheet("B" * 8, "page-a", 1, 0)
    others = [
        replace(holder, token="phiên-khác"),
        replace(holder, token=token_hash(holder.token)),
        replace(holder, now=noon + timedelta(days=30)),
        replace(holder, today=holder.today + timedelta(days=1)),
    ]
    for other in others:
        saved = save_answers(holder=other, attempt_id=attempt.id, sheet=sheet, now=noon)
        assert saved == Saved(SaveOutcome.UNKNOWN)
    account = db.session.get_one(Account, attempt.account_id)
    for role, disabled_at in [(Role.ORGANISER, None), (Role.CONTESTANT, noon)]:
        account.role, account.disabled_at = role, disabled_at
        db.session.commit()
        assert save_answers(holder=holder, attempt_id=attempt.id, sheet=sheet, now=noon) == Saved(SaveOutcome.UNKNOWN)
    assert kept(attempt) == "-" * 8


@pytest.mark.parametrize("answers", ["", "B", "B" * 7, "B" * 9])
def test_a_sheet_of_another_length_is_no_sheet_of_this_paper(attempt: Attempt, answers: str) -> None:
    assert save(attempt, answers).outcome is SaveOutcome.UNKNOWN
    assert kept(attempt) == "-" * 8


def test_of_doubled_messages_that_race_one_is_saved(deeds: Flask, attempt: Attempt) -> None:
    db.session.commit()
    outcomes = race(deeds, [lambda: save(attempt, "B" * 8, "phone", 1).outcome] * 6)
    assert sorted(map(str, outcomes)) == ["saved"] + ["stale"] * 5
    assert kept(attempt) == "B" * 8
    assert attempt.revision == 1


def test_of_pages_that_race_one_wins_and_the_others_know(deeds: Flask, attempt: Attempt) -> None:
    db.session.commit()
    sheets = {f"page-{n}": f"{letter}-------" for n, letter in enumerate("BCDE")}
    outcomes = race(
        deeds,
        [lambda page=page, text=text: save(attempt, text, page, 1) for page, text in sheets.items()],  # type: ignore[misc]
    )
    saved = [outcome for outcome in outcomes if isinstance(outcome, Saved)]
    assert sorted(one.outcome for one in saved) == ["conflict", "conflict", "conflict", "saved"]
    (winner,) = [one for one in saved if one.outcome is SaveOutcome.SAVED]
    assert {one.answers for one in saved} == {winner.answers}
    assert kept(attempt) == winner.answers
    assert sheets[attempt.saved_by] == winner.answers


def test_messages_that_overtake_each_other_leave_the_newest(deeds: Flask, attempt: Attempt) -> None:
    """Eight messages of one page arrive in any order: the last one sent is what stays."""
    db.session.commit()
    texts = {number: "B" * number + "-" * (8 - number) for number in range(1, 9)}
    race(deeds, [lambda n=n, t=t: save(attempt, t, "phone", n).outcome for n, t in texts.items()])  # type: ignore[misc]
    assert kept(attempt) == "B" * 8
    assert attempt.saved_number == 8
