"""What a portal keeps about its league tables against a recount, in a process of its own:

LANTOA_INSTANCE=… python -m bench.support.recount

Prints one JSON object. Nothing is mended: `flask ranking rebuild` comes afterwards and has to find the same.
"""

import json
import subprocess
import sys
from typing import TypedDict


class Recount(TypedDict):
    """What is there, and what is wrong with it: the last four must be 0."""

    submitted: int
    finishers: int
    ungraded: int  # attempts that are still open
    miscounted: int  # standings that count other than once what was submitted
    misplaced: int  # people whose places by the ladders are not those by the order
    figures_off: int  # kept figures that differ from figures counted anew, of units, groups and rounds


def recount(*, env: dict[str, str]) -> Recount:
    """Look at the portal of this environment."""
    found = subprocess.run([sys.executable, "-m", "bench.support.recount"], env=env, capture_output=True, text=True)
    if found.returncode:
        raise RuntimeError(found.stderr)
    seen: Recount = json.loads(found.stdout)
    return seen


def _look() -> Recount:
    from collections import Counter  # noqa: PLC0415  only this process loads the portal

    from sqlalchemy import func, select  # noqa: PLC0415

    from app.extensions import db  # noqa: PLC0415
    from app.models import Attempt, AttemptState, Standing  # noqa: PLC0415
    from app.services.count_figures import count_figures  # noqa: PLC0415
    from app.services.my_place import my_places  # noqa: PLC0415
    from app.services.rollups import read_version  # noqa: PLC0415
    from app.web.portal import catalogue, now  # noqa: PLC0415

    contest = catalogue()
    states = Counter(
        (entry, round_id)
        for entry, round_id, state in db.session.execute(select(Attempt.entry_id, Attempt.round_id, Attempt.state))
        if state is AttemptState.SUBMITTED
    )
    open_ones = db.session.scalar(select(func.count()).where(Attempt.state == AttemptState.OPEN)) or 0
    in_city = func.rank().over(order_by=Standing.shown_key)
    in_unit = func.rank().over(partition_by=Standing.unit_id, order_by=Standing.shown_key)
    rows = db.session.execute(
        select(Standing.entry_id, Standing.round_id, Standing.attempts, Standing.unit_id, in_city, in_unit).where(
            Standing.round_id == contest.total_round.id
        )
    ).all()
    kept = {(row[0], row[1]): row[2] for row in rows}
    people = Counter(row[3] for row in rows)
    misplaced = 0
    for entry_id, round_id, _, unit_id, of_city, of_unit in rows:
        places = my_places(entry_id=entry_id, round_id=round_id)
        wanted = ((of_city, len(rows)), (of_unit, people[unit_id]))
        misplaced += places is None or (places.city, places.unit) != wanted
    fresh = count_figures(db.session(), catalogue=contest, now=now()).as_json()
    version = read_version(contest_id=contest.contest_id)
    stored = version[1].as_json() if version else {}
    parts = ("units", "groups", "rounds")
    return Recount(
        submitted=sum(states.values()),
        finishers=len(rows),
        ungraded=open_ones,
        miscounted=sum(kept.get(where) != states.get(where) for where in kept.keys() | states.keys()),
        misplaced=misplaced,
        figures_off=sum(stored.get(part) != fresh[part] for part in parts),
    )


def main() -> None:
    """The command above."""
    from app import create_app  # noqa: PLC0415

    with create_app().app_context():
        json.dump(_look(), sys.stdout)


if __name__ == "__main__":
    main()
