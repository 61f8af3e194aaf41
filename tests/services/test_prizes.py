"""Prizes: what a result proposes and why, and what is awarded at the signature."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.exc import DBAPIError

from app.extensions import db
from app.models import Account, Award, Entry, FinalLine, FinalResult, Role
from app.rules.amounts import decimal, percent
from app.rules.prizes import Metric, Prize, Winner
from app.rules.ranking import Criterion, Result, rank_key, total_key
from app.services.catalogue import Catalogue
from app.services.delete_person import delete_person
from app.services.figures import Tally
from app.services.final_result import awards_of, compute_final
from app.services.invalidate import Target
from app.services.prizes import NotLevel, UndecidedTie, names_of, unit_words
from app.services.unit_boards import UnitRow
from tests.support.people import learn_all, make_contestant, sit
from tests.support.prizes import proposed, sign_off, with_prizes
from tests.support.results import take_out

Sign = Callable[..., FinalResult]


def test_the_proposal_says_who_who_is_level_and_who_is_next(
    final: FinalResult, people: list[Entry], over: Catalogue, after: datetime
) -> None:
    first, second, units = proposed(final, over, after)
    assert [c.id for c in first.winners] == [people[0].id]
    assert [c.id for c in first.reserve] == [person.id for person in people[1:4]]
    assert ([c.id for c in second.winners], second.left) == ([people[1].id], 1)
    assert [c.id for c in second.tied] == [people[2].id, people[3].id]
    assert [c.id for c in units.winners] == [over.units[0].id]  # three finishers against two
    assert units.winners[0].figure == "3 người hoàn thành trên 3 người đăng ký"
    names = names_of(final=final, proposals=[first, second, units], catalogue=over)
    assert names[Winner.UNIT, over.units[0].id] == over.units[0].full_name
    assert names[Winner.PERSON, people[0].id] == f"Người Mẫu A ({over.units[0].full_name})"


def test_the_proposal_tells_the_full_key(final: FinalResult, over: Catalogue, after: datetime) -> None:
    """Two who differ only in what ranks last stand at two places: a committee has to see why."""
    last = db.session.get_one(FinalLine, (final.id, 1))
    at = last.submitted_at.astimezone(over.rules.zone)
    (best, *_), *_ = (proposal.winners for proposal in proposed(final, over, after))
    assert best.figure == f"8/8 câu đúng, 8 phút 00 giây, nộp lúc {at:%H:%M:%S ngày %d/%m/%Y}"


@pytest.mark.parametrize("total", [False, True])
def test_the_attempts_of_a_key_that_ranks_by_them_are_told(
    final: FinalResult, over: Catalogue, after: datetime, total: bool
) -> None:
    criteria = (Criterion.CORRECT, Criterion.ATTEMPTS, Criterion.TIME_USED)
    key = rank_key(Result(8, 480, after, attempts=3), criteria)
    key = total_key([key, key], criteria) if total else key
    db.session.execute(update(FinalLine).where(FinalLine.position == 1).values(rank_key=key))
    final.ranking = ",".join(criteria)
    db.session.commit()
    best, *_ = proposed(final, over, after)
    assert best.winners[0].figure == f"8/8 câu đúng, thứ tự lượt thi {6 if total else 3}, 8 phút 00 giây"


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


def test_a_unit_without_anybody_wins_nothing(final: FinalResult, over: Catalogue, after: datetime) -> None:
    over = with_prizes(over, [Prize(f"Giải {by}", 3, Winner.UNIT, by) for by in (Metric.REGISTERED, Metric.FINISHERS)])
    for proposal, hold in zip(
        proposed(final, over, after), ("Chưa có người đăng ký", "Chưa có người hoàn thành"), strict=True
    ):
        assert not proposal.tied
        assert all(candidate.place for candidate in proposal.winners)
        assert {candidate.hold for candidate in proposal.held} == {hold}


def test_a_unit_too_small_for_a_ratio_is_named_only_when_prizes_are_left(
    final: FinalResult, over: Catalogue, after: datetime
) -> None:
    boards = replace(over.rules.boards, min_finishers=3)
    over = replace(over, rules=replace(over.rules, boards=boards))
    for count, held in ((1, 0), (2, len(over.units) - 1)):
        prize = Prize("Tỷ lệ", count, Winner.UNIT, Metric.SHARE_FINISHED)
        (proposal,) = proposed(final, with_prizes(over, [prize]), after)
        assert [candidate.id for candidate in proposal.winners] == [over.units[0].id]
        assert [candidate.hold for candidate in proposal.held] == ["Chưa đủ điều kiện để xếp hạng"] * held
        assert all(candidate.place == 0 for candidate in proposal.held)


@pytest.mark.parametrize(
    ("metric", "words"),
    [
        (Metric.REGISTERED, "3.000 người hoàn thành trên 4.000 người đăng ký"),
        (Metric.FINISHERS, "3.000 người hoàn thành trên 4.000 người đăng ký"),
        (Metric.PER_1000, "250,0 người hoàn thành trên 1.000 dân, dân số 12.000; 3.000"),
        (Metric.MEAN_CORRECT, "trung bình 6,67 câu đúng, tổng 20.000 câu; 3.000"),
        (Metric.SHARE_FINISHED, "75,0\u00a0% hoàn thành; 3.000"),
    ],
)
def test_a_ratio_is_told_with_the_numbers_it_is_made_of(contest: Catalogue, metric: Metric, words: str) -> None:
    """Rounded alike, two units at two places look equal; and what nobody knows is not 0,0."""
    unit = replace(contest.units[0], population=12_000)
    assert unit_words(UnitRow(1, unit, Tally(4000, 3000, 20_000, 5000)), metric).startswith(words)
    nothing = UnitRow(None, replace(unit, population=None), Tally())
    assert unit_words(nothing, metric) == "0 người hoàn thành trên 0 người đăng ký"


def test_a_ratio_is_rounded_as_on_the_boards(contest: Catalogue) -> None:
    """A half goes up; what is signed must not differ from what everybody has read."""
    row = UnitRow(1, replace(contest.units[0], population=452_000), Tally(400, 113))
    assert (row.per_1000, row.tally.share_finished) == (0.25, 0.2825)
    assert unit_words(row, Metric.PER_1000).startswith(f"{decimal(0.25)} người")
    assert unit_words(row, Metric.SHARE_FINISHED).startswith("28,3\u00a0% hoàn thành")
    assert percent(0.2825).replace("\u00a0", " ") == "28,3 %"


def test_a_tie_has_to_be_decided(sign: Sign, final: FinalResult, people: list[Entry]) -> None:
    for chosen in ((), (people[4].id,)):
        with pytest.raises(UndecidedTie, match="Giải Nhì"):
            sign(*chosen)
    with pytest.raises(NotLevel):
        sign(people[2].id, people[3].id)
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
    assert figures[0].startswith(f"{people[0].unit.full_name}; 8/8 câu đúng, 8 phút 00 giây, nộp lúc ")
    assert figures[3] == "3 người hoàn thành trên 3 người đăng ký"


def test_a_choice_where_nobody_is_level_is_refused(final: FinalResult, people: list[Entry], over: Catalogue) -> None:
    """A wrong number in a command that can't be taken back."""
    alone = with_prizes(over, [Prize("Giải Nhất", 1)])
    with pytest.raises(NotLevel):
        sign_off(final, alone, over.closes_at, people[1].id)


