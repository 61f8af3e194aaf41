"""Public pages may be kept and asked about again; what is personal is kept nowhere."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine
from flask import Flask

from app.models import Entry
from app.services.catalogue import Catalogue
from tests.rooms.conftest import NAME
from tests.support.people import make_contestant
from tests.support.visitor import Visitor

PUBLIC = [
    "/",
    "/the-le",
    "/huong-dan",
    "/quyen-rieng-tu",
    "/lan-toa",
    "/so-lieu",
    "/so-lieu.json",
    "/so-lieu.csv",
    "/bang-xep-hang",
    "/bang-xep-hang?theo=hoan-thanh",
    "/bang-xep-hang/ca-nhan",
    "/bang-xep-hang/don-vi/11383",
]
PERSONAL = ["/toi", "/hoc", "/hoc/an-toan", "/thi", "/lan-toa/gui", "/bang-xep-hang/cua-toi", "/chung-nhan"]


@pytest.fixture(autouse=True)
def frozen() -> Iterator[None]:
    """Pages tell the minute they stand at."""
    with time_machine.travel(datetime.now(UTC), tick=False):
        yield


@pytest.mark.parametrize("path", PUBLIC)
def test_a_public_page_sets_no_cookie_and_is_sent_once(visitor: Visitor, path: str) -> None:
    first = visitor.client.get(path)
    assert first.status_code == 200
    assert "Set-Cookie" not in first.headers
    assert first.headers["Cache-Control"].startswith("public, max-age=")
    again = visitor.client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert visitor.client.get(path, headers={"If-None-Match": '"another"'}).status_code == 200


@pytest.mark.parametrize("path", PUBLIC)
def test_it_is_the_same_for_who_is_signed_in(app: Flask, contestant: Entry, visitor: Visitor, path: str) -> None:
    mine = visitor.client.get(path)
    assert "Set-Cookie" not in mine.headers
    assert mine.data == Visitor(app).client.get(path).data


def test_a_new_person_makes_a_new_page(app: Flask, contest: Catalogue, visitor: Visitor) -> None:
    before = visitor.client.get("/").headers["ETag"]
    with app.app_context():
        make_contestant(contest, now=datetime.now(UTC))
    assert visitor.client.get("/", headers={"If-None-Match": before}).status_code == 200


@pytest.mark.parametrize("path", ["/dang-ky", "/dang-nhap", "/quen-mat-khau", "/hoc", "/hoc/an-toan"])
def test_other_pages_of_strangers_are_kept_nowhere(visitor: Visitor, path: str) -> None:
    assert visitor.client.get(path).headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", PERSONAL)
def test_personal_pages_are_kept_nowhere(contestant: Entry, visitor: Visitor, path: str) -> None:
    answer = visitor.client.get(path)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert "ETag" not in answer.headers


def test_a_public_page_names_nobody_who_asked(contestant: Entry, visitor: Visitor) -> None:
    assert NAME in visitor.visit("/toi").text
    assert NAME not in visitor.visit("/").text
