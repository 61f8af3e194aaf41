"""gunicorn with our eye on what has arrived: stalled lines cost no thread, whole requests are served."""

import re
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import gunicorn
import pytest

from app.web.worker import lacking
from tests.support.served import serve

HEAD = b"GET /healthz HTTP/1.1\r\nHost: a\r\n"
POST = b"POST /dang-nhap HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\n"
STALLED = 100  # of each kind: more than gunicorn has threads
PATIENCE = 15


def test_the_version_that_the_worker_was_written_for() -> None:
    """It overrides gunicorn's inner parts: before another version is taken, read gunicorn/workers/gthread.py again."""
    assert gunicorn.__version__ == "27.0.1"


@pytest.mark.parametrize(
    ("arrived", "missing"),
    [
        (b"", 1),
        (HEAD, 1),
        (HEAD + b"\r", 1),
        (HEAD + b"\r\n", 0),
        (HEAD + b"\r\nGET /", 0),
        (POST + b"Content-Length: 10\r\n\r\n", 10),
        (POST + b"content-length:10\r\n\r\n1234", 6),
        (POST + b"Content-Length: 4\r\n\r\n1234", 0),
        (POST + b"\r\nContent-Length: 4\r\n\r\n", 0),
        (POST + b"Content-Length: 9999999\r\n\r\n", None),
        (POST + b"Transfer-Encoding: chunked\r\n\r\n", None),
        (b"G" * 70_000, None),
    ],
)
def test_what_a_request_lacks(arrived: bytes, missing: int | None) -> None:
    assert lacking(arrived) == missing


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, int]]:
    with serve(Path(tmp_path_factory.mktemp("served")), WEB_CONCURRENCY="1") as base:
        host, _, port = base.removeprefix("http://").rpartition(":")
        yield host, int(port)


def _send(address: tuple[str, int], data: bytes) -> socket.socket:
    line = socket.create_connection(address, timeout=PATIENCE)
    line.sendall(data)
    return line


def _reply(line: socket.socket) -> bytes:
    """One reply, read to its end and no further: the next one may already be there."""
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        head += line.recv(1) or pytest.fail(f"closed after {head!r}")
    left = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
    while left:
        left -= len(line.recv(left)) or pytest.fail("closed in the middle of a reply")
    return head


def test_stalled_lines_keep_nobody_waiting_and_may_still_be_finished(address: tuple[str, int]) -> None:
    with ExitStack() as lines:
        heads = [lines.enter_context(_send(address, HEAD)) for _ in range(STALLED)]
        bodies = [lines.enter_context(_send(address, POST + b"Content-Length: 9\r\n\r\na=")) for _ in range(STALLED)]
        for _ in range(3):
            with _send(address, HEAD + b"\r\n") as line:
                assert _reply(line).startswith(b"HTTP/1.1 200")
        for line in heads[:3]:
            line.sendall(b"\r\n")
            assert _reply(line).startswith(b"HTTP/1.1 200")
            line.sendall(HEAD + b"\r\n")  # and the line is good for another one
            assert _reply(line).startswith(b"HTTP/1.1 200")
        bodies[0].sendall(b"bcd")
        bodies[0].sendall(b"efgh")
        assert _reply(bodies[0]).startswith(b"HTTP/1.1 400")  # without a token


def test_who_takes_no_reply_keeps_nobody_waiting(address: tuple[str, int]) -> None:
    with _send(address, b"GET /dang-ky HTTP/1.1\r\nHost: a\r\n\r\n") as line:
        page = line.makefile("rb")
        long = next(found[1] for words in page if (found := re.search(rb'src="(/[^"]*htmx[^"]*)"', words)))
    with ExitStack() as lines:
        for _ in range(12):
            line = lines.enter_context(socket.socket())
            line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            line.connect(address)
            line.sendall(b"GET %b HTTP/1.1\r\nHost: a\r\n\r\n" % long * 120)  # 6 MB to take
        time.sleep(1)
        for _ in range(3):
            with _send(address, HEAD + b"\r\n") as line:
                assert _reply(line).startswith(b"HTTP/1.1 200")


def test_two_requests_in_one_piece(address: tuple[str, int]) -> None:
    with _send(address, (HEAD + b"\r\n") * 2 + HEAD) as line:
        assert _reply(line).startswith(b"HTTP/1.1 200")
        assert _reply(line).startswith(b"HTTP/1.1 200")
        line.sendall(b"\r\n")
        assert _reply(line).startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize(
    ("what", "status"),
    [
        (POST + b"Content-Length: 200000\r\n\r\n" + b"a" * 200_000, b"400"),  # whole, without a token
        (POST + b"Content-Length: 300000\r\n\r\n" + b"a" * 300_000, b"413"),
        (POST + b"Content-Length: 90000000\r\n\r\n", b"413"),
        (POST + b"Transfer-Encoding: chunked\r\n\r\n", b"411"),
        (b"GET /" + b"a" * 70_000, b"414"),
        (b"nonsense\r\n\r\n", b"400"),
    ],
)
def test_what_is_long_or_odd_is_answered(address: tuple[str, int], what: bytes, status: bytes) -> None:
    with _send(address, what) as line:
        assert _reply(line).split(b" ")[1] == status


def test_a_request_that_was_cut_ends_its_line(address: tuple[str, int]) -> None:
    with _send(address, HEAD) as line:
        line.shutdown(socket.SHUT_WR)
        assert line.recv(1000) == b""
