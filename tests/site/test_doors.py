"""Who may come in where: THE table of all addresses, and each door proven by requests."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from sqlalchemy import delete
from werkzeug.test import TestResponse

from app.extensions import db
from app.models import RequestKind, Role, Session
from app.rules.contest import StoryKind
from app.services.catalogue import Catalogue
from app.services.certify import certify
from app.services.data_requests import ask
from app.services.tell_story import tell_story
from app.web.access import Door
from tests.support.gateway import postman_at
from tests.support.kiosks import make_kiosk
from tests.support.people import PASSWORD, learn_all, make_claim, make_contestant, make_staff, sign_in, sit
from tests.support.results import make_final, make_invalidation
from tests.support.visitor import Visitor

PUBLIC, SIGNED_IN, CONTESTANT, ORGANISER = Door.PUBLIC, Door.SIGNED_IN, Door.CONTESTANT, Door.ORGANISER
HALF_SIGNED_IN, SECOND_FACTOR, OFFICER, JUDGE = Door.HALF_SIGNED_IN, Door.SECOND_FACTOR, Door.OFFICER, Door.JUDGE
KIOSK_OFFICER = Door.KIOSK_OFFICER
_DESK_ID = "int(max=2147483647)"
_DEED = "any('thuc-hien', 'gia-han', 'tu-choi')"


class Line(NamedTuple):
    """One address: what answers, how it is asked, where, and who may."""

    endpoint: str
    method: str
    rule: str
    door: Door


def _of_desk(room: str, base: str, door: Door) -> list[Line]:
    """What officers and organisers have alike."""
    person, claim = f"{base}/thi-sinh/<int:entry_id>", f"{base}/tranh-chap/<int:claim_id>"
    return [
        Line(f"{room}.people", "GET", f"{base}/thi-sinh", door),
        Line(f"{room}.find", "POST", f"{base}/thi-sinh", door),
        Line(f"{room}.person", "GET", person, door),
        Line(f"{room}.roll", "GET", f"{base}/danh-sach", door),
        Line(f"{room}.export", "POST", f"{base}/danh-sach/<any(xlsx, csv):kind>", door),
        Line(f"{room}.new_password", "GET", f"{person}/mat-khau", door),
        Line(f"{room}.give_password", "POST", f"{person}/mat-khau", door),
        Line(f"{room}.correction", "GET", f"{person}/sua", door),
        Line(f"{room}.correct", "POST", f"{person}/sua", door),
        Line(f"{room}.ask_number", "GET", f"{person}/so-can-cuoc", door),
        Line(f"{room}.show_number", "POST", f"{person}/so-can-cuoc", door),
        Line(f"{room}.claims", "GET", f"{base}/tranh-chap", door),
        Line(f"{room}.claim", "GET", claim, door),
        Line(f"{room}.decide", "POST", claim, door),
        Line(f"{room}.kiosks", "GET", f"{base}/kiosk", door),
        Line(f"{room}.make_kiosk_code", "POST", f"{base}/kiosk", door),
        Line(f"{room}.kiosk", "GET", f"{base}/kiosk/<int:kiosk_id>", door),
        Line(f"{room}.change_kiosk", "POST", f"{base}/kiosk/<int:kiosk_id>/<any('thu-hoi', 'cho-tiep'):act>", door),
    ]


TABLE = [
    Line("home.front", "GET", "/", PUBLIC),
    Line("home.rules", "GET", "/the-le", PUBLIC),
    Line("home.guide", "GET", "/huong-dan", PUBLIC),
    Line("home.privacy", "GET", "/quyen-rieng-tu", PUBLIC),
    Line("home.figures", "GET", "/so-lieu", PUBLIC),
    Line("home.figures_json", "GET", "/so-lieu.json", PUBLIC),
    Line("home.figures_csv", "GET", "/so-lieu.csv", PUBLIC),
    Line("home.days_csv", "GET", "/so-lieu/ngay.csv", PUBLIC),
    Line("home.text_size", "GET", "/co-chu/<size>", PUBLIC),
    Line("account.register", "GET", "/dang-ky", PUBLIC),
    Line("account.create_account", "POST", "/dang-ky", PUBLIC),
    Line("account.find_unit", "GET", "/don-vi", PUBLIC),
    Line("account.sign_in", "GET", "/dang-nhap", PUBLIC),
    Line("account.open_door", "POST", "/dang-nhap", PUBLIC),
    Line("account.sign_out", "POST", "/dang-xuat", HALF_SIGNED_IN),
    Line("account.second_factor", "GET", "/dang-nhap/xac-thuc", SECOND_FACTOR),
    Line("account.prove_factor", "POST", "/dang-nhap/xac-thuc", SECOND_FACTOR),
    Line("account.offer_factor", "GET", "/dang-nhap/xac-thuc/thiet-lap", SECOND_FACTOR),
    Line("account.set_factor", "POST", "/dang-nhap/xac-thuc/thiet-lap", SECOND_FACTOR),
    Line("account.recover", "GET", "/quen-mat-khau", PUBLIC),
    Line("account.use_recovery_code", "POST", "/quen-mat-khau", PUBLIC),
    Line("account.ask_code", "GET", "/quen-mat-khau/tin-nhan", PUBLIC),
    Line("account.send_code", "POST", "/quen-mat-khau/tin-nhan", PUBLIC),
    Line("account.enter_code", "GET", "/quen-mat-khau/ma", PUBLIC),
    Line("account.use_sms_code", "POST", "/quen-mat-khau/ma", PUBLIC),
    Line("account.me", "GET", "/toi", CONTESTANT),
    Line("account.reply", "GET", "/toi/phan-hoi/<int:invalidation_id>", CONTESTANT),
    Line("account.send_reply", "POST", "/toi/phan-hoi/<int:invalidation_id>", CONTESTANT),
    Line("account.recovery_code", "GET", "/toi/ma-khoi-phuc", CONTESTANT),
    Line("account.show_recovery_code", "POST", "/toi/ma-khoi-phuc", CONTESTANT),
    Line("account.my_unit", "GET", "/toi/don-vi", CONTESTANT),
    Line("account.change_unit", "POST", "/toi/don-vi", CONTESTANT),
    Line("account.password", "GET", "/toi/mat-khau", SIGNED_IN),
    Line("account.change_password", "POST", "/toi/mat-khau", SIGNED_IN),
    Line("account.my_data", "GET", "/toi/du-lieu", CONTESTANT),
    Line("account.download_data", "GET", "/toi/du-lieu/tai-ve.<any(json, html):data_kind>", CONTESTANT),
    Line("account.correct_form", "GET", "/toi/du-lieu/sua", CONTESTANT),
    Line("account.correct_me", "POST", "/toi/du-lieu/sua", CONTESTANT),
    Line("account.set_consent", "POST", "/toi/du-lieu/dong-y", CONTESTANT),
    Line("account.request_form", "GET", "/toi/du-lieu/yeu-cau", CONTESTANT),
    Line("account.send_request", "POST", "/toi/du-lieu/yeu-cau", CONTESTANT),
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
    Line("ranking.clusters_board", "GET", "/bang-xep-hang/cum", PUBLIC),
    Line("ranking.people", "GET", "/bang-xep-hang/ca-nhan", PUBLIC),
    Line("ranking.unit", "GET", "/bang-xep-hang/don-vi/<code>", PUBLIC),
    Line("ranking.group", "GET", "/bang-xep-hang/nhom/<int:group_id>", PUBLIC),
    Line("ranking.search", "GET", "/bang-xep-hang/tim", PUBLIC),
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
    *_of_desk("organiser", "/quan-tri", ORGANISER),
    Line("organiser.requests", "GET", "/quan-tri/yeu-cau", ORGANISER),
    Line("organiser.request", "GET", f"/quan-tri/yeu-cau/<{_DESK_ID}:request_id>", ORGANISER),
    Line("organiser.acknowledge_request", "POST", f"/quan-tri/yeu-cau/<{_DESK_ID}:request_id>/tiep-nhan", ORGANISER),
    Line("organiser.answer_form", "GET", f"/quan-tri/yeu-cau/<{_DESK_ID}:request_id>/<{_DEED}:deed>", ORGANISER),
    Line("organiser.answer_request", "POST", f"/quan-tri/yeu-cau/<{_DESK_ID}:request_id>/<{_DEED}:deed>", ORGANISER),
    Line("organiser.audit", "GET", "/quan-tri/nhat-ky", ORGANISER),
    Line("officer.today", "GET", "/can-bo", OFFICER),
    *_of_desk("officer", "/can-bo", OFFICER),
    Line("judge.today", "GET", "/giam-khao", JUDGE),
    Line("organiser.results", "GET", "/quan-tri/ket-qua", ORGANISER),
    Line("organiser.final", "GET", "/quan-tri/ket-qua/<int(max=999):number>/chung-cuoc", ORGANISER),
    Line("organiser.final_workbook", "POST", "/quan-tri/ket-qua/<int(max=999):number>/chung-cuoc/xlsx", ORGANISER),
    Line("organiser.final_annex", "POST", "/quan-tri/ket-qua/<int(max=999):number>/chung-cuoc/pdf", ORGANISER),
    Line("organiser.download", "POST", "/quan-tri/ket-qua/<int(max=999):number>/<any(xlsx, csv):kind>", ORGANISER),
    Line("ops.healthz", "GET", "/healthz", PUBLIC),
    Line("assets.static_file", "GET", "/static/<path:name>", PUBLIC),
    Line("kiosk.front", "GET", "/kiosk", PUBLIC),
    Line("kiosk.enrol", "POST", "/kiosk", PUBLIC),
    Line("kiosk.done", "POST", "/kiosk/xong", PUBLIC),
    Line("kiosk.timed_out", "GET", "/kiosk/het-gio", PUBLIC),
    Line("kiosk.handover", "GET", "/kiosk/dien-thoai", CONTESTANT),
    Line("kiosk.show_handover", "POST", "/kiosk/dien-thoai", CONTESTANT),
    Line("account.assist", "GET", "/kiosk/dang-ky-ho", KIOSK_OFFICER),
    Line("account.register_for", "POST", "/kiosk/dang-ky-ho", KIOSK_OFFICER),
    Line("account.scan_to_assist", "POST", "/kiosk/dang-ky-ho/the", KIOSK_OFFICER),
    Line("account.scan_to_register", "POST", "/dang-ky/the", PUBLIC),
    Line("account.scan_to_sign_in", "POST", "/dang-nhap/the", PUBLIC),
    Line("kiosk.arrive", "GET", "/kiosk/nhan/<token>", PUBLIC),
    Line("kiosk.take", "POST", "/kiosk/nhan/<token>", PUBLIC),  # last: it signs in
]
CLOSED = [line for line in TABLE if line.door is not PUBLIC]
# What comes of a press without any field filled in, for who may press; everything else is a 200 or a 303.
REFUSED_WITHOUT_FIELDS = {
    "account.create_account": 422,
    "account.open_door": 422,
    "account.use_recovery_code": 422,
    "account.send_code": 422,
    "account.use_sms_code": 422,
    "account.change_password": 422,
    "account.show_recovery_code": 422,
    "account.change_unit": 422,
    "account.end_sessions": 404,  # which one?
    "account.correct_me": 422,
    "account.set_consent": 404,  # which one?
    "account.send_request": 422,
    "account.send_reply": 422,
    "organiser.answer_request": 422,
    "kiosk.enrol": 422,
    **dict.fromkeys(  # not on a device that is no kiosk
        (
            "kiosk.done",
            "kiosk.timed_out",
            "kiosk.handover",
            "kiosk.show_handover",
            "account.scan_to_register",
            "account.scan_to_sign_in",
        ),
        404,
    ),
    "sharing.tell": 422,
    "exam.start": 303,
    "organiser.publish_story": 400,
    "organiser.refuse_story": 422,
    **{
        f"{room}.{endpoint}": 422
        for room in ("organiser", "officer")
        for endpoint in ("find", "give_password", "correct", "show_number", "decide", "make_kiosk_code", "change_kiosk")
    },
}
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
        learn_all(entry, contest, now=now)
        attempt = sit(entry, contest, started=now, ended=now)
        story = tell_story(
            entry_id=entry.id,
            kind=StoryKind.SLOGAN,
            body="Học số để sống vui",
            on_wall=True,
            rules=contest.rules.story,
            text_version="1",
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
            "group_id": contest.groups[0].id,
            "kind": "csv",
            "data_kind": "json",
            "deed": "gia-han",
            "act": "cho-tiep",
            "name": next(name for name in app.extensions["assets"] if name.startswith("css/app.")),
            "account": entry.account,
        }
        db.session.commit()
        made["code"] = certificate.code
        made["request_id"] = ask(
            account_id=entry.account_id,
            contest_id=contest.contest_id,
            kind=RequestKind.RESTRICT,
            text="",
            zone=contest.rules.zone,
            now=now,
        ).id
        db.session.commit()
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


@pytest.mark.parametrize("role", list(OWN_DOOR))
def test_staff(app: Flask, contest: Catalogue, values: dict[str, object], visitor: Visitor, role: Role) -> None:
    """Come in at their own desk; other desks do not exist, and from where contestants go they are led to their own."""
    with app.app_context():
        account = make_staff(role, now=datetime.now(UTC))
    sign_in(visitor, app, account)
    asked: list[tuple[Line, object, object]] = []
    for line in _signing_out_last(CLOSED):
        response = _ask(app, line, values, visitor, contest)
        if line.door in (CONTESTANT, SECOND_FACTOR):
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
