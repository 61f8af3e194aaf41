"""Certificates: who has earned one, issuing it once, finding it by its code."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BindParameter, bindparam, func, select
from sqlalchemy.exc import IntegrityError

from app.extensions import db
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
        select(Certificate.code).where(Certificate.entry_id == _ENTRY).scalar_subquery(),
    )
    .join(Round, Round.id == Standing.round_id)
    .where(Standing.entry_id == _ENTRY, Round.number > 0)  # the total has them all again
)


class NotEarned(Exception):
    """Steps that are still missing."""

    def __init__(self, missing: list[Step]) -> None:
        super().__init__(", ".join(missing))
        self.missing = missing


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a contestant has come."""

    lessons_read: frozenset[int]
    best_correct: int | None
    attempts: int
    story: StoryState | None
    certificate_code: str | None

    def missing(self, catalogue: Catalogue) -> list[Step]:
        """Steps that the certificate still asks for. A story counts once it is sent, unless it was refused."""
        rules = catalogue.rules.certificate
        done = {
            Step.LESSONS: catalogue.lesson_ids <= self.lessons_read,
            Step.EXAM: self.best_correct is not None and self.best_correct >= rules.min_correct,
            Step.STORY: self.story in (StoryState.WAITING, StoryState.PUBLISHED),
        }
        return [step for step in rules.requires if not done[step]]


def read_progress(*, entry_id: int) -> Progress:
    """Everything that my page needs to say the next step."""
    best, attempts, story, code = db.session.execute(_PROGRESS, {"entry": entry_id}).one()
    return Progress(
        lessons_read=lessons_read(entry_id=entry_id),
        best_correct=best,
        attempts=int(attempts),
        story=story,
        certificate_code=code,
    )


def certify(*, entry_id: int, catalogue: Catalogue, now: datetime) -> Certificate:
    """The certificate of this person, issued now if it is earned and new. Raises NotEarned."""
    existing = my_certificate(entry_id=entry_id)
    if existing is not None and existing.revoked_for is None:
        return existing
    progress = read_progress(entry_id=entry_id)
    if missing := progress.missing(catalogue):
        if existing is not None:
            return existing
        raise NotEarned(missing)
    if existing is not None:  # earned anew, by another result
        _give_back(existing)
        return existing
    entry = db.session.get_one(Entry, entry_id)
    certificate = Certificate(
        entry_id=entry_id,
        code=new_code(CODE_LENGTH),
        full_name=entry.account.full_name,
        unit_name=entry.unit.full_name,
        correct=progress.best_correct,
        questions=catalogue.rules.exam.questions,
        issued_at=now,
    )
    try:
        with db.session.begin_nested():
            db.session.add(certificate)
    except IntegrityError:  # a second tap was faster
        return my_certificate(entry_id=entry_id) or certificate
    return certificate


def follow_conditions(*, act: Invalidation, catalogue: Catalogue, now: datetime) -> None:
    """After a result was taken out or given back: revoke the certificate that is no longer earned, or give it back.

    Who is excluded altogether has earned none. What a hand revoked for another reason stays as it is.
    """
    certificate = my_certificate(entry_id=act.entry_id)
    if certificate is None or (certificate.revoked_at is not None and certificate.revoked_for is None):
        return
    excluded = db.session.scalar(
        select(Invalidation.id).where(
            Invalidation.entry_id == act.entry_id,
            Invalidation.attempt_id.is_(None),
            Invalidation.lifted_at.is_(None),
        )
    )
    if excluded is None and not read_progress(entry_id=act.entry_id).missing(catalogue):
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
