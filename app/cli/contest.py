"""`flask contest …`: check, load, export and choose the contests of a portal."""

from pathlib import Path

import click
from flask.cli import AppGroup
from sqlalchemy import select

from app.cli.arguments import contest_named
from app.cli.ranking import rebuild_by_other_rules
from app.cli.shortages import tell_shortages
from app.extensions import db
from app.models import Contest, Round
from app.services.catalogue_reading import load_catalogue
from app.services.pack.contents import Pack
from app.services.pack.exporting import export_pack
from app.services.pack.faults import PackFaults
from app.services.pack.loading import find_contest, load_pack, shift_window, use_contest
from app.services.pack.reading import read_pack
from app.services.pack.writing import FolderNotEmpty
from app.web import portal

cli = AppGroup("contest", help="Gói cuộc thi: kiểm tra, nạp, xuất, chọn.")
_FOLDER = click.Path(path_type=Path)  # read_pack says in Vietnamese what is wrong with it


def _refuse(error: PackFaults) -> click.exceptions.Exit:
    for fault in error.faults:
        click.echo(fault, err=True)
    click.echo(f"Gói có {len(error.faults)} lỗi, chưa nạp gì.", err=True)
    return click.exceptions.Exit(1)


def _read(path: Path) -> Pack:
    """The pack; what is read but not kept is told on stderr."""
    try:
        pack = read_pack(path)
    except PackFaults as error:
        raise _refuse(error) from None
    for remark in pack.remarks:
        click.echo(f"Lưu ý: {remark}", err=True)
    return pack


@cli.command("check", with_appcontext=False)
@click.argument("path", type=_FOLDER)
def check(path: Path) -> None:
    """Kiểm tra một gói; không nạp gì, không cần cơ sở dữ liệu."""
    pack = _read(path)
    lessons = sum(len(topic.lessons) for topic in pack.topics)
    click.echo(
        f"Gói “{pack.head.name}” dùng được: {len(pack.units)} đơn vị, {len(pack.topics)} chuyên đề,"
        f" {lessons} bài học, {len(pack.questions)} câu hỏi."
    )


@cli.command("load")
@click.argument("path", type=_FOLDER)
@click.option("--make-current/--no-make-current", default=False, help="Chọn làm cuộc thi đang dùng.")
def load(path: Path, make_current: bool) -> None:
    """Nạp một gói, hoặc cập nhật cuộc thi đã nạp từ gói đó."""
    pack = _read(path)
    known = find_contest(pack.head.slug)
    version, ranked_by = (known.content_version, _ranked_by(known)) if known else (0, None)
    try:
        contest = load_pack(pack, make_current=make_current)
    except PackFaults as error:
        db.session.rollback()
        raise _refuse(error) from None
    shift_window(contest, mode=portal.settings().shift_window, now=portal.now())
    name, changed, current = contest.name, contest.content_version != version, contest.is_current
    db.session.commit()
    said = "Đã nạp" if changed else "Không có gì thay đổi trong"
    click.echo(f"{said} cuộc thi “{name}”{' (đang dùng)' if current else ''}.")
    loaded = load_catalogue(db.session(), contest)
    tell_shortages(loaded)  # the pack is whole, but a question of it may have been voided
    if ranked_by is not None and ranked_by != _ranked_by(contest):
        different = rebuild_by_other_rules(loaded)
        click.echo(f"Cách xếp hạng đã đổi: đã tính lại kết quả của {different} người.")


def _ranked_by(contest: Contest) -> tuple[object, ...]:
    """What standings follow from beside attempts: the key, the rounds and so a total, and when they stand still."""
    window = (Round.number, Round.opens_at, Round.closes_at)
    rounds = db.session.execute(select(*window).where(Round.contest_id == contest.id).order_by(Round.number)).all()
    return contest.settings.get("ranking"), contest.settings.get("boards"), rounds


@cli.command("export")
@click.argument("path", type=_FOLDER)
@click.option("--contest", "slug", help="Mã cuộc thi; không ghi thì xuất cuộc thi đang dùng.")
def export(path: Path, slug: str | None) -> None:
    """Ghi cuộc thi ra một thư mục mới, như gói đã nạp."""
    contest = contest_named(slug)
    try:
        export_pack(contest, path)
    except FolderNotEmpty:
        raise click.ClickException(f"Thư mục {path} đã có tệp; hãy chọn thư mục mới hoặc trống.") from None
    except OSError as error:
        raise click.ClickException(f"Không ghi được vào {path}: {error.strerror}.") from None
    click.echo(f"Đã xuất cuộc thi “{contest.name}” vào {path}.")


@cli.command("list")
def list_all() -> None:
    """Liệt kê các cuộc thi đã nạp."""
    for contest in db.session.scalars(select(Contest).order_by(Contest.slug)):
        click.echo(f"{'*' if contest.is_current else ' '} {contest.slug}  {contest.name}")


@cli.command("use")
@click.argument("slug")
def use(slug: str) -> None:
    """Chọn cuộc thi đang dùng."""
    contest = contest_named(slug)
    use_contest(contest)
    shift_window(contest, mode=portal.settings().shift_window, now=portal.now())
    name = contest.name
    db.session.commit()
    click.echo(f"Đang dùng cuộc thi “{name}”.")
