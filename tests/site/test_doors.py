"""Who may come in where: each door of the table in tests/support/site_doors.py proven by requests."""

from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from sqlalchemy import delete
from werkzeug.test import TestResponse

from app.extensions import db
from app.models import RequestKind, Role, Session
from app.services.catalogue import Catalogue
from tests.support.claims import make_claim
from tests.support.earlier import to_earlier_contest
from tests.support.finishers import finish
from tests.support.gateway import postman_at
from tests.support.kiosks import make_kiosk
from tests.support.people import PASSWORD, make_contestant, make_staff, sign_in, sign_in_staff
from tests.support.requests import make_request
from tests.support.results import make_final, make_invalidation
from tests.support.site_doors import (
    CLOSED,
    CONTESTANT,
    HALF_SIGNED_IN,
    JUDGE,
    KIOSK_OFFICER,
    OFFICER,
    ORGANISER,
    PERSON,
    PUBLIC,
    REFUSED_WITHOUT_FIELDS,
    SECOND_FACTOR,
    SIGNED_IN,
    TABLE,
    Line,
)
from tests.support.visitor import Visitor

OWN_DOOR = {Role.OFFICER: OFFICER, Role.JUDGE: JUDGE, Role.ORGANISER: ORGANISER}
HOMES = {Role.OFFICER: "/can-bo", Role.JUDGE: "/giam-khao", Role.ORGANISER: "/quan-tri"}


@pytest.fixture(autouse=True)
def gateway(app: Flask) -> Iterator[None]:
    """The pages of short messages are there only with one."""
    with postman_at(app):
        yield


@pytest.fixture
def values(app: Flask, contest: Catalogue) -> dict[str, object]:
    """Something real for every placeholder, all of one contestant (`account`) who has done everything."""
    now = datetime.now(UTC)
    with app.app_context():
        entry = make_contestant(contest, now=now)
        done = finish(entry, contest, now=now)
        made: dict[str, object] = {
            "size": "lon",
            "slug": contest.topics[0].slug,
            "lesson_slug": contest.topics[0].lessons[0].slug,
            "attempt_id": done.attempt.id,
            "story_id": done.story.id,
            "entry_id": entry.id,
            "number": 1,
            "group_id": contest.groups[0].id,
            "kind": "csv",
            "data_kind": "json",
            "deed": "gia-han",
            "act": "cho-tiep",
            "name": next(name for name in app.extensions["assets"] if name.startswith("app.")),
            "account": entry.account,
            "code": done.certificate.code,
        }
        made["request_id"] = make_request(entry, contest, RequestKind.RESTRICT, now=now).id
        made["claim_id"] = make_claim(entry, contest, now=now).id
        made["invalidation_id"] = make_invalidation(entry, now=now).id
        make_final(contest, now=now)
        made |= make_kiosk(contest, entry, now=now)
    return made


def _ask(app: Flask, line: Line, values: dict[str, object], browser: Visitor, contest: Catalogue) -> TestResponse:
    rule = next(rule for rule in app.url_map.iter_rules() if rule.endpoint == line.endpoint)
    wanted = {name: values[name] for name in rule.arguments}
    if line.endpoint == "ranking.unit":
        wanted["code"] = contest.units[0].code
    path = app.url_map.bind("localhost").build(line.endpoint, wanted)
    data = {"csrf_token": browser.csrf()} if line.method == "POST" else None
    return browser.client.open(path, method=line.method, data=data, buffered=True)


def _to_sign_in(response: TestResponse) -> bool:
    return response.status_code == 303 and response.headers["Location"].startswith("/dang-nhap")


def test_the_table_is_whole(app: Flask) -> None:
    """A route without a line fails, a line without a route fails, a door that differs fails."""
    routes = {
        Line(rule.endpoint, method, rule.rule, getattr(app.view_functions[rule.endpoint], "door", None))  # type: ignore[arg-type]
        for rule in app.url_map.iter_rules()
        for method in rule.methods or ()
        if method not in ("HEAD", "OPTIONS")
    }
    assert routes == set(TABLE)
    assert len(TABLE) == len(set(TABLE))


