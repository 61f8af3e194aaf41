"""`flask staff …`: who may enter the desks. Only the operator, who has a shell, decides that."""

import click

from app.cli.arguments import ROW, phone_typed, units_named
from app.cli.refusing import ContestGroup, refusing
from app.extensions import db
from app.models import Account, Role
from app.rules.names import is_person_name, tidy
from app.rules.numbers import shown_phone
from app.services import staff
from app.web import portal

cli = ContestGroup("staff", help="Tài khoản của Ban Tổ chức, cán bộ, giám khảo.")
_ROLES = click.Choice([role.value for role in Role if role is not Role.CONTESTANT])
_NO_UNITS: dict[type[Exception], str] = {
    staff.NoUnits: "Cán bộ cần ít nhất một --unit; vai trò khác thì không ghi --unit."
}
_units = click.option("--unit", "codes", multiple=True, metavar="MÃ", help="Mã 5 số của đơn vị; ghi nhiều lần được.")


def _unit_ids(codes: tuple[str, ...]) -> list[int]:
    return [unit.id for unit in units_named(codes)]


def _nobody(account_id: int) -> dict[type[Exception], str]:
    return {staff.NoSuchAccount: f"Không có tài khoản số {account_id} trong danh sách cán bộ."}


@cli.command("add")
@click.argument("role", type=_ROLES)
@click.option("--name", prompt="Họ và tên")
@click.option("--phone", prompt="Số điện thoại")
@_units
def add(role: str, name: str, phone: str, codes: tuple[str, ...]) -> None:
    """Thêm một tài khoản; mật khẩu chỉ hiện một lần. Cán bộ thì thêm --unit."""
    full_name = tidy(name)
    if not is_person_name(full_name):
        raise click.ClickException("Họ và tên gồm chữ cái, từ 2 đến 80 ký tự.")
    e164, password = phone_typed(phone), staff.new_password()
    with refusing(_NO_UNITS):
        account = staff.add_staff(
            full_name=full_name,
            phone=e164,
            role=Role(role),
            password=password,
            passwords=portal.portal().passwords,
            now=portal.now(),
            unit_ids=_unit_ids(codes),
        )
    db.session.commit()
    click.echo(f"Đã thêm {role} số {account.id}: {full_name}.")
    click.echo(f"Đăng nhập bằng số điện thoại {shown_phone(e164)} và mật khẩu (chỉ hiện một lần): {password}")
    click.echo("Lần đăng nhập đầu, trang hướng dẫn thiết lập ứng dụng xác thực trên điện thoại.")


@cli.command("role")
@click.argument("account_id", type=ROW)
@click.argument("role", type=_ROLES)
@_units
def role(account_id: int, role: str, codes: tuple[str, ...]) -> None:
    """Đổi vai trò của một tài khoản. Thành cán bộ thì thêm --unit."""
    with refusing(_NO_UNITS | _nobody(account_id)):
        account = staff.change_role(account_id=account_id, role=Role(role), now=portal.now(), unit_ids=_unit_ids(codes))
    db.session.commit()
    click.echo(f"{account.full_name} nay là {role}.")


@cli.command("units")
@click.argument("account_id", type=ROW)
@_units
def units(account_id: int, codes: tuple[str, ...]) -> None:
    """Giao cho một cán bộ những đơn vị này, thay cho các đơn vị trước."""
    with refusing(_NO_UNITS | _nobody(account_id)):
        account = staff.change_units(account_id=account_id, unit_ids=_unit_ids(codes), now=portal.now())
    db.session.commit()
    click.echo(f"{account.full_name} nay phụ trách: {_unit_words(account)}.")


@cli.command("reset-factor")
@click.argument("account_id", type=ROW)
def reset_factor(account_id: int) -> None:
    """Khi mất điện thoại: lần đăng nhập sau thiết lập lại ứng dụng xác thực."""
    with refusing(_nobody(account_id)):
        account = staff.reset_second_factor(account_id=account_id, now=portal.now())
    db.session.commit()
    click.echo(f"Đã đặt lại xác thực của {account.full_name}; mọi phiên đăng nhập của người này đã kết thúc.")


@cli.command("disable")
@click.argument("account_id", type=ROW)
def disable(account_id: int) -> None:
    """Khóa một tài khoản ngay lập tức."""
    with refusing(_nobody(account_id)):
        account = staff.disable_staff(account_id=account_id, now=portal.now())
    db.session.commit()
    click.echo(f"Đã khóa tài khoản của {account.full_name}.")


@cli.command("list")
def list_all() -> None:
    """Liệt kê mọi tài khoản cán bộ."""
    for account in staff.list_staff():
        notes = [
            "đã khóa" if account.disabled_at else "",
            "" if account.totp_since else "chưa thiết lập xác thực",
            _unit_words(account) if account.role is Role.OFFICER else "",
        ]
        said = "".join(f"  ({note})" for note in notes if note)
        click.echo(
            f"{account.id:>6}  {account.role.value:<10}  {account.full_name}  {shown_phone(account.phone)}{said}"
        )


def _unit_words(account: Account) -> str:
    contest = portal.catalogue()
    mine = staff.units_of(account_id=account.id, contest_id=contest.contest_id)
    return ", ".join(f"{unit.full_name} ({unit.code})" for unit in contest.units if unit.id in mine)
