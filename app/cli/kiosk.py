"""`flask kiosk …`: the shared computers, for who has a shell and no desk."""

import click

from app.cli.arguments import ROW, units_named, with_reason
from app.cli.refusing import ContestGroup
from app.extensions import db
from app.rules.numbers import tells_number
from app.services import kiosks
from app.services.codes import shown_code
from app.services.desk_people import Reach
from app.web import portal
from app.web.formatters import moment

cli = ContestGroup("kiosk", help="Máy dùng chung ở phường, xã.")


def _lines() -> list[kiosks.KioskLine]:
    contest = portal.catalogue()
    return list(kiosks.list_kiosks(reach=Reach(contest.contest_id), zone=contest.rules.zone, now=portal.now()))


@cli.command("code")
@click.argument("unit")
@click.option("--name", prompt="Chỗ để máy")
def code(unit: str, name: str) -> None:
    """Tạo mã mở một kiosk của đơn vị có mã 5 số này; nhập trên máy tại /kiosk trong 15 phút."""
    (found,) = units_named([unit])
    if not name.strip() or len(name) > 60 or tells_number(name):
        raise click.ClickException("Tên kiosk từ 1 đến 60 ký tự, không có số điện thoại, số căn cước.")
    made = kiosks.make_code(
        unit_id=found.id, name=name.strip(), actor_id=None, keyring=portal.keyring(), now=portal.now()
    )
    db.session.commit()
    click.echo(f"Mã mở kiosk của {found.full_name} (chỉ hiện một lần, dùng trong 15 phút): {shown_code(made)}")


@cli.command("list")
def list_all() -> None:
    """Các kiosk, số người đăng ký hôm nay, lần dùng gần nhất."""
    for line in _lines():
        unit = portal.catalogue().units_by_id[line.kiosk.unit_id].full_name
        state = "đã thu hồi" if line.kiosk.revoked_at else "cần xem" if line.is_alarming else "đang dùng"
        click.echo(
            f"{line.kiosk.id}\t{unit}\t{line.kiosk.name}\t{state}\t{line.today} hôm nay\t{moment(line.kiosk.seen_at)}"
        )


@cli.command("revoke")
@click.argument("kiosk_id", type=ROW)
@with_reason
def revoke(kiosk_id: int, reason: str) -> None:
    """Thu hồi một kiosk ngay."""
    line = next((line for line in _lines() if line.kiosk.id == kiosk_id and line.kiosk.revoked_at is None), None)
    if line is None:
        raise click.ClickException(f"Không có kiosk số {kiosk_id} đang dùng.")
    kiosks.revoke(line.kiosk, actor_id=None, reason=reason, now=portal.now())
    db.session.commit()
    click.echo(f"Đã thu hồi kiosk {line.kiosk.name}.")
