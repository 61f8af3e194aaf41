"""A page of a desk, and whose people whoever sits there may see."""

from typing import Any

from flask import render_template, request

from app.models import Role
from app.services.desk_people import Reach
from app.services.staff import units_of
from app.web.addresses import row_number
from app.web.navigation import desk_nav
from app.web.portal import catalogue, now
from app.web.sign_in import me

_TITLES = {Role.OFFICER: "Cán bộ phường, xã", Role.JUDGE: "Giám khảo", Role.ORGANISER: "Ban Tổ chức"}


def desk_page(template: str, **context: Any) -> str:
    """A page with the side navigation of the role that is signed in."""
    role = me().role
    return render_template(template, desk_nav=desk_nav(role), desk_title=_TITLES[role], shown_at=now(), **context)


def asked_row(name: str) -> int | None:
    """The number of a row in the query; None when there is none, or none that a row can have."""
    try:
        return row_number(request.args.get(name, ""))
    except ValueError:
        return None


def my_reach() -> Reach:
    """An organiser's is the whole contest, an officer's the own units."""
    who, contest_id = me(), catalogue().contest_id
    if who.role is Role.ORGANISER:
        return Reach(contest_id)
    return Reach(contest_id, units_of(account_id=who.account_id, contest_id=contest_id))
