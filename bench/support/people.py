"""Invented contestants for a bench, straight through the deeds, in a process of their own:

LANTOA_INSTANCE=… LANTOA_HASHING=cheapest python -m bench.support.people 400

Prints one JSON list of {"identifier", "account", "entry"}; all have learnt every lesson, so the exam is open to them.
"""

import argparse
import json
import subprocess
import sys
from typing import TypedDict

PASSWORD = "hoa phượng tháng năm"


class Person(TypedDict):
    """Who may sign in with PASSWORD."""

    identifier: str
    account: int
    entry: int


def make_people(count: int, *, env: dict[str, str]) -> list[Person]:
    """Make `count` contestants in the portal of this environment."""
    made = subprocess.run(
        [sys.executable, "-m", "bench.support.people", str(count)], env=env, capture_output=True, text=True
    )
    if made.returncode:
        raise RuntimeError(made.stderr)
    people: list[Person] = json.loads(made.stdout)
    return people


def _register(count: int) -> list[Person]:
    from sqlalchemy import insert  # noqa: PLC0415  only the process that makes people loads the portal

    from app.extensions import db  # noqa: PLC0415
    from app.models import Channel, LessonRead, Purpose  # noqa: PLC0415
    from app.services.enter_contest import NewEntry  # noqa: PLC0415
    from app.services.register import NewContestant, register  # noqa: PLC0415
    from app.web.portal import catalogue, keyring, now, portal  # noqa: PLC0415

    contest, moment = catalogue(), now()
    people: list[Person] = []
    for serial in range(1, count + 1):
        number = f"000{serial:09d}"  # no office issues the province 000
        unit = contest.units[serial % len(contest.units)]
        consents = frozenset({Purpose.CONTEST, Purpose.BOARDS})
        person = NewContestant("Trần Văn Mẫu", "+84900000002", number, PASSWORD, NewEntry(unit, consents))
        account = register(
            person=person,
            catalogue=contest,
            keyring=keyring(),
            passwords=portal().passwords,
            channel=Channel.SELF,
            now=moment,
        )
        people.append({"identifier": number, "account": account.id, "entry": account.entries[0].id})
    read = [
        {"entry_id": person["entry"], "lesson_id": lesson, "read_at": moment}
        for person in people
        for lesson in contest.lesson_ids
    ]
    db.session.execute(insert(LessonRead), read)
    db.session.commit()
    return people


def main() -> None:
    """The command above."""
    parser = argparse.ArgumentParser(prog="python -m bench.support.people")
    parser.add_argument("count", type=int)
    count = parser.parse_args().count
    from app import create_app  # noqa: PLC0415

    with create_app().app_context():
        json.dump(_register(count), sys.stdout)


if __name__ == "__main__":
    main()
