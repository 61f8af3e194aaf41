"""The HTTP gateway against a real server that is right, slow, wrong, down."""

import re
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from app.services.sms.gateway import Answer, ConsoleGateway, FileGateway, Gateway, Template, Verdict
from app.services.sms.http_gateway import HttpGateway
from app.services.sms.http_settings import HttpSettings
from tests.support.gateway import PHONE, FakeGateway, fake_gateway, own_certificate

QUICK = 0.2  # seconds that a slow server is waited for
CODE = "482913"


def send(gateway: Gateway) -> Answer:
    return gateway.send(phone=PHONE, template=Template.RECOVERY, params={"code": CODE}, idempotency_key="k1")


@pytest.fixture
def ask(server: FakeGateway) -> Callable[..., Answer]:
    """Send once while the server gives these answers."""

    def once(*answers: tuple[int, str] | str) -> Answer:
        server.answers = list(answers)
        return send(server.gateway(timeout=QUICK))

    return once


def test_right(server: FakeGateway) -> None:
    assert send(server.gateway()) == Answer(Verdict.SENT, "HTTP 200, status success")
    (delivery,) = server.deliveries
    assert delivery.path == "/send"
    assert delivery.headers["Idempotency-Key"] == "k1"
    assert delivery.json["to"] == "84900000002"
    assert f"cuoc thi: {CODE}. " in delivery.json["content"]


VERDICTS = [
    ((200, '{"status": "error", "code": "105"}'), Verdict.REJECTED, "HTTP 200, status error"),
    ((200, '{"status": "busy"}'), Verdict.RETRY, "HTTP 200, status busy"),
    ((200, "<html>Bảo trì</html>"), Verdict.UNKNOWN, "HTTP 200, không có status"),
    ((200, '{"other": 1}'), Verdict.UNKNOWN, "HTTP 200, không có status"),
    ((200, '["a"]'), Verdict.UNKNOWN, "HTTP 200, không có status"),
    ((200, ""), Verdict.UNKNOWN, "HTTP 200, không có status"),
    ((500, '{"status": "success"}'), Verdict.UNKNOWN, "HTTP 500, status success"),
    ((502, ""), Verdict.UNKNOWN, "HTTP 502"),
    ((503, ""), Verdict.RETRY, "HTTP 503"),
    ((429, '{"status": "success"}'), Verdict.RETRY, "HTTP 429, status success"),
    ((401, '{"status": "wrong key"}'), Verdict.REJECTED, "HTTP 401, status wrong key"),
    ((302, ""), Verdict.REJECTED, "HTTP 302"),
    ((200, '{"status": "gửi 0900000002"}'), Verdict.REJECTED, "HTTP 200"),
    ((200, f'{{"status": "code {CODE}"}}'), Verdict.REJECTED, "HTTP 200"),
    ((200, f'{{"status": "{"x" * 50}"}}'), Verdict.REJECTED, "HTTP 200"),
]


@pytest.mark.parametrize(("answer", "verdict", "words"), VERDICTS)
def test_what_an_answer_means(
    ask: Callable[..., Answer], server: FakeGateway, answer: tuple[int, str], verdict: Verdict, words: str
) -> None:
    """Asked once, whatever comes; no redirect is followed; nothing is repeated that could be a phone or a code."""
    assert ask(answer) == Answer(verdict, words)
    assert [delivery.path for delivery in server.deliveries] == ["/send"]


@pytest.mark.parametrize("fault", ["silence", "drip", "cut"])
def test_who_was_told_and_says_nothing_may_have_sent_it(
    ask: Callable[..., Answer], server: FakeGateway, fault: str
) -> None:
    answer = ask(fault)
    assert answer.verdict is Verdict.UNKNOWN
    assert answer.words.startswith("không rõ trả lời (")
    assert len(server.deliveries) == 1


def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_down() -> None:
    """Nothing was said, so it may be said later."""
    gateway = FakeGateway(f"http://127.0.0.1:{closed_port()}").gateway()
    assert send(gateway) == Answer(Verdict.RETRY, "không kết nối được (ConnectionRefusedError)")


def test_a_server_that_cannot_prove_who_it_is_is_told_nothing(tmp_path: Path) -> None:
    """Its certificate is its own invention."""
    with fake_gateway(tls=own_certificate(tmp_path)) as server:
        answer = send(server.gateway())
        assert answer == Answer(Verdict.RETRY, "không kết nối được (SSLCertVerificationError)")
        assert server.deliveries == []


def test_a_pattern_for_gateways_that_answer_with_a_word(server: FakeGateway) -> None:
    settings = HttpSettings(
        url=f"{server.base}/send", body={"to": "{phone}", "text": "{text}"}, success_pattern=re.compile(r"^1\|")
    )
    server.answers = [(200, "1|OK"), (200, "0|SAI")]
    assert [send(HttpGateway(settings)).verdict for _ in range(2)] == [Verdict.SENT, Verdict.REJECTED]


def test_the_console(capsys: pytest.CaptureFixture[str]) -> None:
    assert send(ConsoleGateway()).verdict is Verdict.SENT
    assert capsys.readouterr().out.startswith(f"SMS 0900 000 002: Ma dat lai mat khau cuoc thi: {CODE}.")


def test_the_file_is_nobody_else_s_to_read(tmp_path: Path) -> None:
    path = tmp_path / "sms.jsonl"
    assert [send(FileGateway(path)).verdict for _ in range(2)] == [Verdict.SENT] * 2
    lines = path.read_text().splitlines()
    assert len(lines) == 2
    assert '"phone": "+84900000002"' in lines[0]
    assert path.stat().st_mode & 0o777 == 0o600
    assert send(FileGateway(tmp_path / "none" / "sms.jsonl")).verdict is Verdict.RETRY
