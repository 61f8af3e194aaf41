"""Lives → rows. Ids are counted here, so that one batch fills all tables and a seed gives the same ids."""

from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import Any

from sqlalchemy import func, select

from app.extensions import Base, db
from app.models import (
    Account,
    Attempt,
    Certificate,
    Channel,
    Consent,
    Entry,
    LessonRead,
    Purpose,
    Role,
    Standing,
    Story,
)
from app.rules.ranking import total_key
from app.services.catalogue import Catalogue
from app.services.codes import code_of
from app.services.demo.lives import Life, Sitting, Told
from app.services.demo.people import invent_citizen_number, invent_phone, search_and_sort
from app.services.keyring import Keyring

Row = dict[str, Any]
TABLES: tuple[type[Base], ...] = (Account, Entry, Consent, LessonRead, Attempt, Standing, Story, Certificate)
COUNTED = (Account, Entry, Consent, Attempt, Story, Certificate)  # tables whose ids count upwards


@dataclass(slots=True)
class Writer:
    """Rows of one batch; `take` hands them over in an order in which every foreign key is met."""

    catalogue: Catalogue
    keyring: Keyring
    password_hash: str
    receipts: list[int]
    codes: Random
    people: int = 0
    _ids: dict[type[Base], int] = field(default_factory=dict)
    _rows: dict[type[Base], list[Row]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for table in COUNTED:
            self._ids[table] = db.session.scalar(select(func.coalesce(func.max(table.id), 0))) or 0
        self.take()

    def take(self) -> list[tuple[type[Base], list[Row]]]:
        """What was added since the last time."""
        taken = list(self._rows.items())
        self._rows = {table: [] for table in TABLES}
        return taken

    def add(self, life: Life) -> None:
        """All rows of one contestant."""
        account_id, entry_id = self._account(life), self._next(Entry)
        self._rows[Entry].append(
            {
                "id": entry_id,
                "account_id": account_id,
                "contest_id": self.catalogue.contest_id,
                "unit_id": self.catalogue.units[life.unit].id,
                "on_boards": life.on_boards,
                "accepted_rules": self.catalogue.rules_version,
                "registered_at": life.registered_at,
                "finished_at": life.sittings[0].ended_at if life.sittings else None,
            }
        )
        self._consents(life, entry_id)
        self._rows[LessonRead].extend(
            {"entry_id": entry_id, "lesson_id": lesson, "read_at": at} for lesson, at in life.lessons
        )
        attempts = [self._attempt(s, life.round_id, entry_id, account_id) for s in life.sittings]
        if life.best is not None:
            self._standing(life.sittings[life.best], attempts[life.best], life, entry_id)
        if life.story is not None:
            self._story(life.story, entry_id)
        if life.certified_at is not None:
            self._certificate(life, entry_id, life.certified_at)

    def _next(self, table: type[Base]) -> int:
        self._ids[table] += 1
        return self._ids[table]

    def _account(self, life: Life) -> int:
        account_id, number = self._next(Account), invent_citizen_number(self.people)
        name_search, name_sort = search_and_sort(life.name)
        self._rows[Account].append(
            {
                "id": account_id,
                "full_name": life.name,
                "name_search": name_search,
                "name_sort": name_sort,
                "phone": invent_phone(self.people),
                "citizen_index": self.keyring.citizen_index(number),
                "citizen_cipher": self.keyring.seal(number),
                "citizen_last_four": number[-4:],
                "password_hash": self.password_hash,
                "role": Role.CONTESTANT,
                "created_at": life.registered_at,
                "disabled_at": None,
            }
        )
        self.people += 1
        return account_id

    def _consents(self, life: Life, entry_id: int) -> None:
        given = {Purpose.CONTEST: life.registered_at}
        if life.on_boards:
            given[Purpose.BOARDS] = life.registered_at
        if life.story is not None and life.story.on_wall:
            given[Purpose.STORY] = life.story.told_at
        self._rows[Consent].extend(
            {
                "id": self._next(Consent),
                "entry_id": entry_id,
                "purpose": purpose,
                "text_version": self.catalogue.rules_version,
                "channel": Channel.KIOSK if life.assisted else Channel.SELF,
                "given_at": at,
                "withdrawn_at": None,
            }
            for purpose, at in given.items()
        )

    def _attempt(self, sitting: Sitting, round_id: int, entry_id: int, account_id: int) -> int:
        attempt_id, result = self._next(Attempt), sitting.result
        self._rows[Attempt].append(
            {
                "id": attempt_id,
                "entry_id": entry_id,
                "account_id": account_id,
                "round_id": round_id,
                "number": result.attempts,
                "receipt": code_of(self.receipts.pop(), 8),
                "state": sitting.state,
                "paper": sitting.paper,
                "answers": sitting.answers,
                "revision": sitting.saves,
                "saved_by": sitting.page,
                "saved_number": sitting.saves,
                "saved_at": min(sitting.ended_at, sitting.deadline_at),
                "started_at": sitting.started_at,
                "deadline_at": sitting.deadline_at,
                "closes_at": sitting.closes_at,
                "ended_at": sitting.ended_at,
                "correct": result.correct,
                "time_used": result.time_used,
            }
        )
        return attempt_id

    def _standing(self, best: Sitting, attempt_id: int, life: Life, entry_id: int) -> None:
        row = {
            "entry_id": entry_id,
            "round_id": life.round_id,
            "unit_id": self.catalogue.units[life.unit].id,
            "attempt_id": attempt_id,
            "rank_key": best.key,
            "correct": best.result.correct,
            "time_used": best.result.time_used,
            "submitted_at": best.result.submitted_at,
            "attempts": len(life.sittings),
            "shown_key": best.key,
            "shown_correct": best.result.correct,
            "shown_time_used": best.result.time_used,
            "shown_submitted_at": best.result.submitted_at,
        }
        self._rows[Standing].append(row)
        if self.catalogue.total is not None:
            key = total_key([best.key], self.catalogue.rules.ranking)
            self._rows[Standing].append(row | {"round_id": self.catalogue.total.id, "rank_key": key, "shown_key": key})

    def _story(self, story: Told, entry_id: int) -> None:
        self._rows[Story].append(
            {
                "id": self._next(Story),
                "entry_id": entry_id,
                "kind": story.kind,
                "body": story.body,
                "on_wall": story.on_wall,
                "state": story.state,
                "reason": story.reason,
                "told_at": story.told_at,
                "decided_at": story.decided_at,
                "decided_by": None,
            }
        )

    def _certificate(self, life: Life, entry_id: int, issued_at: datetime) -> None:
        self._rows[Certificate].append(
            {
                "id": self._next(Certificate),
                "entry_id": entry_id,
                "code": code_of(self.codes.getrandbits(60), 12),
                "full_name": life.name,
                "unit_name": self.catalogue.units[life.unit].full_name,
                "correct": max((s.result.correct for s in life.sittings), default=None),
                "questions": self.catalogue.rules.exam.questions,
                "issued_at": issued_at,
                "revoked_at": None,
                "revoked_reason": "",
            }
        )
