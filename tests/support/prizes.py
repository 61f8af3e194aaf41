"""A contest with prizes, its proposal, and the signature, decided by whoever is chosen."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from app.extensions import db
from app.models import FinalResult
from app.rules.prizes import Metric, Prize, Proposal, Winner
from app.services.catalogue import Catalogue
from app.services.final_result import sign_final
from app.services.prizes import Choice, awards_for, propose_prizes

PRIZES = (
    Prize("Giải Nhất", 1),
    Prize("Giải Nhì", 2),
    Prize("Tập thể", 1, Winner.UNIT, Metric.FINISHERS),
)


def with_prizes(contest: Catalogue, prizes: Collection[Prize] = PRIZES) -> Catalogue:
    """The same contest with these prizes."""
    return replace(contest, rules=replace(contest.rules, prizes=tuple(prizes)))


def proposed(final: FinalResult, contest: Catalogue, at: datetime, chosen: Choice | None = None) -> list[Proposal]:
    """What the result of the whole contest proposes."""
    return propose_prizes(final=final, board=contest.total_round, catalogue=contest, now=at, chosen=chosen)


def sign_off(final: FinalResult, contest: Catalogue, at: datetime, *chosen: int) -> FinalResult:
    """Sign with the proposal; ties between persons are decided by the entries that are given. Commits."""
    choice = {Winner.PERSON: chosen}
    awards = awards_for(
        final=final, proposals=proposed(final, contest, at, choice), chosen=choice, catalogue=contest, now=at
    )
    signed = sign_final(
        final=final,
        name="Trần Thị Ký",
        title="Trưởng ban",
        awards=awards,
        board=contest.total_round,
        actor_id=None,
        catalogue=contest,
        now=at,
    )
    db.session.commit()
    return signed
