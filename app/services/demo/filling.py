"""Filling the current contest: all or nothing, in one transaction."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import func, select, update

from app.extensions import db
from app.models import Account, Entry, QuestionVersion, Role, VisitHour
from app.rules.drawing import QuotaUnmet
from app.services.audit import record
from app.services.catalogue import Catalogue
from app.services.count_figures import count_figures
from app.services.demo.bulk import hold_out_others, move_sequences, write_rows
from app.services.demo.lives import Lives
from app.services.demo.papers import Papers
from app.services.demo.rows import COUNTED, TABLES, Writer
from app.services.demo.sharing_out import share_out, share_parts
from app.services.demo.timeline import Stretch, Timeline, stretches_until
from app.services.demo.wanted import Refused, Wanted, most_attempts, refuse_impossible
from app.services.figures import Figures
from app.services.keyring import Keyring
from app.services.rollups import forget
from app.services.visits import add_visits

_BATCH = 3000  # people


def fill(
    *,
    wanted: Wanted,
    catalogue: Catalogue,
    keyring: Keyring,
    password_hash: str,
    now: datetime,
    tell: Callable[[int], None] = lambda people: None,
) -> Figures:
    """Invent the whole contest until `now` and return its figures, which are exactly the wanted ones.

    `tell` hears how many people are written. Afterwards, behind the commit, comes bulk.settle.

    Raises Refused before anything is written.
    """
    hold_out_others([*TABLES, VisitHour])
    stretches = stretches_until(now, catalogue.rounds)
    visits = _refuse(wanted, catalogue, stretches, now)
    try:
        papers = Papers(catalogue, wanted.chance("papers"))
    except QuotaUnmet as unmet:
        raise Refused(f"Ngân hàng không đủ câu hỏi để ra đề ({unmet}).") from None
    timeline = Timeline(stretches, catalogue.rules.zone)
    lives = Lives(wanted=wanted, catalogue=catalogue, papers=papers, stretches=stretches, timeline=timeline)
    writer = Writer(
        catalogue=catalogue,
        keyring=keyring,
        password_hash=password_hash,
        receipts=wanted.chance("receipts").sample(range(32**8), wanted.attempts),
        codes=wanted.chance("codes"),
    )
    most = most_attempts(stretches, catalogue.rules.exam)
    for part in share_parts(wanted, units=len(catalogue.units), most=most):
        writer.add(lives.live(part))
        if writer.people % _BATCH == 0:
            _write(writer)
            tell(writer.people)
    _write(writer)
    move_sequences(COUNTED)
    _mark_used(papers.version_ids)
    _visit(wanted, catalogue, timeline, wanted.visits - visits)
    _note(wanted, catalogue, now)
    forget(contest_id=catalogue.contest_id)
    return _figures(wanted, catalogue, now)


def _refuse(wanted: Wanted, catalogue: Catalogue, stretches: list[Stretch], now: datetime) -> int:
    """Visits that were counted before."""
    if catalogue.frozen_at(now) is not None:
        raise Refused("Bảng xếp hạng đang đứng yên đến hết đợt thi: đặt freeze_hours_before_end = 0 rồi nạp lại gói.")
    people = select(Account.id).where(Account.role == Role.CONTESTANT).limit(1)
    if db.session.scalar(people) is not None or db.session.scalar(select(Entry.id).limit(1)) is not None:
        raise Refused("Cơ sở dữ liệu đã có thí sinh. Chỉ điền dữ liệu minh họa vào cơ sở dữ liệu chưa có ai.")
    counted = select(func.coalesce(func.sum(VisitHour.visits), 0)).where(VisitHour.contest_id == catalogue.contest_id)
    visits = int(db.session.scalar(counted) or 0)
    units, exam = len(catalogue.units), catalogue.rules.exam
    refuse_impossible(wanted=wanted, units=units, visits=visits, stretches=stretches, exam=exam)
    return visits


def _write(writer: Writer) -> None:
    for table, rows in writer.take():
        write_rows(table, rows)


def _mark_used(version_ids: list[int]) -> None:
    db.session.execute(
        update(QuestionVersion)
        .where(QuestionVersion.id.in_(version_ids))
        .values(used=True)
        .execution_options(synchronize_session=False)
    )


def _visit(wanted: Wanted, catalogue: Catalogue, timeline: Timeline, visits: int) -> None:
    chance = wanted.chance("visits")
    shares = share_out(visits, [weight * chance.uniform(0.8, 1.2) for weight in timeline.weights])
    for hour, share in zip(timeline.hours, shares, strict=True):
        if share:
            add_visits(contest_id=catalogue.contest_id, visits=share, now=hour)


def _note(wanted: Wanted, catalogue: Catalogue, now: datetime) -> None:
    asked = (
        f"{wanted.registered} registered, {wanted.finishers} finishers, {wanted.attempts} attempts, seed {wanted.seed}"
    )
    record(actor_id=None, action="demo.fill", subject=f"contest:{catalogue.contest_id}", reason=asked, now=now)
    db.session.flush()


def _figures(wanted: Wanted, catalogue: Catalogue, now: datetime) -> Figures:
    """Read back as the front page does; a difference would be a fault of ours and undoes everything."""
    figures = count_figures(db.session(), catalogue=catalogue, now=now)
    total = figures.total
    shown = (total.registered, total.finishers, total.attempts, figures.visits, figures.units_with_finishers)
    if shown != (wanted.registered, wanted.finishers, wanted.attempts, wanted.visits, len(catalogue.units)):
        raise RuntimeError(f"wanted {wanted}, the database says {shown}")
    return figures
