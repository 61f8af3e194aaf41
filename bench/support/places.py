"""People and places of a filled portal, for the bench of the boards, in a process of its own:

LANTOA_INSTANCE=… python -m bench.support.places 200

Prints one JSON object: cookies of people at even distances down the board of the current round, addresses of the pages
behind them, codes of all units, the beginnings of names.
"""

import argparse
import json
import subprocess
import sys
from collections import Counter
from typing import TypedDict


class Places(TypedDict):
    """What the bench asks for."""

    cookies: list[str]
    deep: list[str]
    deep_in_unit: list[str]
    units: list[str]
    names: list[str]


def find_places(count: int, *, env: dict[str, str]) -> Places:
    """Find them in the portal of this environment."""
    found = subprocess.run(
        [sys.executable, "-m", "bench.support.places", str(count)], env=env, capture_output=True, text=True
    )
    if found.returncode:
        raise RuntimeError(found.stderr)
    places: Places = json.loads(found.stdout)
    return places


def _look(count: int) -> Places:
    from flask import current_app  # noqa: PLC0415  only this process loads the portal
    from flask.sessions import SecureCookieSessionInterface  # noqa: PLC0415
    from sqlalchemy import select  # noqa: PLC0415

    from app.extensions import db  # noqa: PLC0415
    from app.models import Account, Entry, Standing  # noqa: PLC0415
    from app.services.rank import PAGE  # noqa: PLC0415
    from app.services.sign_in import open_session  # noqa: PLC0415
    from app.web.portal import catalogue, now  # noqa: PLC0415

    contest, moment = catalogue(), now()
    this_round = contest.round_at(moment)
    board = db.session.execute(
        select(Standing.shown_key, Standing.entry_id, Entry.account_id, Entry.unit_id, Account.full_name)
        .join(Entry, Entry.id == Standing.entry_id)
        .join(Account, Account.id == Entry.account_id)
        .where(Standing.round_id == this_round.id)
        .order_by(Standing.shown_key, Standing.entry_id)
    ).all()
    sealer = SecureCookieSessionInterface().get_signing_serializer(current_app)
    assert sealer is not None
    step = max(1, len(board) // count)
    places = Places(cookies=[], deep=[], deep_in_unit=[], units=[unit.code for unit in contest.units], names=[])
    behind = Counter(row.unit_id for row in board)
    for number, row in enumerate(board, 1):
        behind[row.unit_id] -= 1
        if number % step:
            continue
        token = open_session(account_id=row.account_id, now=moment)
        places["cookies"].append(f"lantoa={sealer.dumps({'_user_id': token, 'csrf_token': 'x', '_permanent': True})}")
        mark = f"{row.shown_key}_{row.entry_id}"
        places["deep"].append(f"/bang-xep-hang/ca-nhan?sau={mark}")
        if behind[row.unit_id] >= PAGE:  # whole pages in cities of every size
            code = contest.units_by_id[row.unit_id].code
            places["deep_in_unit"].append(f"/bang-xep-hang/don-vi/{code}?sau={mark}")
        places["names"].append(" ".join(row.full_name.split()[:2]))  # many begin so: the dearest search
    db.session.commit()
    return places


def main() -> None:
    """The command above."""
    parser = argparse.ArgumentParser(prog="python -m bench.support.places")
    parser.add_argument("count", type=int)
    count = parser.parse_args().count
    from app import create_app  # noqa: PLC0415

    with create_app().app_context():
        json.dump(_look(count), sys.stdout)


if __name__ == "__main__":
    main()
