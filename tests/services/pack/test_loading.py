"""A pack in the tables: loaded twice it changes nothing, changed it touches only what differs."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import event, func, select

from app.extensions import db
from app.models import (
    Account,
    Attempt,
    Contest,
    Entry,
    Lesson,
    Page,
    Pool,
    Question,
    QuestionVersion,
    Role,
    Round,
    StaffUnit,
    Topic,
    Unit,
)
from app.services.pack import Pack, PackFaults, find_contest, is_empty, load_pack, read_pack, use_contest
from app.services.pack.contents import PackRound
from app.services.pack.loading import USED_UNITS
from tests.services.pack.conftest import SMALL
from tests.support.people import bare_entry

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def pack() -> Pack:
    return read_pack(SMALL)


def load(pack: Pack, *, make_current: bool = False) -> Contest:
    """Load as a command would: a transaction and a session of its own."""
    contest = load_pack(pack, make_current=make_current)
    db.session.commit()
    db.session.expunge_all()
    found = db.session.get(Contest, contest.id)
    assert found is not None
    return found


def with_question(pack: Pack, ref: str, change: Callable[..., object], **values: object) -> Pack:
    """The pack with one question changed."""
    questions = tuple(change(q, **values) if q.ref == ref else q for q in pack.questions)
    return replace(pack, questions=questions)  # type: ignore[arg-type]


def with_stem(pack: Pack, ref: str, stem: str) -> Pack:
    return with_question(pack, ref, lambda q: replace(q, text=replace(q.text, stem=stem)))


def question(ref: str) -> Question:
    return db.session.scalars(select(Question).where(Question.ref == ref)).one()


def enter(contest: Contest, unit_code: str) -> Entry:
    """A contestant from this unit."""
    unit = db.session.scalars(select(Unit).where(Unit.contest_id == contest.id, Unit.code == unit_code)).one()
    entry = bare_entry(contest.id, unit.id, now=NOW)
    db.session.add(entry)
    db.session.flush()
    return entry


def attempt(contest: Contest, entry: Entry, round_number: int) -> None:
    """An open attempt in this round."""
    round_ = db.session.scalars(select(Round).where(Round.contest_id == contest.id, Round.number == round_number)).one()
    times = {"started_at": NOW, "deadline_at": NOW, "closes_at": NOW}
    db.session.add(
        Attempt(
            entry_id=entry.id,
            account_id=entry.account_id,
            round_id=round_.id,
            number=1,
            receipt="ABCD",
            paper="",
            answers="",
            **times,
        )
    )
    db.session.flush()


def test_first_contest_becomes_current(pack: Pack) -> None:
    assert is_empty()
    contest = load(pack)
    assert not is_empty()
    assert contest.is_current
    assert contest.content_version == 1
    counts = {
        kind: db.session.scalar(select(func.count()).select_from(kind))
        for kind in (Topic, Lesson, Question, QuestionVersion, Unit, Page, Round)
    }
    assert list(counts.values()) == [2, 4, 22, 22, 6, 3, 1]


def test_second_contest_becomes_current_only_when_asked(pack: Pack) -> None:
    load(pack)
    other = replace(pack, head=replace(pack.head, slug="cuoc-thi-khac"))
    second = load(other)
    assert not second.is_current
    second = load(other, make_current=True)
    assert second.is_current
    first = find_contest(pack.head.slug)
    assert first is not None
    use_contest(first)
    assert db.session.scalars(select(Contest.slug).where(Contest.is_current)).all() == [pack.head.slug]


def test_loading_twice_writes_nothing(pack: Pack) -> None:
    load(pack)
    written: list[str] = []

    @event.listens_for(db.engine, "before_cursor_execute")
    def note(_c: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith(("INSERT", "UPDATE", "DELETE")):
            written.append(statement)

    contest = load(read_pack(SMALL))
    event.remove(db.engine, "before_cursor_execute", note)
    assert written == []
    assert contest.content_version == 1


def test_a_change_raises_the_content_version_once(pack: Pack) -> None:
    load(pack)
    contest = load(replace(with_stem(pack, "nho-at-01", "Hỏi khác?"), pages=pack.pages[:2]))
    assert contest.content_version == 2
    assert db.session.scalar(select(func.count()).select_from(Page)) == 2


def test_settings_are_stored_whole(pack: Pack) -> None:
    load(pack)
    exam = replace(pack.rules.exam, minutes=30)
    contest = load(replace(pack, rules=replace(pack.rules, exam=exam)))
    assert contest.settings["exam"]["minutes"] == 30
    assert contest.settings["exam"]["quota"]["an-toan"] == {"easy": 2, "medium": 1, "hard": 1}


def test_practice_is_changed_in_place(pack: Pack) -> None:
    load(pack)
    before = question("nho-at-lt1").current.id
    load(with_stem(pack, "nho-at-lt1", "Hỏi khác?"))
    versions = question("nho-at-lt1").versions
    assert [(version.id, version.number, version.stem) for version in versions] == [(before, 1, "Hỏi khác?")]


@pytest.mark.parametrize("used", [True, False])
def test_exam_question_gets_a_new_version(pack: Pack, used: bool) -> None:
    """Also one that nobody was asked so far: a process that hasn't heard of the load yet may draw it now."""
    load(pack)
    old = question("nho-at-01").current
    asked, old.used = old.stem, used
    load(with_stem(pack, "nho-at-01", "Hỏi khác?"))
    versions = question("nho-at-01").versions
    assert [(version.number, version.stem, version.used) for version in versions] == [
        (1, asked, used),
        (2, "Hỏi khác?", False),
    ]
    load(with_stem(pack, "nho-at-01", asked))
    assert [version.stem for version in question("nho-at-01").versions] == [asked, "Hỏi khác?", asked]


