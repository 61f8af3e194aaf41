"""The outbox: messages are written with the deed that they belong to, and sent afterwards, off the request.

A message is handed to the gateway once. It is taken with a lease (`sending`, `due_at`); who dies with one in hand has
perhaps sent it, so it is given up and not sent again. Only after the gateway's plain “try again” is it tried again, a
little later each time and only as long as it is of use. When it is done phone and text are wiped.
"""

import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cryptography.exceptions import InvalidTag
from sqlalchemy import Row, bindparam, func, select, update

from app.extensions import db, direct
from app.models import SmsMessage, SmsState
from app.services.keyring import Keyring
from app.services.sms.gateway import Answer, Gateway, Template, Verdict
from app.services.sweeping import drop_some

LEASE = timedelta(minutes=2)  # well over the longest time that a gateway is waited for
_BACK_OFF = (5, 15, 45)  # seconds, the last one again and again
_KEPT = timedelta(days=30)
NOBODY = "không có người nhận"
_LOST = "mất dấu khi đang gửi"
_TOO_LATE = "quá hạn"
_ENDS = {
    Verdict.SENT: SmsState.SENT,
    Verdict.REJECTED: SmsState.REJECTED,
    Verdict.RETRY: SmsState.GIVEN_UP,
    Verdict.UNKNOWN: SmsState.GIVEN_UP,
}

_NEXT = (
    select(SmsMessage.id)
    .where(
        SmsMessage.state == SmsState.WAITING,
        SmsMessage.due_at <= bindparam("now"),
        SmsMessage.expires_at > bindparam("now"),
    )
    .order_by(SmsMessage.due_at, SmsMessage.id)
    .limit(1)
    .with_for_update(skip_locked=True)  # Postgres; on SQLite there is one writer at a time anyway
    .scalar_subquery()
)
_TAKE = (
    update(SmsMessage)
    .where(SmsMessage.id == _NEXT, SmsMessage.state == SmsState.WAITING)
    .values(state=SmsState.SENDING, due_at=bindparam("lease_ends"), tries=SmsMessage.tries + 1)
    .returning(
        SmsMessage.id, SmsMessage.key, SmsMessage.template, SmsMessage.sealed, SmsMessage.tries, SmsMessage.expires_at
    )
)
_MINE = (
    SmsMessage.id == bindparam("message"),
    SmsMessage.state == SmsState.SENDING,
    SmsMessage.tries == bindparam("nth"),
)
_PUT_BACK = (
    update(SmsMessage)
    .where(*_MINE)
    .values(state=SmsState.WAITING, due_at=bindparam("again"), outcome=bindparam("words"))
    .returning(SmsMessage.id)
)
_WIPED: dict[str, Any] = {"sealed": None, "done_at": bindparam("now"), "outcome": bindparam("words")}
_SETTLE = update(SmsMessage).where(*_MINE).values(state=bindparam("state_after"), **_WIPED).returning(SmsMessage.id)
_GIVE_UP_LOST = (
    update(SmsMessage)
    .where(SmsMessage.state == SmsState.SENDING, SmsMessage.due_at <= bindparam("now"))
    .values(state=SmsState.GIVEN_UP, **_WIPED)
    .returning(SmsMessage.id)
)
_GIVE_UP_LATE = (
    update(SmsMessage)
    .where(SmsMessage.state == SmsState.WAITING, SmsMessage.expires_at <= bindparam("now"))
    .values(state=SmsState.GIVEN_UP, **_WIPED)
    .returning(SmsMessage.id)
)
_SOONEST = select(func.min(SmsMessage.due_at)).where(SmsMessage.state == SmsState.WAITING)


def put(
    *,
    phone: str | None,
    template: Template,
    params: Mapping[str, str],
    expires_at: datetime,
    keyring: Keyring,
    now: datetime,
) -> None:
    """Add a message to the deed's own transaction. To nobody (`None`) it costs the same and goes nowhere."""
    key = secrets.token_hex(16)
    content = json.dumps({"phone": phone or "", "params": dict(params)})
    db.session.add(
        SmsMessage(
            key=key,
            template=template,
            sealed=keyring.seal_text(content, place=_place(key)),
            created_at=now,
            due_at=now,
            expires_at=expires_at,
        )
    )
    db.session.flush()


def _place(key: str) -> str:
    return f"sms_messages.sealed.{key}"


def send_due(*, gateway: Gateway, keyring: Keyring, clock: Callable[[], datetime]) -> int:
    """Hand over every message that is due, one after the other; returns how many were taken. No transaction is open."""
    taken, now = 0, clock()
    direct.write_all(_GIVE_UP_LOST, {"now": now, "words": _LOST})
    direct.write_all(_GIVE_UP_LATE, {"now": now, "words": _TOO_LATE})
    while row := direct.write(_TAKE, {"now": now, "lease_ends": now + LEASE}):
        _settle(row, _hand_over(row, gateway, keyring), now=clock())
        taken, now = taken + 1, clock()
    return taken


def _hand_over(row: Row[Any], gateway: Gateway, keyring: Keyring) -> Answer:
    try:
        content = json.loads(keyring.unseal_text(row.sealed or b"", place=_place(row.key)))
    except (InvalidTag, LookupError):  # sealed under keys that are gone
        return Answer(Verdict.REJECTED, "không mở được nội dung")
    if not content["phone"]:
        return Answer(Verdict.REJECTED, NOBODY)
    return gateway.send(
        phone=content["phone"], template=Template(row.template), params=content["params"], idempotency_key=row.key
    )


def _settle(row: Row[Any], answer: Answer, *, now: datetime) -> None:
    """Nothing is written when the lease had run out meanwhile: it was given up, and that stands."""
    mine = {"message": row.id, "nth": row.tries, "words": answer.words[:200]}
    again = now + timedelta(seconds=_BACK_OFF[min(row.tries, len(_BACK_OFF)) - 1])
    if answer.verdict is Verdict.RETRY and again < row.expires_at:
        direct.write(_PUT_BACK, mine | {"again": again})
    else:
        direct.write(_SETTLE, mine | {"state_after": _ENDS[answer.verdict], "now": now})


def seconds_to_next(*, now: datetime) -> float | None:
    """How long until a message is due, or None when none waits."""
    row = direct.first(_SOONEST)
    soonest: datetime | None = row[0] if row else None
    return max(0.0, (soonest - now).total_seconds()) if soonest else None


@dataclass(frozen=True, slots=True)
class Tally:
    """So many messages came to the same end with the same words."""

    state: SmsState
    words: str
    count: int


def tallies(*, since: datetime) -> list[Tally]:
    """What became of the messages written since then, the most frequent end first."""
    count = func.count()
    rows = db.session.execute(
        select(SmsMessage.state, SmsMessage.outcome, count)
        .where(SmsMessage.created_at >= since)
        .group_by(SmsMessage.state, SmsMessage.outcome)
        .order_by(count.desc(), SmsMessage.state, SmsMessage.outcome)
    )
    return [Tally(state, words, number) for state, words, number in rows]


def sweep(*, now: datetime, limit: int) -> int:
    """Drop messages that were done long ago, at most `limit`; returns how many."""
    done = SmsMessage.created_at < now - _KEPT
    return drop_some(SmsMessage.id, done, oldest=SmsMessage.created_at, limit=limit)
