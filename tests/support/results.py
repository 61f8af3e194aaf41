"""Results that were taken out and final ones, as rows alone, for pages that show them."""

from datetime import datetime

from app.extensions import db
from app.models import Attempt, Entry, FinalLine, FinalResult, Invalidation, InvalidationReason
from app.services.catalogue import Catalogue


def make_invalidation(entry: Entry, *, now: datetime, attempt: Attempt | None = None) -> Invalidation:
    """In force, nothing else changed. Commits."""
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


def make_final(contest: Catalogue, *, now: datetime, first: Attempt | None = None) -> FinalResult:
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
            full_name="Nguyễn Thị Hồng Ánh",
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
