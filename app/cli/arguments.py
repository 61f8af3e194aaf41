"""What several commands ask for: a contest, units, a phone, and the reason of a deed that the audit keeps."""

from collections.abc import Sequence

import click

from app.models import Contest
from app.rules import numbers
from app.services.catalogue import UnitInfo
from app.services.pack.loading import find_contest
from app.web import portal


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


def _harmless(_context: click.Context, _option: click.Parameter, reason: str) -> str:
    if not reason.strip():
        raise click.BadParameter("ghi lý do.")
    if numbers.tells_number(reason):
        raise click.BadParameter("bỏ số điện thoại, số căn cước ra khỏi lý do: lý do được lưu mãi.")
    return reason.strip()


with_reason = click.option("--reason", prompt="Lý do", callback=_harmless, help="Được ghi lại cùng với việc này.")
