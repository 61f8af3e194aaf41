"""The final result: computed once all is over, signed with its awards, then unchangeable in the database itself."""

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import cycle, islice
from typing import Any

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.exc import DBAPIError

from app.extensions import db
from app.models import Award, Entry, FinalLine, FinalResult, InvalidationReason, Round, Standing
from app.rules.ranking import Criterion, Result, rank_key
from app.services.annex_pdf import annex_of, annex_pdf
from app.services.catalogue import Catalogue
from app.services.delete_person import delete_person
from app.services.final_files import file_name, write_final
from app.services.final_result import (
    AlreadySigned,
    NotComputed,
    Outdated,
    TooEarly,
    awards_of,
    compute_final,
    find_final,
    lines_of,
    sign_final,
    taken_out,
)
from app.services.invalidate import Target, restore
from tests.support.audit import audited
from tests.support.people import begin
from tests.support.prizes import sign_off, with_prizes
from tests.support.results import take_out

MINUTE = timedelta(minutes=1)


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


def test_what_changed_since_the_computing_has_to_be_computed_again(
    final: FinalResult, people: list[Entry], over: Catalogue, after: datetime
) -> None:
    """Else somebody is signed who has no result any more, or somebody who got it back stands nowhere."""
    act = take_out(Target(people[0].id, None), over, now=after)
    with pytest.raises(Outdated):
        sign_off(final, with_prizes(over, ()), after)
    compute_final(board=over.total_round, actor_id=None, catalogue=over, now=after)
    restore(invalidation_id=act.id, reason="nhầm", actor_id=None, catalogue=over, now=after)
    db.session.commit()
    again = find_final(round_id=over.total_round.id)
    assert again is not None
    with pytest.raises(Outdated):
        sign_off(again, with_prizes(over, ()), after)
    last = compute_final(board=over.total_round, actor_id=None, catalogue=over, now=after)
    assert sign_off(last, with_prizes(over, ()), after).signed_at == after


def test_graded_again_is_changed_too(sign: Callable[..., FinalResult], people: list[Entry], over: Catalogue) -> None:
    db.session.execute(update(Standing).where(Standing.entry_id == people[0].id).values(rank_key="0"))
    db.session.commit()
    with pytest.raises(Outdated):
        sign(people[2].id)


def test_a_round_that_was_extended_since_is_not_signed(
    final: FinalResult, people: list[Entry], over: Catalogue, after: datetime
) -> None:
    (only,) = over.rounds
    longer = replace(with_prizes(over, ()), rounds=(replace(only, closes_at=after + MINUTE),))
    with pytest.raises(TooEarly):
        sign_off(final, longer, after)


def test_signed_it_is_not_signed_or_computed_again(
    sign: Callable[..., FinalResult], final: FinalResult, people: list[Entry], over: Catalogue, after: datetime
) -> None:
    sign(people[2].id)
    assert (final.signed_by, final.signed_title, final.signed_at) == ("Trần Thị Ký", "Trưởng ban", after)
    with pytest.raises(AlreadySigned):
        sign_off(final, with_prizes(over, ()), after)
    with pytest.raises(AlreadySigned):
        compute_final(board=over.total_round, actor_id=None, catalogue=over, now=after)
    nothing: dict[str, Any] = {"final": None, "awards": [], "board": over.total_round, "catalogue": over}
    with pytest.raises(NotComputed):
        sign_final(**nothing, name="A", title="B", actor_id=None, now=after)


