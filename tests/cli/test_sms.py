"""`flask sms …`."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask

from app.config import Settings
from app.extensions import db
from app.models import AuditRecord, SmsMessage, Throttle
from app.services.sms.drivers import open_gateway
from app.services.sms.gateway import ConsoleGateway, FileGateway, Template
from app.services.sms.outbox import put
from app.web.portal import keyring
from tests.support.asking import count
from tests.support.codes import bare_code
from tests.support.gateway import PHONE, FakeGateway, Postman, fake_gateway, postman_at
from tests.support.people import make_staff


@pytest.fixture
def postman(app: Flask) -> Iterator[Postman]:
    """The portal has a gateway."""
    with postman_at(app) as found:
        yield found


def run(app: Flask, *arguments: str) -> tuple[int, str]:
    outcome = app.test_cli_runner().invoke(args=["sms", *arguments])
    return outcome.exit_code, outcome.output


def write(app: Flask, count: int = 1, *, phone: str | None = PHONE) -> None:
    """Messages into the outbox."""
    with app.app_context():
        now = datetime.now(UTC)
        for _ in range(count):
            put(
                phone=phone,
                template=Template.RECOVERY,
                params={"code": "482913"},
                expires_at=now + timedelta(minutes=5),
                keyring=keyring(),
                now=now,
            )
        db.session.commit()


def test_without_a_gateway(app: Flask) -> None:
    for command in (("send",), ("try", "0900000002")):
        assert run(app, *command) == (1, "Error: Chưa có cổng tin nhắn: đặt LANTOA_SMS.\n")
    code, told = run(app, "status")
    assert (code, told.splitlines()[0]) == (0, "Cổng tin nhắn: off")


def test_sending_what_waits(app: Flask, postman: Postman) -> None:
    write(app, 2)
    assert run(app, "send") == (0, "Đã lấy 2 tin nhắn ra gửi.\n")
    assert run(app, "send") == (0, "Đã lấy 0 tin nhắn ra gửi.\n")
    assert [phone for phone, _ in postman.phones.came] == [PHONE, PHONE]


def test_status(app: Flask, postman: Postman) -> None:
    write(app, 2)
    run(app, "send")
    write(app, phone=None)
    run(app, "send")
    write(app)
    assert run(app, "status")[1].splitlines()[1:] == [
        "      2  đã gửi",
        "      1  bị từ chối (không có người nhận)",
        "      1  đang chờ gửi",
        "Mã đã gửi: 0, hạn mức 2000. Đã dùng 0 trong 0 mã gần nhất.",
    ]


def test_the_breaker_and_going_on(app: Flask, owner_id: int) -> None:
    with app.app_context():
        moment = datetime.now(UTC) - timedelta(minutes=10)
        for number in range(100):
            db.session.add(bare_code(owner_id, phone_mark=str(number), at=moment))
        db.session.commit()
    assert "Đang ngừng gửi mã: trong 100 mã gần nhất chỉ 0 mã được dùng." in run(app, "status")[1]
    assert run(app, "resume", "--reason", "Cổng tin nhắn đã chạy lại") == (0, "Đã gửi mã trở lại.\n")
    assert "ngừng" not in run(app, "status")[1]
    assert count(app, AuditRecord) == [2]  # and that the account was made


@pytest.fixture
def owner_id(app: Flask) -> int:
    """Somebody to whom codes were sent."""
    with app.app_context():
        return make_staff(now=datetime.now(UTC)).id


@pytest.fixture
def server() -> Iterator[FakeGateway]:
    with fake_gateway() as gateway:
        yield gateway


def test_trying_out(app: Flask, postman: Postman, server: FakeGateway) -> None:
    postman.gateway = server.gateway()
    assert run(app, "try", "0900 000 002") == (0, "Cổng tin nhắn đã nhận. HTTP 200, status success\n")
    server.answers = [(401, ""), (503, ""), (500, "")]
    assert [run(app, "try", "0900000002") for _ in range(3)] == [
        (1, "Cổng tin nhắn từ chối. HTTP 401\n"),
        (1, "Chưa gửi được, thử lại sau. HTTP 503\n"),
        (1, "Không rõ tin nhắn đã đi hay chưa. HTTP 500\n"),
    ]
    assert len(server.deliveries) == 4
    assert run(app, "try", "12")[0] == 1
    assert count(app, SmsMessage) == [0]


def test_sweeping(app: Flask, postman: Postman) -> None:
    write(app)
    outcome = app.test_cli_runner().invoke(args=["account", "sweep"])
    assert "0 mã và 0 tin nhắn đã cũ, 0 mã của kiosk." in outcome.output
    assert count(app, SmsMessage, Throttle) == [1, 0]


def test_which_gateway(tmp_path: Path) -> None:
    settings = Settings(instance=tmp_path, database_url="sqlite:////x", contest=tmp_path)
    assert open_gateway(settings) is None
    assert isinstance(open_gateway(replace(settings, sms="console")), ConsoleGateway)
    assert isinstance(open_gateway(replace(settings, sms="file")), FileGateway)
