"""Proposing prizes from a final result; who is awarded is decided by people, at the signature."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime

from sqlalchemy import select

from app.extensions import db
from app.models import Account, Award, Entry, FinalLine, FinalResult, Role
from app.rules.prizes import RESERVES, Candidate, Metric, Prize, Proposal, Span, Winner, propose
from app.services.catalogue import Catalogue, RoundInfo
from app.services.claims import PrizeHold, prize_holds
from app.services.count_figures import count_figures
from app.services.final_result import taken_out
from app.services.unit_boards import UnitRow, unit_board

_HOLDS = {
    PrizeHold.CLAIMED: "Đang có khiếu nại về số căn cước",
    PrizeHold.NO_NUMBER: "Chưa có số căn cước",
}
_STAFF = "Người của Ban Tổ chức không nhận giải"
_TAKEN_OUT = "Kết quả đã bị hủy"
_DELETED = "Đã xóa dữ liệu theo yêu cầu"
_MORE = 200  # lines that are looked at beyond the prizes, and doubled while that is not enough


class UndecidedTie(Exception):
    """At the edge of these prizes people stand level, and the choice doesn't name as many of them as are left."""

    def __init__(self, proposals: list[Proposal]) -> None:
        super().__init__(", ".join(proposal.prize.level for proposal in proposals))
        self.proposals = proposals


def prizes_of(board: RoundInfo, catalogue: Catalogue) -> list[Prize]:
    """The prizes that this result decides."""
    spans = {Span.TOTAL} if board is catalogue.total_round else set()
    if board in catalogue.rounds:
        spans.add(Span.EACH)
    return [prize for prize in catalogue.rules.prizes if prize.span in spans]


def propose_prizes(*, final: FinalResult, board: RoundInfo, catalogue: Catalogue, now: datetime) -> list[Proposal]:
    """Who would win what: persons by the lines of the result, units by the figures as they are counted now."""
    prizes = prizes_of(board, catalogue)
    units = {
        prize: [_unit_candidate(row) for row in rows]
        for prize, rows in _unit_rows(prizes, board=board, catalogue=catalogue, now=now).items()
    }
    people = [prize for prize in prizes if prize.winner is Winner.PERSON]
    most = sum(prize.count for prize in people) + RESERVES + _MORE
    while True:
        ranked = _people(final, most) if people else []
        proposals = propose(prizes, units | dict.fromkeys(people, ranked))
        if len(ranked) < most or all(len(p.reserve) == RESERVES for p in proposals if p.prize in people):
            return proposals
        most *= 2


def _people(final: FinalResult, most: int) -> list[Candidate]:
    """The first lines, and who of them may win nothing now."""
    columns = (FinalLine.entry_id, FinalLine.place, FinalLine.rank_key, FinalLine.full_name)
    first = select(*columns).where(FinalLine.final_id == final.id).order_by(FinalLine.position).limit(most)
    rows = db.session.execute(first).all()
    ids = [row.entry_id for row in rows]
    holds = {entry_id: _HOLDS[hold] for entry_id, hold in prize_holds(ids).items()}
    staff = select(Entry.id).join(Account, Account.id == Entry.account_id).where(Account.role != Role.CONTESTANT)
    holds |= dict.fromkeys(db.session.scalars(staff.where(Entry.id.in_(ids))), _STAFF)
    holds |= dict.fromkeys(taken_out(final=final), _TAKEN_OUT)
    holds |= {row.entry_id: _DELETED for row in rows if not row.full_name}  # delete_person leaves the line, nameless
    return [Candidate(row.entry_id, row.place, row.rank_key, holds.get(row.entry_id, "")) for row in rows]


def _unit_rows(
    prizes: list[Prize], *, board: RoundInfo, catalogue: Catalogue, now: datetime
) -> Mapping[Prize, list[UnitRow]]:
    wanted = [prize for prize in prizes if prize.winner is Winner.UNIT]
    if not wanted:
        return {}
    figures = count_figures(db.session(), catalogue=catalogue, now=now)
    round_id = None if board is catalogue.total_round else board.id
    return {
        prize: unit_board(catalogue=catalogue, figures=figures, by=prize.metric, round_id=round_id) for prize in wanted
    }


