"""`flask account …`: what time has made useless."""

from functools import partial

import click
from flask.cli import AppGroup

from app.cli.small_steps import in_small_steps
from app.services import handover, kiosks, my_sessions, one_time_codes, throttle
from app.services.sms import outbox
from app.web import portal

cli = AppGroup("account", help="Phiên đăng nhập.")
_BATCH = 500


@cli.command("sweep")
def sweep() -> None:
    """Dọn phiên hết hạn, số lần thử sai, mã và tin nhắn đã cũ. Chạy mỗi ngày một lần là đủ."""
    swept = [
        in_small_steps(partial(some, now=portal.now(), limit=_BATCH))
        for some in (
            my_sessions.sweep,
            throttle.sweep,
            one_time_codes.sweep,
            outbox.sweep,
            kiosks.sweep,
            handover.sweep,
        )
    ]
    click.echo(
        f"Đã dọn {swept[0]} phiên đăng nhập hết hạn, {swept[1]} dòng đếm lần thử sai, "
        f"{swept[2]} mã và {swept[3]} tin nhắn đã cũ, {swept[4] + swept[5]} mã của kiosk."
    )
