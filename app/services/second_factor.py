"""The staff's second factor: codes of an authenticator app (TOTP, RFC 6238), each good once.

Before it is proven the secret is only offered: it is made from the half-open session's own token and a key outside the
database, so nothing is stored, nobody else is offered the same, and showing it writes nothing. The first right code
seals it into the account.
"""

import hmac
from base64 import b32encode
from datetime import datetime

import pyotp
from sqlalchemy import bindparam, or_, select, update

from app.extensions import db, direct
from app.models import Account
from app.services import throttle
from app.services.audit import record
from app.services.keyring import Keyring

STEP = 30  # seconds
_WINDOW = (0, -1, 1)  # steps that a phone's clock may be wrong by
_SECRET_BYTES = 20  # RFC 4226 recommends 160 bits
_CEILING = 1000  # of one address in ten minutes, as when signing in
_FACTOR = select(Account.totp_cipher, Account.totp_step).where(
    Account.id == bindparam("account"), Account.totp_since.is_not(None), Account.disabled_at.is_(None)
)


class WrongCode(throttle.TryAgain):
    """Not the code of now, or one that was used before."""


class AlreadyProven(Exception):
    """The account has its second factor; another browser was faster."""


def offered_secret(*, token: str, keyring: Keyring) -> str:
    """What the session with this token is offered: 32 letters of base 32."""
    return b32encode(bytes.fromhex(keyring.mark("totp.offer", token))[:_SECRET_BYTES]).decode()


def address_for_apps(secret: str, *, name: str, issuer: str) -> str:
    """`otpauth://totp/…`, which authenticator apps read from a QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=issuer)


def prove_first(*, account_id: int, token: str, code: str, keyring: Keyring, now: datetime, address: str = "") -> None:
    """Keep the offered secret, once a code shows that the app has it. No transaction is open before.

    Raises WrongCode, Throttled and AlreadyProven.
    """
    secret = offered_secret(token=token, keyring=keyring)
    step = _right_step(account_id, secret, code, used=None, keyring=keyring, now=now, address=address)
    proven = db.session.execute(
        update(Account)
        .where(Account.id == account_id, Account.totp_since.is_(None))
        .values(totp_cipher=keyring.seal_text(secret, place=_place(account_id)), totp_since=now, totp_step=step)
        .returning(Account.id)
    )
    if proven.first() is None:
        db.session.rollback()
        raise AlreadyProven
    record(actor_id=account_id, action="second_factor.set", subject=f"account:{account_id}", reason="", now=now)


def use_code(*, account_id: int, code: str, keyring: Keyring, now: datetime, address: str = "") -> None:
    """Take a code, which is then worth nothing any more. No transaction is open before.

    Raises WrongCode and Throttled; of two who send one code at the same moment one gets WrongCode.
    """
    row = direct.first(_FACTOR, {"account": account_id})
    if row is None:  # taken away meanwhile
        raise WrongCode
    secret = keyring.unseal_text(row.totp_cipher, place=_place(account_id))
    step = _right_step(account_id, secret, code, used=row.totp_step, keyring=keyring, now=now, address=address)
    used = db.session.execute(
        update(Account)
        .where(Account.id == account_id, or_(Account.totp_step.is_(None), Account.totp_step < step))
        .values(totp_step=step)
        .returning(Account.id)
    )
    if used.first() is None:
        db.session.rollback()
        raise WrongCode


def _place(account_id: int) -> str:
    return f"accounts.totp_cipher.{account_id}"


def _right_step(
    account_id: int, secret: str, code: str, *, used: int | None, keyring: Keyring, now: datetime, address: str
) -> int:
    """The time step that this code belongs to. Failures are counted by account. Raises WrongCode and Throttled."""
    key = keyring.mark("second-factor", str(account_id))
    where = throttle.address_of(address, purpose="second-factor", ceiling=_CEILING, keyring=keyring, now=now)
    throttle.admit(key, where.key, now=now)
    step = _step_of(secret, code, used=used, now=now)
    if step is None:
        raise WrongCode(throttle.fail(key, where, now=now))
    if throttle.admit(key, now=now).failures(key):  # others may have used up the tries meanwhile
        throttle.clear(key)
    return step


def _step_of(secret: str, code: str, *, used: int | None, now: datetime) -> int | None:
    codes, this_step = pyotp.HOTP(secret), int(now.timestamp()) // STEP
    typed = "".join(code.split()).encode()
    for step in (this_step + shift for shift in _WINDOW):
        if hmac.compare_digest(codes.at(step).encode(), typed) and (used is None or step > used):
            return step
    return None