@pytest.mark.parametrize(
    "statement",
    [
        update(FinalLine).values(place=1),
        update(FinalLine).values(full_name="Người Khác"),
        update(FinalLine).values(citizen_last_four="9999"),
        delete(FinalLine),
        update(Award).values(name="Người Khác"),
        update(Award).values(prize=9),
        delete(Award),
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


def test_nothing_slips_into_what_is_signed(sign: Callable[..., FinalResult], people: list[Entry]) -> None:
    """Neither a line nor an award of another result, by being moved."""
    signed = sign(people[2].id)
    first = db.session.get_one(Round, signed.round_id)
    other_round = Round(
        contest_id=first.contest_id, number=9, name="Mẫu", opens_at=first.opens_at, closes_at=first.closes_at
    )
    db.session.add(other_round)
    db.session.flush()
    at = signed.computed_at
    other = FinalResult(round_id=other_round.id, computed_at=at, ranking="correct", people=1, questions=8)
    db.session.add(other)
    db.session.flush()
    line = db.session.scalars(select(FinalLine).limit(1)).one()
    values = {column.name: getattr(line, column.name) for column in FinalLine.__table__.columns}
    db.session.add(FinalLine(**values | {"final_id": other.id, "position": 99}))
    given = {"prize": 1, "level": "A", "entry_id": people[4].id, "name": "B", "figure": "", "awarded_at": at}
    db.session.add(Award(final_id=other.id, **given))
    db.session.flush()
    for table in (FinalLine, Award):
        with pytest.raises(DBAPIError, match="a signed result does not change"), db.session.begin_nested():
            db.session.execute(update(table).where(table.final_id == other.id).values(final_id=signed.id))
    with pytest.raises(DBAPIError, match="a signed result does not change"):
        db.session.execute(insert(Award).values(final_id=signed.id, **given | {"prize": 7}))
    db.session.rollback()


def test_that_a_winner_was_taken_out_stays_told_when_the_person_is_deleted(
    sign: Callable[..., FinalResult], final: FinalResult, people: list[Entry], over: Catalogue, after: datetime
) -> None:
    """Else the paper would tell of a winner whose result was taken out as of any other."""
    sign(people[2].id)
    winner, *accounts = people[0].id, people[0].account_id, people[4].account_id
    take_out(Target(winner, None), over, now=after)
    for account_id in accounts:
        delete_person(account_id=account_id, actor_id=None, reason="theo yêu cầu", now=after)
    db.session.commit()
    assert taken_out(final=final) == {winner: InvalidationReason.TOOLS}
    names = [line.full_name for line in lines_of(final=final)]
    assert (names[0], names[-1]) == ("Người Mẫu A", "")


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
    sheet = load_workbook(file).worksheets[0]
    rows = list(sheet.iter_rows(values_only=True))
    assert sheet.title == "Kết quả chung cuộc"
    assert (rows[0][0], rows[0][-1]) == ("Hạng", "Ghi chú")
    assert [row[1] for row in rows[1:]] == [f"Người Mẫu {letter}" for letter in "ABCDE"]
    assert [row[-1] or "" for row in rows[1:]] == [
        "",
        "Đã hủy sau khi tính: Dùng công cụ tự động để làm bài",
        "",
        "",
        "",
    ]


def test_a_draft_is_no_result(final: FinalResult, over: Catalogue) -> None:
    file = io.BytesIO()
    write_final(file, final=final, catalogue=over)
    sheet = load_workbook(file).worksheets[0]
    assert sheet.title == "Dự thảo, chưa ký"
    assert all(cell.alignment.wrap_text for cell in sheet[1])  # headings longer than their column
    assert "(Dự thảo, chưa ký)" in annex_pages(final, over, lines=1)[0]


def annex_pages(final: FinalResult, over: Catalogue, *, lines: int) -> list[str]:
    """The text of each page; so many lines, the same again and again when there are fewer."""
    annex = annex_of(
        final=final,
        board=over.total_round,
        lines=list(islice(cycle(list(lines_of(final=final))), lines)),
        awards=awards_of(final=final),
        taken_out=taken_out(final=final),
        catalogue=over,
    )
    return [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(annex_pdf(annex))).pages]


def test_the_annex_prints_awards_and_lines(
    sign: Callable[..., FinalResult], final: FinalResult, people: list[Entry], over: Catalogue, after: datetime
) -> None:
    sign(people[2].id)
    take_out(Target(people[1].id, None), over, now=after)
    (text,) = annex_pages(final, over, lines=3)
    for words in ("PHỤ LỤC", "Giải Nhất", "Người Mẫu A", "8/8 câu đúng", "Trần Thị Ký", "Trưởng ban", "Trang 1 / 1"):
        assert words in text
    assert text.count("Người Mẫu B (đã hủy sau khi tính)") == 2  # the prize, and the line
    assert "Người Mẫu E" not in text
    assert file_name(board=over.total_round, catalogue=over, kind="pdf") == "chung-cuoc-cuoc-thi-nho-dot-1.pdf"


def test_files_tell_which_attempt_counts_where_that_ranks(final: FinalResult, over: Catalogue) -> None:
    """Else nobody can follow the order; the number of attempts is another one."""
    criteria = (Criterion.CORRECT, Criterion.ATTEMPTS)
    final.ranking = ",".join(criteria)
    for number, line in enumerate(lines_of(final=final), 1):
        line.rank_key = rank_key(Result(8, 60, line.submitted_at, 10 + number), criteria)
    db.session.flush()
    file = io.BytesIO()
    write_final(file, final=final, catalogue=over)
    notes = [row[-1] for row in load_workbook(file).worksheets[0].iter_rows(values_only=True)]
    assert notes == ["Ghi chú", *(f"Thứ tự lượt thi: {number}" for number in range(11, 16))]
    (text,) = annex_pages(final, over, lines=2)
    assert text.count("thứ tự lượt thi 11") == text.count("thứ tự lượt thi 12") == 1


@pytest.mark.parametrize("lines", [10, 11, 12])
def test_who_signs_stands_on_the_page_of_the_date(
    sign: Callable[..., FinalResult], final: FinalResult, people: list[Entry], over: Catalogue, lines: int
) -> None:
    """However long the list is: a name alone on a sheet signs nothing."""
    sign(people[2].id)
    pages = annex_pages(final, over, lines=lines)
    assert [("Trưởng ban" in page) for page in pages] == [("Trần Thị Ký" in page) for page in pages]
    day = f"ngày {final.signed_at.astimezone(over.rules.zone):%d tháng %m năm %Y}" if final.signed_at else "-"
    assert day in next(page for page in pages if "Trần Thị Ký" in page)
