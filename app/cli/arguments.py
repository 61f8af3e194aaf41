"""What several commands ask for: a contest, units, rows, a phone, words, and the reason that the audit keeps."""

from collections.abc import Callable, Sequence

import click

from app.models import Contest
from app.rules import numbers
from app.rules.names import tidy
from app.services.catalogue import UnitInfo
from app.services.pack.loading import find_contest
from app.web import portal
from app.web.addresses import MOST_ROW

ROW = click.IntRange(1, MOST_ROW)  # a greater number is a fault of the database


def contest_named(slug: str | None) -> Contest:
    """The contest of `--contest`, or the current one."""
    contest = find_contest(slug)
    if contest is None:
        raise click.ClickException(f"Không có cuộc thi “{slug}”." if slug else "Chưa có cuộc thi nào đang dùng.")
    return contest


def units_named(codes: Sequence[str]) -> list[UnitInfo]:
    """Units of the current contest by their codes of five digits."""
    known = portal.catalogue().units_by_code
    if unknown := [code for code in codes if code not in known]:
        raise click.ClickException(f"Không có đơn vị mã {', '.join(unknown)} trong cuộc thi đang dùng.")
    return [known[code] for code in codes]


def phone_typed(text: str) -> str:
    """A phone as E.164."""
    phone = numbers.phone_number(text)
    if phone is None:
        raise click.ClickException("Số điện thoại phải có 10 số, bắt đầu bằng 03, 05, 07, 08 hoặc 09.")
    return phone


def words(*, most: int, required: bool = True) -> Callable[[click.Context, click.Parameter, str], str]:
    """Callback of an option: text on one line, in NFC, of no more letters than its column holds."""

    def check(_context: click.Context, _option: click.Parameter, text: str) -> str:
        text = tidy(text)
        if required and not text:
            raise click.BadParameter("không để trống.")
        if len(text) > most:
            raise click.BadParameter(f"nhiều nhất {most} ký tự.")
        return text

    return check


def _harmless(context: click.Context, option: click.Parameter, text: str) -> str:
    reason = words(most=500)(context, option, text)
    if numbers.tells_number(reason):
        raise click.BadParameter("bỏ số điện thoại, số căn cước ra khỏi lý do: lý do được lưu mãi.")
    return reason


with_reason = click.option("--reason", prompt="Lý do", callback=_harmless, help="Được ghi lại cùng với việc này.")
