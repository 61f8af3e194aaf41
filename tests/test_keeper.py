"""The keeper: figures and hot pages are made beside the requests, by one process for all."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import delete, select, update

from app import create_app
from app.extensions import all_engines, db
from app.models import Entry, Rollup
from app.models import Snapshot as KeptPage
from app.services import rollups
from app.services.catalogue import Catalogue
from app.services.figures import Figures
from app.web import snapshots
from app.web.keeper import Keeper
from app.web.live_figures import LiveFigures
from app.web.portal import portal
from tests.support.people import learn_all, make_contestant, sign_in, sit
from tests.support.stage import catalogue_in_memory
from tests.support.statements import counted
from tests.support.visitor import Visitor

HOT = ["/", "/bang-xep-hang", "/bang-xep-hang?theo=hoan-thanh", "/bang-xep-hang/ca-nhan", "/so-lieu", "/so-lieu.json"]
SECOND = timedelta(seconds=1)
NOON = datetime.now(UTC) - timedelta(hours=1)


@pytest.fixture
def kept(app: Flask) -> Iterator[Flask]:
    """The portal as it is served: pages may be five seconds old."""
    with app.app_context():
        house = portal()
    usual = house.settings
    house.settings = replace(usual, snapshot_seconds=5.0)
    with catalogue_in_memory(app):
        yield app
    house.settings = usual


@pytest.fixture
def other(kept: Flask) -> Iterator[Flask]:
    """Another process on the same database."""
    with kept.app_context():
        app = create_app(portal().settings)
    with catalogue_in_memory(app):
        yield app
    with app.app_context():
        for engine in all_engines():
            engine.dispose()


def tick(app: Flask) -> None:
    """One look of this process's keeper."""
    mine: Keeper = app.extensions["keeper"]
    mine.holder = mine.holder or str(id(app))
    with app.app_context():
        mine.tick()


def make_due(app: Flask) -> None:
    """The next version is due, however dear the last one was on this machine."""
    with app.app_context():
        db.session.execute(update(Rollup).values(due_at=Rollup.stands_at))
        db.session.commit()


