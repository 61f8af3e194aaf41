"""`--reason`, asked for by every command whose deed the audit keeps."""

import click

from app.rules.numbers import tells_number


def _harmless(_context: click.Context, _option: click.Parameter, reason: str) -> str:
    if not reason.strip():
        raise click.BadParameter("ghi lý do.")
    if tells_number(reason):
        raise click.BadParameter("bỏ số điện thoại, số căn cước ra khỏi lý do: lý do được lưu mãi.")
    return reason.strip()


reason = click.option("--reason", prompt="Lý do", callback=_harmless, help="Được ghi lại cùng với việc này.")
