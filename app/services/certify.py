"""Certificates: who has earned one, issuing it once, finding it by its code."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, bindparam, exists, func, select

from app.extensions import Hot, db, direct
from app.models import Certificate, Entry, Invalidation, Round, Standing, Story, StoryState
from app.rules.contest import Step
from app.services.catalogue import Catalogue
from app.services.codes import new_code
from app.services.study import lessons_read

CODE_LENGTH = 12  # 60 bits: nobody finds another person's certificate by trying

_ENTRY: BindParameter[int] = bindparam("entry")
_PROGRESS = (
    select(
        func.max(Standing.correct),
        func.coalesce(func.sum(Standing.attempts), 0),
        select(Story.state).where(Story.entry_id == _ENTRY).scalar_subquery(),
        select(Certificate.revoked_at.is_(None)).where(Certificate.entry_id == _ENTRY).scalar_subquery(),
        exists().where(
            Invalidation.entry_id == _ENTRY, Invalidation.attempt_id.is_(None), Invalidation.lifted_at.is_(None)
        ),
    )
    .join(Round, Round.id == Standing.round_id)
    .where(Standing.entry_id == _ENTRY, Round.number > 0)  # the total has them all again
)
_LOCKED = select(Entry).where(Entry.id == _ENTRY).with_for_update(key_share=True)


class NotEarned(Exception):
    """Steps that are still missing; none when somebody is excluded."""

    def __init__(self, missing: list[Step]) -> None:
        super().__init__(", ".join(missing))
        self.missing = missing


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a contestant has come. `certified`: whether the certificate holds, None before there is one;
    `excluded`: everything was taken out, so that nothing is earned."""

    lessons_read: frozenset[int]
    best_correct: int | None
    attempts: int
    story: StoryState | None
    certified: bool | None
    excluded: bool = False

    def missing(self, catalogue: Catalogue) -> list[Step]:
        """Steps that the certificate still asks for. A story counts once it is sent, unless it was refused."""
        rules = catalogue.rules.certificate
        done = {
            Step.LESSONS: catalogue.lesson_ids <= self.lessons_read,
            Step.EXAM: self.best_correct is not None and self.best_correct >= rules.min_correct,
            Step.STORY: self.story in (StoryState.WAITING, StoryState.PUBLISHED),
        }
        return [step for step in rules.requires if not done[step]]


_COMMITTED = Hot(_PROGRESS)


def read_progress(*, entry_id: int) -> Progress:
    """What earns a certificate, in the session's transaction."""
    return _progress(entry_id, db.session.execute(_PROGRESS, {"entry": entry_id}).one())


def see_progress(*, entry_id: int) -> Progress:
    """The same outside of any transaction, for pages."""
    return _progress(entry_id, direct.all(_COMMITTED, {"entry": entry_id})[0])


def _progress(entry_id: int, row: Sequence[Any]) -> Progress:
    best, attempts, story, certified, excluded = row
    return Progress(
        lessons_read=lessons_read(entry_id=entry_id),
        best_correct=best,
        attempts=int(attempts),
        story=story,
        certified=None if certified is None else bool(certified),
        excluded=bool(excluded),
    )


def certify(*, entry_id: int, catalogue: Catalogue, now: datetime) -> Certificate:
    """The certificate of this person, issued now if it is earned and new. Raises NotEarned.

    The entry is locked first: a second tap waits and finds what the first one made; who takes a result out comes
    before, and is seen, or behind, and finds the certificate. The weaker lock, as in standings.
    """
    entry = db.session.scalars(_LOCKED, {"entry": entry_id}).one()
    existing = my_certificate(entry_id=entry_id)
    if existing is not None and existing.revoked_for is None:
        return existing
    progress = read_progress(entry_id=entry_id)
    missing = progress.missing(catalogue)
    if missing or progress.excluded:
        if existing is not None:
            return existing
        raise NotEarned(missing)
    if existing is not None:  # earned anew, by another result
        _give_back(existing)
        return existing
    certificate = Certificate(
        entry_id=entry_id,
        code=new_code(CODE_LENGTH),
        full_name=entry.account.full_name,
        unit_name=entry.unit.full_name,
        correct=progress.best_correct,
        questions=catalogue.rules.exam.questions,
        issued_at=now,
    )
    db.session.add(certificate)
    db.session.flush()
    return certificate


def follow_conditions(*, act: Invalidation, catalogue: Catalogue, now: datetime) -> None:
    """After a result was taken out or given back: revoke the certificate that is no longer earned, or give it back.

    Who is excluded altogether has earned none. What a hand revoked for another reason stays as it is.
    """
    certificate = my_certificate(entry_id=act.entry_id)
    if certificate is None or (certificate.revoked_at is not None and certificate.revoked_for is None):
        return
    progress = read_progress(entry_id=act.entry_id)
    if not progress.excluded and not progress.missing(catalogue):
        _give_back(certificate)
    elif certificate.revoked_at is None:
        certificate.revoked_at, certificate.revoked_for = now, act.id
        certificate.revoked_reason = "Kết quả thi đã bị hủy."  # everybody may read it: why is the person's own matter


def _give_back(certificate: Certificate) -> None:
    certificate.revoked_at, certificate.revoked_for, certificate.revoked_reason = None, None, ""


def my_certificate(*, entry_id: int) -> Certificate | None:
    """The certificate of this person."""
    return db.session.scalar(select(Certificate).where(Certificate.entry_id == entry_id))


def find_certificate(*, code: str, contest_id: int) -> Certificate | None:
    """The certificate with this code (see codes.typed_code), revoked or not."""
    return db.session.scalar(
        select(Certificate)
        .join(Entry, Entry.id == Certificate.entry_id)
        .where(Certificate.code == code, Entry.contest_id == contest_id)
    )
