"""Codes of six digits that are sent to a phone: made, tried, used; and the breaker that stops them.

A code is bound to purpose, phone and the browser that asked for it; it lives five minutes, is good once and for five
tries. Nothing of it is kept but a keyed mark. How many there may be is counted over all that were asked for, also for
numbers that belong to nobody: what is refused must not tell the one from the other.
"""

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from sqlalchemy import bindparam, func, select, text, update

from app.extensions import db, direct
from app.models import AuditRecord, CodePurpose, OneTimeCode
from app.services.audit import record
from app.services.keyring import Keyring
from app.services.sweeping import drop_some
from app.services.throttle import TryAgain

GOOD_FOR = timedelta(minutes=5)
TRIES = 5
AGAIN_AFTER = (60, 120, 300)  # seconds until the next code for a phone, by how many it got in a day
AN_HOUR, A_DAY = 3, 5  # codes for one phone
PREFIX, PREFIX_MINUTES = 10, 10  # codes for phones that share their first seven digits: nobody's family is so large
_PREFIX_DIGITS = len("+84912345")  # 0912 345
_TRIP_SHARE = 0.8  # of the budget; the rest is the operator's to find out why
_LOOKED_AT = 100  # codes; when under half of so many were used, somebody has them sent for another reason
_DAY = timedelta(days=1)
_SUBJECT = "sms"
_TURN = text("SELECT pg_advisory_xact_lock(4401)")  # any number, the same in every process

_NEWEST = (
    select(func.max(OneTimeCode.id))
    .where(OneTimeCode.browser_mark == bindparam("browser"), OneTimeCode.purpose == bindparam("good_for"))
    .scalar_subquery()
)
_TRY = (
    update(OneTimeCode)
    .where(
        OneTimeCode.id == _NEWEST,
        OneTimeCode.used_at.is_(None),
        OneTimeCode.expires_at > bindparam("now"),
        OneTimeCode.tries < TRIES,
    )
    .values(tries=OneTimeCode.tries + 1)
    .returning(OneTimeCode.id, OneTimeCode.account_id, OneTimeCode.phone_mark, OneTimeCode.code_mark, OneTimeCode.tries)
)


class TooSoon(TryAgain):
    """This phone, or its neighbours, had its share of codes."""


class Tripped(Exception):
    """No codes for anybody until the operator has looked (`flask sms status`)."""


class CodeGone(Exception):
    """No code of this browser can be tried any more: none was asked for, or it is old, used or tried too often."""


class WrongCode(Exception):
    """Not the code; `left` tries remain."""

    def __init__(self, left: int) -> None:
        super().__init__()
        self.left = left


@dataclass(frozen=True, slots=True)
class RightCode:
    """A code that was typed right and is not used yet."""

    id: int
    account_id: int


def issue_code(
    *,
    purpose: CodePurpose,
    phone: str,
    account_id: int | None,
    browser: str,
    budget: int,
    keyring: Keyring,
    now: datetime,
) -> str:
    """A new code for an E.164 phone, six digits; `account_id` is None when it is nobody's. Older ones of this browser
    are worthless from now on.

    Raises TooSoon or Tripped.
    """
    if db.engine.dialect.name == "postgresql":  # on SQLite there is one writer at a time anyway
        db.session.execute(_TURN)
    phone_mark = keyring.mark("code.phone", phone)
    prefix_mark = keyring.mark("code.prefix", phone[:_PREFIX_DIGITS])
    wait = max(_phone_wait(phone_mark, now), _prefix_wait(prefix_mark, now))
    if wait:
        raise TooSoon(wait)
    if trip := watch(budget=budget, now=now).trip:
        raise Tripped(trip)
    code = f"{secrets.randbelow(10**6):06d}"
    browser_mark = keyring.mark("code.browser", browser)
    db.session.add(
        OneTimeCode(
            purpose=purpose,
            account_id=account_id,
            phone_mark=phone_mark,
            prefix_mark=prefix_mark,
            browser_mark=browser_mark,
            code_mark=_code_mark(keyring, purpose, phone_mark, browser_mark, code),
            created_at=now,
            expires_at=now + GOOD_FOR,
        )
    )
    db.session.flush()
    return code


def _code_mark(keyring: Keyring, purpose: CodePurpose, phone_mark: str, browser_mark: str, code: str) -> str:
    return keyring.mark("code", f"{purpose}.{phone_mark}.{browser_mark}.{code}")


