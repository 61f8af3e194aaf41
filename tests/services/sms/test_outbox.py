"""The outbox: handed over once, whoever asks, whatever happens; wiped when done. On both databases."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

import pytest
from cryptography.exceptions import InvalidTag
from flask import Flask
from sqlalchemy import select, update

from app.extensions import db
from app.models import SmsMessage, SmsState
from app.services.keyring import Keyring
from app.services.sms import outbox
from app.services.sms.gateway import Answer, Template, Verdict
from app.services.sms.outbox import LEASE, NOBODY, Tally
from tests.support.gateway import PHONE, FakeGateway
from tests.support.racing import race

GOOD_FOR = timedelta(minutes=5)


@dataclass
class Ear:
    """A gateway that gives these verdicts in order, the last one again and again, and keeps what it heard."""

    verdicts: list[Verdict] = field(default_factory=lambda: [Verdict.SENT])
    heard: list[tuple[str, str, str]] = field(default_factory=list)
    meanwhile: Callable[[], object] = lambda: None

    def send(self, *, phone: str, template: Template, params: Mapping[str, str], idempotency_key: str) -> Answer:
        self.heard.append((phone, params["code"], idempotency_key))
        self.meanwhile()
        verdict = self.verdicts.pop(0) if len(self.verdicts) > 1 else self.verdicts[0]
        return Answer(verdict, f"lời của cổng: {verdict}")


@pytest.fixture
def write(deeds: Flask, keys: Keyring, noon: datetime) -> Callable[..., None]:
    """Put a message into the outbox and commit."""

    def put(code: str = "482913", phone: str | None = PHONE) -> None:
        outbox.put(
            phone=phone,
            template=Template.RECOVERY,
            params={"code": code},
            expires_at=noon + GOOD_FOR,
            keyring=keys,
            now=noon,
        )
        db.session.commit()

    return put


@pytest.fixture
def send(deeds: Flask, keys: Keyring) -> Callable[..., int]:
    """One round of sending at this moment."""

    def at(gateway: Ear, now: datetime) -> int:
        return outbox.send_due(gateway=gateway, keyring=keys, clock=lambda: now)

    return at


def rows() -> list[SmsMessage]:
    """What stands in the outbox now, in order; no transaction stays open, for it would hold SQLite's pen."""
    db.session.expire_all()
    found = list(db.session.scalars(select(SmsMessage).order_by(SmsMessage.id)))
    db.session.commit()
    return found


def only() -> SmsMessage:
    (row,) = rows()
    return row


def test_sent_once_in_the_order_of_writing_and_wiped(
    write: Callable[..., None], send: Callable[..., int], noon: datetime
) -> None:
    write("111111")
    write("222222")
    ear = Ear()
    assert [send(ear, noon), send(ear, noon)] == [2, 0]
    assert [(phone, code) for phone, code, _ in ear.heard] == [(PHONE, "111111"), (PHONE, "222222")]
    assert len({key for _, _, key in ear.heard}) == 2
    for row in rows():
        assert (row.state, row.sealed, row.done_at, row.tries) == (SmsState.SENT, None, noon, 1)
        assert row.outcome == "lời của cổng: sent"


def test_what_waits_is_sealed_to_its_own_row(write: Callable[..., None], keys: Keyring) -> None:
    write()
    row = only()
    assert row.sealed is not None
    assert not any(word in row.sealed for word in (b"482913", b"900000002", b"phone"))
    assert "482913" in keys.unseal_text(row.sealed, place=f"sms_messages.sealed.{row.key}")
    with pytest.raises(InvalidTag):
        keys.unseal_text(row.sealed, place="sms_messages.sealed.other")


def test_to_nobody_nothing_is_sent(write: Callable[..., None], send: Callable[..., int], noon: datetime) -> None:
    write(phone=None)
    ear = Ear()
    assert send(ear, noon) == 1
    assert ear.heard == []
    assert (only().state, only().outcome, only().sealed) == (SmsState.REJECTED, NOBODY, None)


@pytest.mark.parametrize(
    ("verdict", "state"), [(Verdict.REJECTED, SmsState.REJECTED), (Verdict.UNKNOWN, SmsState.GIVEN_UP)]
)
def test_never_again_after_any_other_word_than_try_again(
    write: Callable[..., None], send: Callable[..., int], noon: datetime, verdict: Verdict, state: SmsState
) -> None:
    write()
    ear = Ear([verdict, Verdict.SENT])
    assert [send(ear, noon + timedelta(seconds=second)) for second in (0, 10, 100)] == [1, 0, 0]
    assert (only().state, only().sealed, only().outcome) == (state, None, f"lời của cổng: {verdict}")


def test_again_a_little_later_each_time_under_the_same_key(
    write: Callable[..., None], send: Callable[..., int], noon: datetime
) -> None:
    write()
    ear = Ear([Verdict.RETRY, Verdict.RETRY, Verdict.RETRY, Verdict.RETRY, Verdict.SENT])
    seconds = (0, 4, 5, 19, 20, 64, 65, 109, 110, 500)
    taken = [send(ear, noon + timedelta(seconds=second)) for second in seconds]
    assert taken == [1, 0, 1, 0, 1, 0, 1, 0, 1, 0]
    assert len({key for _, _, key in ear.heard}) == 1
    assert (only().state, only().tries, only().sealed) == (SmsState.SENT, 5, None)


