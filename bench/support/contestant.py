"""A contestant's phone over plain sockets: one kept-alive line, the requests that the pages themselves would send.

Small and cheap on purpose: on two cores the client's work is taken from the server's.
"""

import gzip
import re
import socket
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

_TOKEN = re.compile(rb'name="csrf_token" value="([^"]+)"')
_HIDDEN = re.compile(rb'name="(page|base|count)" value="([^"]*)"')
_SESSION = re.compile(rb"(?i)\r\nset-cookie: ((?:__Host-)?lantoa=[^;\r]*)")
_INPUT = re.compile(rb'<input type="(?:radio|checkbox)" id="(q\d+)-\d+" name="q\d+" value="(\d+)"( checked)?')


class LineLost(ConnectionError):
    """The connection ended before the whole reply was read."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply that was read to its end; `head` is the status line and the headers as they came."""

    status: int
    head: bytes
    body: bytes

    def header(self, name: str) -> str | None:
        """The first header of this name."""
        found = re.search(rb"(?i)\r\n" + name.encode() + rb": ([^\r]*)", self.head)
        return found.group(1).decode() if found else None

    @property
    def location(self) -> str:
        """The path that a redirect leads to."""
        return urlsplit(self.header("Location") or "").path

    @property
    def page(self) -> bytes:
        """The body as it was before it was packed."""
        return gzip.decompress(self.body) if b"\r\nContent-Encoding: gzip" in self.head else self.body


def request_bytes(
    method: str, path: str, *, host: str, cookie: str, fields: str | None = None, htmx_from: str | None = None
) -> bytes:
    """One request as a browser sends it; `htmx_from` is the page on which htmx makes it."""
    lines = [
        f"{method} {path} HTTP/1.1",
        f"Host: {host}",
        "User-Agent: Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/143.0.0.0 Mobile Safari/537.36",
        "Accept: */*" if htmx_from else "Accept: text/html,application/xhtml+xml",
        "Accept-Encoding: gzip, deflate",
        "Accept-Language: vi-VN,vi;q=0.9",
    ]
    if cookie:
        lines.append(f"Cookie: {cookie}")
    if htmx_from:
        lines += ["HX-Request: true", f"HX-Current-URL: http://{host}{htmx_from}", "HX-Target: da-luu"]
        lines += ["HX-Trigger: bai-thi"]
    body = b""
    if fields is not None:
        body = fields.encode()
        lines += [f"Origin: http://{host}", "Sec-Fetch-Site: same-origin"]
        lines += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def read_reply(line: socket.socket) -> Reply:
    """Read one whole reply. Raises LineLost."""
    got = b""
    while (end := got.find(b"\r\n\r\n")) < 0:
        got += _more(line)
    head = got[:end]
    found = re.search(rb"(?i)\r\ncontent-length: (\d+)", head)
    rest = end + 4 + (int(found.group(1)) if found else 0)
    while len(got) < rest:
        got += _more(line)
    return Reply(int(head[9:12]), head, got[end + 4 : rest])


def _more(line: socket.socket) -> bytes:
    data = line.recv(65536)
    if not data:
        raise LineLost("closed before the reply was whole")
    return data


@dataclass(slots=True)
class Sheet:
    """A loaded paper: where it stands, what may be chosen, what is chosen, how often it was sent."""

    path: str
    hidden: dict[str, str]
    options: dict[str, list[str]]
    chosen: dict[str, str] = field(default_factory=dict)
    number: int = 0

    def fields(self) -> str:
        """The whole form as htmx or the browser encodes it, with the next running number."""
        self.number += 1
        return urlencode(self.hidden | {"number": str(self.number)} | self.chosen)


def read_sheet(path: str, page: bytes) -> Sheet:
    """The form of a paper page."""
    token = _TOKEN.search(page)
    if token is None:
        raise ValueError(f"no paper on {path}")
    hidden = {name.decode(): value.decode() for name, value in _HIDDEN.findall(page)}
    sheet = Sheet(path, {"csrf_token": token.group(1).decode()} | hidden, {})
    for name, value, checked in _INPUT.findall(page):
        sheet.options.setdefault(name.decode(), []).append(value.decode())
        if checked:
            sheet.chosen[name.decode()] = value.decode()
    return sheet


class Line:
    """A kept-alive connection; opened with the first request, and again after a loss."""

    def __init__(self, base: str) -> None:
        self.host = urlsplit(base).netloc
        name, _, port = self.host.rpartition(":")
        self._address = (name, int(port))
        self._socket: socket.socket | None = None

    def ask(self, message: bytes) -> Reply:
        """Send one request and read the reply. Raises LineLost and OSError."""
        if self._socket is None:
            self._socket = socket.create_connection(self._address, timeout=60)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            self._socket.sendall(message)
            reply = read_reply(self._socket)
        except OSError:
            self.hang_up()
            raise
        if b"\r\nConnection: close" in reply.head:
            self.hang_up()
        return reply

    def hang_up(self) -> None:
        """Close; the next request opens it again."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None


@dataclass(slots=True)
class Contestant:
    """One signed-in browser: its line, its cookie, the token of its forms."""

    line: Line
    cookie: str = ""
    token: str = "-"

    def ask(self, method: str, path: str, *, fields: str | None = None, htmx_from: str | None = None) -> Reply:
        """One request on this browser's line. Raises LineLost and OSError."""
        return self.line.ask(
            request_bytes(method, path, host=self.line.host, cookie=self.cookie, fields=fields, htmx_from=htmx_from)
        )

    def look(self, path: str) -> Reply:
        """GET a page and keep its token and cookie."""
        reply = self.ask("GET", path)
        self.keep_cookie(reply)
        if token := _TOKEN.search(reply.page):
            self.token = token.group(1).decode()
        return reply

    def sign_in(self, identifier: str, password: str) -> None:
        """Through the real form. Raises PermissionError."""
        form = self.ask("GET", "/dang-nhap")
        self.keep_cookie(form)
        token = _TOKEN.search(form.page)
        fields = {"csrf_token": token.group(1).decode() if token else "", "identifier": identifier}
        reply = self.ask("POST", "/dang-nhap", fields=urlencode(fields | {"password": password}))
        self.keep_cookie(reply)
        if reply.status != 303:
            raise PermissionError(f"sign-in refused: {reply.status}")

    def keep_cookie(self, reply: Reply) -> None:
        """Take over the session that a reply sets."""
        if found := _SESSION.search(reply.head):
            self.cookie = found.group(1).decode()

    def start(self) -> Reply:
        """Press “Bắt đầu làm bài”; the reply's `location` is the attempt's address."""
        return self.ask("POST", "/thi", fields=f"csrf_token={self.token}")

    def save(self, sheet: Sheet) -> Reply:
        """Autosave as htmx sends it."""
        return self.ask("POST", sheet.path, fields=sheet.fields(), htmx_from=sheet.path)

    def submit(self, sheet: Sheet) -> Reply:
        """Press “Nộp bài”."""
        return self.ask("POST", f"{sheet.path}/nop", fields=sheet.fields())
