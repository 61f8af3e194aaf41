"""When the set time after a contest is over: numbers, phones and words go, statistics stay as they are.

Nothing that is counted is touched: entries, attempts, standings, certificates, stories and boards stay whole. Encrypted
data is personal data too (Law 91/2025/QH15 Art. 12), so index and cipher go with the number.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, func, or_, select, update
from sqlalchemy.orm import aliased

from app.extensions import db
from app.models import (
    Account,
    Award,
    Claim,
    DataRequest,
    Entry,
    FinalLine,
    FinalResult,
    OneTimeCode,
    RequestState,
    Role,
    Round,
    SmsMessage,
)
from app.rules.deadlines import months_after
from app.services.catalogue import Catalogue

_ACCOUNT_EMPTY: Mapping[str, Any] = {
    "phone": "",
    "citizen_index": None,
    "citizen_cipher": None,
    "citizen_last_four": None,
    "recovery_nonce": None,
}
_ANSWERED = (RequestState.DONE, RequestState.REFUSED)


def due_at(catalogue: Catalogue) -> datetime:
    """From when on the contest's numbers and phones are no longer needed."""
    rules = catalogue.rules
    return months_after(catalogue.closes_at, rules.privacy.keep_months, rules.zone)


class Purge:
    """What is left to empty for one contest, table by table, a few rows at a time."""

    def __init__(self, *, contest: Catalogue, now: datetime) -> None:
        contest_id, people = contest.contest_id, _people(contest)
        guardian = or_(Entry.guardian_name.is_not(None), Entry.guardian_phone.is_not(None))
        words = or_(DataRequest.text != "", DataRequest.answer != "", DataRequest.extension_reason != "")
        # What it is, which rows, and what is done to them: `values`, or None for rows that are nothing but the number.
        self._tasks: tuple[tuple[str, Select[Any], Mapping[str, Any] | None], ...] = (
            ("số căn cước và số điện thoại của thí sinh", people, _ACCOUNT_EMPTY),
            (
                "người giám hộ",
                select(Entry.id).where(Entry.contest_id == contest_id, guardian),
                {"guardian_name": None, "guardian_phone": None},
            ),
            ("báo số căn cước bị người khác dùng", select(Claim.id).where(Claim.contest_id == contest_id), None),
            (
                "bốn số cuối trong kết quả chung cuộc của người không có giải",
                _digits(contest),
                {"citizen_last_four": None},
            ),
            ("mã dùng một lần", select(OneTimeCode.id).where(OneTimeCode.expires_at < now), None),
            (
                "tin nhắn niêm phong",
                select(SmsMessage.id).where(SmsMessage.sealed.is_not(None), SmsMessage.expires_at < now),
                {"sealed": None},
            ),
            (
                "lời trong các yêu cầu đã trả lời",
                select(DataRequest.id).where(
                    DataRequest.contest_id == contest_id, DataRequest.state.in_(_ANSWERED), words
                ),
                {"text": "", "answer": "", "extension_reason": ""},
            ),
        )

    def counts(self) -> dict[str, int]:
        """How many rows each step would touch now."""
        return {
            name: db.session.scalar(select(func.count()).select_from(rows.subquery())) or 0
            for name, rows, _ in self._tasks
        }

    def run(self, *, limit: int, between: Callable[[], None]) -> dict[str, int]:
        """Empty everything, at most `limit` rows at a time; `between` commits and lets others write. Returns counts."""
        done: dict[str, int] = {}
        for name, rows, values in self._tasks:
            done[name] = 0
            while count := _some(rows, values, limit):
                done[name] += count
                between()
        return done


def _some(rows: Select[Any], values: Mapping[str, Any] | None, limit: int) -> int:
    (key,) = rows.selected_columns
    ids = db.session.scalars(rows.order_by(key).limit(limit)).all()
    if not ids:
        return 0
    table = key.table
    which: ColumnElement[bool] = key.in_(ids)
    statement = delete(table).where(which) if values is None else update(table).where(which).values(**values)
    db.session.execute(statement)
    return len(ids)


def _digits(contest: Catalogue) -> Select[int]:
    """Entries in a result of the contest that won nothing anywhere: of a winner the award record needs them."""
    rounds = select(Round.id).where(Round.contest_id == contest.contest_id)
    return (
        select(FinalLine.entry_id)
        .distinct()
        .where(
            FinalLine.final_id.in_(select(FinalResult.id).where(FinalResult.round_id.in_(rounds))),
            FinalLine.citizen_last_four.is_not(None),
            ~select(Award.id).where(Award.entry_id == FinalLine.entry_id).exists(),
        )
    )


def _people(contest: Catalogue) -> Select[int]:
    """Contestants with something to empty whose last contest this was; others are left to a later contest's time."""
    here, later = aliased(Entry), aliased(Entry)
    return select(Account.id).where(
        Account.role == Role.CONTESTANT,
        or_(Account.phone != "", Account.citizen_last_four.is_not(None), Account.recovery_nonce.is_not(None)),
        select(here.id).where(here.account_id == Account.id, here.contest_id == contest.contest_id).exists(),
        ~select(later.id)
        .join(Round, Round.contest_id == later.contest_id)
        .where(
            later.account_id == Account.id,
            later.contest_id != contest.contest_id,
            Round.closes_at > contest.closes_at,
        )
        .exists(),
    )
