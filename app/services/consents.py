"""Consents: given and withdrawn, each purpose on its own, with what follows from them at once.

`entry.on_boards` and `story.on_wall` are what boards and wall read; they are set here alone. Of somebody under 16 name
and story are public only when the guardian has agreed too (Law 91/2025/QH15 Art. 24).
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from sqlalchemy import select

from app.extensions import db
from app.models import Channel, Consent, Entry, Purpose, Story

_OF_GUARDIAN = (Purpose.GUARDIAN, Purpose.GUARDIAN_PUBLIC)


def first_consents(
    *,
    entry_id: int,
    purposes: Collection[Purpose],
    text_version: str,
    channel: Channel,
    now: datetime,
    recorded_by: int | None = None,
) -> None:
    """What was agreed to at registration; the new entry stands on boards by `is_public`."""
    given = {"text_version": text_version, "channel": channel, "given_at": now, "recorded_by": recorded_by}
    db.session.add_all(Consent(entry_id=entry_id, purpose=purpose, **given) for purpose in sorted(purposes))
    db.session.flush()


def give_consent(
    *,
    entry_id: int,
    purpose: Purpose,
    text_version: str,
    channel: Channel,
    now: datetime,
    recorded_by: int | None = None,
) -> None:
    """Agree to one purpose, in the words of this version; agreeing twice to the same words is one consent."""
    entry, rows = _lock(entry_id), _rows(entry_id)
    if not any(row.purpose is purpose and row.text_version == text_version for row in _current(rows)):
        given = {"text_version": text_version, "channel": channel, "given_at": now, "recorded_by": recorded_by}
        rows.append(Consent(entry_id=entry_id, purpose=purpose, **given))
        db.session.add(rows[-1])
    _follow(entry, purpose, rows)


def withdraw_consent(*, entry_id: int, purpose: Purpose, now: datetime) -> None:
    """Take one consent back; what was given stays as evidence. Without one nothing happens."""
    entry, rows = _lock(entry_id), _rows(entry_id)
    for row in _current(rows):
        if row.purpose is purpose:
            row.withdrawn_at = now
    _follow(entry, purpose, rows)


def current_consents(*, entry_id: int) -> Mapping[Purpose, Consent]:
    """The newest consent of each purpose that is not withdrawn."""
    return {row.purpose: row for row in _current(_rows(entry_id))}


def story_is_public(*, entry_id: int) -> bool:
    """Whether the wall may show this person's story."""
    rows = _rows(entry_id)
    return is_public(Purpose.STORY, _purposes(rows), is_minor=_is_minor(rows))


def guardian_forbids(*, entry_id: int) -> bool:
    """Whether this is somebody under 16 whose name and story stay private, whatever they wish themselves."""
    rows = _rows(entry_id)
    return _is_minor(rows) and Purpose.GUARDIAN_PUBLIC not in _purposes(rows)


def is_public(purpose: Purpose, agreed: Collection[Purpose], *, is_minor: bool) -> bool:
    """Whether name (BOARDS) or story (STORY) may be shown to all: a minor's only with the guardian's word."""
    return purpose in agreed and (not is_minor or Purpose.GUARDIAN_PUBLIC in agreed)


def _rows(entry_id: int) -> list[Consent]:
    statement = select(Consent).where(Consent.entry_id == entry_id).order_by(Consent.given_at, Consent.id)
    return list(db.session.scalars(statement, execution_options={"populate_existing": True}))


def _current(rows: Iterable[Consent]) -> list[Consent]:
    return [row for row in rows if row.withdrawn_at is None]


def _purposes(rows: Iterable[Consent]) -> set[Purpose]:
    return {row.purpose for row in _current(rows)}


def _is_minor(rows: Iterable[Consent]) -> bool:
    """A guardian's consent was recorded at registration, whatever became of it."""
    return any(row.purpose is Purpose.GUARDIAN for row in rows)


def _lock(entry_id: int) -> Entry:
    """One at a time for each person, so that what follows is computed from all that was decided."""
    return db.session.scalars(select(Entry).where(Entry.id == entry_id).with_for_update()).one()


def _follow(entry: Entry, purpose: Purpose, rows: list[Consent]) -> None:
    """Boards and wall, as far as this purpose bears on them."""
    db.session.flush()
    agreed, minor = _purposes(rows), _is_minor(rows)
    if purpose in (Purpose.BOARDS, *_OF_GUARDIAN):
        entry.on_boards = is_public(Purpose.BOARDS, agreed, is_minor=minor)
    if purpose in (Purpose.STORY, *_OF_GUARDIAN):
        story = db.session.scalar(select(Story).where(Story.entry_id == entry.id).with_for_update())
        if story is not None:
            story.on_wall = is_public(Purpose.STORY, agreed, is_minor=minor)
    db.session.flush()
