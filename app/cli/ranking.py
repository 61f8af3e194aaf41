"""`flask ranking …`: results taken out and given back, boards opened, the final result."""

from datetime import datetime

import click
from flask.cli import AppGroup

from app.cli.arguments import with_reason
from app.cli.refusing import refusing
from app.cli.small_steps import in_small_steps
from app.extensions import db
from app.models import Award, FinalResult, InvalidationReason
from app.rules.prizes import Proposal, Winner
from app.services import final_result, freeze, invalidate, prizes, rollups
from app.services.catalogue import Catalogue, RoundInfo
from app.services.catalogue_reading import read_current
from app.services.codes import RECEIPT_LENGTH, is_code, typed_code
from app.services.ladder import make_ladders
from app.services.rebuild import rebuild_part
from app.web import portal

cli = AppGroup("ranking", help="Xếp hạng và kết quả chung cuộc.")
final = AppGroup("final", help="Kết quả chung cuộc của một đợt; đợt 0 là tổng các đợt.")
cli.add_command(final)


@cli.command("unfreeze")
@click.argument("round_number", type=int)
@with_reason
def unfreeze(round_number: int, reason: str) -> None:
    """Cho bảng xếp hạng và số liệu của một đợt cập nhật trở lại trước khi đợt kết thúc."""
    contest = portal.catalogue()
    with refusing({freeze.NotFrozen: f"Bảng của đợt số {round_number} không đứng yên."}):
        freeze.unfreeze(number=round_number, reason=reason, actor_id=None, catalogue=contest, now=portal.now())
    db.session.commit()
    shown = thaw_all(read_current())
    click.echo(f"Bảng của đợt số {round_number} cập nhật trở lại; {shown} kết quả được đưa lên bảng.")


def thaw_all(contest: Catalogue) -> int:
    """Show what needn't be hidden any more, in small transactions; returns how many."""
    return in_small_steps(lambda: freeze.thaw(catalogue=contest, now=portal.now()))


@cli.command("invalidate")
@click.argument("what")
@click.option("--reason", "code", type=click.Choice([reason.value for reason in InvalidationReason]), required=True)
@click.option("--words", default="", help="Lời giải thích cho thí sinh, hiện ở trang của họ.")
@click.option("--evidence", prompt="Bằng chứng", help="Chỉ Ban Tổ chức đọc.")
def take_out(what: str, code: str, words: str, evidence: str) -> None:
    """Hủy một lượt thi theo mã biên nhận, hoặc mọi kết quả của một thí sinh theo số (entry) của người ấy."""
    contest = portal.catalogue()
    receipt = typed_code(what)
    refusals = {
        invalidate.NothingToInvalidate: f"Không có bài đã chấm hay thí sinh nào là {what}.",
        invalidate.AlreadyInvalidated: "Kết quả này đã bị hủy rồi.",
    }
    with refusing(refusals):
        act = invalidate.invalidate(
            target=invalidate.find_target(
                receipt=receipt if is_code(receipt, RECEIPT_LENGTH) else None,
                entry_id=int(what) if what.isdigit() else None,
                catalogue=contest,
            ),
            code=InvalidationReason(code),
            words=words,
            evidence=evidence,
            actor_id=None,
            catalogue=contest,
            now=portal.now(),
        )
    db.session.commit()
    click.echo(f"Đã hủy. Thí sinh đọc được ở trang của mình. Khôi phục: flask ranking restore {act.id}")


@cli.command("restore")
@click.argument("invalidation_id", type=int)
@with_reason
def give_back(invalidation_id: int, reason: str) -> None:
    """Khôi phục một kết quả đã hủy."""
    contest = portal.catalogue()
    with refusing({invalidate.NotInForce: f"Không có quyết định hủy số {invalidation_id} đang có hiệu lực."}):
        invalidate.restore(
            invalidation_id=invalidation_id, reason=reason, actor_id=None, catalogue=contest, now=portal.now()
        )
    db.session.commit()
    click.echo("Đã khôi phục; bảng xếp hạng và giấy chứng nhận theo ngay.")


@cli.command("rebuild")
def rebuild() -> None:
    """Tính lại mọi kết quả từ các lượt thi và báo chỗ khác nhau; có chỗ khác thì mã thoát là 1."""
    people, different = rebuild_all(portal.catalogue())
    for entry_id in different[:50]:
        click.echo(f"Thí sinh số {entry_id}: đã sửa theo các lượt thi.")
    click.echo(f"Đã tính lại {people} thí sinh, {len(different)} người có chỗ khác.")
    if different:
        raise click.exceptions.Exit(1)


def rebuild_all(contest: Catalogue) -> tuple[int, list[int]]:
    """Everybody, in small transactions; how many people there are, and who was different."""
    last, people = 0, 0
    different: list[int] = []
    while True:
        part = rebuild_part(after=last, catalogue=contest, now=portal.now())
        db.session.commit()
        db.session.remove()  # what was compared needn't stay in memory
        if part.last is None:
            break
        last, people = part.last, people + part.people
        different += part.different
    for board in contest.boards:
        make_ladders(round_id=board.id, unit_ids=[unit.id for unit in contest.units])
    rollups.forget(contest_id=contest.contest_id)
    db.session.commit()
    return people, different


