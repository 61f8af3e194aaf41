"""Citizen numbers as they are kept, in clear."""

from flask import Flask

from app.extensions import db
from app.models import Account, Entry
from app.services.keyring import Keyring
from app.web.portal import keyring


def unsealed(account: Account, keys: Keyring | None = None) -> str:
    """The number of an account that has one, by these keys or by the portal's own."""
    assert account.citizen_cipher is not None
    assert account.citizen_index is not None
    return (keys or keyring()).unseal(account.citizen_cipher, account.citizen_index)


def number_of(app: Flask, entry: Entry) -> str:
    """What the database says now."""
    with app.app_context():
        return unsealed(db.session.get_one(Account, entry.account_id))
