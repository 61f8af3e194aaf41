"""A real HTTP server on this machine that behaves as gateways of short messages do: right, slow, wrong, down."""

import json
import re
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from flask import Flask

from app.services.sms.gateway import Answer, Template, Verdict, text_of
from app.services.sms.http_gateway import HttpGateway
from app.services.sms.http_settings import read_http_settings
from app.services.sms.sender import Sender
from app.web import portal

PHONE = "+84900000002"
CODE = re.compile(r": (\d{6})\.")
GATEWAY = """
url = "{base}/send"
timeout = {timeout}
[headers]
Idempotency-Key = "{{key}}"
[body]
secret = "khoa-bi-mat"
to = "{{phone84}}"
content = "{{text}}"
[success]
field = "status"
values = ["success"]
[retry]
values = ["busy"]
"""


@dataclass(frozen=True)
class Delivery:
    """One request that arrived whole."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body."""
        return json.loads(self.body)


@dataclass
class FakeGateway:
    """`answers` are given in order, the last one again and again: (status, body), or a word for what can go wrong:
    "silence" (until the test is over), "drip" (a byte now and then), "cut" (the line breaks before an answer)."""

    base: str
    answers: list[tuple[int, str] | str] = field(default_factory=lambda: [(200, '{"status": "success"}')])
    deliveries: list[Delivery] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def next_answer(self) -> tuple[int, str] | str:
        """What comes now."""
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    def gateway(self, *, timeout: float = 5) -> HttpGateway:
        """Our own client, set up for this server by a file as operators write it."""
        with NamedTemporaryFile("w", suffix=".toml", encoding="utf-8") as file:
            file.write(GATEWAY.format(base=self.base, timeout=timeout))
            file.flush()
            return HttpGateway(read_http_settings(Path(file.name)))


@contextmanager
def fake_gateway(tls: ssl.SSLContext | None = None) -> Iterator[FakeGateway]:
    """A gateway that is up, and says yes."""
    server = _Server(("127.0.0.1", 0), _Handler)
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    gateway = FakeGateway(f"http{'s' if tls else ''}://127.0.0.1:{server.server_port}")
    server.gateway = gateway  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield gateway
    finally:
        gateway.over.set()
        server.shutdown()
        thread.join()
        server.server_close()


def own_certificate(folder: Path) -> ssl.SSLContext:
    """A server's side of TLS with a certificate for 127.0.0.1 that nobody vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / "gateway.pem"
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(private + certificate.public_bytes(pem))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Who hangs up, or wants no TLS of ours, is no fault of the test."""


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        gateway: FakeGateway = self.server.gateway  # type: ignore[attr-defined]
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        gateway.deliveries.append(Delivery(self.path, dict(self.headers), body))
        answer = gateway.next_answer()
        if answer == "silence":
            gateway.over.wait(30)
        elif answer == "drip":
            self._drip(gateway)
        elif answer != "cut":
            self._say(*answer)

    do_GET = do_POST

    def _say(self, status: int | str, body: str = "") -> None:
        self.send_response(int(status))
        if status == 302:
            self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", str(len(body.encode())))
        self.end_headers()
        self.wfile.write(body.encode())

    def _drip(self, gateway: FakeGateway) -> None:
        """Never silent for long, never done."""
        self.send_response(200)
        self.send_header("Content-Length", "100000")
        self.end_headers()
        while not gateway.over.wait(0.02):
            try:
                self.wfile.write(b" ")
                self.wfile.flush()
            except OSError:
                return

    def log_message(self, *_words: object) -> None:
        """Silence."""


class Phones:
    """A gateway that is nothing but the phones: what came to each, in order."""

    def __init__(self) -> None:
        self.came: list[tuple[str, str]] = []

    def send(self, *, phone: str, template: Template, params: Mapping[str, str], idempotency_key: str) -> Answer:
        """Rings at once."""
        self.came.append((phone, text_of(template, params)))
        return Answer(Verdict.SENT)


class Postman(Sender):
    """Sends when the test says so, not in a thread of its own."""

    def __init__(self, app: Flask) -> None:
        self.phones, self.woken = Phones(), 0
        super().__init__(self.phones, context=app.app_context, keyring=portal.keyring, clock=portal.now)

    def wake(self) -> None:
        """Somebody has written; the test will ask."""
        self.woken += 1

    def code(self) -> str:
        """Deliver what waits, and read the code on the phone that rang; empty when none did."""
        before = len(self.phones.came)
        with self._context():
            self.send_due()
        return "".join(CODE.findall(text)[0] for _, text in self.phones.came[before:])


@contextmanager
def postman_at(app: Flask) -> Iterator[Postman]:
    """The portal as if the operator had set up a gateway."""
    house, postman = app.extensions["lantoa"], Postman(app)
    before, house.sms = house.sms, postman
    try:
        yield postman
    finally:
        house.sms = before
