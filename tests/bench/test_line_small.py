"""The proxy behind bench/weight and bench/weak_line: what passes is whole, and every byte is counted."""

import threading
from collections.abc import Iterator
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from bench.support.thin_line import Exchange, Kind, thin_line
from bench.weight import Load

BODY = bytes(range(256)) * 40


class _Answer(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(BODY))
        self.wfile.write(BODY)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def base() -> Iterator[str]:
    """A server that answers every GET with BODY."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Answer) as server:
        thread = threading.Thread(target=server.serve_forever, args=[0.01])
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


def _get(line_base: str, *paths: str) -> list[bytes]:
    connection = HTTPConnection(line_base.removeprefix("http://"))
    bodies = []
    for path in paths:
        connection.request("GET", path, headers={"Host": "thi.example"})
        bodies.append(connection.getresponse().read())
    connection.close()
    return bodies


def test_every_byte_is_counted(base: str) -> None:
    with thin_line(base) as line:
        assert _get(line.base, "/a", "/b.css") == [BODY, BODY]
    sent = len(b"GET /a HTTP/1.1\r\nAccept-Encoding: identity\r\nHost: thi.example\r\n\r\n")
    head = len(b"HTTP/1.1 200 OK\r\nContent-Length: 10240\r\n\r\n")
    a, b = line.exchanges
    assert a == Exchange("GET", "/a", up=sent, down=head + len(BODY), head=head)
    assert (b.path, b.up, b.down) == ("/b.css", sent + 4, head + len(BODY))


def test_a_bad_line_loses_nothing_for_good(base: str) -> None:
    with thin_line(base, Kind(0.002, 50_000_000, 0.05), seed=2) as line:
        line.cut(0.05)
        assert _get(line.base, *(["/x"] * 4)) == [BODY] * 4
    assert line.lost


def test_what_is_weighed() -> None:
    """Icons apart, bodies without their headers, by kind."""
    load = Load(
        [
            Exchange("GET", "/hoc?x=1.css", up=10, down=1000, head=100),
            Exchange("GET", "/static/css/app.0.css", up=10, down=500, head=100),
            Exchange("GET", "/static/js/exam.0.js", up=10, down=700, head=100),
            Exchange("GET", "/static/images/favicon.0.svg", up=10, down=300, head=100),
        ]
    )
    assert (load.requests, load.up, load.down, load.bodies) == (3, 30, 2200, 1900)
    assert (load.html, load.css, load.scripts, load.icons) == (900, 400, 600, 310)
