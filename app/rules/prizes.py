"""Who wins what: prizes in order, by the order of a result, with a tie at the edge left to people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Winner(StrEnum):
    """Whom a prize is for."""

    PERSON = "person"
    UNIT = "unit"


class Metric(StrEnum):
    """What ranks units for a prize."""

    REGISTERED = "registered"
    FINISHERS = "finishers"
    PER_1000 = "per_1000"
    MEAN_CORRECT = "mean_correct"
    SHARE_FINISHED = "share_finished"


class Span(StrEnum):
    """For which result a prize is given. In a contest with one round both mean that round."""

    TOTAL = "total"
    EACH = "each"


@dataclass(frozen=True, slots=True)
class Prize:
    """One level of `[[prizes]]`; `metric` ranks units, persons are ranked by the contest's key."""

    level: str
    count: int
    winner: Winner = Winner.PERSON
    metric: Metric = Metric.FINISHERS
    span: Span = Span.TOTAL


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody in the order of a result, best first; equal `key` is a shared place. `hold` says why no prize now."""

    id: int
    place: int
    key: str
    hold: str = ""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a prize would be given for.

    `tied` stand level at its edge and are more than the prizes left: people decide, so none of them is in `winners`.
    `reserve` are next when one falls, best first. `held` would have been reached, and why they are passed over.
    """

    prize: Prize
    winners: tuple[Candidate, ...]
    tied: tuple[Candidate, ...]
    left: int  # prizes for which the tied draw lots
    reserve: tuple[Candidate, ...]
    held: tuple[Candidate, ...]


RESERVES = 3


def propose(prizes: Sequence[Prize], ranked: Mapping[Prize, Sequence[Candidate]]) -> list[Proposal]:
    """Proposals for all prizes, in the order of the contest's list: highest first.

    Nobody gets two: who won, or may win by lot, a higher prize stands no more for a lower one. Persons and units don't
    mix. `ranked` gives each prize its candidates, best first; more than it takes to fill all prizes are not needed.
    """
    gone: dict[Winner, set[int]] = {winner: set() for winner in Winner}
    proposals = []
    for prize in prizes:
        taken = gone[prize.winner]
        standing = [candidate for candidate in ranked[prize] if candidate.id not in taken]
        proposal = _fill(prize, standing)
        taken.update(candidate.id for candidate in (*proposal.winners, *proposal.tied))
        proposals.append(proposal)
    return proposals


def _fill(prize: Prize, standing: Sequence[Candidate]) -> Proposal:
    free = [candidate for candidate in standing if not candidate.hold]
    winners, behind = free[: prize.count], free[prize.count :]
    tied: list[Candidate] = []
    if behind and winners and winners[-1].key == behind[0].key:
        edge = behind[0].key
        tied = [candidate for candidate in free if candidate.key == edge]
        winners = [candidate for candidate in winners if candidate.key != edge]
        behind = [candidate for candidate in behind if candidate.key != edge]
    last = (tied or winners)[-1].key if (tied or winners) else ""
    return Proposal(
        prize=prize,
        winners=tuple(winners),
        tied=tuple(tied),
        left=prize.count - len(winners) if tied else 0,
        reserve=tuple(behind[:RESERVES]),
        held=tuple(candidate for candidate in standing if candidate.hold and candidate.key <= last),
    )