def test_who_loses_a_claim_holds_the_next_one_longer_once(kept: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a keeper that is killed would hold all up for as long as the longest claim."""
    claims: list[float] = []
    claim, keep = rollups.claim, rollups.keep

    def note(**values: Any) -> int | None:
        claims.append(values["seconds"])
        return claim(**values)

    def lose(**_: Any) -> int:
        raise rollups.ClaimLost

    monkeypatch.setattr(rollups, "claim", note)
    for kept_by in (lose, lose, keep, keep):
        monkeypatch.setattr(rollups, "keep", kept_by)
        with kept.app_context():
            db.session.execute(update(Rollup).values(held_until=Rollup.stands_at))
            db.session.commit()
        make_due(kept)
        tick(kept)
    assert claims == [rollups.CLAIM, 2 * rollups.CLAIM, 4 * rollups.CLAIM, rollups.CLAIM]


def live(app: Flask) -> LiveFigures:
    """Figures in this process's memory."""
    found: LiveFigures = app.extensions["figures"]
    return found


def ask(app: Flask, path: str, **headers: str) -> Any:
    """A stranger's answer."""
    return app.test_client(use_cookies=False).get(path, headers=headers)


@pytest.mark.parametrize("path", HOT)
def test_a_hot_page_asks_the_database_nothing(kept: Flask, contest: Catalogue, path: str) -> None:
    tick(kept)
    with counted(kept) as statements:
        answer = ask(kept, path)
    assert (answer.status_code, statements) == (200, [])


def test_another_process_serves_the_same_bytes(kept: Flask, other: Flask, contest: Catalogue) -> None:
    with kept.app_context():
        make_contestant(contest, now=datetime.now(UTC))
    tick(kept)
    tick(other)
    for path in HOT:
        with counted(other) as statements:
            there = ask(other, path)
        here = ask(kept, path)
        assert statements == []
        assert (there.data, there.headers["ETag"]) == (here.data, here.headers["ETag"])
    assert live(other).version == live(kept).version == 1
    assert live(other).known(contest.contest_id) == live(kept).known(contest.contest_id)


def test_one_counts_for_all(kept: Flask, other: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    counts: list[datetime] = []
    usual = rollups.count

    def count(**values: Any) -> Figures:
        counts.append(values["now"])
        return usual(**values)

    monkeypatch.setattr(rollups, "count", count)
    for process in (kept, other, kept, other):
        tick(process)
    assert len(counts) == 1
    make_due(kept)
    for process in (other, kept, other):
        tick(process)
    assert len(counts) == 2


def test_a_new_version_reaches_every_process(kept: Flask, other: Flask, contest: Catalogue) -> None:
    now = datetime.now(UTC)
    with time_machine.travel(now, tick=False):
        tick(kept)
        tick(other)
        with kept.app_context():
            make_contestant(contest, now=now)
        assert "1 người đã đăng ký" not in Visitor(other).visit("/").text
    make_due(kept)
    with time_machine.travel(now + SECOND, tick=False):
        tick(kept)
        tick(other)
        assert "1 người đã đăng ký" in Visitor(other).visit("/").text


def test_the_stamp_moves_on_when_nothing_else_does(kept: Flask) -> None:
    now = datetime(2026, 11, 12, 3, 0, tzinfo=UTC)
    for minutes in (0, 1):
        with time_machine.travel(now + timedelta(minutes=minutes), tick=False):
            tick(kept)
            make_due(kept)
            assert f"tính đến 10h0{minutes} ngày 12/11/2026" in Visitor(kept).visit("/so-lieu").text


def test_figures_and_pages_follow_a_clock_that_is_put_back(kept: Flask, other: Flask, contest: Catalogue) -> None:
    wrong = datetime.now(UTC)
    right = wrong - timedelta(hours=5)
    with time_machine.travel(wrong, tick=False):
        tick(kept)
        tick(other)
    with time_machine.travel(right, tick=False):
        with kept.app_context():
            make_contestant(contest, now=right)
        tick(kept)
        tick(other)
        for process in (kept, other):
            assert "1 người đã đăng ký" in Visitor(process).visit("/").text


def test_a_page_that_fails_keeps_nobody_waiting(
    kept: Flask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The others are made, the log tells of it."""

    def fail() -> str:
        raise ZeroDivisionError("test")

    monkeypatch.setattr(kept.view_functions["home.front"], "view", fail)
    tick(kept)
    with kept.app_context():
        paths = db.session.scalars(select(KeptPage.path)).all()
    assert "/?" not in paths
    assert "/so-lieu?" in paths
    assert "/? could not be made" in caplog.text or "/ could not be made" in caplog.text


def test_a_page_that_touches_the_session_is_not_kept(kept: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    from flask import session  # noqa: PLC0415

    def personal() -> str:
        session["seen"] = True
        return "ai đó"

    with kept.test_request_context("/"), pytest.raises(RuntimeError, match="must not touch the session"):
        snapshots.make(personal, {})


@pytest.mark.parametrize("path", ["/bang-xep-hang?theo=ty-le", "/the-le"])
def test_a_stale_page_is_made_once_however_many_ask(
    kept: Flask, contest: Catalogue, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    made: list[str] = []
    usual = snapshots.make

    def slowly(view: Any, values: dict[str, Any], **how: Any) -> Any:
        made.append(path)
        time.sleep(0.2)
        return usual(view, values, **how)

    monkeypatch.setattr(snapshots, "make", slowly)
    store: snapshots.Snapshots = kept.extensions["snapshots"]
    for _round in range(2):  # nothing to show yet, then something stale
        with ThreadPoolExecutor(16) as crowd:
            answers = list(crowd.map(lambda _: ask(kept, path).status_code, range(16)))
        assert answers == [200] * 16
        for kept_page in store._pages.values():
            kept_page.good_until = 0.0
    assert made == [path, path]


def test_a_page_that_nobody_asked_for_in_a_while_is_shown_to_nobody(
    kept: Flask, contest: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may hold a name that was withdrawn in another process long ago."""
    path, usual = "/bang-xep-hang/ca-nhan?dot=1", snapshots.make
    with kept.app_context():
        entry = make_contestant(contest, now=NOON, name="Lê Thị Thôi")
        learn_all(entry, contest, now=NOON)
        sit(entry, contest, started=NOON, ended=NOON + SECOND)
    assert "Lê Thị Thôi" in ask(kept, path).text
    with kept.app_context():
        db.session.get_one(Entry, entry.id).on_boards = False
        db.session.commit()

    def slowly(view: Any, values: dict[str, Any], **how: Any) -> Any:
        time.sleep(0.2)
        return usual(view, values, **how)

    monkeypatch.setattr(snapshots, "make", slowly)
    store: snapshots.Snapshots = kept.extensions["snapshots"]
    for kept_page in store._pages.values():
        kept_page.good_until -= 60
    with ThreadPoolExecutor(4) as crowd:
        answers = list(crowd.map(lambda _: ask(kept, path).text, range(4)))
    assert [("Lê Thị Thôi" in answer, "Thí sinh ẩn danh" in answer) for answer in answers] == [(False, True)] * 4


def test_without_a_keeper_a_request_helps_itself_and_writes_nothing(kept: Flask, contest: Catalogue) -> None:
    with kept.app_context():
        make_contestant(contest, now=datetime.now(UTC))
    assert "1 người đã đăng ký" in Visitor(kept).visit("/").text
    with counted(kept) as statements:
        ask(kept, "/bang-xep-hang")
    assert statements == [], "counted once for all pages"
    with kept.app_context():
        assert rollups.find_head(contest_id=contest.contest_id) is None


def test_what_is_kept_is_taken_before_anything_is_counted(
    kept: Flask, other: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    tick(kept)
    monkeypatch.setattr(rollups, "count", lambda **_: pytest.fail("counted"))
    assert ask(other, "/so-lieu.json").status_code == 200


def test_pages_are_made_anew_also_when_no_figure_has_changed(kept: Flask, contest: Catalogue) -> None:
    """Somebody is named no more."""
    with kept.app_context():
        entry = make_contestant(contest, now=NOON, name="Lê Thị Xong")
        learn_all(entry, contest, now=NOON)
        sit(entry, contest, started=NOON, ended=NOON + SECOND)
    tick(kept)
    assert "Lê Thị Xong" in Visitor(kept).visit("/bang-xep-hang/ca-nhan").text
    with kept.app_context():
        db.session.get_one(Entry, entry.id).on_boards = False
        db.session.commit()
    make_due(kept)
    tick(kept)
    assert "Lê Thị Xong" not in Visitor(kept).visit("/bang-xep-hang/ca-nhan").text
    assert live(kept).version == 1


def test_a_withdrawn_name_is_not_kept_in_the_database_either(
    kept: Flask, other: Flask, contest: Catalogue, visitor: Visitor
) -> None:
    with kept.app_context():
        entry = make_contestant(contest, now=NOON, name="Lê Thị Thôi")
        account, entry_id = entry.account, entry.id
        learn_all(entry, contest, now=NOON)
        sit(entry, contest, started=NOON, ended=NOON + SECOND)
    tick(kept)
    tick(other)
    sign_in(visitor, kept, account)
    answer = visitor.client.post(
        "/toi/du-lieu/dong-y", data={"dong-y": "withdraw.boards", "csrf_token": visitor.visit("/toi/du-lieu").csrf()}
    )
    assert answer.status_code == 303
    with kept.app_context():
        assert not db.session.scalars(select(KeptPage)).all()
        assert not db.session.get_one(Entry, entry_id).on_boards
    make_due(kept)
    for process in (other, kept):
        tick(process)
        assert "Lê Thị Thôi" not in Visitor(process).visit("/bang-xep-hang/ca-nhan").text
    with kept.app_context():
        assert {page.path for page in db.session.scalars(select(KeptPage))} >= {"/?", "/bang-xep-hang/ca-nhan?"}


def test_after_a_rebuild_everything_is_counted_again(kept: Flask, contest: Catalogue) -> None:
    """An old hour is looked at again only now and then, as long as all add up to the totals."""
    long_ago = (NOON - timedelta(hours=9)).replace(minute=0, second=0, microsecond=0)
    with kept.app_context():
        entry_id = make_contestant(contest, now=long_ago).id
    tick(kept)
    with kept.app_context():
        db.session.get_one(Entry, entry_id).registered_at = long_ago + timedelta(hours=1)
        db.session.commit()
    make_due(kept)
    tick(kept)
    assert [hour.at for hour in live(kept).get(contest).hours] == [long_ago]
    assert kept.test_cli_runner().invoke(args=["ranking", "rebuild"]).exit_code == 0
    tick(kept)
    assert [hour.at for hour in live(kept).get(contest).hours] == [long_ago + timedelta(hours=1)]


def test_coding(kept: Flask) -> None:
    """Brotli for whom takes it, gzip, or neither."""
    tick(kept)
    answers = [ask(kept, "/", **({"Accept-Encoding": coding} if coding else {})) for coding in ("gzip, br", "gzip", "")]
    assert [answer.headers.get("Content-Encoding") for answer in answers] == ["br", "gzip", None]
    assert len(answers[0].data) < len(answers[1].data) < len(answers[2].data)
    assert {answer.headers["ETag"] for answer in answers} == {answers[0].headers["ETag"]}
    assert answers[0].headers["ETag"].startswith("W/"), "a strong one would have to differ by coding"


def test_nothing_of_another_contest(kept: Flask, contest: Catalogue) -> None:
    tick(kept)
    assert live(kept).known(contest.contest_id) is not None
    assert live(kept).known(contest.contest_id + 1) is None
    with kept.app_context():
        db.session.execute(delete(Rollup))
        db.session.commit()