def _phone_wait(phone_mark: str, now: datetime) -> int:
    """Seconds; 0 when there may be one now."""
    newest_first = db.session.scalars(
        select(OneTimeCode.created_at)
        .where(OneTimeCode.phone_mark == phone_mark, OneTimeCode.created_at > now - _DAY)
        .order_by(OneTimeCode.created_at.desc(), OneTimeCode.id.desc())
        .limit(A_DAY)
    ).all()
    if not newest_first:
        return 0
    free = [newest_first[0] + timedelta(seconds=AGAIN_AFTER[min(len(newest_first), len(AGAIN_AFTER)) - 1])]
    if len(newest_first) >= AN_HOUR:
        free.append(newest_first[AN_HOUR - 1] + timedelta(hours=1))
    if len(newest_first) == A_DAY:
        free.append(newest_first[-1] + _DAY)
    return _seconds(max(free), now)


def _prefix_wait(prefix_mark: str, now: datetime) -> int:
    span = timedelta(minutes=PREFIX_MINUTES)
    tenth = db.session.scalar(
        select(OneTimeCode.created_at)
        .where(OneTimeCode.prefix_mark == prefix_mark, OneTimeCode.created_at > now - span)
        .order_by(OneTimeCode.created_at.desc(), OneTimeCode.id.desc())
        .offset(PREFIX - 1)
        .limit(1)
    )
    return _seconds(tenth + span, now) if tenth else 0


def _seconds(until: datetime, now: datetime) -> int:
    return max(0, ceil((until - now).total_seconds()))


def try_code(*, purpose: CodePurpose, browser: str, code: str, keyring: Keyring, now: datetime) -> RightCode:
    """Count a try on the newest code of this browser, then compare: however many try at once, five do.

    No transaction is open. Raises WrongCode or CodeGone.
    """
    browser_mark = keyring.mark("code.browser", browser)
    row = direct.write(_TRY, {"browser": browser_mark, "good_for": purpose, "now": now})
    if row is None:
        raise CodeGone
    right = hmac.compare_digest(row.code_mark, _code_mark(keyring, purpose, row.phone_mark, browser_mark, code))
    if not right or row.account_id is None:
        raise WrongCode(TRIES - row.tries)
    return RightCode(row.id, row.account_id)


def use_code(*, code_id: int, now: datetime) -> None:
    """Use it up, in the transaction of what it opens. Raises CodeGone to the loser of a race."""
    used = db.session.execute(
        update(OneTimeCode)
        .where(OneTimeCode.id == code_id, OneTimeCode.used_at.is_(None), OneTimeCode.expires_at > now)
        .values(used_at=now)
        .returning(OneTimeCode.id)
    )
    if used.first() is None:
        raise CodeGone


@dataclass(frozen=True, slots=True)
class Watch:
    """Codes that went to somebody in the last 24 hours, or since the operator let them go on.

    `judged` of them have run out, at most the last hundred; `used` says how many of those were used.
    """

    sent: int
    budget: int
    judged: int
    used: int

    @property
    def trip(self) -> str:
        """Why no more are sent; empty when they are."""
        if self.sent >= self.budget * _TRIP_SHARE:
            return f"đã gửi {self.sent} mã trong 24 giờ, hạn mức {self.budget}"
        if self.judged == _LOOKED_AT and self.used * 2 < _LOOKED_AT:
            return f"trong {self.judged} mã gần nhất chỉ {self.used} mã được dùng"
        return ""


def watch(*, budget: int, now: datetime) -> Watch:
    """How things stand."""
    resumed = db.session.scalar(
        select(func.max(AuditRecord.at)).where(AuditRecord.subject == _SUBJECT, AuditRecord.action == "sms.resume")
    )
    since = max(now - _DAY, resumed) if resumed else now - _DAY
    real = (OneTimeCode.account_id.is_not(None), OneTimeCode.created_at > since)
    sent = db.session.scalar(select(func.count()).select_from(OneTimeCode).where(*real)) or 0
    judged = (
        select(OneTimeCode.used_at)
        .where(*real, OneTimeCode.expires_at <= now)
        .order_by(OneTimeCode.created_at.desc(), OneTimeCode.id.desc())
        .limit(_LOOKED_AT)
        .subquery()
    )
    counts = db.session.execute(select(func.count(), func.count(judged.c.used_at)).select_from(judged)).one()
    return Watch(sent, budget, counts[0], counts[1])


def resume(*, reason: str, now: datetime) -> None:
    """The operator has looked: count anew from here."""
    record(actor_id=None, action="sms.resume", subject=_SUBJECT, reason=reason, now=now)


def sweep(*, now: datetime, limit: int) -> int:
    """Drop codes that count no more, at most `limit`; returns how many."""
    gone = OneTimeCode.created_at <= now - _DAY
    return drop_some(OneTimeCode.id, gone, oldest=OneTimeCode.created_at, limit=limit)
