"""What the officer's and the organiser's desks share: their contestants. One set of pages, hung up in both rooms.

An officer reaches the people of the own units, an organiser everybody; anybody else's are a 404. Templates link by
`url_for('.person', …)`, which stays in the room where one is.
"""

from collections.abc import Callable
from typing import Any

from flask import Blueprint

from app.desk import claims, deeds, kiosks, people, rolls

_PEOPLE, _CLAIMS = "/thi-sinh", "/tranh-chap"
_PERSON = f"{_PEOPLE}/<int:entry_id>"
_ADDRESSES: tuple[tuple[str, str, Callable[..., Any]], ...] = (
    ("GET", _PEOPLE, people.people),
    ("POST", _PEOPLE, people.find),
    ("GET", _PERSON, people.person),
    ("GET", "/danh-sach", rolls.roll),
    ("POST", "/danh-sach/<any(xlsx, csv):kind>", rolls.export),
    ("GET", f"{_PERSON}/mat-khau", deeds.new_password),
    ("POST", f"{_PERSON}/mat-khau", deeds.give_password),
    ("GET", f"{_PERSON}/sua", deeds.correction),
    ("POST", f"{_PERSON}/sua", deeds.correct),
    ("GET", f"{_PERSON}/so-can-cuoc", deeds.ask_number),
    ("POST", f"{_PERSON}/so-can-cuoc", deeds.show_number),
    ("GET", _CLAIMS, claims.claims),
    ("GET", f"{_CLAIMS}/<int:claim_id>", claims.claim),
    ("POST", f"{_CLAIMS}/<int:claim_id>", claims.decide),
    ("GET", "/kiosk", kiosks.kiosks),
    ("POST", "/kiosk", kiosks.make_kiosk_code),
    ("GET", "/kiosk/<int:kiosk_id>", kiosks.kiosk),
    ("POST", "/kiosk/<int:kiosk_id>/<any('thu-hoi', 'cho-tiep'):act>", kiosks.change_kiosk),
)


def hang_up(room: Blueprint, *, base: str, door: Callable[[Callable[..., Any]], Callable[..., Any]]) -> None:
    """Give a room these pages below `base`, behind its own door."""
    for method, rule, view in _ADDRESSES:
        room.add_url_rule(f"{base}{rule}", view.__name__, door(view), methods=[method])
