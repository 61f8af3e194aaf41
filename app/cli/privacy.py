"""`flask privacy …`: personal data that is no longer needed."""

import time

import click
from flask.cli import AppGroup

from app.cli.arguments import contest_named
from app.extensions import db
from app.rules.amounts import number
from app.rules.numbers import tells_number
from app.services.audit import record
from app.services.catalogue_reading import load_catalogue
from app.services.purge import Purge, due_at
from app.web import portal
from app.web.formatters import moment

cli = AppGroup("privacy", help="Dữ liệu cá nhân.")
_BATCH = 200
_PAUSE = 0.05


@cli.command("purge")
@click.option("--dry-run", is_flag=True, help="Chỉ đếm, không xóa gì.")
@click.option("--force", metavar="LÝ DO", default="", help="Xóa trước ngày đến hạn, vì lý do này; được ghi lại.")
@click.option("--contest", "slug", help="Mã cuộc thi; không ghi thì lấy cuộc thi đang dùng.")
def purge(dry_run: bool, force: str, slug: str | None) -> None:
    """Xóa số căn cước, số điện thoại, người giám hộ của thí sinh khi hết thời hạn lưu; số liệu giữ nguyên."""
    if tells_number(force):
        raise click.ClickException("Bỏ số điện thoại, số căn cước ra khỏi lý do: lý do được lưu mãi.")
    contest, now = load_catalogue(db.session(), contest_named(slug)), portal.now()
    due, work = due_at(contest), Purge(contest=contest, now=now)
    if dry_run:
        _say("Sẽ xóa", work.counts())
        click.echo(f"Đến hạn từ {moment(due)}. Chưa xóa gì.")
        return
    if now < due and not force.strip():
        raise click.ClickException(f"Chưa đến hạn: xóa được từ {moment(due)}. Có lý do xóa sớm thì ghi sau --force.")
    subject = f"contest:{contest.contest_id}"
    record(actor_id=None, action="privacy.purge", subject=subject, reason=force.strip(), now=now)
    db.session.commit()
    _say("Đã xóa", work.run(limit=_BATCH, between=_let_others_write))
    db.session.rollback()  # on SQLite the last look held the pen


def _let_others_write() -> None:
    db.session.commit()
    time.sleep(_PAUSE)


def _say(verb: str, counts: dict[str, int]) -> None:
    for what, count in counts.items():
        click.echo(f"{verb}: {what}: {number(count)} dòng")
