"""A gateway over HTTP, shaped by settings.

The standard library's client follows no redirect and lets us know whether anything had been said when the line failed.
"""

import json
import re
import socket
import ssl
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection, IncompleteRead
from threading import Timer
from typing import Any
from urllib.parse import urlencode, urlsplit

from app.services.sms.gateway import Answer, Template, Verdict, text_of
from app.services.sms.http_settings import PLACEHOLDER, HttpSettings, shown_value

_MOST = 64 * 1024  # bytes of an answer
_COME_AGAIN = (429, 503)
# A gateway's own word that may be kept: short, and no run of digits that could be a code or a phone.
_HARMLESS = re.compile(r"(?!.*\d{6})[\w .:-]{1,40}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Request:
    """What goes over the line."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes | None


def written(settings: HttpSettings, fields: Mapping[str, str]) -> Request:
    """The request of one message: placeholders first, then JSON or URL encoding, so that no value can break out."""
    target = urlsplit(settings.url).path or "/"
    if settings.query:
        target = f"{target}?{urlencode(_filled(settings.query, fields))}"
    headers = {"Accept": "application/json, text/plain;q=0.5", **_filled(settings.headers, fields)}
    if settings.auth:
        headers["Authorization"] = f"Basic {b64encode(':'.join(settings.auth).encode()).decode()}"
    if settings.method == "GET":
        return Request("GET", target, headers, None)
    body = _filled(settings.body, fields)
    if settings.format == "json":
        headers["Content-Type"] = "application/json"
        return Request("POST", target, headers, json.dumps(body).encode())
    headers["Content-Type"] = "application/x-www-form-urlencoded"
    return Request("POST", target, headers, urlencode(body).encode())


def _filled(value: Any, fields: Mapping[str, str]) -> Any:
    match value:
        case str():
            return PLACEHOLDER.sub(lambda found: fields[found[1]], value)
        case list():
            return [_filled(part, fields) for part in value]
        case Mapping():
            return {name: _filled(part, fields) for name, part in value.items()}
    return value


def judged(settings: HttpSettings, status: int, content: bytes) -> Answer:
    """What an answer means. One that cannot be read says nothing about whether the message is on its way."""
    text = content.decode("utf-8", "replace")
    value = _at(text, settings.success_field) if settings.success_field else None
    words = f"HTTP {status}"
    if value is not None and _HARMLESS.fullmatch(value):
        words += f", {settings.success_field} {value}"
    if status in _COME_AGAIN:
        return Answer(Verdict.RETRY, words)
    if status >= 300:
        return Answer(Verdict.UNKNOWN if status >= 500 else Verdict.REJECTED, words)
    if settings.success_pattern:
        return Answer(Verdict.SENT if settings.success_pattern.search(text) else Verdict.REJECTED, words)
    if value is None:
        return Answer(Verdict.UNKNOWN, f"{words}, không có {settings.success_field}")
    if value in settings.retry_values:
        return Answer(Verdict.RETRY, words)
    return Answer(Verdict.SENT if value in settings.success_values else Verdict.REJECTED, words)


def _at(text: str, path: str) -> str | None:
    """The value at `data.0.status` of a JSON answer, or None."""
    try:
        found = json.loads(text)
        for step in path.split("."):
            found = found[int(step)] if isinstance(found, list) else found[step]
    except (ValueError, TypeError, LookupError, RecursionError):
        return None
    return shown_value(found)


class HttpGateway:
    """Asks as `settings` say."""

    def __init__(self, settings: HttpSettings) -> None:
        self._settings = settings
        self._parts = urlsplit(settings.url)
        self._tls = ssl.create_default_context() if self._parts.scheme == "https" else None

    def send(self, *, phone: str, template: Template, params: Mapping[str, str], idempotency_key: str) -> Answer:
        """One request; never a second one by itself."""
        fields = {
            "e164": phone,
            "phone84": phone.removeprefix("+"),
            "phone": f"0{phone.removeprefix('+84')}",
            "text": text_of(template, params),
            "key": idempotency_key,
            **params,
        }
        request = written(self._settings, fields)
        connection = self._connection()
        try:
            connection.connect()
        except OSError as fault:  # nothing has been said yet
            connection.close()
            return Answer(Verdict.RETRY, f"không kết nối được ({type(fault).__name__})")
        try:
            with _no_longer_than(self._settings.timeout, connection.sock):
                connection.request(request.method, request.target, request.body, dict(request.headers))
                response = connection.getresponse()
                content = response.read(_MOST)
                if response.length and len(content) < _MOST:  # the line was cut, which this way of reading lets pass
                    raise IncompleteRead(content)
                return judged(self._settings, response.status, content)
        except (OSError, HTTPException, ValueError) as fault:
            return Answer(Verdict.UNKNOWN, f"không rõ trả lời ({type(fault).__name__})")
        finally:
            connection.close()

    def _connection(self) -> HTTPConnection:
        host, port, wait = self._parts.hostname or "", self._parts.port, self._settings.timeout
        if self._tls is None:
            return HTTPConnection(host, port, timeout=wait)
        return HTTPSConnection(host, port, timeout=wait, context=self._tls)


@contextmanager
def _no_longer_than(seconds: float, line: socket.socket) -> Iterator[None]:
    """Cut the line in the end: a socket's own time-out begins anew with every byte that drips in."""

    def cut() -> None:
        with suppress(OSError):
            line.shutdown(socket.SHUT_RDWR)

    timer = Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
