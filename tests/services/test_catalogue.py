"""What a contest consists of, in memory."""

from collections import Counter
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from app.extensions import db
from app.models import Contest, Lesson, Question, Topic
from app.rules.drawing import Candidate
from app.services.catalogue import Catalogue, NoContest
from app.services.catalogue_reading import CatalogueCache, load_catalogue, read_current
from tests.support.racing import race


def candidate(contest: Catalogue, ref: str) -> Candidate:
    question_id = db.session.scalars(select(Question.id).where(Question.ref == ref)).one()
    return next(c for c in contest.bank if c.question_id == question_id)


def test_the_small_contest(contest: Catalogue) -> None:
    assert (contest.slug, contest.city, len(contest.units), len(contest.rounds)) == ("cuoc-thi-nho", "Hải Phòng", 6, 1)
    assert [topic.slug for topic in contest.topics] == ["an-toan", "tien-ich"]
    assert [lesson.slug for lesson in contest.topics[0].lessons] == ["mat-khau", "tin-gia"]
    assert contest.lesson_ids == {lesson.id for topic in contest.topics for lesson in topic.lessons}
    assert len(contest.lesson_ids) == 4
    assert set(contest.pages) == {"the-le", "huong-dan", "quyen-rieng-tu"}
    assert contest.rules.exam.questions == 8


def test_units_stand_as_in_a_dictionary_and_are_found_by_code_and_id(contest: Catalogue) -> None:
    assert [u.name for u in contest.units] == ["Cát Hải", "Cẩm Giang", "Cẩm Giàng", "Hải An", "Lê Chân", "Ngô Quyền"]
    unit = contest.units_by_code["11383"]
    assert (unit.full_name, unit.population) == ("Phường Lê Chân", 70_000)
    assert contest.units_by_id[unit.id] is unit


def test_the_bank_holds_exam_questions_only(deeds: Flask, contest: Catalogue) -> None:
    """Practice must never show what the exam asks."""
    assert len(contest.bank) == 18
    assert Counter(c.difficulty for c in contest.bank) == {"easy": 8, "medium": 6, "hard": 4}
    assert {c.version_id for c in contest.bank} == set(contest.versions)
    practised = {version.question_id for versions in contest.practice.values() for version in versions}
    assert practised
    assert practised.isdisjoint(c.question_id for c in contest.bank)
    assert set(contest.practice) <= contest.lesson_ids


def test_keys_are_places_of_the_version(deeds: Flask, contest: Catalogue) -> None:
    one = contest.versions[candidate(contest, "nho-at-01").version_id]
    assert {one.options[place] for place in one.right} == {"Bốn từ không liên quan ghép lại"}
    several = contest.versions[candidate(contest, "nho-at-05").version_id]
    assert {several.options[place] for place in several.right} == {"Bật xác thực hai lớp", "Đặt mật khẩu dài"}


def test_true_false_keeps_its_order(deeds: Flask, contest: Catalogue) -> None:
    assert [c.keep_order for c in (candidate(contest, "nho-at-02"), candidate(contest, "nho-at-01"))] == [True, False]
    assert sum(c.keep_order for c in contest.bank) == 2


def test_the_round_of_a_moment(contest: Catalogue) -> None:
    this = contest.rounds[0]
    assert contest.round_at(this.opens_at - timedelta(days=9)) is this
    assert contest.round_at(this.closes_at + timedelta(days=9)) is this
    assert contest.round(this.id) is this
    assert (contest.opens_at, contest.closes_at) == (this.opens_at, this.closes_at)
    assert this.closes_at - this.opens_at == timedelta(days=32)
    assert contest.topic("an-toan") is contest.topics[0]
    assert contest.topic("khac") is None


def test_what_is_withdrawn_or_voided_is_drawn_no_more_but_can_be_graded(
    deeds: Flask, contest: Catalogue, noon: datetime
) -> None:
    withdrawn, voided = candidate(contest, "nho-at-01"), candidate(contest, "nho-at-02")
    db.session.execute(update(Question).where(Question.id == withdrawn.question_id).values(withdrawn=True))
    db.session.execute(update(Question).where(Question.id == voided.question_id).values(voided_at=noon))
    db.session.commit()
    try:
        changed = read_current()
        assert set(contest.bank) - set(changed.bank) == {withdrawn, voided}
        assert changed.versions == contest.versions
        assert not contest.voided
        assert changed.voided == {voided.version_id}
    finally:
        db.session.execute(update(Question).values(withdrawn=False, voided_at=None))
        db.session.commit()