def test_the_best_who_was_not_drawn_gets_the_next_prize(
    people: list[Entry], contest: Catalogue, noon: datetime, after: datetime
) -> None:
    """Level with the winner, she stands before everybody else."""
    level = make_contestant(contest, now=noon, name="Người Mẫu Đồng Hạng")
    learn_all(level, contest, now=noon)
    sit(level, contest, started=noon, ended=noon + timedelta(minutes=8))
    both = with_prizes(contest, [Prize("Giải Nhất", 1), Prize("Giải Nhì", 1)])
    final = compute_final(board=both.total_round, actor_id=None, catalogue=both, now=after)
    first, second = proposed(final, both, after)
    assert ([c.id for c in first.tied], second.waits, second.winners) == ([people[0].id, level.id], True, ())
    sign_off(final, both, after, level.id)
    assert [award.entry_id for award in awards_of(final=final)] == [level.id, people[0].id]


def test_awards_are_one_to_a_person_and_prize(
    sign: Sign, final: FinalResult, people: list[Entry], after: datetime
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
    best, *rest = proposed(final, over, after)
    assert [winner.id for winner in best.winners] == [second]
    assert [(held.id, held.hold) for held in best.held] == [(first, "Đã xóa dữ liệu theo yêu cầu")]
    names = names_of(final=final, proposals=[best, *rest], catalogue=over)
    assert names[Winner.PERSON, first].startswith("(đã xóa theo yêu cầu) (")
