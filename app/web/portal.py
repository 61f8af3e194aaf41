"""What one running portal holds, and the plain values that views hand to deeds."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime

from flask import Flask, current_app

from app.config import Settings
from app.services.catalogue import Catalogue
from app.services.catalogue_reading import CatalogueCache
from app.services.key_file import KeyFile
from app.services.keyring import Keyring, KeysMissing
from app.services.passwords import Passwords
from app.services.sms.drivers import open_gateway
from app.services.sms.sender import Sender
from app.web import desks

KEYS_SECONDS = 2.0  # within which every process knows changed keys


@dataclass(slots=True)
class Portal:
    """One per application."""

    settings: Settings
    passwords: Passwords
    catalogues: CatalogueCache
    keys: KeyFile
    sms: Sender | None = None  # without a gateway the portal says no word of messages

    @property
    def keyring(self) -> Keyring:
        """Secret keys. Raises KeysMissing."""
        return self.keys.get()


def init_app(app: Flask, settings: Settings) -> None:
    """Without keys the commands still run (one of them makes the keys); `wsgi.py` refuses to serve.

    Raises ConfigError when the gateway's settings make no sense.
    """
    keys = KeyFile(settings.keys_file, every=0 if settings.testing else KEYS_SECONDS)
    with suppress(KeysMissing):
        app.secret_key = keys.get().signing
    app.extensions["lantoa"] = Portal(
        settings=settings,
        passwords=Passwords(cheapest=settings.hashing == "cheapest", aside=desks.init_app(app).aside),
        catalogues=CatalogueCache(every=0 if settings.testing else 2.0),
        keys=keys,
        sms=_sender(app, settings, keys),
    )


def _sender(app: Flask, settings: Settings, keys: KeyFile) -> Sender | None:
    gateway = open_gateway(settings)
    return Sender(gateway, context=app.app_context, keyring=keys.get, clock=now) if gateway else None


def portal() -> Portal:
    """The running portal."""
    found: Portal = current_app.extensions["lantoa"]
    return found


def settings() -> Settings:
    """Settings of this installation."""
    return portal().settings


def keyring() -> Keyring:
    """Secret keys. Raises KeysMissing."""
    return portal().keyring


def catalogue() -> Catalogue:
    """The current contest. Raises NoContest, which becomes a 503 page."""
    return portal().catalogues.get()


def now() -> datetime:
    """The one clock, aware UTC."""
    return datetime.now(UTC)


def today() -> date:
    """The day in the contest's zone. Raises NoContest."""
    return now().astimezone(catalogue().rules.zone).date()
