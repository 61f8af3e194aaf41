"""The organiser's own addresses, for organisers only; the table of all stands in tests/site/test_doors.py."""

from datetime import UTC, datetime

import pytest
from flask import Flask

from app.models import Entry, Role, Story
from tests.support.people import make_staff, sign_in
from tests.support.visitor import Visitor

GET = [
    "",
    "/chia-se",
    "/chia-se/{story}/tu-choi",
    "/thi-sinh",
    "/thi-sinh/{entry}",
    "/thi-sinh/{entry}/mat-khau",
    "/ket-qua",
]
POST = [
    "/chia-se/{story}/duyet",
    "/chia-se/{story}/tu-choi",
    "/thi-sinh",
    "/thi-sinh/{entry}/mat-khau",
    "/ket-qua/1/xlsx",
    "/ket-qua/1/csv",
]
POST_ONLY = sorted(set(POST) - set(GET))
GET_ONLY = sorted(set(GET) - set(POST))
NOBODY = ["/chia-se/999999/tu-choi", "/thi-sinh/999999", "/thi-sinh/999999/mat-khau", f"/thi-sinh/{10**20}"]


def _address(path: str, entry: Entry, story: Story) -> str:
    return "/quan-tri" + path.format(entry=entry.id, story=story.id)


@pytest.mark.parametrize("path", GET)
def test_an_organiser_sees_it(desk: Visitor, entry: Entry, story: Story, path: str) -> None:
    desk.visit(_address(path, entry, story))
    assert desk.status == 200
    assert desk.h1
    assert desk.response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("role", [None, Role.OFFICER, Role.JUDGE])
def test_others_find_nothing(
    app: Flask, visitor: Visitor, entry: Entry, story: Story, *, role: Role | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        account = entry.account if role is None else make_staff(role, now=datetime.now(UTC))
    sign_in(visitor, app, account)
    # An officer sees no form yet from which a token could be taken, and it is the door that is tried here.
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
    for path in GET:
        assert visitor.visit(_address(path, entry, story)).status == 404, path
    for path in POST:
        assert visitor.post(_address(path, entry, story), {}).status == 404, path


def test_nobody_signed_in_goes_to_sign_in(visitor: Visitor, entry: Entry, story: Story) -> None:
    token = visitor.visit("/dang-nhap").value("csrf_token")
    for path in GET:
        assert visitor.visit(_address(path, entry, story)).path == "/dang-nhap", path
    for path in POST:
        visitor.post(_address(path, entry, story), {"csrf_token": token})
        assert visitor.path == "/dang-nhap", path


def test_no_post_without_a_token(desk: Visitor, entry: Entry, story: Story) -> None:
    for path in POST:
        assert desk.post(_address(path, entry, story), {}).status == 400, path


def test_wrong_method(desk: Visitor, entry: Entry, story: Story) -> None:
    token = desk.visit("/quan-tri").value("csrf_token")
    for path in POST_ONLY:
        assert desk.visit(_address(path, entry, story)).status == 405, path
    for path in GET_ONLY:
        assert desk.post(_address(path, entry, story), {"csrf_token": token}).status == 405, path


@pytest.mark.parametrize("path", NOBODY)
def test_what_is_not_there(desk: Visitor, path: str) -> None:
    assert desk.visit(f"/quan-tri{path}").status == 404


@pytest.mark.parametrize("path", ["/ket-qua/2/xlsx", "/ket-qua/1/pdf", "/chia-se/999999/duyet"])
def test_what_is_not_there_to_post_to(desk: Visitor, path: str) -> None:
    at = datetime.now(UTC).isoformat()
    assert (
        desk.post(f"/quan-tri{path}", {"csrf_token": desk.visit("/quan-tri").value("csrf_token"), "told_at": at}).status
        == 404
    )
