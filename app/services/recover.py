"""In again without the password: by the recovery code, or by a code sent to the phone. Never by name and phone."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select, update

from app.extensions import db, direct
from app.models import Account, CodePurpose, Role
from app.services import throttle
from app.services.audit import record
from app.services.change_password import own_words
from app.services.keyring import Keyring
from app.services.known_device import Device
from app.services.one_time_codes import GOOD_FOR, CodeGone, issue_code, try_code, use_code
from app.services.passwords import Passwords, too_weak
from app.services.recovery_code import is_recovery_code, new_recovery_nonce
from app.services.sign_in import accounts_of, close_all_sessions, tries_on
from app.services.sms.gateway import Template
from app.services.sms.outbox import put

_CEILING = 1000  # failures of one address in ten minutes, as when signing in
_ASKED = 400  # codes that one address may ask for in ten minutes: a hall of 300 that has forgotten everything
_BY_PHONE = (
    select(Account.id)
    .where(
        Account.phone == bindparam("phone"),
        Account.citizen_last_four == bindparam("last_four"),
        Account.role == Role.CONTESTANT,
        Account.disabled_at.is_(None),
    )
    .limit(2)
)


class WrongRecoveryCode(throttle.TryAgain):
    """No account with this number and recovery code."""


class GuessablePassword(Exception):
    """Made of what others know about this person. Said only to who has shown the right code, which stays good."""


@dataclass(frozen=True, slots=True)
class Recovered:
    """Whose password was set, and the browser that will be known from now on."""

    account_id: int
    device: Device


def recover_by_recovery_code(
    *,
    identifier: str,
    code: str,
    new: str,
    keyring: Keyring,
    passwords: Passwords,
    now: datetime,
    address: str = "",
    device: Device = Device(),  # noqa: B008  frozen
) -> Recovered:
    """Set a new password and a new recovery code; all sessions end. No transaction is open before.

    Of several accounts on one phone the code finds its own. Raises WrongRecoveryCode or Throttled after the same work
    whether the account exists or not, and GuessablePassword.
    """
    where = throttle.address_of(address, purpose="recover", ceiling=_CEILING, keyring=keyring, now=now)
    rows = accounts_of(identifier, keyring)
    tries = tries_on(rows, identifier, purpose="recover", device=device, address=where, keyring=keyring, now=now)
    password_hash = passwords.hash(new)
    with direct.session() as session:
        accounts = session.scalars(select(Account).where(Account.id.in_([row.id for row in tries.rows]))).all()
    match = next((account for account in accounts if is_recovery_code(account, code, keyring)), None)
    if match is None:
        raise WrongRecoveryCode(throttle.fail(tries.key, tries.address, now=now))
    throttle.admit(tries.key, now=now)  # others may have used up the tries meanwhile
    _refuse_guessable(match.id, new, keyring)
    if len(tries.rows) == 1:  # where several share a number, one of them must not buy guesses at the others' codes
        throttle.clear(tries.key)
    set_now = db.session.execute(
        update(Account)
        .where(Account.id == match.id, Account.recovery_nonce == match.recovery_nonce)
        .values(password_hash=password_hash, recovery_nonce=new_recovery_nonce())
        .returning(Account.id)
    )
    if set_now.first() is None:  # the same code was used a moment ago
        db.session.rollback()
        raise WrongRecoveryCode
    return _let_in(match.id, password_hash, by="bằng mã khôi phục", device=device, keyring=keyring, now=now)


def ask_code_by_sms(
    *, phone: str, last_four: str, browser: str, budget: int, keyring: Keyring, now: datetime, address: str = ""
) -> None:
    """Write a code for the account with this E.164 phone and these last digits of its citizen number into the outbox.

    The digits choose among a family's accounts: one code opens one account. No transaction is open before. For nobody's
    number the same is done, and sent nowhere. Raises one_time_codes.TooSoon or Tripped, and Throttled.
    """
    where = throttle.address_of(address, purpose="recover.ask", ceiling=_ASKED, keyring=keyring, now=now)
    throttle.admit(where.key, now=now)
    throttle.fail(keyring.mark("recover.ask", phone), where, now=now)  # each asking counts, whatever comes of it
    rows = direct.all(_BY_PHONE, {"phone": phone, "last_four": last_four})
    account_id = rows[0].id if len(rows) == 1 else None
    code = issue_code(
        purpose=CodePurpose.RECOVERY,
        phone=phone,
        account_id=account_id,
        browser=browser,
        budget=budget,
        keyring=keyring,
        now=now,
    )
    put(
        phone=phone if account_id else None,
        template=Template.RECOVERY,
        params={"code": code},
        expires_at=now + GOOD_FOR,
        keyring=keyring,
        now=now,
    )


def recover_by_sms(
    *,
    browser: str,
    code: str,
    new: str,
    keyring: Keyring,
    passwords: Passwords,
    now: datetime,
    device: Device = Device(),  # noqa: B008  frozen
) -> Recovered:
    """Set a new password and a new recovery code; all sessions end. No transaction is open before.

    Raises one_time_codes.WrongCode or CodeGone, and GuessablePassword.
    """
    right = try_code(purpose=CodePurpose.RECOVERY, browser=browser, code=code, keyring=keyring, now=now)
    _refuse_guessable(right.account_id, new, keyring)
    password_hash = passwords.hash(new)
    use_code(code_id=right.id, now=now)
    set_now = db.session.execute(
        update(Account)
        .where(Account.id == right.account_id, Account.disabled_at.is_(None))
        .values(password_hash=password_hash, recovery_nonce=new_recovery_nonce())
        .returning(Account.id)
    )
    if set_now.first() is None:  # shut out, or deleted, since the code was asked for
        db.session.rollback()
        raise CodeGone
    return _let_in(right.account_id, password_hash, by="bằng tin nhắn", device=device, keyring=keyring, now=now)


def _refuse_guessable(account_id: int, password: str, keyring: Keyring) -> None:
    if too_weak(password, own_words=own_words(account_id=account_id, keyring=keyring)):
        raise GuessablePassword


def _let_in(
    account_id: int, password_hash: str, *, by: str, device: Device, keyring: Keyring, now: datetime
) -> Recovered:
    close_all_sessions(account_id=account_id)
    record(actor_id=account_id, action="password.recover", subject=f"account:{account_id}", reason=by, now=now)
    return Recovered(account_id, device.remembering(account_id, password_hash, keyring))
