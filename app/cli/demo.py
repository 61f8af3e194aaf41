"""`flask demo …`: an invented contest at full size, to be looked at and to be measured."""

import time

import click
from flask.cli import AppGroup

from app.extensions import db
from app.rules.amounts import number
from app.rules.numbers import shown_phone
from app.services.catalogue import NoContest
from app.services.demo import Refused, Wanted, fill
from app.services.demo.bulk import settle
from app.services.demo.people import invent_phone
from app.services.figures import Figures
from app.services.keyring import KeysMissing
from app.services.ladder_making import refresh_ladders
from app.services.staff import new_password
from app.web import portal

cli = AppGroup("demo", help="Dữ liệu minh họa: mọi người trong đó đều bịa ra.")
_COUNT = click.IntRange(min=0, max=10_000_000)


@cli.command("fill")
@click.option("--registered", type=_COUNT, default=70_949, show_default=True, help="Số người đăng ký.")
@click.option("--finishers", type=_COUNT, default=42_117, show_default=True, help="Số người hoàn thành bài thi.")
@click.option("--attempts", type=_COUNT, default=59_807, show_default=True, help="Số lượt thi.")
@click.option("--visits", type=click.IntRange(min=0), default=1_240_000, show_default=True, help="Số lượt truy cập.")
@click.option("--seed", type=int, default=1, show_default=True, help="Cùng số này thì ra cùng những người ấy.")
def fill_in(registered: int, finishers: int, attempts: int, visits: int, seed: int) -> None:
    """Điền vào cuộc thi đang dùng, khi chưa có thí sinh, một cuộc thi bịa có đúng những con số này."""
    wanted = Wanted(registered, finishers, attempts, visits, seed)
    began = time.monotonic()
    password = new_password()  # chance, not the seed: else anybody who reads this code could sign in as all of them
    try:
        figures = _fill(wanted, password)
        db.session.commit()
    except NoContest:
        raise click.ClickException("Chưa có cuộc thi nào đang dùng: hãy chạy flask prepare trước.") from None
    except (Refused, KeysMissing) as refusal:
        db.session.rollback()
        raise click.ClickException(f"{refusal} Chưa ghi gì.") from None
    except KeyboardInterrupt:
        db.session.rollback()
        raise click.ClickException("Đã dừng giữa chừng. Chưa ghi gì.") from None
    # Takes in the moves of all people, before the tables are tidied up.
    refresh_ladders(catalogue=portal.catalogue(), now=portal.now())
    settle()
    _say(figures, password, time.monotonic() - began)


def _fill(wanted: Wanted, password: str) -> Figures:
    fifth = max(1, wanted.registered // 5)
    said = 0

    def tell(people: int) -> None:
        nonlocal said
        if people // fifth > said:
            said = people // fifth
            click.echo(f"… {number(people)} người")

    return fill(
        wanted=wanted,
        catalogue=portal.catalogue(),
        keyring=portal.keyring(),
        password_hash=portal.portal().passwords.hash(password),
        now=portal.now(),
        tell=tell,
    )


def _say(figures: Figures, password: str, seconds: float) -> None:
    click.echo(
        f"Đã điền trong {seconds:.0f} giây: {number(figures.total.registered)} người đăng ký,"
        f" {number(figures.total.finishers)} người hoàn thành ở {number(figures.units_with_finishers)} đơn vị,"
        f" {number(figures.total.attempts)} lượt thi, {number(figures.visits)} lượt truy cập."
    )
    first, last = shown_phone(invent_phone(0)), shown_phone(invent_phone(figures.total.registered - 1))
    click.echo(f"Đăng nhập: số điện thoại {first} đến {last}, mật khẩu chung (chỉ hiện một lần): {password}")
