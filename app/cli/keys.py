"""`flask keys …`: which secret keys are in use, and replacing them while the portal runs."""

import time

import click
from flask.cli import AppGroup

from app.cli.small_steps import in_small_steps
from app.extensions import db
from app.rules.amounts import number
from app.services import rotate_keys
from app.services.audit import record
from app.services.key_file import Busy, only_one
from app.services.keyring import KeysMissing, read_keys
from app.services.rotate_keys import Phase, Renewal
from app.web import portal

cli = AppGroup("keys", help="Khóa bí mật: xem, thay.")
_BATCH = 50  # rows in one transaction: people register and save answers meanwhile
_PAUSE = 0.05
_WAIT = 60  # two seconds until a process reads the file again, and the longest request with what it read before
_SAYS = {
    Phase.AT_REST: "Không có lần thay khóa nào đang dở.",
    Phase.BEGUN: "Đang thay khóa: khóa mới đã nằm trong tệp, chưa dùng để ghi. Chạy tiếp: flask keys rotate",
    Phase.ACTIVE: "Đang thay khóa: khóa mới đã dùng để ghi, khóa cũ còn để đọc. Chạy tiếp: flask keys rotate",
}


@cli.command("status")
def status() -> None:
    """Khóa nào đang dùng, còn bao nhiêu dòng mã hóa bằng khóa cũ."""
    path = portal.settings().keys_file
    try:
        keys, phase = read_keys(path), rotate_keys.phase(path)
    except KeysMissing as fault:
        raise click.ClickException(str(fault)) from None
    click.echo(f"Khóa đang ghi: số {keys.active}. Khóa có trong tệp: {', '.join(map(str, sorted(keys.cipher_keys)))}.")
    click.echo(_SAYS[phase])
    for column, rows in rotate_keys.left_over(keys).items():
        click.echo(f"  {column}: {number(rows)} dòng còn dùng khóa cũ")


@cli.command("rotate")
@click.option("--wait", type=click.IntRange(0, 3600), default=_WAIT, show_default=True, help="Số giây chờ ở mỗi bước.")
def rotate(wait: int) -> None:
    """Thay khóa của số căn cước và của mọi dữ liệu niêm phong, khi cổng vẫn chạy. Đứt giữa chừng thì chạy lại."""
    path = portal.settings().keys_file
    try:
        with only_one(path):
            _rotate(wait)
    except Busy:
        raise click.ClickException("Một lệnh thay khóa khác đang chạy.") from None
    except KeysMissing as fault:
        raise click.ClickException(str(fault)) from None


def _rotate(wait: int) -> None:
    path = portal.settings().keys_file
    if rotate_keys.phase(path) is Phase.AT_REST:
        key_id = rotate_keys.begin(path)
        _record("keys.begin", key_id)
        click.echo(f"Đã thêm khóa số {key_id} vào {path}. Hãy sao lưu tệp này ngay: sắp có dữ liệu ghi bằng khóa mới.")
    else:
        click.echo(_SAYS[rotate_keys.phase(path)].partition(".")[0] + ". Làm tiếp từ đó.")
    if rotate_keys.phase(path) is Phase.BEGUN:
        _let_all_know(wait)
        rotate_keys.activate(path)
        click.echo("Khóa mới bắt đầu được dùng để ghi.")
    _let_all_know(wait)  # also after a crash: who knows how long ago it was activated
    keys = read_keys(path)
    renewal = Renewal(keys)
    total = in_small_steps(lambda: renewal.some(limit=_BATCH), pause=_PAUSE)
    try:
        rotate_keys.finish(path, keys)
    except rotate_keys.OldKeysInUse:
        raise click.ClickException("Vẫn có dòng vừa ghi bằng khóa cũ, khóa cũ chưa bị xóa. Hãy chạy lại.") from None
    _record("keys.finish", keys.active)
    click.echo(f"Đã ghi lại {number(total)} dòng bằng khóa số {keys.active}; khóa cũ đã ra khỏi tệp.")
    click.echo("Sao lưu lại cơ sở dữ liệu và tệp khóa. Bản sao cũ của cơ sở dữ liệu chỉ đọc được với tệp khóa cũ.")


def _let_all_know(wait: int) -> None:
    click.echo(f"Chờ {wait} giây để mọi tiến trình đọc lại tệp khóa …")
    time.sleep(wait)


def _record(action: str, key_id: int) -> None:
    record(actor_id=None, action=action, subject=f"key:{key_id}", reason="", now=portal.now())
    db.session.commit()
