"""The sending thread: begun on demand, gone when nothing waits, right after a fork, silent about what it sends."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.extensions import db
from app.models import SmsMessage, SmsState
from app.services.keyring import Keyring
from app.services.sms import outbox
from app.services.sms.gateway import Template
from app.services.sms.sender import Sender
from tests.support.gateway import PHONE, FakeGateway

WAIT = 20


def clock() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def write(app: Flask, keys: Keyring) -> Callable[[], None]:
    def put() -> None:
        outbox.put(
            phone=PHONE,
            template=Template.RECOVERY,
            params={"code": "482913"},
            expires_at=clock() + timedelta(minutes=5),
            keyring=keys,
            now=clock(),
        )
        db.session.commit()

    return put


@pytest.fixture
def one(app: Flask, keys: Keyring, server: FakeGateway) -> Sender:
    return Sender(server.gateway(), context=app.app_context, keyring=lambda: keys, clock=clock)


def threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "sms"]


def finish() -> None:
    for thread in threads():
        thread.join(WAIT)
        assert not thread.is_alive()


def states() -> list[SmsState]:
    """Of all messages; no transaction stays open, for it would hold SQLite's pen."""
    found = list(db.session.scalars(select(SmsMessage.state).order_by(SmsMessage.id)))
    db.session.commit()
    return found


def test_begun_on_demand_and_gone_when_all_is_sent(write: Callable[[], None], one: Sender, server: FakeGateway) -> None:
    assert threads() == []
    for _ in range(3):
        write()
        one.wake()
    assert len(threads()) <= 1
    finish()
    assert states() == [SmsState.SENT] * 3
    assert len(server.deliveries) == 3


def test_it_stays_while_something_is_to_be_tried_again(
    write: Callable[[], None], one: Sender, server: FakeGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "_BACK_OFF", (0.05,))
    server.answers = [(503, ""), (503, ""), (200, '{"status": "success"}')]
    write()
    one.wake()
    finish()
    assert states() == [SmsState.SENT]
    assert len(server.deliveries) == 3


def test_a_fork_begins_its_own(write: Callable[[], None], one: Sender) -> None:
    """What the parent's thread was doing, no child does."""
    one.wake()
    finish()
    one._running, one._pid = True, -2  # as a child finds it when its parent was just sending
    write()
    one.wake()
    finish()
    assert states() == [SmsState.SENT]


def test_a_database_that_is_away_leaves_one_word_and_the_next_wakes_it(
    app: Flask,
    write: Callable[[], None],
    one: Sender,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    @contextmanager
    def away() -> Iterator[None]:
        raise OSError(f"secret {PHONE} 482913")
        yield

    write()
    monkeypatch.setattr(one, "_context", away)
    with caplog.at_level(logging.DEBUG):
        one.wake()
        finish()
    assert [record.getMessage() for record in caplog.records] == ["short messages could not be sent: OSError"]
    assert states() == [SmsState.WAITING]
    monkeypatch.setattr(one, "_context", app.app_context)
    one.wake()
    finish()
    assert states() == [SmsState.SENT]


def test_nothing_that_is_sent_stands_in_a_log(
    write: Callable[[], None], one: Sender, server: FakeGateway, caplog: pytest.LogCaptureFixture
) -> None:
    server.answers = [(500, "0900000002 482913"), "cut", (200, '{"status": "0900000002 482913"}')]
    with caplog.at_level(logging.DEBUG):
        for _ in range(3):
            write()
            one.wake()
            finish()
    assert not [word for word in ("482913", "900000002", "khoa-bi-mat") if word in caplog.text]
    kept = " ".join(db.session.scalars(select(SmsMessage.outcome)))
    assert "482913" not in kept
    assert "900000002" not in kept
