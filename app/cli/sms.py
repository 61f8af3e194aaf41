"""`flask sms …`: the outbox of short messages, and whether the gateway answers."""

import secrets
from datetime import timedelta

import click
from flask.cli import AppGroup

from app.cli.arguments import phone_typed, with_reason
from app.extensions import db
from app.services import one_time_codes
from app.services.sms.gateway import Template, Verdict
from app.services.sms.outbox import tallies
from app.services.sms.sender import Sender
from app.web import portal

cli = AppGroup("sms", help="Tin nhắn: gửi, xem, thử cổng tin nhắn.")
_STATES = {
    "waiting": "đang chờ gửi",
    "sending": "đang gửi",
    "sent": "đã gửi",
    "rejected": "bị từ chối",
    "given_up": "thôi không gửi",
}
_VERDICTS = {
    Verdict.SENT: "Cổng tin nhắn đã nhận.",
    Verdict.RETRY: "Chưa gửi được, thử lại sau.",
    Verdict.REJECTED: "Cổng tin nhắn từ chối.",
    Verdict.UNKNOWN: "Không rõ tin nhắn đã đi hay chưa.",
}


def _sender() -> Sender:
    sender = portal.portal().sms
    if sender is None:
        raise click.ClickException("Chưa có cổng tin nhắn: đặt LANTOA_SMS.")
    return sender


@cli.command("send")
def send() -> None:
    """Gửi mọi tin nhắn đang chờ. Cổng tự gửi; lệnh này hẹn chạy mỗi phút cho chắc."""
    click.echo(f"Đã lấy {_sender().send_due()} tin nhắn ra gửi.")


@cli.command("status")
def status() -> None:
    """24 giờ qua: tin nhắn, mã đã gửi và đã dùng."""
    now, settings = portal.now(), portal.settings()
    click.echo(f"Cổng tin nhắn: {settings.sms}")
    for tally in tallies(since=now - timedelta(days=1)):
        words = f" ({tally.words})" if tally.words else ""
        click.echo(f"{tally.count:>7}  {_STATES[tally.state]}{words}")
    watch = one_time_codes.watch(budget=settings.sms_per_day, now=now)
    click.echo(
        f"Mã đã gửi: {watch.sent}, hạn mức {watch.budget}. Đã dùng {watch.used} trong {watch.judged} mã gần nhất."
    )
    if watch.trip:
        click.echo(f"Đang ngừng gửi mã: {watch.trip}. Tìm nguyên nhân, rồi: flask sms resume --reason …")


@cli.command("resume")
@with_reason
def resume(reason: str) -> None:
    """Gửi mã trở lại sau khi đã tìm ra vì sao ngừng; đếm lại từ đầu."""
    one_time_codes.resume(reason=reason, now=portal.now())
    db.session.commit()
    click.echo("Đã gửi mã trở lại.")


@cli.command("try")
@click.argument("phone")
def try_out(phone: str) -> None:
    """Gửi ngay một tin nhắn thử, với một mã không mở được gì."""
    e164 = phone_typed(phone)
    answer = _sender().gateway.send(
        phone=e164, template=Template.RECOVERY, params={"code": "000000"}, idempotency_key=secrets.token_hex(16)
    )
    words = f" {answer.words}" if answer.words else ""
    click.echo(f"{_VERDICTS[answer.verdict]}{words}")
    if answer.verdict is not Verdict.SENT:
        raise click.exceptions.Exit(1)