def _board(contest: Catalogue, number: int) -> RoundInfo:
    """A contest with one round has no total; 0 means that round there."""
    board = contest.board(number) or (contest.total_round if number == 0 else None)
    if board is None:
        raise click.ClickException(f"Không có đợt thi số {number}.")
    return board


def _not_computed(number: int) -> str:
    return f"Chưa tính kết quả. Chạy: flask ranking final compute {number}"


@final.command("compute")
@click.argument("round_number", type=int)
def compute(round_number: int) -> None:
    """Tính kết quả chung cuộc khi đợt đã kết thúc; chưa ký thì tính lại được."""
    contest = portal.catalogue()
    refusals = {
        final_result.TooEarly: "Đợt thi chưa kết thúc hoặc còn người đang làm bài. Hãy đợi.",
        final_result.AlreadySigned: "Kết quả này đã ký, không tính lại được.",
    }
    with refusing(refusals):
        made = final_result.compute_final(
            board=_board(contest, round_number), actor_id=None, catalogue=contest, now=portal.now()
        )
    db.session.commit()
    click.echo(f"Đã tính kết quả của {made.people} người. Xem đề xuất giải: flask ranking final prizes {round_number}")


@final.command("prizes")
@click.argument("round_number", type=int)
def show_prizes(round_number: int) -> None:
    """Đề xuất giải: ai được, ai đồng hạng ở mức cuối, ai kế tiếp, ai chưa được nhận và vì sao."""
    contest = portal.catalogue()
    board = _board(contest, round_number)
    made = final_result.find_final(round_id=board.id)
    if made is None:
        raise click.ClickException(_not_computed(round_number))
    proposals = prizes.propose_prizes(final=made, board=board, catalogue=contest, now=portal.now())
    names = prizes.names_of(final=made, proposals=proposals, catalogue=contest)
    for proposal in proposals:
        for line in _words(
            proposal, {id_: name for (kind, id_), name in names.items() if kind is proposal.prize.winner}
        ):
            click.echo(line)
    db.session.rollback()


def _words(proposal: Proposal, names: dict[int, str]) -> list[str]:
    prize = proposal.prize
    kind = "cá nhân" if prize.winner is Winner.PERSON else "đơn vị"
    lines = [f"{prize.level} ({prize.count} giải, {kind})"]
    lines += [f"  hạng {c.place}: {names[c.id]} [số {c.id}]" for c in proposal.winners]
    lines += [f"  ĐỒNG HẠNG {c.place}, chọn {proposal.left}: {names[c.id]} [số {c.id}]" for c in proposal.tied]
    lines += [f"  kế tiếp, hạng {c.place}: {names[c.id]} [số {c.id}]" for c in proposal.reserve]
    return lines + [f"  chưa nhận được, hạng {c.place}: {names[c.id]} [số {c.id}]: {c.hold}" for c in proposal.held]


@final.command("sign")
@click.argument("round_number", type=int)
@click.option("--name", prompt="Họ tên người ký")
@click.option("--title", prompt="Chức danh người ký")
@click.option("--choose", type=int, multiple=True, help="Số của người hoặc đơn vị được chọn khi đồng hạng ở mức cuối.")
def sign(round_number: int, name: str, title: str, choose: tuple[int, ...]) -> None:
    """Ký kết quả và trao giải theo đề xuất; sau đó không sửa được nữa."""
    at = portal.now()
    board = _board(portal.catalogue(), round_number)
    made = final_result.find_final(round_id=board.id)
    refusals = {
        final_result.NotComputed: _not_computed(round_number),
        final_result.AlreadySigned: "Kết quả này đã ký rồi.",
    }
    with refusing(refusals):
        awards = _awards(made, board, round_number, choose, at) if made else []
        final_result.sign_final(final=made, name=name, title=title, awards=awards, actor_id=None, now=at)
    db.session.commit()
    click.echo(f"Đã ký: {name}, {title}; {len(awards)} giải. Tải XLSX và PDF ở bàn Ban Tổ chức, mục Kết quả.")


def _awards(made: FinalResult, board: RoundInfo, number: int, chosen: tuple[int, ...], at: datetime) -> list[Award]:
    contest = portal.catalogue()
    proposals = prizes.propose_prizes(final=made, board=board, catalogue=contest, now=at)
    try:
        return prizes.awards_for(final=made, proposals=proposals, chosen=chosen, board=board, catalogue=contest, now=at)
    except prizes.UndecidedTie as tie:
        raise click.ClickException(
            f"Đồng hạng ở mức cuối, hãy chọn bằng --choose: {tie}. Xem: flask ranking final prizes {number}"
        ) from None
