"""The reckoning: what the database holds against what every contestant knows."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from app.models import Attempt, AttemptState, Entry, QuestionVersion, Standing
from app.rules.answers import unpack
from app.rules.paper import read_paper
from app.services.codes import shown_code
from bench.faults.sitting import Sitting

LOST = "acknowledged answers lost"
OVERWRITTEN = "newer choices overwritten by older ones"
NOT_ONCE = "attempts graded other than exactly once"
RECEIPTS = "receipts that changed"
ERRORS = "5xx answers"
UNSENT = "papers that nobody sent"
UNFINISHED = "contestants who did not come to the end"
SURPRISES = "other answers that no page expects"
MUST_BE_ZERO = (LOST, NOT_ONCE, RECEIPTS, OVERWRITTEN, ERRORS, UNSENT, UNFINISHED, SURPRISES)


@dataclass(slots=True)
class Verdict:
    """Figures that must be 0, and up to a few words on each fault."""

    counts: Counter[str] = field(default_factory=Counter)
    words: list[str] = field(default_factory=list)

    def add(self, what: str, count: int, words: str) -> None:
        """Count a fault; the first three of a kind are told in words."""
        if count:
            self.counts[what] += count
            self.words += [f"{what}: {words}"] if sum(told.startswith(what) for told in self.words) < 3 else []


def audit(url: str, sittings: Mapping[int, Sitting]) -> Verdict:
    """Judge all sittings, by entry. Reads the database past the portal."""
    engine = create_engine(url, poolclass=NullPool)
    with Session(engine) as session:
        keys = {version.id: frozenset(version.right) for version in session.scalars(select(QuestionVersion))}
        entries = {entry.id: entry for entry in session.scalars(select(Entry).where(Entry.id.in_(sittings)))}
        attempts: dict[int, list[Attempt]] = defaultdict(list)
        for attempt in session.scalars(select(Attempt)):
            attempts[attempt.entry_id].append(attempt)
        standings: dict[int, list[Standing]] = defaultdict(list)
        for standing in session.scalars(select(Standing)):
            standings[standing.entry_id].append(standing)
        verdict = Verdict()
        for entry_id, sitting in sittings.items():
            if faults := _grading(entries[entry_id], attempts[entry_id], standings[entry_id], keys):
                verdict.add(NOT_ONCE, 1, f"entry {entry_id}: {'; '.join(faults)}")
            for attempt in attempts[entry_id]:
                _judge(verdict, attempt, sitting)
    engine.dispose()
    return verdict


def _grading(
    entry: Entry, attempts: Sequence[Attempt], standings: Sequence[Standing], keys: Mapping[int, frozenset[int]]
) -> list[str]:
    """What is wrong with the one attempt of an entry and its standing."""
    if len(attempts) != 1 or len(standings) != 1:
        return [f"{len(attempts)} attempts, {len(standings)} standings"]
    attempt, standing = attempts[0], standings[0]
    right = sum(
        question.original(shown) == keys[question.version_id]
        for question, shown in zip(read_paper(attempt.paper), unpack(attempt.answers), strict=True)
    )
    used = int((attempt.ended_at - attempt.started_at).total_seconds()) if attempt.ended_at else None
    laws = {
        f"is {attempt.state}": attempt.state is AttemptState.SUBMITTED,
        f"counted {standing.attempts} times": standing.attempts == 1,
        f"says {attempt.correct} right, by the keys {right}": attempt.correct == right,
        f"says {attempt.time_used} s, by the clock {used}": attempt.time_used == used,
        "standing of another attempt": standing.attempt_id == attempt.id,
        "standing with another result": (standing.correct, standing.time_used, standing.submitted_at)
        == (attempt.correct, attempt.time_used, attempt.ended_at),
        "finished at another moment": entry.finished_at == attempt.ended_at,
    }
    return [words for words, holds in laws.items() if not holds]


def _judge(verdict: Verdict, attempt: Attempt, sitting: Sitting) -> None:
    ledger, who = sitting.ledger, f"attempt {attempt.id} ({sitting.kind})"
    lost, overwritten, unsent = ledger.verdict(attempt.answers, attempt.saved_by)
    final = f"{who}: {attempt.answers} by {attempt.saved_by} {attempt.saved_number}"
    verdict.add(LOST, lost, final)
    verdict.add(OVERWRITTEN, overwritten, final)
    verdict.add(UNSENT, int(unsent), final)
    receipts = {result[0] for result in ledger.results} | {shown_code(attempt.receipt)}
    verdict.add(RECEIPTS, len(receipts) - 1, f"{who}: {sorted(receipts)}")
    results = {result[1:] for result in ledger.results}
    count = f"{attempt.correct}/{len(attempt.answers)}"
    if len(results) != 1 or {result[0] for result in results} != {count}:
        verdict.add(NOT_ONCE, 1, f"{who}: result pages said {sorted(results)}, the database {count}")
