"""The final result: computed once all is over, signed with its awards, then unchangeable in the database itself."""

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from flask import Flask
from openpyxl import load_workbook
from pypdf import PdfReader
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import DBAPIError

from app.extensions import db
from app.models import Account, Award, Entry, FinalLine, FinalResult, Role
from app.rules.prizes import Metric, Prize, Proposal, Winner
from app.services.annex_pdf import annex_of, annex_pdf
from app.services.catalogue import Catalogue
from app.services.delete_person import delete_person
from app.services.final_files import file_name, write_final
from app.services.final_result import (
    AlreadySigned,
    NotComputed,
    TooEarly,
    awards_of,
    compute_final,
    find_final,
    lines_of,
    sign_final,
    taken_out,
)
from app.services.invalidate import Target
from app.services.prizes import UndecidedTie, awards_for, names_of, propose_prizes
from tests.support.audit import audited
from tests.support.people import begin, learn_all, make_contestant, sit
from tests.support.results import take_out

MINUTE = timedelta(minutes=1)
PRIZES = (
    Prize("Giải Nhất", 1),
    Prize("Giải Nhì", 2),
    Prize("Tập thể", 1, Winner.UNIT, Metric.FINISHERS),
)


@pytest.fixture
def people(deeds: Flask, contest: Catalogue, noon: datetime) -> list[Entry]:
    """Five people of two units; the third and the fourth are equal. Wrong answers: 0, 1, 2, 2, 3."""
    made = []
    for number, wrong in enumerate((0, 1, 2, 2, 3)):
        entry = make_contestant(contest, now=noon, name=f"Người Mẫu {'ABCDE'[number]}", unit=number % 2)
        learn_all(entry, contest, now=noon)
        sit(entry, contest, started=noon, ended=noon + 8 * MINUTE, wrong=wrong)
        made.append(entry)
    return made


@pytest.fixture
def over(contest: Catalogue) -> Catalogue:
    """The contest with prizes; `after` is behind its end."""
    return replace(contest, rules=replace(contest.rules, prizes=PRIZES))


@pytest.fixture
def after(contest: Catalogue) -> datetime:
    return contest.closes_at + timedelta(hours=1)


@pytest.fixture
def final(people: list[Entry], over: Catalogue, after: datetime) -> FinalResult:
    """Computed, not signed."""
    made = compute_final(board=over.total_round, actor_id=None, catalogue=over, now=after)
    db.session.commit()
    return made


@pytest.fixture
def sign(final: FinalResult, over: Catalogue, after: datetime) -> Callable[..., FinalResult]:
    """Sign with the proposal; ties are decided by the entries that are given."""

    def act(*chosen: int) -> FinalResult:
        awards = awards_for(
            final=final,
            proposals=proposed(final, over, after),
            chosen=chosen,
            board=over.total_round,
            catalogue=over,
            now=after,
        )
        signed = sign_final(
            final=final, name="Trần Thị Ký", title="Trưởng ban", awards=awards, actor_id=None, now=after
        )
        db.session.commit()
        return signed

    return act


def proposed(final: FinalResult, over: Catalogue, at: datetime) -> list[Proposal]:
    return propose_prizes(final=final, board=over.total_round, catalogue=over, now=at)


def test_lines_stand_in_the_real_order_and_share_places(final: FinalResult, people: list[Entry]) -> None:
    lines = list(lines_of(final=final))
    assert [(line.position, line.place, line.entry_id) for line in lines] == [
        (1, 1, people[0].id),
        (2, 2, people[1].id),
        (3, 3, people[2].id),
        (4, 3, people[3].id),
        (5, 5, people[4].id),
    ]
    assert (final.people, final.questions) == (5, 8)
    assert (lines[1].full_name, lines[1].unit_name, lines[1].correct) == ("Người Mẫu B", people[1].unit.full_name, 7)
    assert [line.position for line in lines_of(final=final, most=2)] == [1, 2]


def test_while_somebody_may_still_sit_nothing_is_final(
    people: list[Entry], over: Catalogue, noon: datetime, after: datetime
) -> None:
    with pytest.raises(TooEarly):
        compute_final(board=over.total_round, actor_id=None, catalogue=over, now=over.closes_at - MINUTE)
    begin(people[0], over, now=noon + 60 * MINUTE, seed=5)
    with pytest.raises(TooEarly):
        compute_final(board=over.total_round, actor_id=None, catalogue=over, now=after)


