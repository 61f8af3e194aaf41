"""Identifiers and passwords."""

from datetime import datetime

from app.extensions import db
from app.services.keyring import Keyring
from app.services.sign_in import WrongCredentials, check_credentials
from app.web.portal import portal


def are_good(identifier: str, password: str, *, keys: Keyring, now: datetime) -> bool:
    """Whether this pair opens an account. Commits before: who signs in has no transaction open."""
    db.session.commit()
    try:
        check_credentials(identifier=identifier, password=password, keyring=keys, passwords=portal().passwords, now=now)
    except WrongCredentials:
        return False
    return True
