"""`flask ranking …`: results taken out and given back, boards opened, everything counted again."""

import time

import click

from app.cli.arguments import ROW, with_reason, words
from app.cli.refusing import ContestGroup, refusing
from app.cli.small_steps import in_small_steps
from app.extensions import db
from app.models import Invalidation, InvalidationReason
from app.services import freeze, invalidate, rollups
from app.services.catalogue import Catalogue
from app.services.catalogue_reading import read_current
from app.services.codes import RECEIPT_LENGTH, is_code, shown_code, typed_code
from app.services.ladder_making import make_ladders
from app.services.rebuild import rebuild_part
from app.web import portal
from app.web.addresses import row_number
from app.web.formatters import moment

cli = ContestGroup("ranking", help="Xếp hạng và kết quả chung cuộc.")


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
@click.option(
    "--words",
    "told",
    default="",
    callback=words(most=500, required=False),
    help="Lời giải thích cho thí sinh, hiện ở trang của họ.",
)
@click.option("--evidence", prompt="Bằng chứng", callback=words(most=1000), help="Chỉ Ban Tổ chức đọc.")
def take_out(what: str, code: str, told: str, evidence: str) -> None:
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
                entry_id=_entry_number(what),
                catalogue=contest,
            ),
            code=InvalidationReason(code),
            words=told,
            evidence=evidence,
            actor_id=None,
            catalogue=contest,
            now=portal.now(),
        )
    db.session.commit()
    click.echo(f"Đã hủy. Thí sinh đọc được ở trang của mình. Khôi phục: flask ranking restore {act.id}")


def _entry_number(text: str) -> int | None:
    """As this portal shows it; a receipt that was misread, `00000012`, is nobody's number."""
    try:
        number = row_number(text)
    except ValueError:
        return None
    return number if str(number) == text else None


@cli.command("restore")
@click.argument("invalidation_id", type=ROW)
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


@cli.command("invalidations")
@click.option("--all", "lifted", is_flag=True, help="Cả những kết quả đã khôi phục.")
def list_acts(lifted: bool) -> None:
    """Những kết quả đang bị hủy: số để khôi phục, bằng chứng, phản hồi của thí sinh."""
    acts = invalidate.acts_of(contest_id=portal.catalogue().contest_id, lifted=lifted)
    for act, receipt in acts:
        for line in _told(act, receipt):
            click.echo(line)
    if not acts:
        click.echo("Không có kết quả nào bị hủy.")
    db.session.rollback()


def _told(act: Invalidation, receipt: str | None) -> list[str]:
    what = f"lượt thi {shown_code(receipt)}" if receipt else "mọi kết quả"
    head = f"số {act.id}, {moment(act.at)}: thí sinh số {act.entry_id}, {what}: {act.code.label}"
    parts = [
        ("lời cho thí sinh", act.words),
        ("bằng chứng", act.evidence),
        (f"thí sinh phản hồi lúc {moment(act.replied_at)}" if act.replied_at else "", act.reply),
        (f"đã khôi phục lúc {moment(act.lifted_at)}" if act.lifted_at else "", act.lifted_reason),
    ]
    return [head, *(f"  {label}: {' '.join(text.split())}" for label, text in parts if text)]


@cli.command("rebuild")
def rebuild() -> None:
    """Tính lại mọi kết quả từ các lượt thi và báo chỗ khác nhau; có chỗ khác thì mã thoát là 1."""
    people, different = rebuild_all(portal.catalogue())
    for entry_id in different[:50]:
        click.echo(f"Thí sinh số {entry_id}: đã sửa theo các lượt thi.")
    click.echo(f"Đã tính lại {people} thí sinh, {len(different)} người có chỗ khác.")
    if different:
        raise click.exceptions.Exit(1)


def rebuild_by_other_rules(contest: Catalogue) -> int:
    """Everybody, behind a change of what standings follow from; returns how many people it made a difference for.

    First every process has to know it, or who hands in meanwhile would stay ranked as before.
    """
    db.session.rollback()  # on SQLite a look held the pen
    time.sleep(2 * portal.portal().catalogues.every)
    _, different = rebuild_all(contest)
    return len(different)


def rebuild_all(contest: Catalogue) -> tuple[int, list[int]]:
    """Everybody, in small transactions; how many people there are, and who was different."""
    thaw_all(contest)  # what is merely not yet shown again is no difference
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
        make_ladders(round_id=board.id, catalogue=contest)
    rollups.forget(contest_id=contest.contest_id)
    db.session.commit()
    return people, different
