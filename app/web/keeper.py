"""The keeper: a thread of each process that keeps figures and hot pages ready, so that no request counts anything.

Once a second it asks the database which version stands and takes it into memory. When a new one is due, one process
claims it (app.services.rollups), counts, makes the hot pages and stores all of it as one version.
"""

import os
import secrets
import threading
import time
from datetime import timedelta
from typing import Any

from flask import Flask, Response, current_app, url_for

from app.extensions import db, reading
from app.services import rollups
from app.services.catalogue import Catalogue, NoContest
from app.services.figures import Figures
from app.services.freeze import thaw
from app.services.ladder_making import refresh_ladders
from app.web.live_figures import LiveFigures
from app.web.portal import catalogue, now, settings
from app.web.snapshots import Snapshots, make

_EVERY = 1.0  # seconds between two looks
_THAWING = 5.0  # seconds of every count, half of a claim: while it lasts the figures of before stand
_LATE = 5.0  # seconds that a keeper may be late before requests help themselves
# What is read most, made anew with every version: endpoint and query.
_HOT: tuple[tuple[str, dict[str, Any]], ...] = (
    ("home.front", {}),
    ("ranking.units", {}),
    ("ranking.units", {"theo": "hoan-thanh"}),
    ("ranking.people", {}),
    ("home.figures", {}),
    ("home.figures_json", {}),
    ("home.figures_csv", {}),
    ("home.days_csv", {}),
)


class Keeper:
    """One per process; `holder` is its name in the database."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._pid = -1
        self._wake = threading.Event()
        self._patience = rollups.CLAIM
        self.holder = ""

    def start(self) -> None:
        """Begin, in the process that serves: a fork has no threads of its parent. Again does nothing."""
        if self._pid == os.getpid():
            return
        self._pid, self.holder = os.getpid(), secrets.token_hex(8)
        threading.Thread(target=self._run, name="keeper", daemon=True).start()

    def _run(self) -> None:
        while True:
            try:
                with self._app.app_context():
                    self.tick()
            except NoContest:
                pass  # until one is loaded
            except Exception:
                self._app.logger.exception("the public figures could not be kept; next try in a moment")
            self._wake.wait(_EVERY)

    def tick(self) -> None:
        """Take the newest version; count the next one when it is due and nobody else does. Needs an app context."""
        contest = catalogue()
        head = _take_newest(contest)
        if head is None or head.is_due(now()):
            try:
                self._count(contest)
            except rollups.ClaimLost:
                db.session.rollback()
                self._patience = min(2 * self._patience, rollups.LONGEST_CLAIM)  # else none might ever come to its end

    def _count(self, contest: Catalogue) -> None:
        claimed = time.monotonic()
        stood = rollups.claim(contest_id=contest.contest_id, holder=self.holder, now=now(), seconds=self._patience)
        if stood is None:
            return
        if stood != _live().version:
            _take_newest(contest)
        before = _live().known(contest.contest_id) if stood else None
        _thaw(contest)
        began, at = time.monotonic(), now()
        figures = rollups.count(catalogue=contest, now=at, before=before)
        every = settings().snapshot_seconds
        # The pages below are made from these; a second look takes over when the rest fails.
        _live().take(contest.contest_id, stood, figures, seconds=every + _LATE)
        pages = _make_hot(self._app)
        refresh_ladders(catalogue=contest, now=at)
        due_at = rollups.due(now=at, every=every, cost=time.monotonic() - began)
        kept = dict(rollups.page_tags(contest_id=contest.contest_id))
        version = rollups.keep(
            contest_id=contest.contest_id,
            holder=self.holder,
            figures=figures,
            before=before,
            pages=[page for page in pages if kept.get(page.path) != page.etag],
            due_at=due_at,
        )
        db.session.commit()
        self._patience = max(rollups.CLAIM, 2 * (time.monotonic() - claimed))  # a claim may be lost to a command, too
        _serve(contest, rollups.Head(version, at, due_at), figures, pages)


def _live() -> LiveFigures:
    found: LiveFigures = current_app.extensions["figures"]
    return found


def _take_newest(contest: Catalogue) -> rollups.Head | None:
    """What the database holds, into memory, as far as it is not there yet."""
    head = rollups.find_head(contest_id=contest.contest_id)
    if head is None:
        return None
    known = _live().known(contest.contest_id)
    if known is not None and known.as_of == head.stands_at:
        return head
    found = rollups.read_version(contest_id=contest.contest_id)
    if found is None:
        return None
    head, figures = found
    store: Snapshots = current_app.extensions["snapshots"]
    mine = store.hot_tags()
    kept = rollups.page_tags(contest_id=contest.contest_id)
    others = [path for path, etag in kept.items() if mine.get(path) != etag]
    _serve(contest, head, figures, rollups.read_pages(contest_id=contest.contest_id, paths=others) if others else ())
    return head


def _thaw(contest: Catalogue) -> None:
    """Boards that stood still and needn't any more: as many people as come in some seconds."""
    end = time.monotonic() + _THAWING
    while thaw(catalogue=contest, now=now()) and time.monotonic() < end:
        db.session.commit()
    db.session.commit()


def _serve(contest: Catalogue, head: rollups.Head, figures: Figures, pages: Any) -> None:
    """Into memory, until some time after the next version is due."""
    seconds = (head.due_at - now() + (head.due_at - head.stands_at)) / timedelta(seconds=1) + _LATE
    _live().take(contest.contest_id, head.version, figures, seconds=seconds)
    store: Snapshots = current_app.extensions["snapshots"]
    store.heat(pages, good_until=time.monotonic() + seconds)


def _make_hot(app: Flask) -> list[rollups.Page]:
    """Each hot page in a request of nobody's. One that fails is left to those who ask for it, and to the log."""
    pages = []
    for endpoint, query in _HOT:
        with app.test_request_context():
            path = url_for(endpoint, **query)
        try:
            with reading(), app.test_request_context(path):
                made = make(vars(app.view_functions[endpoint])["view"], {})
        except Exception:
            app.logger.exception("%s could not be made", path)
            continue
        finally:
            db.session.rollback()  # what it read; storing begins a transaction of its own
        if not isinstance(made, Response):
            pages.append(made)
    return pages


def init_app(app: Flask) -> None:
    """A keeper that waits to be started by the server (gunicorn.conf.py); without one, requests help themselves."""
    app.extensions["keeper"] = Keeper(app)
