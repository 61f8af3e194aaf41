"""`flask prepare`: makes a portal ready to serve. Safe to run at every start."""

import os

import click
from alembic.runtime.migration import MigrationContext
from flask import current_app
from flask.cli import with_appcontext
from flask_migrate import upgrade
from sqlalchemy import select

from app.extensions import db
from app.models import Account, Contest, Role
from app.services.key_file import complete, make_keys
from app.services.keyring import KeysMissing
from app.services.pack.faults import PackFaults
from app.services.pack.loading import is_empty, load_pack, shift_window
from app.services.pack.reading import read_pack
from app.services.readiness import newest_migration
from app.web import portal


@click.command("prepare")
@with_appcontext
def prepare() -> None:
    """Khóa bí mật, cơ sở dữ liệu, gói cuộc thi khi còn trống, rồi cho biết địa chỉ."""
    settings = portal.settings()
    os.umask(0o077)  # database and keys are nobody else's to read
    settings.instance.mkdir(mode=0o700, parents=True, exist_ok=True)
    _migrate()
    _keys()
    if is_empty():
        click.echo(f"Nạp cuộc thi {settings.contest.name} …")
        try:
            load_pack(read_pack(settings.contest), make_current=True)
        except PackFaults as faults:
            raise click.ClickException("\n".join(str(fault) for fault in faults.faults)) from None
    contest = db.session.scalar(select(Contest).where(Contest.is_current))
    if contest is not None:
        shift_window(contest, mode=settings.shift_window, now=portal.now())
    db.session.commit()
    _welcome(contest)


def _migrate() -> None:
    with db.engine.connect() as connection:
        at = MigrationContext.configure(connection).get_current_revision()
    if at != newest_migration():  # alembic costs a second: not at every start
        upgrade(directory=current_app.extensions["migrate"].directory)


def _keys() -> None:
    path = portal.settings().keys_file
    if not path.exists():
        if db.session.scalar(select(Account.id).limit(1)) is not None:
            raise click.ClickException(f"Có tài khoản nhưng thiếu khóa {path}: khôi phục tệp này từ bản sao lưu.")
        make_keys(path)
    try:
        complete(path)
    except KeysMissing as fault:
        raise click.ClickException(str(fault)) from None


def _welcome(contest: Contest | None) -> None:
    port = os.environ.get("PORT") or "8000"
    click.echo(f"Lan Tỏa: {contest.name if contest else 'chưa có cuộc thi'}")
    click.echo(f"Mở http://localhost:{port}/ (Ctrl-C để dừng)")
    if db.session.scalar(select(Account.id).where(Account.role == Role.ORGANISER).limit(1)) is None:
        click.echo("Tạo tài khoản Ban Tổ chức: .venv/bin/flask staff add organiser")
