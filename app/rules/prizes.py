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
    """Somebody in the order of a result, best first; equal `key` is a shared place. `hold` says why no prize now.

    `place` is 0 for who is not ranked; `figure` is what the place was won with, in words.
    """

    id: int
    place: int
    key: str
    hold: str = ""
    figure: str = ""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a prize would be given for.

    `tied` stand level at its edge and are more than the prizes left: people decide, so none of them is in `winners`.
    `reserve` are next when one falls, best first. `held` would have been reached, and why they are passed over.
    `picked` are those of the winners whom a choice between equals made one. `waits`: a higher prize is undecided, and
    who doesn't get that one stands first for this one, so nobody is named yet.
    """

    prize: Prize
    winners: tuple[Candidate, ...] = ()
    picked: tuple[Candidate, ...] = ()
    tied: tuple[Candidate, ...] = ()
    left: int = 0  # prizes for which the tied draw lots
    reserve: tuple[Candidate, ...] = ()
    held: tuple[Candidate, ...] = ()
    waits: bool = False


RESERVES = 3


def propose(
    prizes: Sequence[Prize],
    ranked: Mapping[Prize, Sequence[Candidate]],
    chosen: Mapping[Winner, Sequence[int]] | None = None,
) -> list[Proposal]:
    """Proposals for all prizes, in the order of the contest's list: highest first.

    Nobody gets two: who won a higher prize stands no more for a lower one. Persons and units don't mix. `ranked` gives
    each prize its candidates, best first; more than it takes to fill all prizes are not needed. `chosen` decides ties:
    of those level at the edge of a prize it is given to whom this list names first; the others stand for the next one.
    """
    gone: dict[Winner, set[int]] = {winner: set() for winner in Winner}
    undecided: set[Winner] = set()
    proposals = []
    for prize in prizes:
        taken = gone[prize.winner]
        if prize.winner in undecided:
            proposals.append(Proposal(prize, waits=True))
            continue
        standing = [candidate for candidate in ranked[prize] if candidate.id not in taken]
        proposal = _fill(prize, standing, (chosen or {}).get(prize.winner, ()))
        taken.update(candidate.id for candidate in proposal.winners)
        if proposal.tied:
            undecided.add(prize.winner)
        proposals.append(proposal)
    return proposals


def _fill(prize: Prize, standing: Sequence[Candidate], chosen: Sequence[int]) -> Proposal:
    free = [candidate for candidate in standing if not candidate.hold]
    winners, behind = free[: prize.count], free[prize.count :]
    tied: list[Candidate] = []
    picked: list[Candidate] = []
    if behind and winners and winners[-1].key == behind[0].key:
        edge = behind[0].key
        tied = [candidate for candidate in free if candidate.key == edge]
        winners = [candidate for candidate in winners if candidate.key != edge]
        behind = [candidate for candidate in behind if candidate.key != edge]
        picked = _pick(tied, chosen, prize.count - len(winners))
    if picked:
        winners += picked
        behind = [*(candidate for candidate in tied if candidate not in picked), *behind]
        tied = []
    last = (tied or winners)[-1].key if len(free) >= prize.count else None  # too few: everybody would be reached
    return Proposal(
        prize=prize,
        winners=tuple(winners),
        picked=tuple(picked),
        tied=tuple(tied),
        left=prize.count - len(winners) if tied else 0,
        reserve=tuple(behind[:RESERVES]),
        held=tuple(candidate for candidate in standing if candidate.hold and (last is None or candidate.key <= last)),
    )


def _pick(tied: Sequence[Candidate], chosen: Sequence[int], left: int) -> list[Candidate]:
    """As many of these as prizes are left, in the order in which they are chosen; nobody when too few are."""
    level = {candidate.id: candidate for candidate in tied}
    picked = [level[id_] for id_ in dict.fromkeys(chosen) if id_ in level][:left]
    return picked if len(picked) == left else []