def test_no_longer_than_it_is_of_use(write: Callable[..., None], send: Callable[..., int], noon: datetime) -> None:
    write()
    write("222222")
    ear = Ear([Verdict.RETRY])
    for second in range(0, 301, 5):
        send(ear, noon + timedelta(seconds=second))
    heard = len(ear.heard)
    assert heard == 2 * 9  # at 0, 5, 20, and every 45 seconds while the next try still comes in time
    assert {(row.state, row.sealed) for row in rows()} == {(SmsState.GIVEN_UP, None)}


def test_what_nobody_sent_in_time_is_not_sent_late(
    write: Callable[..., None], send: Callable[..., int], noon: datetime
) -> None:
    write()
    ear = Ear()
    assert send(ear, noon + GOOD_FOR) == 0
    assert (ear.heard, only().state, only().outcome, only().sealed) == ([], SmsState.GIVEN_UP, "quá hạn", None)


def test_who_dies_with_it_in_hand_has_perhaps_sent_it(
    write: Callable[..., None], send: Callable[..., int], noon: datetime
) -> None:
    """Nobody sends it again, neither before the lease is over nor afterwards."""
    write()

    def die() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        send(Ear(meanwhile=die), noon)
    assert only().state is SmsState.SENDING
    ear = Ear()
    assert [send(ear, noon + LEASE - timedelta(seconds=1)), send(ear, noon + LEASE)] == [0, 0]
    assert ear.heard == []
    assert (only().state, only().outcome, only().sealed) == (SmsState.GIVEN_UP, "mất dấu khi đang gửi", None)


def test_who_comes_back_after_the_lease_changes_nothing(
    write: Callable[..., None], send: Callable[..., int], noon: datetime
) -> None:
    write()
    slow = Ear([Verdict.RETRY], meanwhile=lambda: send(Ear(), noon + LEASE))
    send(slow, noon)
    assert (only().state, only().outcome) == (SmsState.GIVEN_UP, "mất dấu khi đang gửi")


def test_keys_that_are_gone(write: Callable[..., None], send: Callable[..., int], noon: datetime) -> None:
    write()
    db.session.execute(update(SmsMessage).values(sealed=b"\xff" + b"0" * 40))
    db.session.commit()
    ear = Ear()
    send(ear, noon)
    assert (ear.heard, only().state, only().outcome) == ([], SmsState.REJECTED, "không mở được nội dung")


@pytest.mark.parametrize("answer", ["silence", "drip", "cut", (500, ""), (200, "<html>"), (200, '{"status": "no"}')])
def test_a_real_server_that_is_slow_or_wrong_is_told_once(
    write: Callable[..., None],
    send: Callable[..., int],
    server: FakeGateway,
    noon: datetime,
    answer: tuple[int, str] | str,
) -> None:
    write()
    server.answers = [answer]
    gateway = server.gateway(timeout=0.2)
    assert [send(gateway, noon + timedelta(seconds=second)) for second in (0, 60, 240)] == [1, 0, 0]
    plainly_no = answer == (200, '{"status": "no"}')
    assert only().state is (SmsState.REJECTED if plainly_no else SmsState.GIVEN_UP)
    assert (only().sealed, len(server.deliveries)) == (None, 1)


def test_a_server_that_was_down_is_told_when_it_is_up(
    write: Callable[..., None], send: Callable[..., int], server: FakeGateway, noon: datetime
) -> None:
    write()
    send(FakeGateway("http://127.0.0.1:1").gateway(), noon)
    assert only().outcome == "không kết nối được (ConnectionRefusedError)"
    send(server.gateway(), noon + timedelta(seconds=5))
    assert (only().state, len(server.deliveries)) == (SmsState.SENT, 1)


def test_many_senders_at_once_hand_each_message_over_once(
    app: Flask,
    write: Callable[..., None],
    send: Callable[..., int],
    server: FakeGateway,
    noon: datetime,
) -> None:
    """As workers and the timer do, against a real server that counts."""
    codes = [f"{number:06d}" for number in range(12)]
    for code in codes:
        write(code)
    taken = race(app, [partial(send, server.gateway(), noon) for _ in range(4)])
    assert sum(count for count in taken if isinstance(count, int)) == len(codes), taken
    texts = sorted(delivery.json["content"].split("thi: ")[1][:6] for delivery in server.deliveries)
    assert texts == codes
    assert {row.state for row in rows()} == {SmsState.SENT}


def test_how_long_until_the_next(write: Callable[..., None], send: Callable[..., int], noon: datetime) -> None:
    assert outbox.seconds_to_next(now=noon) is None
    write()
    assert outbox.seconds_to_next(now=noon) == 0
    send(Ear([Verdict.RETRY]), noon)
    assert outbox.seconds_to_next(now=noon + timedelta(seconds=2)) == 3
    send(Ear(), noon + timedelta(seconds=5))
    assert outbox.seconds_to_next(now=noon + timedelta(seconds=5)) is None


def test_tallies_and_sweeping(write: Callable[..., None], send: Callable[..., int], noon: datetime) -> None:
    for _ in range(3):
        write()
    send(Ear([Verdict.SENT, Verdict.REJECTED, Verdict.SENT]), noon)
    assert outbox.tallies(since=noon) == [
        Tally(SmsState.SENT, "lời của cổng: sent", 2),
        Tally(SmsState.REJECTED, "lời của cổng: rejected", 1),
    ]
    assert outbox.tallies(since=noon + timedelta(seconds=1)) == []
    month = noon + timedelta(days=30)
    assert [outbox.sweep(now=month, limit=2), outbox.sweep(now=month + timedelta(seconds=1), limit=2)] == [0, 2]
    assert len(list(db.session.scalars(select(SmsMessage)))) == 1
