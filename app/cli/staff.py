"""`flask staff …`: who may enter the desks. Only the operator, who has a shell, decides that."""

import click
from flask.cli import AppGroup

from app.extensions import db
from app.models import Role
from app.rules.names import is_person_name, tidy
from app.rules.numbers import phone_number, shown_phone
from app.services import staff
from app.web import portal

cli = AppGroup("staff", help="Tài khoản của Ban Tổ chức, cán bộ, giám khảo.")
_ROLES = click.Choice([role.value for role in Role if role is not Role.CONTESTANT])


@cli.command("add")
@click.argument("role", type=_ROLES)
@click.option("--name", prompt="Họ và tên")
@click.option("--phone", prompt="Số điện thoại")
def add(role: str, name: str, phone: str) -> None:
    """Thêm một tài khoản; mật khẩu chỉ hiện một lần."""
    full_name, e164 = tidy(name), phone_number(phone)
    if not is_person_name(full_name):
        raise click.ClickException("Họ và tên gồm chữ cái, từ 2 đến 80 ký tự.")
    if e164 is None:
        raise click.ClickException("Số điện thoại phải có 10 số, bắt đầu bằng 03, 05, 07, 08 hoặc 09.")
    password = staff.new_password()
    account = staff.add_staff(
        full_name=full_name,
        phone=e164,
        role=Role(role),
        password=password,
        passwords=portal.portal().passwords,
        now=portal.now(),
    )
    db.session.commit()
    click.echo(f"Đã thêm {role} số {account.id}: {full_name}.")
    click.echo(f"Đăng nhập bằng số điện thoại {shown_phone(e164)} và mật khẩu (chỉ hiện một lần): {password}")


@cli.command("role")
@click.argument("account_id", type=int)
@click.argument("role", type=_ROLES)
def role(account_id: int, role: str) -> None:
    """Đổi vai trò của một tài khoản."""
    try:
        account = staff.change_role(account_id=account_id, role=Role(role), now=portal.now())
    except staff.NoSuchAccount:
        raise click.ClickException(f"Không có tài khoản số {account_id} trong danh sách cán bộ.") from None
    db.session.commit()
    click.echo(f"{account.full_name} nay là {role}.")


@cli.command("disable")
@click.argument("account_id", type=int)
def disable(account_id: int) -> None:
    """Khóa một tài khoản ngay lập tức."""
    try:
        account = staff.disable_staff(account_id=account_id, now=portal.now())
    except staff.NoSuchAccount:
        raise click.ClickException(f"Không có tài khoản số {account_id} trong danh sách cán bộ.") from None
    db.session.commit()
    click.echo(f"Đã khóa tài khoản của {account.full_name}.")


@cli.command("list")
def list_all() -> None:
    """Liệt kê mọi tài khoản cán bộ."""
    for account in staff.list_staff():
        state = "  (đã khóa)" if account.disabled_at else ""
        who = f"{account.full_name}  {shown_phone(account.phone)}{state}"
        click.echo(f"{account.id:>6}  {account.role.value:<10}  {who}")
