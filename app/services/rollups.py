"""Public figures kept ready: counted by one process for all, stored as one version, read by every process.

Whoever finds that a version is due claims the counting in the database for a short while. If it is killed meanwhile,
the claim runs out and another process takes over. The next version is due after the setting's seconds, or later when
counting is dear: it may take no more than one part in twenty of the time.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import BindParameter, and_, bindparam, delete, or_, select, update
from sqlalchemy.orm import Session

from app.extensions import UtcDateTime, db, direct, reading, upsert
from app.models import Rollup, RollupContent, Snapshot
from app.services.catalogue import Catalogue
from app.services.count_figures import count_figures
from app.services.figures import Figures

SHARE = 20
CLAIM = 10.0  # seconds
LONGEST_CLAIM = 300.0  # what a claim may grow to where counting takes its time
_WHOLE = timedelta(hours=1)  # after that the hours are counted from the first on
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
_HEAD = select(Rollup.version, Rollup.stands_at, Rollup.due_at, Rollup.held_until).where(
    Rollup.contest_id == bindparam("contest")
)
_DROP = (
    delete(Snapshot)
    .where(Snapshot.contest_id == bindparam("contest"), Snapshot.path == bindparam("page"))
    .returning(Snapshot.path)
)
_WITH_CONTENT = (
    select(Rollup.version, Rollup.stands_at, Rollup.due_at, RollupContent.figures)
    .join(
        RollupContent,
        and_(RollupContent.contest_id == Rollup.contest_id, RollupContent.version == Rollup.version),
    )
    .where(Rollup.contest_id == bindparam("contest"))
)


class ClaimLost(Exception):
    """Counting took so long that somebody else has begun; what was counted is dropped."""


@dataclass(frozen=True, slots=True)
class Head:
    """Which version stands, since when, and until when it is meant to."""

    version: int
    stands_at: datetime
    due_at: datetime

    def is_due(self, now: datetime) -> bool:
        """Time for the next one; also when the clock was put back, or all would stand still as long as it was wrong."""
        return self.due_at <= now or now < self.stands_at


@dataclass(frozen=True, slots=True)
class Page:
    """A public page as ready bytes: packed in both ways where it is kept for everybody, else in at least one."""

    path: str
    etag: str
    mimetype: str
    gzip: bytes
    brotli: bytes


def find_head(*, contest_id: int) -> Head | None:
    """What every process asks once a second: one row by its key. None before anything was ever counted."""
    row = direct.first(_HEAD, {"contest": contest_id})
    return Head(row.version, row.stands_at, row.due_at) if row and row.version else None


def read_version(*, contest_id: int) -> tuple[Head, Figures] | None:
    """The version that stands, whole."""
    row = direct.first(_WITH_CONTENT, {"contest": contest_id})
    if row is None:
        return None
    return Head(row.version, row.stands_at, row.due_at), Figures.from_json(row.figures, as_of=row.stands_at)


def claim(*, contest_id: int, holder: str, now: datetime, seconds: float = CLAIM) -> int | None:
    """The number of the version that stands, when `holder` is the one to count the next; None when it is not due or
    somebody else is at it. 0: nothing was counted yet. The claim runs out after so many seconds."""
    values = {"contest_id": contest_id, "held_by": holder, "held_until": now + timedelta(seconds=seconds)}
    statement = upsert(Rollup).values(**values, version=0, stands_at=now, due_at=now)
    at: BindParameter[datetime] = bindparam("now", type_=UtcDateTime)
    due = or_(Rollup.due_at <= at, Rollup.stands_at > at)  # as Head.is_due
    free = or_(Rollup.held_until <= at, Rollup.held_until > now + timedelta(seconds=LONGEST_CLAIM))
    statement = statement.on_conflict_do_update(
        index_elements=[Rollup.contest_id],
        set_={"held_by": holder, "held_until": values["held_until"]},
        where=and_(due, free),
    )
    row = direct.write(statement.returning(Rollup.version), {"now": now})
    return None if row is None else int(row.version)


def count(*, catalogue: Catalogue, now: datetime, before: Figures | None) -> Figures:
    """One version, in a reading transaction of its own that sees one state of the database."""
    if before is not None and not timedelta() <= now - before.whole_at < _WHOLE:
        before = None
    with reading(), Session(db.engine) as session:
        if db.engine.dialect.name == "postgresql":
            session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        return count_figures(session, catalogue=catalogue, now=now, before=before)


def due(*, now: datetime, every: float, cost: float) -> datetime:
    """When the next version is to be counted; both in seconds."""
    return now + timedelta(seconds=max(every, SHARE * cost))


def keep(
    *,
    contest_id: int,
    holder: str,
    figures: Figures,
    before: Figures | None,
    pages: Collection[Page],
    due_at: datetime,
) -> int:
    """Store a version with the pages that were made from it; returns its number, an old one when nothing has changed.

    Raises ClaimLost.
    """
    content = figures.as_json()
    changed = before is None or before.as_json() != content
    mine = update(Rollup).where(Rollup.contest_id == contest_id, Rollup.held_by == holder)
    values = {"stands_at": figures.as_of, "due_at": due_at, "held_until": _LONG_AGO}
    row = db.session.execute(
        mine.values(**values, version=Rollup.version + int(changed)).returning(Rollup.version)
    ).first()
    if row is None:
        raise ClaimLost
    if changed:
        statement = upsert(RollupContent).values(contest_id=contest_id, version=row.version, figures=content)
        fresh = {"version": statement.excluded.version, "figures": statement.excluded.figures}
        db.session.execute(statement.on_conflict_do_update(index_elements=[RollupContent.contest_id], set_=fresh))
    for page in pages:
        _keep_page(contest_id, page)
    return int(row.version)


def _keep_page(contest_id: int, page: Page) -> None:
    columns = ("etag", "mimetype", "gzip", "brotli")
    statement = upsert(Snapshot).values(
        contest_id=contest_id, path=page.path, **{name: getattr(page, name) for name in columns}
    )
    db.session.execute(
        statement.on_conflict_do_update(
            index_elements=[Snapshot.contest_id, Snapshot.path],
            set_={name: statement.excluded[name] for name in columns},
        )
    )


def forget(*, contest_id: int) -> None:
    """Much has changed at once, perhaps long ago: the next version is due now, and counted from the first hour on."""
    db.session.execute(delete(Rollup).where(Rollup.contest_id == contest_id))


def drop_pages(*, contest_id: int) -> None:
    """Keep no page any longer: one may hold a name that is no longer to be seen. The next version makes them anew.

    Each in a statement of its own, no transaction open: the keeper writes several in one, in an order of its own.
    """
    for path in page_tags(contest_id=contest_id):
        direct.write(_DROP, {"contest": contest_id, "page": path})


def page_tags(*, contest_id: int) -> Mapping[str, str]:
    """Path → ETag of the pages that are kept."""
    rows = direct.all(select(Snapshot.path, Snapshot.etag).where(Snapshot.contest_id == contest_id))
    return dict(rows)


def read_pages(*, contest_id: int, paths: Collection[str]) -> Sequence[Page]:
    """Pages that are kept, of these addresses."""
    statement = select(Snapshot.path, Snapshot.etag, Snapshot.mimetype, Snapshot.gzip, Snapshot.brotli)
    rows = direct.all(statement.where(Snapshot.contest_id == contest_id, Snapshot.path.in_(paths)))
    return [Page(*row) for row in rows]