def _fails(asked: list[tuple[Line, object, object]]) -> str:
    """A line for each address that answered otherwise than it should."""
    return "\n".join(
        f"{line.method} {line.rule}: {got}, not {wanted}"
        for line, got, wanted in asked
        if not (got in wanted if isinstance(wanted, tuple) else got == wanted)
    )


def _may(line: Line) -> tuple[int, ...]:
    return (200, REFUSED_WITHOUT_FIELDS.get(line.endpoint, 303))


def test_a_stranger(app: Flask, contest: Catalogue, values: dict[str, object], visitor: Visitor) -> None:
    """Comes in at public doors; everywhere else is asked to sign in, and led back to a page."""
    asked: list[tuple[Line, object, object]] = []
    for line in TABLE:
        response = _ask(app, line, values, visitor, contest)
        if line.endpoint == "sharing.story":
            asked.append((line, response.status_code, 404))  # it waits: its author and the organiser read it
        elif line.door is PUBLIC:
            asked.append((line, (response.status_code, _to_sign_in(response)), tuple((s, False) for s in _may(line))))
        else:
            back = parse_qs(urlsplit(response.headers.get("Location", "")).query).get("tiep", [""])[0]
            wanted = response.request.path if line.method == "GET" else ""
            asked.append((line, [_to_sign_in(response), back], [True, wanted]))
    assert not _fails(asked)


