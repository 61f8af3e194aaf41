"""An officer mends what the person mends at the same moment."""

import time
from typing import Any

import pytest
from flask import Flask

from app.account import my_data
from app.desk import deeds
from app.extensions import db
from app.models import Channel, Consent, Entry, Purpose
from app.services.desk_people import correct_person
from tests.support.asking import look
from tests.support.people import sign_in
from tests.support.racing import Meeting, race
from tests.support.visitor import Visitor


def test_a_guardian_speaks_while_the_minor_mends_her_name(
    desk: Visitor, app: Flask, entry: Entry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The name leads to the entry, on Postgres behind a lock: both take account and entry in one order."""
    with app.app_context():
        row = Consent(entry_id=entry.id, purpose=Purpose.GUARDIAN, text_version="1", channel=Channel.SELF)
        row.given_at = entry.registered_at
        db.session.add(row)
        db.session.get_one(Entry, entry.id).on_boards = False
        db.session.commit()
    sign_in(own := Visitor(app), app, entry.account)
    own.visit("/toi/du-lieu/sua")
    desk.visit(f"/can-bo/thi-sinh/{entry.id}/sua")
    meeting = Meeting(2)

    def desk_s(**values: Any) -> list[str]:
        meeting.wait()
        time.sleep(0.2)
        return correct_person(**values)

    def own_one(**values: Any) -> list[str]:
        meeting.wait()
        return correct_person(**values)

    monkeypatch.setattr(deeds, "correct_person", desk_s)
    monkeypatch.setattr(my_data, "correct_person", own_one)

    def at_the_desk() -> int:
        return desk.submit(
            "Lưu thông tin", full_name="Nguyễn Thị Bàn", guardian_public="y", reason="Mẹ em có mặt"
        ).status

    def alone() -> int:
        return own.submit("Lưu", full_name="Nguyễn Thị Em").status

    with app.app_context():
        assert race(app, [at_the_desk, alone]) == [200, 200]
    shown = look(app, lambda: db.session.get_one(Entry, entry.id).shown_name)
    assert shown in ("Nguyễn Thị Bàn", "Nguyễn Thị Em")
