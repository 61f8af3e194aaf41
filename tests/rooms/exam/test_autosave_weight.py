"""What one autosave weighs on the line: everything that is ours, and what any client and gunicorn must add."""

from urllib.parse import urlencode

from flask import Flask

from app.models import Entry
from app.services.catalogue import Catalogue
from tests.support.visitor import Visitor, form_values

LIMIT = 1024  # bytes, both ways together, headers included
GUNICORN = b"Server: gunicorn\r\nDate: Sun, 22 Nov 2026 17:19:49 GMT\r\nConnection: keep-alive\r\n"


def test_an_autosave_is_light(visitor: Visitor, app: Flask, learned: Entry, contest: Catalogue) -> None:
    visitor.visit("/thi").submit("Bắt đầu làm bài")
    fields = form_values(visitor.form_with("Nộp bài"))
    # Twenty answers, as the shipped contest asks; this one asks fewer, and a form that says more is refused.
    fields |= {f"q{n}": "1" for n in range(1, contest.rules.exam.questions + 1)} | {"number": "17"}
    body = urlencode(fields)
    spare = len("&q20=1") * (20 - contest.rules.exam.questions)
    cookie = visitor.client.get_cookie("lantoa")
    assert cookie is not None
    request = (
        f"POST {visitor.path} HTTP/1.1\r\nHost: thi.example.gov.vn\r\nContent-Length: {len(body)}\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\nHX-Request: true\r\n"
        f"Cookie: lantoa={cookie.value}\r\n\r\n{body}"
    )
    response = visitor.client.post(visitor.path, data=fields, headers={"HX-Request": "true"})
    assert response.status_code == 200
    headers = "".join(f"{name}: {value}\r\n" for name, value in response.headers)
    reply = f"HTTP/1.1 200 OK\r\n{headers}\r\n".encode() + GUNICORN + response.data
    assert len(request.encode()) + spare + len(reply) <= LIMIT
