"""What every form and door of the rooms must do, said once."""

from collections.abc import Callable
from typing import TypeVar
from urllib.parse import parse_qs, urlsplit

from bs4 import Tag
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from app.extensions import Base, db
from tests.support.people import PASSWORD
from tests.support.visitor import Visitor

T = TypeVar("T")
FOREIGN = ({"Origin": "https://ac-y.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"})
# Where nobody may be sent from a `tiep` or `back`.
OUTSIDE = (
    "https://ac-y.example/",
    "//ac-y.example",
    "/\\ac-y.example",
    "\\\\ac-y.example",
    "/\t/ac-y.example",
    "/toi\r\nSet-Cookie: a=b",
    "javascript:alert(1)",
    "ac-y.example",
)


def look(app: Flask, read: Callable[[], T]) -> T:
    """Read the database in a context of its own: an open transaction here would keep the portal from writing."""
    with app.app_context():
        return read()


def count(app: Flask, *tables: type[Base]) -> list[int]:
    """Rows in each table."""
    return look(app, lambda: [db.session.scalar(select(func.count()).select_from(table)) or 0 for table in tables])


def one(page: Visitor | Tag, selector: str) -> Tag:
    """The one element of the page."""
    (found,) = (page.page if isinstance(page, Visitor) else page).select(selector)
    return found


def words(element: Tag) -> str:
    """Its text, blanks folded."""
    return " ".join(element.get_text(" ").split())


def title(visitor: Visitor) -> str:
    """The title of the page."""
    return words(one(visitor, "head > title"))


def hops(visitor: Visitor) -> list[int]:
    """Status codes of the redirects that led to this page."""
    return [answer.status_code for answer in visitor.response.history]


def refused(visitor: Visitor, field: str, message: str) -> None:
    """The form came back: 422, the message beside the field and on top with a link to it, “Lỗi: ” before the title."""
    assert visitor.status == 422
    assert title(visitor).startswith("Lỗi: ")
    assert message in words(one(visitor, f"#{field}-error"))
    control = one(visitor, f"#{field}")
    assert f"{field}-error" in str(control["aria-describedby"]).split()
    assert control.name == "fieldset" or control["aria-invalid"] == "true"
    assert message in summary(visitor)[f"#{field}"]


def summary(visitor: Visitor) -> dict[str, str]:
    """The error summary, first thing in main: link → message."""
    box = one(visitor, "main [role=alert]")
    assert box.find_previous("h1") is None
    return {str(link["href"]): words(link) for link in box.select("a")}


def asked_to_sign_in(answer: TestResponse, *, back: str | None) -> None:
    """303 to the sign-in page, which knows the way back and leads there."""
    assert answer.status_code == 303
    target = urlsplit(answer.headers["Location"])
    assert target.path == "/dang-nhap"
    assert parse_qs(target.query).get("tiep") == ([back] if back else None)


def asked_and_back(app: Flask, path: str) -> None:
    """A browser that is not signed in: to the sign-in page, and from there back. Needs one contestant with PASSWORD."""
    browser = Visitor(app)
    asked_to_sign_in(browser.client.get(path), back=path)
    browser.visit(path).submit("Đăng nhập", identifier="0900 000 002", password=PASSWORD)
    assert hops(browser)[0] == 303
    target = urlsplit(browser.response.history[0].headers["Location"])
    assert (f"{target.path}?{target.query}" if target.query else target.path) == path


def only_own_forms(visitor: Visitor, path: str, fields: dict[str, str]) -> None:
    """A POST without our token, with a token of somebody else's, or from another site is refused."""
    token = visitor.csrf()
    assert visitor.client.post(path, data=fields).status_code == 400
    assert visitor.client.post(path, data=fields | {"csrf_token": "IjEi.forged.token"}).status_code == 400
    stranger = Visitor(visitor.client.application)
    assert visitor.client.post(path, data=fields | {"csrf_token": stranger.csrf()}).status_code == 400
    for headers in FOREIGN:
        assert visitor.client.post(path, data=fields | {"csrf_token": token}, headers=headers).status_code == 403


def sent_to_the_desk(visitor: Visitor, *paths: str) -> None:
    """An organiser without an entry has no business among the contestants."""
    for path in paths:
        answer = visitor.client.get(path)
        assert (answer.status_code, answer.headers["Location"]) == (303, "/quan-tri"), path
