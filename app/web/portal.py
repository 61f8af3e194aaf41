"""What one running portal holds, and the plain values that views hand to deeds."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from flask import Flask, current_app

from app.config import Settings
from app.services.catalogue import Catalogue
from app.services.catalogue_reading import CatalogueCache
from app.services.keyring import Keyring, KeysMissing, read_keys
from app.services.passwords import Passwords
from app.web import desks


@dataclass(slots=True)
class Portal:
    """One per application."""

    settings: Settings
    passwords: Passwords
    catalogues: CatalogueCache
    keyring: Keyring | None


def init_app(app: Flask, settings: Settings) -> None:
    """Without keys the commands still run (one of them makes the keys); `wsgi.py` refuses to serve."""
    try:
        keys = read_keys(settings.keys_file)
        app.secret_key = keys.signing
    except KeysMissing:
        keys = None
    app.extensions["lantoa"] = Portal(
        settings=settings,
        passwords=Passwords(cheapest=settings.hashing == "cheapest", aside=desks.init_app(app).aside),
        catalogues=CatalogueCache(every=0 if settings.testing else 2.0),
        keyring=keys,
    )


def portal() -> Portal:
    """The running portal."""
    found: Portal = current_app.extensions["lantoa"]
    return found


def settings() -> Settings:
    """Settings of this installation."""
    return portal().settings


def keyring() -> Keyring:
    """Secret keys. Raises KeysMissing."""
    keys = portal().keyring
    return keys if keys is not None else read_keys(settings().keys_file)


def catalogue() -> Catalogue:
    """The current contest. Raises NoContest, which becomes a 503 page."""
    return portal().catalogues.get()


def now() -> datetime:
    """The one clock, aware UTC."""
    return datetime.now(UTC)


def today() -> date:
    """The day in the contest's zone. Raises NoContest."""
    return now().astimezone(catalogue().rules.zone).date()
