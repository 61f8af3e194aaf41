"""An invented contest: exact in every figure, the same for a seed, and true to the contest's own rules."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from random import Random
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, func, select, update

from app.extensions import Base, db
from app.models import (
    Account,
    Attempt,
    AttemptState,
    AuditRecord,
    Certificate,
    Consent,
    Entry,
    LessonRead,
    Purpose,
    QuestionVersion,
    Round,
    Standing,
    Story,
    StoryState,
    VisitHour,
)
from app.rules import clock, numbers
from app.rules.contest import ExamRules
from app.rules.grading import correct_count
from app.rules.names import fold, is_person_name, name_sort_key
from app.rules.paper import read_paper
from app.rules.ranking import Result
from app.services.catalogue import Catalogue, RoundInfo
from app.services.certify import read_progress
from app.services.count_figures import count_figures
from app.services.demo import Refused, Wanted, fill
from app.services.demo.people import invent_citizen_number, invent_name, invent_phone
from app.services.demo.rows import TABLES
from app.services.demo.sharing_out import share_out, share_parts
from app.services.exam_submit import marks_of
from app.services.rebuild import rebuild_part
from app.services.standings import record_result
from app.services.visits import add_visits
from app.web.portal import keyring, now
from tests.support.people import make_contestant

WANTED = Wanted(registered=260, finishers=140, attempts=215, visits=5003, seed=7)
# What the keys or chance of an installation decide.
OF_THE_INSTALLATION = {"citizen_index", "citizen_cipher", "password_hash"}
WRITTEN: tuple[type[Base], ...] = (*TABLES, VisitHour)
MOMENTS = frozenset({"created_at", "started_at", "deadline_at", "closes_at", "ended_at", "saved_at", "submitted_at"})


def fill_in(contest: Catalogue, wanted: Wanted = WANTED, at: datetime | None = None) -> None:
    fill(wanted=wanted, catalogue=contest, keyring=keyring(), password_hash="?", now=at or now())


@pytest.fixture
def filled(deeds: Flask, contest: Catalogue) -> Iterator[Catalogue]:
    """The small contest, filled but not committed."""
    fill_in(contest)
    yield contest
    db.session.rollback()


def rows_of(table: type[Base], *, without: frozenset[str] = frozenset()) -> list[tuple[Any, ...]]:
    columns = [c for c in table.__table__.columns if c.name not in without | OF_THE_INSTALLATION]
    key = list(table.__table__.primary_key)
    return [tuple(row) for row in db.session.execute(select(*columns).order_by(*key))]


def attempts_by_entry() -> dict[int, list[Attempt]]:
    found: dict[int, list[Attempt]] = defaultdict(list)
    for attempt in db.session.scalars(select(Attempt).order_by(Attempt.number)):
        found[attempt.entry_id].append(attempt)
    return found


def test_figures_are_exactly_those_asked_for(filled: Catalogue) -> None:
    figures = count_figures(db.session(), catalogue=filled, now=now())
    total = figures.total
    assert (total.registered, total.finishers, total.attempts, figures.visits) == (260, 140, 215, 5003)
    assert figures.units_with_finishers == len(filled.units) == len(figures.units)
    assert db.session.scalar(select(func.count()).select_from(Attempt)) == 215
    assert len({tally.registered for tally in figures.units.values()}) > 1, "units are unequal"


def test_an_attempt_that_somebody_has_open_is_no_figure(filled: Catalogue) -> None:
    someone = db.session.scalars(select(Attempt)).first()
    assert someone is not None
    values = {c.name: getattr(someone, c.name) for c in Attempt.__table__.columns if c.name != "id"}
    values |= {"number": 99, "receipt": "ABCDEFGH", "state": AttemptState.OPEN, "correct": None, "ended_at": None}
    db.session.add(Attempt(**values))
    db.session.flush()
    assert count_figures(db.session(), catalogue=filled, now=now()).total.attempts == 215


def test_standings_are_what_record_result_gives(filled: Catalogue) -> None:
    standings, finished = rows_of(Standing), rows_of(Entry)
    assert len(standings) == 140
    db.session.execute(delete(Standing))
    db.session.execute(update(Entry).values(finished_at=None))
    db.session.expire_all()
    for attempts in attempts_by_entry().values():
        for a in attempts:
            assert a.correct is not None
            assert a.time_used is not None
            assert a.ended_at is not None
            result = Result(a.correct, a.time_used, a.ended_at, a.number)
            record_result(attempt=a, result=result, catalogue=filled, now=a.ended_at)
            db.session.flush()
    assert rows_of(Standing) == standings
    assert rows_of(Entry) == finished


def test_grading_again_changes_nothing(filled: Catalogue) -> None:
    results = Counter[int]()
    for attempt in db.session.scalars(select(Attempt)):
        assert attempt.correct == correct_count(marks_of(attempt=attempt, catalogue=filled))
        assert attempt.ended_at is not None
        assert attempt.time_used == clock.time_used(attempt.started_at, attempt.deadline_at, attempt.ended_at)
        assert 180 <= attempt.time_used <= 1200
        assert attempt.deadline_at == clock.deadline(attempt.started_at, minutes=20)
        assert attempt.closes_at == clock.closing(attempt.deadline_at, grace_seconds=120)
        timed_out = attempt.ended_at == attempt.closes_at
        assert attempt.state is (AttemptState.TIMED_OUT if timed_out else AttemptState.SUBMITTED)
        results[attempt.correct] += 1
    assert len(results) > 4


def test_every_paper_keeps_the_quota_and_its_questions_count_as_used(filled: Catalogue) -> None:
    shelf = {c.version_id: (c.topic, c.difficulty) for c in filled.bank}
    drawn: set[int] = set()
    for text in db.session.scalars(select(Attempt.paper)):
        versions = [question.version_id for question in read_paper(text)]
        assert Counter(shelf[version] for version in versions) == filled.rules.exam.quota
        assert len(set(versions)) == len(versions)
        drawn.update(versions)
    used = set(db.session.scalars(select(QuestionVersion.id).where(QuestionVersion.used)))
    assert drawn <= used


def test_everybody_goes_the_six_steps_in_order(deeds: Flask, contest: Catalogue) -> None:
    at = now()
    fill_in(contest, at=at)
    attempts = attempts_by_entry()
    for entry in db.session.scalars(select(Entry)):
        assert contest.opens_at <= entry.registered_at <= at
        reads = db.session.scalars(select(LessonRead).where(LessonRead.entry_id == entry.id)).all()
        assert all(entry.registered_at <= read.read_at <= at for read in reads)
        sat = attempts.get(entry.id, [])
        assert [a.number for a in sat] == list(range(1, len(sat) + 1))
        assert (entry.finished_at is not None) is bool(sat)
        if not sat:
            continue
        assert {read.lesson_id for read in reads} == contest.lesson_ids
        assert max(read.read_at for read in reads) <= sat[0].started_at
        this_round = contest.round(sat[0].round_id)
        for one, another in pairwise(sat):
            assert one.ended_at is not None
            assert one.ended_at <= another.started_at
        assert all(a.ended_at and this_round.opens_at <= a.started_at < this_round.closes_at for a in sat)
        assert max(a.ended_at for a in sat if a.ended_at) <= at


def test_certificates_go_to_all_who_earned_one_and_nobody_else(deeds: Flask, contest: Catalogue) -> None:
    fill_in(contest, replace(WANTED, registered=900, finishers=800, attempts=820))
    db.session.commit()  # progress is read outside the session
    certificates = {c.entry_id: c for c in db.session.scalars(select(Certificate))}
    for entry in db.session.scalars(select(Entry)):
        progress = read_progress(entry_id=entry.id)
        assert (entry.id in certificates) is (not progress.missing(contest))
        if certificate := certificates.get(entry.id):
            assert certificate.full_name == entry.account.full_name
            assert certificate.unit_name == entry.unit.full_name
            assert certificate.correct == progress.best_correct
    assert certificates


def test_stories_are_of_all_states_and_as_long_as_allowed(deeds: Flask, contest: Catalogue) -> None:
    fill_in(contest, replace(WANTED, registered=2400, finishers=2400, attempts=2400))
    stories = db.session.scalars(select(Story)).all()
    assert {story.state for story in stories} == set(StoryState)
    assert 0.03 < len(stories) / 2400 < 0.07
    rules = contest.rules.story
    for story in stories:
        assert rules.min_words <= len(story.body.split()) <= rules.max_words
        assert "{" not in story.body
        assert bool(story.reason) is (story.state is StoryState.REFUSED)
        assert (story.decided_at is None) is (story.state is StoryState.WAITING)


def test_everything_about_a_person_says_that_it_is_invented(filled: Catalogue) -> None:
    for account in db.session.scalars(select(Account)):
        assert " Mẫu " in account.full_name
        assert (account.name_search, account.name_sort) == (fold(account.full_name), name_sort_key(account.full_name))
        assert account.citizen_cipher
        assert account.citizen_index
        number = keyring().unseal(account.citizen_cipher, account.citizen_index)
        assert account.citizen_last_four == number[-4:]
        assert number.startswith("0009")
        assert account.phone.startswith("+84300")


def test_invented_people_pass_the_form_and_are_plainly_doubtful() -> None:
    chance = Random(1)
    assert all(is_person_name(invent_name(chance)) for _ in range(300))
    for number in (0, 70_948, 9_999_999):
        citizen = invent_citizen_number(number)
        assert numbers.citizen_number(citizen) == citizen
        assert numbers.citizen_number_doubts(citizen, this_year=2026) == ["province", "century"]
        assert numbers.phone_number(numbers.shown_phone(invent_phone(number))) == invent_phone(number)
    assert len({invent_citizen_number(n) for n in range(2000)}) == len({invent_phone(n) for n in range(2000)}) == 2000


def test_consents_match_what_is_shown(filled: Catalogue) -> None:
    given: dict[int, set[Purpose]] = defaultdict(set)
    for consent in db.session.scalars(select(Consent)):
        given[consent.entry_id].add(consent.purpose)
    on_wall = set(db.session.scalars(select(Story.entry_id).where(Story.on_wall)))
    for entry in db.session.scalars(select(Entry)):
        wanted = {Purpose.CONTEST, Purpose.BOARDS} if entry.on_boards else {Purpose.CONTEST}
        assert given[entry.id] == wanted | ({Purpose.STORY} if entry.id in on_wall else set())
    shown = db.session.scalars(select(Entry.on_boards)).all()
    assert set(shown) == {True, False}


def test_a_seed_gives_the_same_contest(deeds: Flask, contest: Catalogue) -> None:
    at = now()
    seen = []
    for seed in (7, 7, 8):
        fill_in(contest, replace(WANTED, seed=seed), at)
        seen.append({table.__tablename__: rows_of(table) for table in WRITTEN})
        db.session.rollback()
    assert seen[0] == seen[1]
    assert all(seen[0][name] != seen[2][name] for name in seen[0])


def test_another_day_moves_only_the_moments(deeds: Flask, contest: Catalogue) -> None:
    moments = MOMENTS | {
        "rank_key",
        "shown_key",
        "shown_submitted_at",
        "attempt_id",
    }  # equal results are ranked by the moment of submission
    seen = []
    for at in (now(), now() - timedelta(days=2)):
        fill_in(contest, at=at)
        seen.append([rows_of(table, without=moments) for table in (Account, Attempt, Standing)])
        db.session.rollback()
    assert seen[0] == seen[1]


def nobody_was_written() -> bool:
    db.session.expire_all()
    tables: tuple[type[Base], ...] = (*WRITTEN, AuditRecord)
    counts = [db.session.scalar(select(func.count()).select_from(t)) for t in tables]
    used = db.session.scalar(select(func.count()).select_from(QuestionVersion).where(QuestionVersion.used))
    return not any(counts) and not used


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"finishers": 261}, "nhiều hơn số người đăng ký"),
        ({"attempts": 139}, "ít hơn số người hoàn thành"),
        ({"finishers": 5, "attempts": 5}, "ít nhất 6 người hoàn thành"),
        ({"finishers": 6, "attempts": 100_000}, "nhiều nhất"),
    ],
)
def test_impossible_figures_are_refused(deeds: Flask, contest: Catalogue, changes: dict[str, int], word: str) -> None:
    with pytest.raises(Refused, match=word):
        fill_in(contest, replace(WANTED, **changes))
    assert nobody_was_written()


@pytest.mark.parametrize("late", [timedelta(days=-1), timedelta(minutes=20)])
def test_a_contest_that_is_not_open_long_enough_is_refused(deeds: Flask, contest: Catalogue, late: timedelta) -> None:
    with pytest.raises(Refused, match="chưa mở"):
        fill_in(contest, at=contest.opens_at + late)
    assert nobody_was_written()


def test_boards_that_stand_still_are_not_filled(deeds: Flask, contest: Catalogue) -> None:
    """What everybody sees would have to be less than what is asked for."""
    (only,) = contest.rounds
    with pytest.raises(Refused, match="đang đứng yên"):
        fill_in(replace(contest, rounds=(replace(only, freezes_at=only.opens_at),)))
    assert nobody_was_written()


def test_of_several_rounds_the_total_is_filled_too(deeds: Flask, contest: Catalogue) -> None:
    (only,) = contest.rounds
    middle = only.opens_at + (now() - only.opens_at) / 2
    values = {"contest_id": contest.contest_id, "name": "Mẫu", "opens_at": only.opens_at, "closes_at": only.closes_at}
    total, second = Round(number=0, **values), Round(number=2, **values)
    db.session.add_all([total, second])
    db.session.flush()
    weeks = replace(
        contest,
        rounds=(
            replace(only, closes_at=middle),
            RoundInfo(second.id, 2, "Tuần 2", middle, only.closes_at),
        ),
        total=RoundInfo(total.id, 0, "Tổng", only.opens_at, only.closes_at),
    )
    fill_in(weeks)
    assert db.session.scalar(select(func.count()).where(Standing.round_id == total.id)) == 140
    part = rebuild_part(after=0, catalogue=weeks, now=now())
    assert (part.people, part.different) == (260, ())


def test_a_database_with_contestants_is_refused(deeds: Flask, contest: Catalogue) -> None:
    make_contestant(contest, now=now())
    with pytest.raises(Refused, match="đã có thí sinh"):
        fill_in(contest)
    assert db.session.scalar(select(func.count()).select_from(Account)) == 1
    assert db.session.scalar(select(func.count()).select_from(VisitHour)) == 0


def test_real_visits_are_kept_and_counted_in(deeds: Flask, contest: Catalogue) -> None:
    add_visits(contest_id=contest.contest_id, visits=40, now=now())
    with pytest.raises(Refused, match="40 lượt truy cập thật"):
        fill_in(contest, replace(WANTED, visits=39))
    fill_in(contest)
    assert count_figures(db.session(), catalogue=contest, now=now()).visits == 5003


def test_the_contest_takes_people_after_it(deeds: Flask, contest: Catalogue) -> None:
    """On Postgres the sequences must have moved on; on SQLite a number that was once given is never given again."""
    fill_in(contest)
    entries, accounts = (db.session.scalars(select(func.max(table.id))).one() for table in (Entry, Account))
    entry = make_contestant(contest, now=now())
    assert entry.id > entries
    assert entry.account_id > accounts


def test_limits_of_the_contest_are_kept(deeds: Flask, contest: Catalogue) -> None:
    exam: ExamRules = replace(contest.rules.exam, attempts_per_round=3, attempts_per_day=1, cooldown_minutes=60)
    limited = replace(contest, rules=replace(contest.rules, exam=exam))
    with pytest.raises(Refused, match="nhiều nhất 3 lượt"):
        fill_in(limited, replace(WANTED, attempts=421))
    fill_in(limited, replace(WANTED, attempts=420))
    for attempts in attempts_by_entry().values():
        days = [a.started_at.astimezone(contest.rules.zone).date() for a in attempts]
        assert len(days) == 3 == len(set(days))


@pytest.mark.parametrize(("total", "least"), [(114, 1), (42_117, 1), (7, 0), (0, 0)])
def test_shares_sum_up_exactly(total: int, least: int) -> None:
    weights = [Random(3).lognormvariate(0, 1) * place for place in range(1, 115)]
    shares = share_out(total, weights, least=least)
    assert sum(shares) == total
    assert min(shares) >= least


def test_attempts_are_spread_up_to_the_very_last() -> None:
    parts = share_parts(Wanted(50, 20, 60, 0, 1), units=4, most=3)
    assert Counter(part.attempts for part in parts) == {0: 30, 3: 20}
