"""Proposing prizes from a final result; who is awarded is decided by people, at the signature."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, tzinfo

from sqlalchemy import select

from app.extensions import db
from app.models import Account, Award, Entry, FinalLine, FinalResult, Role
from app.rules.amounts import decimal, full_duration, number, percent
from app.rules.prizes import RESERVES, Candidate, Metric, Prize, Proposal, Span, Winner, propose
from app.rules.ranking import Criterion
from app.services.catalogue import Catalogue, RoundInfo
from app.services.claims import PrizeHold, prize_holds
from app.services.count_figures import count_figures
from app.services.final_result import NAMELESS, counted_attempt, taken_out
from app.services.unit_boards import UnitRow, unit_board

_HOLDS = {
    PrizeHold.CLAIMED: "Đang có khiếu nại về số căn cước",
    PrizeHold.NO_NUMBER: "Chưa có số căn cước",
}
_STAFF = "Người của Ban Tổ chức không nhận giải"
_TAKEN_OUT = "Kết quả đã bị hủy"
_DELETED = "Đã xóa dữ liệu theo yêu cầu"
_TOO_SMALL = "Chưa đủ điều kiện để xếp hạng"
_NOBODY = {Metric.REGISTERED: "Chưa có người đăng ký", Metric.FINISHERS: "Chưa có người hoàn thành"}
_LAST = "999999"  # sorts behind every place
_MORE = 200  # lines that are looked at beyond the prizes, and doubled while that is not enough

Choice = Mapping[Winner, Sequence[int]]  # entry and unit ids that decide ties, the higher prize first


class UndecidedTie(Exception):
    """At the edge of these prizes people stand level, and the choice doesn't name as many of them as are left."""

    def __init__(self, proposals: list[Proposal]) -> None:
        super().__init__(", ".join(proposal.prize.level for proposal in proposals))
        self.proposals = proposals


class NotLevel(Exception):
    """The choice names somebody whom no tie asks for."""


def prizes_of(board: RoundInfo, catalogue: Catalogue) -> list[Prize]:
    """The prizes that this result decides."""
    spans = {Span.TOTAL} if board is catalogue.total_round else set()
    if board in catalogue.rounds:
        spans.add(Span.EACH)
    return [prize for prize in catalogue.rules.prizes if prize.span in spans]


def propose_prizes(
    *, final: FinalResult, board: RoundInfo, catalogue: Catalogue, now: datetime, chosen: Choice | None = None
) -> list[Proposal]:
    """Who would win what: persons by the lines of the result, units by the figures as they are counted now."""
    prizes = prizes_of(board, catalogue)
    units = _units(prizes, board=board, catalogue=catalogue, now=now)
    people = [prize for prize in prizes if prize.winner is Winner.PERSON]
    most = sum(prize.count for prize in people) + RESERVES + _MORE
    while True:
        ranked = _people(final, most, catalogue) if people else []
        proposals = propose(prizes, units | dict.fromkeys(people, ranked), chosen)
        if len(ranked) < most or all(p.waits or len(p.reserve) == RESERVES for p in proposals if p.prize in people):
            return proposals
        most *= 2


def _people(final: FinalResult, most: int, catalogue: Catalogue) -> list[Candidate]:
    """The first lines, and who of them may win nothing now."""
    first = select(FinalLine).where(FinalLine.final_id == final.id).order_by(FinalLine.position).limit(most)
    lines = db.session.scalars(first).all()
    ids = [line.entry_id for line in lines]
    holds = {entry_id: _HOLDS[hold] for entry_id, hold in prize_holds(ids).items()}
    staff = select(Entry.id).join(Account, Account.id == Entry.account_id).where(Account.role != Role.CONTESTANT)
    holds |= dict.fromkeys(db.session.scalars(staff.where(Entry.id.in_(ids))), _STAFF)
    holds |= dict.fromkeys(taken_out(final=final), _TAKEN_OUT)
    holds |= {line.entry_id: _DELETED for line in lines if not line.full_name}  # delete_person leaves it, nameless
    return [
        Candidate(
            line.entry_id,
            line.place,
            line.rank_key,
            holds.get(line.entry_id, ""),
            person_words(line, final, catalogue.rules.zone),
        )
        for line in lines
    ]