def test_unsigned_it_may_be_computed_again(
    final: FinalResult, people: list[Entry], over: Catalogue, after: datetime
) -> None:
    take_out(Target(people[0].id, None), over, now=after)
    again = compute_final(board=over.total_round, actor_id=None, catalogue=over, now=after)
    db.session.commit()
    assert [line.entry_id for line in lines_of(final=again)] == [person.id for person in people[1:]]
    assert db.session.scalar(select(func.count()).select_from(FinalLine)) == 4
    assert find_final(round_id=over.total_round.id) is again


def test_the_proposal_says_who_who_is_level_and_who_is_next(
    final: FinalResult, people: list[Entry], over: Catalogue, after: datetime
) -> None:
    first, second, units = proposed(final, over, after)
    assert [c.id for c in first.winners] == [people[0].id]
    assert [c.id for c in first.reserve] == [person.id for person in people[1:4]]
    assert ([c.id for c in second.winners], second.left) == ([people[1].id], 1)
    assert [c.id for c in second.tied] == [people[2].id, people[3].id]
    assert [c.id for c in units.winners] == [over.units[0].id]  # three finishers against two
    names = names_of(final=final, proposals=[first, second, units], catalogue=over)
    assert names[Winner.UNIT, over.units[0].id] == over.units[0].full_name
    assert names[Winner.PERSON, people[0].id].startswith(f"Người Mẫu A ({over.units[0].full_name}): 8 câu đúng")


def test_who_may_win_nothing_now_is_passed_over(
    final: FinalResult, people: list[Entry], over: Catalogue, after: datetime
) -> None:
    db.session.get_one(Account, people[0].account_id).role = Role.JUDGE
    db.session.get_one(Account, people[1].account_id).citizen_index = None
    db.session.commit()
    take_out(Target(people[2].id, None), over, now=after)
    first, *_ = proposed(final, over, after)
    assert [c.id for c in first.winners] == [people[3].id]
    assert {c.id: c.hold for c in first.held} == {
        people[0].id: "Người của Ban Tổ chức không nhận giải",
        people[1].id: "Chưa có số căn cước",
        people[2].id: "Kết quả đã bị hủy",
    }


def test_a_tie_has_to_be_decided(sign: Callable[..., FinalResult], final: FinalResult, people: list[Entry]) -> None:
    for chosen in ((), (people[2].id, people[3].id), (people[4].id,)):
        with pytest.raises(UndecidedTie, match="Giải Nhì"):
            sign(*chosen)
    sign(people[3].id)
    awards = [(award.prize, award.level, award.entry_id or award.unit_id) for award in awards_of(final=final)]
    unit = people[0].unit_id
    assert awards == [
        (1, "Giải Nhất", people[0].id),
        (2, "Giải Nhì", people[1].id),
        (2, "Giải Nhì", people[3].id),
        (3, "Tập thể", unit),
    ]
    figures = [award.figure for award in awards_of(final=final)]
    assert figures[0] == "8/8 câu đúng, 8 phút 00 giây"
    assert figures[3] == "3 người hoàn thành trên 3 người đăng ký"


def test_signed_it_is_not_signed_or_computed_again(
    sign: Callable[..., FinalResult], final: FinalResult, people: list[Entry], over: Catalogue, after: datetime
) -> None:
    sign(people[2].id)
    assert (final.signed_by, final.signed_title, final.signed_at) == ("Trần Thị Ký", "Trưởng ban", after)
    with pytest.raises(AlreadySigned):
        sign_final(final=final, name="A", title="B", awards=[], actor_id=None, now=after)
    with pytest.raises(AlreadySigned):
        compute_final(board=over.total_round, actor_id=None, catalogue=over, now=after)
    with pytest.raises(NotComputed):
        sign_final(final=None, name="A", title="B", awards=[], actor_id=None, now=after)