def test_a_stranger_who_uses_htmx(
    app: Flask, contest: Catalogue, values: dict[str, object], visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Gets no page into a part of the page, but is sent to sign in."""
    token = visitor.csrf()
    monkeypatch.setattr(visitor, "csrf", lambda: token)
    visitor.client.environ_base |= {"HTTP_HX_REQUEST": "true", "HTTP_HX_CURRENT_URL": "http://localhost/thi/1"}
    asked: list[tuple[Line, object, object]] = []
    for line in CLOSED:
        response = _ask(app, line, values, visitor, contest)
        got = [response.status_code, response.data, response.headers.get("HX-Redirect")]
        asked.append((line, got, [200, b"", "/dang-nhap?tiep=/thi/1"]))
    assert not _fails(asked)


def test_a_contestant(app: Flask, contest: Catalogue, values: dict[str, object], visitor: Visitor) -> None:
    """Comes in at the contestants' doors; a desk does not exist."""
    sign_in(visitor, app, values["account"])  # type: ignore[arg-type]
    asked: list[tuple[Line, object, object]] = []
    for line in _signing_out_last(CLOSED):
        response = _ask(app, line, values, visitor, contest)
        got = (response.status_code, _to_sign_in(response))
        closed = line.door in (ORGANISER, OFFICER, KIOSK_OFFICER, JUDGE, SECOND_FACTOR)
        wanted = ((404, False),) if closed else tuple((status, False) for status in _may(line))
        asked.append((line, got, wanted))
    assert not _fails(asked)


def test_who_takes_part_no_more(app: Flask, contest: Catalogue, values: dict[str, object], visitor: Visitor) -> None:
    """Is led from the contestants' doors to entering this contest; what belongs to the account stays open."""
    with app.app_context():
        earlier = make_contestant(contest, now=datetime.now(UTC))
        to_earlier_contest(earlier, unit=contest.units[0].code)
        account = earlier.account
    sign_in(visitor, app, account)
    asked: list[tuple[Line, object, object]] = []
    for line in _signing_out_last([line for line in CLOSED if line.door in (CONTESTANT, PERSON, SIGNED_IN)]):
        response = _ask(app, line, values, visitor, contest)
        if line.door is CONTESTANT:
            asked.append((line, [response.status_code, response.headers.get("Location")], [303, "/toi/du-thi"]))
        else:
            may = (422,) if line.endpoint == "account.enter_contest" else _may(line)
            got = (response.status_code, _to_sign_in(response))
            asked.append((line, got, tuple((status, False) for status in may)))
    assert not _fails(asked)


@pytest.mark.parametrize("role", list(OWN_DOOR))
def test_staff(app: Flask, contest: Catalogue, values: dict[str, object], visitor: Visitor, role: Role) -> None:
    """Come in at their own desk; other desks do not exist, and from where contestants go they are led to their own."""
    sign_in_staff(visitor, app, role)
    asked: list[tuple[Line, object, object]] = []
    for line in _signing_out_last(CLOSED):
        response = _ask(app, line, values, visitor, contest)
        if line.door in (CONTESTANT, PERSON, SECOND_FACTOR):
            asked.append((line, [response.status_code, response.headers.get("Location")], [303, HOMES[role]]))
        else:
            another = line.door in (KIOSK_OFFICER, *OWN_DOOR.values()) and line.door is not OWN_DOOR[role]
            got = (response.status_code, _to_sign_in(response))
            asked.append((line, got, ((404, False),) if another else tuple((status, False) for status in _may(line))))
    assert not _fails(asked)


@pytest.mark.parametrize("role", list(OWN_DOOR))
def test_staff_without_their_second_factor(
    app: Flask, contest: Catalogue, values: dict[str, object], visitor: Visitor, role: Role
) -> None:
    """Are led to proving it from everywhere; nothing else opens but signing out."""
    with app.app_context():
        account = make_staff(role, now=datetime.now(UTC))
    visitor.visit("/dang-nhap").submit("Đăng nhập", identifier=account.phone, password=PASSWORD)
    asked: list[tuple[Line, object, object]] = []
    for line in _signing_out_last(CLOSED):
        response = _ask(app, line, values, visitor, contest)
        to_prove = urlsplit(response.headers.get("Location", "")).path == "/dang-nhap/xac-thuc"
        if line.door is SECOND_FACTOR:
            first = line.endpoint in ("account.offer_factor", "account.set_factor")
            asked.append((line, response.status_code, (200, 422) if first else (303, 422)))
        else:
            asked.append((line, [response.status_code, to_prove], [303, line.door is not HALF_SIGNED_IN]))
    assert not _fails(asked)


def _signing_out_last(lines: list[Line]) -> list[Line]:
    return sorted(lines, key=lambda line: line.endpoint == "account.sign_out")


def test_a_wrong_method(app: Flask, contest: Catalogue, values: dict[str, object], visitor: Visitor) -> None:
    """Is refused before any door, and says which methods there are."""
    asked: list[tuple[Line, object, object]] = []
    methods: dict[str, set[str]] = {}
    for line in TABLE:
        methods.setdefault(line.rule, set()).add(line.method)
    for line in {line.rule: line for line in TABLE}.values():
        path = _ask(app, line, values, visitor, contest).request.path
        for method in {"GET", "POST", "PUT", "DELETE", "PATCH"} - methods[line.rule]:
            response = visitor.client.open(path, method=method)
            allowed = set(response.headers.get("Allow", "").split(", ")) - {"HEAD", "OPTIONS"}
            asked.append((line, [method, response.status_code, allowed], [method, 405, methods[line.rule]]))
    assert not _fails(asked)


def test_a_lost_session_is_a_stranger(
    app: Flask, contest: Catalogue, values: dict[str, object], visitor: Visitor
) -> None:
    """A cookie whose session has ended opens nothing."""
    sign_in(visitor, app, values["account"])  # type: ignore[arg-type]
    with app.app_context():
        db.session.execute(delete(Session))
        db.session.commit()
    asked: list[tuple[Line, object, object]] = [
        (line, _to_sign_in(_ask(app, line, values, visitor, contest)), True) for line in CLOSED if line.method == "GET"
    ]
    assert not _fails(asked)
