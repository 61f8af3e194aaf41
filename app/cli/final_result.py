"""`flask ranking final …`: computed, proposed, signed."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import click
from flask.cli import AppGroup

from app.cli.arguments import ROW, units_named, words
from app.cli.ranking import cli as ranking
from app.cli.ranking import thaw_all
from app.cli.refusing import refusing
from app.extensions import db
from app.models import Award, FinalResult
from app.rules.prizes import Candidate, Proposal, Winner
from app.services import final_result, prizes
from app.services.catalogue import Catalogue, RoundInfo
from app.web import portal

cli = AppGroup("final", help="Kết quả chung cuộc của một đợt; đợt 0 là tổng các đợt.")
ranking.add_command(cli)


def _board(contest: Catalogue, number: int) -> RoundInfo:
    """A contest with one round has no total; 0 means that round there."""
    board = contest.board(number) or (contest.total_round if number == 0 else None)
    if board is None:
        raise click.ClickException(f"Không có đợt thi số {number}.")
    return board


@cli.command("compute")
@click.argument("round_number", type=int)
def compute(round_number: int) -> None:
    """Tính kết quả chung cuộc khi đợt đã kết thúc; chưa ký thì tính lại được."""
    contest = portal.catalogue()
    board = _board(contest, round_number)
    thaw_all(contest)  # units are proposed by what is shown
    with refusing(_refusals(round_number)):
        made = final_result.compute_final(board=board, actor_id=None, catalogue=contest, now=portal.now())
    db.session.commit()
    click.echo(f"Đã tính kết quả của {made.people} người. Xem đề xuất giải: flask ranking final prizes {round_number}")


def _refusals(number: int) -> dict[type[Exception], str]:
    again = f"flask ranking final compute {number}"
    return {
        final_result.TooEarly: "Đợt thi chưa kết thúc hoặc còn người đang làm bài. Hãy đợi.",
        final_result.NotComputed: f"Chưa tính kết quả. Chạy: {again}",
        final_result.AlreadySigned: "Kết quả này đã ký, không tính lại hay ký lại được.",
        final_result.Outdated: f"Có kết quả đã đổi từ lúc tính. Chạy: {again}, rồi xem lại đề xuất giải.",
        prizes.NotLevel: "Có người hoặc đơn vị được chọn mà không ở mức đồng hạng cần chọn.",
    }


_choose = click.option(
    "--choose", type=ROW, multiple=True, help="Số của người được chọn khi đồng hạng; giải cao ghi trước."
)
_choose_unit = click.option(
    "--choose-unit", multiple=True, metavar="MÃ", help="Mã của đơn vị được chọn khi đồng hạng; giải cao ghi trước."
)


def _choice(people: Sequence[int], codes: Sequence[str]) -> prizes.Choice:
    return {Winner.PERSON: people, Winner.UNIT: [unit.id for unit in units_named(codes)]}


@cli.command("prizes")
@click.argument("round_number", type=int)
@_choose
@_choose_unit
def show_prizes(round_number: int, choose: tuple[int, ...], choose_unit: tuple[str, ...]) -> None:
    """Đề xuất giải: ai được, ai đồng hạng ở mức cuối, ai kế tiếp, ai chưa được nhận và vì sao."""
    contest, chosen = portal.catalogue(), _choice(choose, choose_unit)
    board = _board(contest, round_number)
    made = final_result.find_final(round_id=board.id)
    if made is None:
        raise click.ClickException(_refusals(round_number)[final_result.NotComputed])
    proposals = prizes.propose_prizes(final=made, board=board, catalogue=contest, now=portal.now(), chosen=chosen)
    names = prizes.names_of(final=made, proposals=proposals, catalogue=contest)
    for proposal in proposals:
        for line in _lines(proposal, names, contest):
            click.echo(line)
    db.session.rollback()


def _lines(proposal: Proposal, names: Mapping[tuple[Winner, int], str], contest: Catalogue) -> list[str]:
    prize = proposal.prize
    of_units = prize.winner is Winner.UNIT

    def line(word: str, who: Candidate) -> str:
        place = f"hạng {who.place}" if who.place else "chưa xếp hạng"
        chosen_by = f"mã {contest.units_by_id[who.id].code}" if of_units else f"số {who.id}"
        return f"  {word}{place}: {names[prize.winner, who.id]} [{chosen_by}]: {who.figure}"

    lines = [f"{prize.level} ({prize.count} giải, {'đơn vị' if of_units else 'cá nhân'})"]
    if proposal.waits:
        return [*lines, "  chờ chọn người hoặc đơn vị đồng hạng của giải cao hơn; xem thử bằng --choose"]
    lines += [line("được chọn, " if who in proposal.picked else "", who) for who in proposal.winners]
    lines += [line(f"ĐỒNG HẠNG, chọn {proposal.left}, ", who) for who in proposal.tied]
    lines += [line("kế tiếp, ", who) for who in proposal.reserve]
    return lines + [f"{line('chưa nhận được, ', who)}; {who.hold}" for who in proposal.held]


@cli.command("sign")
@click.argument("round_number", type=int)
@click.option("--name", prompt="Họ tên người ký", callback=words(most=80))
@click.option("--title", prompt="Chức danh người ký", callback=words(most=120))
@_choose
@_choose_unit
def sign(round_number: int, name: str, title: str, choose: tuple[int, ...], choose_unit: tuple[str, ...]) -> None:
    """Ký kết quả và trao giải theo đề xuất; sau đó không sửa được nữa."""
    at, contest, chosen = portal.now(), portal.catalogue(), _choice(choose, choose_unit)
    board = _board(contest, round_number)
    made = final_result.find_final(round_id=board.id)
    with refusing(_refusals(round_number)):
        awards = _awards(made, board, contest, chosen, at) if made else []
        final_result.sign_final(
            final=made, name=name, title=title, awards=awards, board=board, actor_id=None, catalogue=contest, now=at
        )
    db.session.commit()
    click.echo(f"Đã ký: {name}, {title}; {len(awards)} giải. Tải XLSX và PDF ở bàn Ban Tổ chức, mục Kết quả.")


def _awards(
    made: FinalResult, board: RoundInfo, contest: Catalogue, chosen: prizes.Choice, at: datetime
) -> list[Award]:
    proposals = prizes.propose_prizes(final=made, board=board, catalogue=contest, now=at, chosen=chosen)
    try:
        return prizes.awards_for(final=made, proposals=proposals, chosen=chosen, catalogue=contest, now=at)
    except prizes.UndecidedTie as tie:
        raise click.ClickException(
            f"Đồng hạng ở mức cuối, hãy chọn bằng --choose hoặc --choose-unit: {tie}."
            f" Xem: flask ranking final prizes {board.number}"
        ) from None