@pytest.mark.parametrize(
    "statement",
    [
        update(FinalLine).values(place=1),
        update(FinalLine).values(full_name="Người Khác"),
        update(FinalLine).values(citizen_last_four="9999"),
        delete(FinalLine),
        update(FinalResult).values(people=7),
        update(FinalResult).values(signed_at=None, signed_by=""),
        delete(FinalResult),
    ],
)
def test_the_database_refuses_to_change_what_is_signed(
    sign: Callable[..., FinalResult], people: list[Entry], statement: object
) -> None:
    sign(people[2].id)
    with pytest.raises(DBAPIError, match="a signed result does not change"):
        db.session.execute(statement)  # type: ignore[call-overload]
    db.session.rollback()


def test_the_law_may_empty_name_and_digits(sign: Callable[..., FinalResult], people: list[Entry]) -> None:
    sign(people[2].id)
    emptied = {"full_name": "", "citizen_last_four": None}
    db.session.execute(update(FinalLine).where(FinalLine.position == 5).values(emptied))
    db.session.commit()
    last = db.session.scalars(select(FinalLine).order_by(FinalLine.position.desc())).first()
    assert last is not None
    assert (last.full_name, last.citizen_last_four) == ("", None)


def test_the_audit_names_nobody_who_signed(sign: Callable[..., FinalResult], people: list[Entry]) -> None:
    signed = sign(people[2].id)
    (line,) = audited("final.sign")
    assert (signed.signed_by, line.reason) == ("Trần Thị Ký", f"{len(awards_of(final=signed))} giải")


def test_what_is_taken_out_later_is_marked_and_stays(
    sign: Callable[..., FinalResult], final: FinalResult, people: list[Entry], over: Catalogue, after: datetime
) -> None:
    sign(people[2].id)
    take_out(Target(people[1].id, None), over, now=after)
    assert taken_out(final=final).keys() == {people[1].id}
    file = io.BytesIO()
    assert write_final(file, final=final, catalogue=over) == 5
    rows = list(load_workbook(file, read_only=True).active.iter_rows(values_only=True))  # type: ignore[union-attr]
    assert (rows[0][0], rows[0][-1]) == ("Hạng", "Ghi chú")
    assert [row[1] for row in rows[1:]] == [f"Người Mẫu {letter}" for letter in "ABCDE"]
    assert [row[-1] or "" for row in rows[1:]] == [
        "",
        "Đã hủy sau khi tính: Dùng công cụ tự động để làm bài",
        "",
        "",
        "",
    ]


def test_the_annex_prints_awards_and_lines(
    sign: Callable[..., FinalResult], final: FinalResult, people: list[Entry], over: Catalogue
) -> None:
    sign(people[2].id)
    annex = annex_of(
        final=final,
        board=over.total_round,
        lines=list(lines_of(final=final, most=3)),
        awards=awards_of(final=final),
        taken_out={people[1].id: None},
        catalogue=over,
    )
    text = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(annex_pdf(annex))).pages)
    for words in ("PHỤ LỤC", "Giải Nhất", "Người Mẫu A", "8/8 câu đúng", "Trần Thị Ký", "Trưởng ban", "Trang 1 / 1"):
        assert words in text
    assert "đã hủy sau khi" in " ".join(text.split())
    assert "Người Mẫu E" not in text
    assert file_name(board=over.total_round, catalogue=over, kind="pdf") == "chung-cuoc-cuoc-thi-nho-dot-1.pdf"


def test_awards_are_one_to_a_person_and_prize(
    sign: Callable[..., FinalResult], final: FinalResult, people: list[Entry], after: datetime
) -> None:
    sign(people[2].id)
    twice = Award(
        final_id=final.id, prize=1, level="Giải Nhất", entry_id=people[0].id, name="", figure="", awarded_at=after
    )
    db.session.add(twice)
    with pytest.raises(DBAPIError):
        db.session.flush()
    db.session.rollback()


def test_who_asked_to_be_deleted_wins_nothing(
    final: FinalResult, people: list[Entry], over: Catalogue, after: datetime
) -> None:
    """Between the computing and the signature: a prize without a name would be nobody's."""
    first, second = (person.id for person in people[:2])
    delete_person(account_id=people[0].account_id, actor_id=None, reason="theo yêu cầu", now=after)
    best, *_ = propose_prizes(final=final, board=over.total_round, catalogue=over, now=after)
    assert [winner.id for winner in best.winners] == [second]
    assert [(held.id, held.hold) for held in best.held] == [(first, "Đã xóa dữ liệu theo yêu cầu")]