def _unit_candidate(row: UnitRow) -> Candidate:
    place = row.place or 0
    return Candidate(row.unit.id, place, f"{place:06d}", "" if row.place else "Chưa đủ người để xếp hạng")


def awards_for(
    *,
    final: FinalResult,
    proposals: Collection[Proposal],
    chosen: Collection[int],
    board: RoundInfo,
    catalogue: Catalogue,
    now: datetime,
) -> list[Award]:
    """The awards of these proposals, not yet added; `chosen` (entry or unit ids) decides ties. Raises UndecidedTie."""
    picked = {p.prize: [c for c in p.tied if c.id in chosen] for p in proposals}
    if undecided := [p for p in proposals if len(picked[p.prize]) != p.left]:
        raise UndecidedTie(undecided)
    numbers = {prize: number for number, prize in enumerate(catalogue.rules.prizes, 1)}
    rows = _unit_rows([p.prize for p in proposals], board=board, catalogue=catalogue, now=now)
    awards = []
    for proposal in proposals:
        prize = proposal.prize
        for candidate in (*proposal.winners, *picked[prize]):
            award = Award(final_id=final.id, prize=numbers[prize], level=prize.level, awarded_at=now)
            if prize.winner is Winner.PERSON:
                _to_person(award, candidate.id, final)
            else:
                _to_unit(award, next(row for row in rows[prize] if row.unit.id == candidate.id), prize.metric)
            awards.append(award)
    return awards


def _to_person(award: Award, entry_id: int, final: FinalResult) -> None:
    line = db.session.scalars(
        select(FinalLine).where(FinalLine.final_id == final.id, FinalLine.entry_id == entry_id)
    ).one()
    award.entry_id, award.name = entry_id, line.full_name
    minutes, seconds = divmod(line.time_used, 60)
    award.figure = f"{line.correct}/{final.questions} câu đúng, {minutes} phút {seconds:02d} giây"


def _to_unit(award: Award, row: UnitRow, metric: Metric) -> None:
    award.unit_id, award.name, award.figure = row.unit.id, row.unit.full_name, unit_words(row, metric)


def unit_words(row: UnitRow, metric: Metric) -> str:
    """What a unit is proposed for, the raw counts beside a ratio."""
    finishers, registered = (f"{n:,}".replace(",", ".") for n in (row.tally.finishers, row.tally.registered))
    counts = f"{finishers} người hoàn thành trên {registered} người đăng ký"
    match metric:
        case Metric.REGISTERED | Metric.FINISHERS:
            return counts
        case Metric.PER_1000:
            return f"{_decimal(row.per_1000, 1)} người hoàn thành trên 1.000 dân; {counts}"
        case Metric.MEAN_CORRECT:
            return f"trung bình {_decimal(row.tally.mean_correct, 2)} câu đúng; {counts}"
        case Metric.SHARE_FINISHED:
            return f"{_decimal((row.tally.share_finished or 0) * 100, 1)} % hoàn thành; {counts}"


def _decimal(value: float | None, digits: int) -> str:
    return f"{value or 0:.{digits}f}".replace(".", ",")


def names_of(
    *, final: FinalResult, proposals: Collection[Proposal], catalogue: Catalogue
) -> Mapping[tuple[Winner, int], str]:
    """Who the candidates of these proposals are, in words."""
    people: set[int] = set()
    names: dict[tuple[Winner, int], str] = {}
    for proposal in proposals:
        for candidate in _all(proposal):
            if proposal.prize.winner is Winner.UNIT:
                names[Winner.UNIT, candidate.id] = catalogue.units_by_id[candidate.id].full_name
            else:
                people.add(candidate.id)
    lines = select(FinalLine).where(FinalLine.final_id == final.id, FinalLine.entry_id.in_(people))
    for line in db.session.scalars(lines):
        minutes, seconds = divmod(line.time_used, 60)
        names[Winner.PERSON, line.entry_id] = (
            f"{line.full_name} ({line.unit_name}): {line.correct} câu đúng, {minutes} phút {seconds:02d} giây"
        )
    return names


def _all(proposal: Proposal) -> Iterator[Candidate]:
    yield from (*proposal.winners, *proposal.tied, *proposal.reserve, *proposal.held)