def test_used_question_may_change_its_place(pack: Pack) -> None:
    load(pack)
    question("nho-at-01").current.used = True
    load(with_question(pack, "nho-at-01", lambda q: replace(q, difficulty="hard", position=40)))
    found = question("nho-at-01")
    assert (found.difficulty, found.position, len(found.versions)) == ("hard", 40, 1)


def test_used_question_cannot_move_to_practice(pack: Pack) -> None:
    load(pack)
    question("nho-at-01").current.used = True
    db.session.commit()
    moved = with_question(pack, "nho-at-01", lambda q: replace(q, pool=Pool.PRACTICE))
    with pytest.raises(PackFaults, match=r"practice/01-an-toan\.gift:1: câu “nho-at-01” đã có người thi"):
        load_pack(moved, make_current=False)
    db.session.rollback()
    assert question("nho-at-01").pool is Pool.EXAM


def test_what_left_the_pack_is_withdrawn_and_comes_back(pack: Pack) -> None:
    load(pack)
    kept = tuple(q for q in pack.questions if q.topic == "an-toan" and q.lesson != "tin-gia")
    topic = replace(pack.topics[0], lessons=pack.topics[0].lessons[:1])
    load(replace(pack, topics=(topic,), questions=kept))
    assert db.session.scalars(select(Topic.slug).where(Topic.withdrawn)).all() == ["tien-ich"]
    gone = db.session.scalars(select(Lesson.slug).where(Lesson.withdrawn).order_by(Lesson.slug)).all()
    assert gone == ["dich-vu-cong", "thanh-toan", "tin-gia"]
    withdrawn = set(db.session.scalars(select(Question.ref).where(Question.withdrawn)))
    assert withdrawn == {q.ref for q in pack.questions} - {q.ref for q in kept}
    contest = load(pack)
    assert contest.content_version == 3
    for kind in (Topic, Lesson, Question):
        assert db.session.scalar(select(func.count()).select_from(kind).where(kind.withdrawn)) == 0


def test_unit_with_contestants_stays(pack: Pack) -> None:
    contest = load(pack)
    enter(contest, "10888")
    gone = ("10888", "10903")
    old_units = tuple(line for line in pack.old_units if line.code not in gone)
    contest = load(replace(pack, units=tuple(u for u in pack.units if u.code not in gone), old_units=old_units))
    codes = db.session.scalars(select(Unit.code).where(Unit.contest_id == contest.id).order_by(Unit.code)).all()
    assert codes == ["10888", "11329", "11383", "11413", "11914"]


def test_round_with_attempts_cannot_leave(pack: Pack) -> None:
    (first,) = pack.rounds
    second = PackRound("Đợt hai", first.closes_at, first.closes_at + timedelta(days=7))
    both = replace(pack, rounds=(first, second))
    contest = load(both)
    load(pack)
    assert db.session.scalar(select(func.count()).select_from(Round)) == 1
    load(both)
    attempt(contest, enter(contest, "10888"), 2)
    db.session.commit()
    with pytest.raises(PackFaults, match="không bỏ được đợt thi đã có người thi: Đợt hai"):
        load_pack(pack, make_current=False)
    db.session.rollback()


def test_units_sort_as_a_vietnamese_dictionary(pack: Pack) -> None:
    load(pack)
    names = db.session.scalars(select(Unit.name).order_by(Unit.sort_key)).all()
    assert names == ["Cát Hải", "Cẩm Giang", "Cẩm Giàng", "Hải An", "Lê Chân", "Ngô Quyền"]


def test_broken_folder_loads_nothing(tmp_path: Path) -> None:
    with pytest.raises(PackFaults):
        load_pack(read_pack(tmp_path), make_current=True)
    assert is_empty()


def test_unit_with_an_officer_stays(pack: Pack) -> None:
    unit = db.session.scalars(select(Unit).where(Unit.contest_id == load(pack).id, Unit.code == "10903")).one()
    officer = Account(
        full_name="Cán Bộ Mẫu", name_search="can bo mau", name_sort="1", phone="+84900000009", password_hash="-",
        role=Role.OFFICER, created_at=datetime.now(UTC),
    )  # fmt: skip
    db.session.add(officer)
    db.session.flush()
    db.session.add(StaffUnit(account_id=officer.id, unit_id=unit.id))
    db.session.commit()
    old_units = tuple(line for line in pack.old_units if line.code != "10903")
    load(replace(pack, units=tuple(u for u in pack.units if u.code != "10903"), old_units=old_units))
    assert db.session.get(Unit, unit.id) is not None


def test_whatever_refers_to_units_is_asked_before_one_goes() -> None:
    of_the_pack = {"old_units", "unit_groups"}  # loaded anew with it
    refer = {
        key.parent.table.name
        for table in Unit.metadata.sorted_tables
        for key in table.foreign_keys
        if key.column.table.name == "units"
    }
    assert {column.class_.__tablename__ for column in USED_UNITS} == refer - of_the_pack
