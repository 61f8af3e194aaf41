"""Who may come in where: THE table of all addresses, and each door proven by requests."""

from datetime import UTC, datetime
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from sqlalchemy import delete
from werkzeug.test import TestResponse

from app.extensions import db
from app.models import Role, Session
from app.rules.contest import StoryKind
from app.services.catalogue import Catalogue
from app.services.certify import certify
from app.services.tell_story import tell_story
from app.web.access import Door
from tests.support.people import learn_all, make_contestant, make_staff, sign_in, sit
from tests.support.visitor import Visitor

PUBLIC, SIGNED_IN, CONTESTANT, ORGANISER = Door.PUBLIC, Door.SIGNED_IN, Door.CONTESTANT, Door.ORGANISER
_DESK_ID = "int(max=2147483647)"


class Line(NamedTuple):
    """One address: what answers, how it is asked, where, and who may."""

    endpoint: str
    method: str
    rule: str
    door: Door


TABLE = [
    Line("home.front", "GET", "/", PUBLIC),
    Line("home.rules", "GET", "/the-le", PUBLIC),
    Line("home.guide", "GET", "/huong-dan", PUBLIC),
    Line("home.privacy", "GET", "/quyen-rieng-tu", PUBLIC),
    Line("home.text_size", "GET", "/co-chu/<size>", PUBLIC),
    Line("account.register", "GET", "/dang-ky", PUBLIC),
    Line("account.create_account", "POST", "/dang-ky", PUBLIC),
    Line("account.find_unit", "GET", "/don-vi", PUBLIC),
    Line("account.sign_in", "GET", "/dang-nhap", PUBLIC),
    Line("account.open_door", "POST", "/dang-nhap", PUBLIC),
    Line("account.sign_out", "POST", "/dang-xuat", SIGNED_IN),
    Line("account.recover", "GET", "/quen-mat-khau", PUBLIC),
    Line("account.me", "GET", "/toi", CONTESTANT),
    Line("account.password", "GET", "/toi/mat-khau", SIGNED_IN),
    Line("account.change_password", "POST", "/toi/mat-khau", SIGNED_IN),
    Line("account.devices", "GET", "/toi/thiet-bi", SIGNED_IN),
    Line("account.end_sessions", "POST", "/toi/thiet-bi", SIGNED_IN),
    Line("learning.topics", "GET", "/hoc", PUBLIC),
    Line("learning.topic", "GET", "/hoc/<slug>", PUBLIC),
    Line("learning.lesson", "GET", "/hoc/<slug>/<lesson_slug>", PUBLIC),
    Line("learning.finish", "POST", "/hoc/<slug>/<lesson_slug>", CONTESTANT),
    Line("learning.practice", "GET", "/hoc/<slug>/<lesson_slug>/luyen-tap", PUBLIC),
    Line("exam.intro", "GET", "/thi", CONTESTANT),
    Line("exam.start", "POST", "/thi", CONTESTANT),
    Line("exam.paper", "GET", "/thi/<int:attempt_id>", CONTESTANT),
    Line("exam.save", "POST", "/thi/<int:attempt_id>", CONTESTANT),
    Line("exam.confirm", "GET", "/thi/<int:attempt_id>/nop", CONTESTANT),
    Line("exam.submit", "POST", "/thi/<int:attempt_id>/nop", CONTESTANT),
    Line("exam.result", "GET", "/thi/<int:attempt_id>/ket-qua", CONTESTANT),
    Line("ranking.units", "GET", "/bang-xep-hang", PUBLIC),
    Line("ranking.people", "GET", "/bang-xep-hang/ca-nhan", PUBLIC),
    Line("ranking.unit", "GET", "/bang-xep-hang/don-vi/<code>", PUBLIC),
    Line("ranking.mine", "GET", "/bang-xep-hang/cua-toi", CONTESTANT),
    Line("sharing.wall", "GET", "/lan-toa", PUBLIC),
    Line("sharing.story", "GET", "/lan-toa/<int:story_id>", PUBLIC),
    Line("sharing.mine", "GET", "/lan-toa/gui", CONTESTANT),
    Line("sharing.tell", "POST", "/lan-toa/gui", CONTESTANT),
    Line("certificate.mine", "GET", "/chung-nhan", CONTESTANT),
    Line("certificate.issue", "POST", "/chung-nhan", CONTESTANT),
    Line("certificate.pdf", "GET", "/chung-nhan/<code>.pdf", CONTESTANT),
    Line("certificate.verify", "GET", "/xac-minh", PUBLIC),
    Line("certificate.verified", "GET", "/xac-minh/<code>", PUBLIC),
    Line("organiser.today", "GET", "/quan-tri", ORGANISER),
    Line("organiser.stories", "GET", "/quan-tri/chia-se", ORGANISER),
    Line("organiser.publish_story", "POST", f"/quan-tri/chia-se/<{_DESK_ID}:story_id>/duyet", ORGANISER),
    Line("organiser.refusal", "GET", f"/quan-tri/chia-se/<{_DESK_ID}:story_id>/tu-choi", ORGANISER),
    Line("organiser.refuse_story", "POST", f"/quan-tri/chia-se/<{_DESK_ID}:story_id>/tu-choi", ORGANISER),
    Line("organiser.people", "GET", "/quan-tri/thi-sinh", ORGANISER),
    Line("organiser.find", "POST", "/quan-tri/thi-sinh", ORGANISER),
    Line("organiser.person", "GET", f"/quan-tri/thi-sinh/<{_DESK_ID}:entry_id>", ORGANISER),
    Line("organiser.new_password", "GET", f"/quan-tri/thi-sinh/<{_DESK_ID}:entry_id>/mat-khau", ORGANISER),
    Line("organiser.give_password", "POST", f"/quan-tri/thi-sinh/<{_DESK_ID}:entry_id>/mat-khau", ORGANISER),
    Line("organiser.results", "GET", "/quan-tri/ket-qua", ORGANISER),
    Line("organiser.download", "POST", "/quan-tri/ket-qua/<int(max=999):number>/<any(xlsx, csv):kind>", ORGANISER),
    Line("ops.healthz", "GET", "/healthz", PUBLIC),
    Line("assets.static_file", "GET", "/static/<path:name>", PUBLIC),
]
CLOSED = [line for line in TABLE if line.door is not PUBLIC]
# What comes of a press without any field filled in, for who may press; everything else is a 200 or a 303.
REFUSED_WITHOUT_FIELDS = {
    "account.create_account": 422,
    "account.open_door": 422,
    "account.change_password": 422,
    "account.end_sessions": 404,  # which one?
    "sharing.tell": 422,
    "exam.start": 303,
    "organiser.publish_story": 400,
    "organiser.refuse_story": 422,
    "organiser.find": 422,
    "organiser.give_password": 422,
}


