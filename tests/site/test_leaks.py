"""After all scenes: no citizen number in clear anywhere, no phone outside its own column but where it may be shown."""

import logging

import pytest
from flask import Flask
from sqlalchemy.exc import IntegrityError

from app.extensions import db
from app.models import Account, AuditRecord, Story
from app.rules.contest import StoryKind
from app.rules.numbers import grouped_citizen_number, shown_phone
from app.services.catalogue import Catalogue
from app.web.portal import now
from tests.support.leaks import Traces, as_typed, cookie_texts
from tests.support.people import make_contestant
from tests.support.site import Shown, Site, own_links
from tests.support.visitor import Visitor

STAFF = ("organiser", "officer", "stranger_officer", "judge", "new_staff", "half_staff", "kiosk_officer")
# The one page that shows a whole number, after a reason was given and recorded.
AUDITED_LOOK = ("organiser.show_number", "officer.show_number")


def _typed(shown: Shown, traces: Traces) -> set[str]:
    """What the asker has just sent and gets back in the form."""
    return traces.in_text(shown.typed)


def _own_phones(shown: Shown, traces: Traces) -> set[str]:
    """Pages of staff and of signed-in people may show phones; of the latter only what stands in their own data."""
    if shown.scene.who in STAFF:
        return traces.phones
    own = ("account.me", "account.my_data", "account.download_data", "account.correct_form")
    entering = ("account.entering", "account.enter_contest")
    return traces.phones if shown.endpoint in (*own, *entering) else set()


def _body(shown: Shown) -> str:
    return shown.html or shown.response.get_data().decode("utf-8", "replace")


def test_there_is_something_to_find(site: Site) -> None:
    """Else the scan would pass on an empty portal."""
    traces = site.traces
    assert len(traces.citizen_numbers) > 200
    assert len(traces.phones) > 200
    assert len(traces.kept) > 5000
    assert "Traceback" in traces.log


def test_the_database(site: Site) -> None:
    assert not site.traces.in_database()


def test_the_log(site: Site) -> None:
    assert not site.traces.in_text(site.traces.log)


def test_pages_and_files(site: Site) -> None:
    faults = []
    for name, shown in site.shown.items():
        if shown.response.mimetype not in ("text/html", "text/plain", "text/csv", "application/json"):
            continue
        allowed = _typed(shown, site.traces) | _own_phones(shown, site.traces)
        if shown.endpoint in AUDITED_LOOK and shown.response.status_code == 200:
            allowed |= site.traces.citizen_numbers
        if found := site.traces.in_text(_body(shown), but=allowed):
            faults.append(f"{name}: {found}")
    assert not faults, "\n".join(faults)


def test_addresses(site: Site) -> None:
    asked = [shown.path for shown in site.shown.values()]
    sent = [shown.headers.get("Location", "") for shown in site.shown.values()]
    linked = [href for shown in site.pages.values() for href in own_links(shown)]
    posted = [str(form.get("action")) for shown in site.pages.values() for form in shown.page.select("form")]
    assert not site.traces.in_text("\n".join([*asked, *sent, *linked, *posted]))


def test_cookies(site: Site) -> None:
    cookies = [header for shown in site.shown.values() for header in shown.headers.getlist("Set-Cookie")]
    assert cookies
    assert not site.traces.in_text(cookie_texts(cookies))


NUMBER, PHONE = "000987654321", "+84909876543"


@pytest.fixture
def traces() -> Traces:
    return Traces(citizen_numbers={NUMBER}, phones=as_typed(PHONE))


@pytest.mark.parametrize(
    "text",
    [
        NUMBER,
        grouped_citizen_number(NUMBER),
        "000.987.654.321",
        "số 000-987-654-321.",
        f"/tim?so={NUMBER}",
        "so=000+987+654+321",
        PHONE,
        shown_phone(PHONE),
        "84 909 876 543",
        f"12{NUMBER}34",
    ],
)
def test_the_scan_finds_what_was_planted(traces: Traces, text: str) -> None:
    assert traces.in_text(f"trước {text} sau")


@pytest.mark.parametrize("text", ["•••• •••• 4321", "000987 và 654321", "0909 876 54", "2025-10-21 15:30:00.987654"])
def test_and_nothing_else(traces: Traces, text: str) -> None:
    assert not traces.in_text(text)


def test_a_cookie_is_unpacked(traces: Traces, app: Flask) -> None:
    serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    for value in ({"so": NUMBER}, {"so": NUMBER, "dài": "x" * 500}):
        header = f"lantoa={serializer.dumps(value)}; HttpOnly; Path=/"
        assert NUMBER not in header
        assert traces.in_text(cookie_texts([header]))


def test_a_leak_in_any_table_is_found(app: Flask, contest: Catalogue, traces: Traces) -> None:
    with app.app_context():
        entry = make_contestant(contest, now=now())
        entry.account.phone = PHONE
        db.session.commit()
        traces.note_database(app)
        assert not traces.in_database()  # a phone in its own column is none
        entry.account.full_name = f"Mẫu {PHONE}"
        entry.account.totp_cipher = NUMBER.encode()
        story = Story(entry_id=entry.id, kind=StoryKind.SLOGAN, body=shown_phone(PHONE), on_wall=False, told_at=now())
        db.session.add_all([story, AuditRecord(at=now(), action="x", subject="x", reason=f"số {NUMBER}")])
        db.session.commit()
        traces.note_database(app)
    found = {fault.partition(":")[0] for fault in traces.in_database()}
    assert found == {"accounts.full_name", "accounts.totp_cipher", "stories.body", "audit_records.reason"}


def test_a_fault_of_the_database_tells_no_number(app: Flask, contest: Catalogue, traces: Traces) -> None:
    """Postgres tells the whole row that it refuses, SQLAlchemy what it had sent: neither reaches the log."""

    def break_a_rule() -> str:
        entry = make_contestant(contest, now=now())
        entry.account.phone = PHONE
        entry.account.name_search = NUMBER
        entry.account.name_sort = None  # type: ignore[assignment]
        db.session.commit()
        return ""

    view, propagate = app.view_functions["ops.healthz"], app.config["PROPAGATE_EXCEPTIONS"]
    app.view_functions["ops.healthz"], app.config["PROPAGATE_EXCEPTIONS"] = break_a_rule, False
    try:
        with traces.logging(app):
            assert Visitor(app).client.get("/healthz").status_code == 500
    finally:
        app.view_functions["ops.healthz"], app.config["PROPAGATE_EXCEPTIONS"] = view, propagate
    assert "Traceback" in traces.log
    assert not traces.in_text(traces.log)


def test_without_its_guard_the_log_would_tell(app: Flask, traces: Traces) -> None:
    with traces.logging(app):
        logging.getLogger("app").warning("chuyển cho %s", PHONE)
    assert "chuyển cho •••" in traces.log
    plain = logging.Formatter().format(logging.makeLogRecord({"msg": f"chuyển cho {PHONE}"}))
    assert traces.in_text(plain)


def test_what_was_sent_stays_out_of_a_fault(app: Flask, contest: Catalogue) -> None:
    with app.app_context():
        account = make_contestant(contest, now=now()).account
        db.session.add(
            Account(
                full_name="Mẫu",
                name_search="mau",
                name_sort="mau",
                phone=PHONE,
                citizen_index=account.citizen_index,
                password_hash="x",
                created_at=now(),
            )
        )
        with pytest.raises(IntegrityError) as refused:
            db.session.flush()
        db.session.rollback()
    assert PHONE not in str(refused.value)
