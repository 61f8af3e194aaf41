"""`flask exam …`: for the operator's timer."""

import click
from flask.cli import AppGroup

from app.extensions import db
from app.services.exam_submit import sweep
from app.web import portal

cli = AppGroup("exam", help="Bài thi.")
_BATCH = 100


@cli.command("sweep")
def sweep_attempts() -> None:
    """Chấm những bài đã hết giờ mà chưa nộp. Chạy mỗi phút một lần là đủ."""
    closed = 0
    while True:
        count = sweep(catalogue=portal.catalogue(), now=portal.now(), limit=_BATCH)
        db.session.commit()  # small transactions: people are saving answers meanwhile
        closed += count
        if count < _BATCH:
            break
    click.echo(f"Đã chấm {closed} bài hết giờ.")