@pytest.fixture
def values(app: Flask, contest: Catalogue) -> dict[str, object]:
    """Something real for every placeholder, all of one contestant (`account`) who has done everything."""
    now = datetime.now(UTC)
    with app.app_context():
        entry = make_contestant(contest, now=now)
        learn_all(entry, contest, now=now)
        attempt = sit(entry, contest, started=now, ended=now)
        story = tell_story(
            entry_id=entry.id,
            kind=StoryKind.SLOGAN,
            body="Học số để sống vui",
            on_wall=True,
            rules=contest.rules.story,
            now=now,
        )
        certificate = certify(entry_id=entry.id, catalogue=contest, now=now)
        made: dict[str, object] = {
            "size": "lon",
            "slug": contest.topics[0].slug,
            "lesson_slug": contest.topics[0].lessons[0].slug,
            "attempt_id": attempt.id,
            "story_id": story.id,
            "entry_id": entry.id,
            "number": 1,
            "kind": "csv",
            "name": next(name for name in app.extensions["assets"] if name.startswith("css/app.")),
            "account": entry.account,
        }
        db.session.commit()
        made["code"] = certificate.code
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
        wanted = ((404, False),) if line.door is ORGANISER else tuple((status, False) for status in _may(line))
        asked.append((line, got, wanted))
    assert not _fails(asked)


def test_an_organiser(app: Flask, contest: Catalogue, values: dict[str, object], visitor: Visitor) -> None:
    """Comes in at the desk; is no contestant, and is led to the desk from where contestants go."""
    with app.app_context():
        sign_in(visitor, app, make_staff(now=datetime.now(UTC)))
    asked: list[tuple[Line, object, object]] = []
    for line in _signing_out_last(CLOSED):
        response = _ask(app, line, values, visitor, contest)
        if line.door is CONTESTANT:
            asked.append((line, [response.status_code, response.headers.get("Location")], [303, "/quan-tri"]))
        else:
            got = (response.status_code, _to_sign_in(response))
            asked.append((line, got, tuple((status, False) for status in _may(line))))
    assert not _fails(asked)


def _signing_out_last(lines: list[Line]) -> list[Line]:
    return sorted(lines, key=lambda line: line.endpoint == "account.sign_out")


@pytest.mark.parametrize("role", [Role.OFFICER, Role.JUDGE])
def test_other_staff(app: Flask, contest: Catalogue, values: dict[str, object], visitor: Visitor, role: Role) -> None:
    """Have no business at the organiser's desk."""
    with app.app_context():
        sign_in(visitor, app, make_staff(role, now=datetime.now(UTC)))
    desks = [line for line in TABLE if line.door is ORGANISER and line.method == "GET"]
    asked: list[tuple[Line, object, object]] = [
        (line, _ask(app, line, values, visitor, contest).status_code, 404) for line in desks
    ]
    assert len(asked) > 5
    assert not _fails(asked)


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