def person_words(line: FinalLine, final: FinalResult, zone: tzinfo) -> str:
    """What somebody is proposed for: all that ranks in this contest, in the order in which it does."""
    criteria = [Criterion(word) for word in final.ranking.split(",")]
    words = {
        Criterion.CORRECT: f"{line.correct}/{final.questions} câu đúng",
        Criterion.TIME_USED: full_duration(line.time_used),
        Criterion.SUBMITTED_AT: f"nộp lúc {line.submitted_at.astimezone(zone):%H:%M:%S ngày %d/%m/%Y}",
    }
    if (attempt := counted_attempt(line, final)) is not None:
        words[Criterion.ATTEMPTS] = f"thứ tự lượt thi {attempt}"
    return ", ".join(words[criterion] for criterion in criteria)


def _units(
    prizes: list[Prize], *, board: RoundInfo, catalogue: Catalogue, now: datetime
) -> dict[Prize, list[Candidate]]:
    wanted = [prize for prize in prizes if prize.winner is Winner.UNIT]
    if not wanted:
        return {}
    figures = count_figures(db.session(), catalogue=catalogue, now=now)
    round_id = None if board is catalogue.total_round else board.id
    return {
        prize: [
            _unit(row, prize.metric)
            for row in unit_board(catalogue=catalogue, figures=figures, by=prize.metric, round_id=round_id)
        ]
        for prize in wanted
    }


def _unit(row: UnitRow, metric: Metric) -> Candidate:
    nobody = {Metric.REGISTERED: row.tally.registered, Metric.FINISHERS: row.tally.finishers}.get(metric) == 0
    place = 0 if nobody else row.place or 0
    hold = _NOBODY[metric] if nobody else "" if place else _TOO_SMALL
    return Candidate(row.unit.id, place, f"{place:06d}" if place else _LAST, hold, unit_words(row, metric))


def awards_for(
    *,
    final: FinalResult,
    proposals: Collection[Proposal],
    chosen: Choice,
    catalogue: Catalogue,
    now: datetime,
) -> list[Award]:
    """The awards of these proposals, which were made with this choice; not yet added. Raises UndecidedTie, NotLevel."""
    if undecided := [proposal for proposal in proposals if proposal.tied]:
        raise UndecidedTie(undecided)
    picked = {(proposal.prize.winner, candidate.id) for proposal in proposals for candidate in proposal.picked}
    if {(winner, id_) for winner, ids in chosen.items() for id_ in ids} - picked:
        raise NotLevel
    numbers = {prize: number for number, prize in enumerate(catalogue.rules.prizes, 1)}
    return [
        _award(candidate, proposal.prize, numbers[proposal.prize], final=final, catalogue=catalogue, now=now)
        for proposal in proposals
        for candidate in proposal.winners
    ]


def _award(
    candidate: Candidate, prize: Prize, number: int, *, final: FinalResult, catalogue: Catalogue, now: datetime
) -> Award:
    award = Award(final_id=final.id, prize=number, level=prize.level, awarded_at=now)
    if prize.winner is Winner.UNIT:
        award.unit_id, award.name = candidate.id, catalogue.units_by_id[candidate.id].full_name
        award.figure = candidate.figure
        return award
    line = db.session.scalars(
        select(FinalLine).where(FinalLine.final_id == final.id, FinalLine.entry_id == candidate.id)
    ).one()
    award.entry_id, award.name = candidate.id, line.full_name
    award.figure = f"{line.unit_name}; {candidate.figure}"  # a name alone is that of many
    return award


def unit_words(row: UnitRow, metric: Metric) -> str:
    """What a unit is proposed for: a ratio, where there is one, and the whole numbers that it is made of."""
    tally, population = row.tally, row.unit.population
    counts = f"{number(tally.finishers)} người hoàn thành trên {number(tally.registered)} người đăng ký"
    if metric is Metric.PER_1000 and row.per_1000 is not None:
        ratio = f"{decimal(row.per_1000, 1)} người hoàn thành trên 1.000 dân, dân số {number(population or 0)}"
    elif metric is Metric.MEAN_CORRECT and tally.mean_correct is not None:
        ratio = f"trung bình {decimal(tally.mean_correct, 2)} câu đúng, tổng {number(tally.correct)} câu"
    elif metric is Metric.SHARE_FINISHED and tally.share_finished is not None:
        ratio = f"{percent(tally.share_finished)} hoàn thành"
    else:
        return counts
    return f"{ratio}; {counts}"


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
        names[Winner.PERSON, line.entry_id] = f"{line.full_name or NAMELESS} ({line.unit_name})"
    return names


def _all(proposal: Proposal) -> Iterator[Candidate]:
    yield from (*proposal.winners, *proposal.tied, *proposal.reserve, *proposal.held)