def test_withdrawn_lessons_gate_nobody(deeds: Flask, contest: Catalogue) -> None:
    lesson = contest.topics[0].lessons[0]
    db.session.execute(update(Lesson).where(Lesson.id == lesson.id).values(withdrawn=True))
    changed = load_catalogue(db.session(), db.session.scalars(select(Contest)).one())
    db.session.rollback()
    assert changed.lesson_ids == contest.lesson_ids - {lesson.id}


def test_with_a_withdrawn_topic_go_its_lessons_and_questions(deeds: Flask, contest: Catalogue) -> None:
    kept, gone = contest.topics
    row = db.session.scalars(select(Contest)).one()
    exam = row.settings["exam"]
    row.settings = row.settings | {"exam": exam | {"quota": {kept.slug: exam["quota"][kept.slug]}}}
    db.session.execute(update(Topic).where(Topic.id == gone.id).values(withdrawn=True))
    changed = load_catalogue(db.session(), row)
    db.session.rollback()
    assert changed.topics == (kept,)
    assert changed.lesson_ids == {lesson.id for lesson in kept.lessons}
    assert set(changed.bank) == {c for c in contest.bank if c.topic == kept.slug}
    assert changed.versions == contest.versions


def test_a_process_reads_again_only_when_something_was_loaded(deeds: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    reads = []

    def counting() -> Catalogue:
        reads.append(1)
        return read_current()

    monkeypatch.setattr("app.services.catalogue_reading.read_current", counting)
    cache = CatalogueCache(every=0)
    first = cache.get()
    assert cache.get() is first
    assert len(reads) == 1
    db.session.execute(update(Contest).values(content_version=Contest.content_version + 1, city="Huế"))
    db.session.commit()
    try:
        assert cache.get().city == "Huế"
        assert len(reads) == 2
    finally:
        db.session.execute(update(Contest).values(city="Hải Phòng", content_version=Contest.content_version + 1))
        db.session.commit()


def test_between_two_looks_nothing_is_asked(deeds: Flask) -> None:
    cache = CatalogueCache(every=600)
    first = cache.get()
    db.session.execute(update(Contest).values(content_version=Contest.content_version + 1))
    db.session.commit()
    assert cache.get() is first


@pytest.mark.parametrize("field", ["shifted_days", "paused_at"])
def test_a_shift_and_a_pause_are_seen_without_a_new_pack(
    deeds: Flask, contest: Catalogue, noon: datetime, field: str
) -> None:
    cache = CatalogueCache(every=0)
    cache.get()
    before = db.session.execute(select(Contest.shifted_days, Contest.paused_at)).one()._asdict()
    values = {"shifted_days": before["shifted_days"] + 1, "paused_at": noon}
    db.session.execute(update(Contest).values({field: values[field]}))
    db.session.commit()
    try:
        changed = cache.get()
        if field == "shifted_days":
            assert changed.opens_at == contest.opens_at + timedelta(days=1)
        else:
            assert changed.paused_at == noon
            assert changed.exam_time(noon + timedelta(hours=1)) == noon
            assert changed.exam_time(noon - timedelta(hours=1)) == noon - timedelta(hours=1)
            assert contest.exam_time(noon) == noon
    finally:
        db.session.execute(update(Contest).values({field: before[field]}))
        db.session.commit()


def test_without_a_current_contest(deeds: Flask) -> None:
    cache = CatalogueCache(every=0)
    cache.get()
    db.session.execute(update(Contest).values(is_current=False))
    db.session.commit()
    try:
        for ask in (cache.get, CatalogueCache(every=0).get, read_current):
            with pytest.raises(NoContest):
                ask()
    finally:
        db.session.execute(update(Contest).values(is_current=True))
        db.session.commit()
    assert cache.get().slug == "cuoc-thi-nho"


def test_threads_that_ask_at_once_get_one_catalogue(deeds: Flask) -> None:
    cache = CatalogueCache(every=0)
    found = race(deeds, [cache.get] * 6)
    assert len({id(one) for one in found}) == 1
    assert isinstance(found[0], Catalogue)
