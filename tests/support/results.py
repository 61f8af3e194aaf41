"""Results: attempts as rows alone, what was taken out, final ones."""

from datetime import datetime

from app.extensions import db
from app.models import Attempt, AttemptState, Entry, FinalLine, FinalResult, Invalidation, InvalidationReason
from app.rules.ranking import Result
from app.services.catalogue import Catalogue
from app.services.invalidate import Target, invalidate


def bare_attempt(entry: Entry, round_id: int, result: Result, *, receipt: str, paper: str = "") -> Attempt:
    """Handed in with this result and begun in the same moment, without a standing. Flushes."""
    attempt = Attempt(
        entry_id=entry.id,
        account_id=entry.account_id,
        round_id=round_id,
        number=result.attempts,
        receipt=receipt,
        state=AttemptState.SUBMITTED,
        paper=paper,
        answers="",
        started_at=result.submitted_at,
        deadline_at=result.submitted_at,
        closes_at=result.submitted_at,
        ended_at=result.submitted_at,
        correct=result.correct,
        time_used=result.time_used,
    )
    db.session.add(attempt)
    db.session.flush()
    return attempt


def take_out(
    target: Target,
    contest: Catalogue,
    *,
    now: datetime,
    code: InvalidationReason = InvalidationReason.TOOLS,
    words: str = "",
    evidence: str = "",
) -> Invalidation:
    """Through the deed, by nobody of the staff. Commits."""
    act = invalidate(
        target=target, code=code, words=words, evidence=evidence, actor_id=None, catalogue=contest, now=now
    )
    db.session.commit()
    return act


def make_invalidation(entry: Entry, *, now: datetime, attempt: Attempt | None = None) -> Invalidation:
    """The row alone, in force; nothing else changed. Commits."""
    act = Invalidation(
        entry_id=entry.id,
        attempt_id=attempt.id if attempt else None,
        code=InvalidationReason.OTHER,
        words="Hai người làm <b>cùng lúc</b>.",
        evidence="",
        at=now,
    )
    db.session.add(act)
    db.session.commit()
    return act


def make_final(
    contest: Catalogue, *, now: datetime, first: Attempt | None = None, name: str = "Nguyễn Thị Hồng Ánh"
) -> FinalResult:
    """An unsigned final result of the first round, of nobody or of one person; no attempt has to be over. Commits."""
    final = FinalResult(
        round_id=contest.rounds[0].id,
        computed_at=now,
        ranking=",".join(contest.rules.ranking),
        people=int(first is not None),
        questions=contest.rules.exam.questions,
    )
    db.session.add(final)
    db.session.flush()
    if first is not None:
        unit = contest.units[0]
        line = FinalLine(
            final_id=final.id,
            position=1,
            place=1,
            entry_id=first.entry_id,
            attempt_id=first.id,
            full_name=name,
            unit_code=unit.code,
            unit_name=unit.full_name,
            citizen_last_four="0001",
            rank_key="0",
            correct=first.correct or 0,
            time_used=first.time_used or 0,
            submitted_at=now,
            attempts=1,
        )
        db.session.add(line)
    db.session.commit()
    return final
