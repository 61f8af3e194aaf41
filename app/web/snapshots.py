"""Public pages as ready bytes: made once, served to everybody until they are a few seconds old.

The hot ones are made beside the requests, by one process for all (app.web.keeper); the others by the first request that
asks. A snapshot must hold nothing of the one who asked: it is keyed by address and size of type alone.
"""

import gzip
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import wraps
from hashlib import sha256
from typing import Any, cast

import brotli
from flask import Flask, Response, current_app, make_response, request, session

from app.services.rollups import Page, drop_pages
from app.web.compression import accepted_coding, pack
from app.web.inline_sheet import inline_policy, sheet_inside
from app.web.kiosk import on_kiosk
from app.web.portal import catalogue, settings
from app.web.text_size import large_text

_MOST = 500  # addresses kept; deep pages come and go
_LATE = 5.0  # seconds that the old page is shown while one makes it new
_OPEN = frozenset({"application/json", "text/csv"})  # figures for anybody's programs, from anybody's pages


@dataclass(slots=True)
class Snapshot:
    """One address; `lock` lets one request make it new while the others still get the old one."""

    page: Page | None = None
    good_until: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def is_fresh(self) -> bool:
        """Whether it can be served as it is."""
        return self.page is not None and time.monotonic() < self.good_until

    @property
    def may_be_shown(self) -> bool:
        """Whether it will do while it is made new: for a few seconds, since it may hold a name that was withdrawn."""
        return self.page is not None and time.monotonic() < self.good_until + _LATE


class Snapshots:
    """The pages of one process; of those that nobody keeps hot, the oldest use goes out first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pages: OrderedDict[tuple[str, bool], Snapshot] = OrderedDict()
        self._hot: dict[tuple[str, bool], Snapshot] = {}

    def page(self, key: tuple[str, bool]) -> Snapshot:
        """The page of this key, perhaps still empty."""
        hot = self._hot.get(key)
        if hot is not None:
            return hot
        with self._lock:
            page = self._pages.setdefault(key, Snapshot())
            self._pages.move_to_end(key)
            if len(self._pages) > _MOST:
                self._pages.popitem(last=False)
        return page

    def heat(self, pages: Iterable[Page], *, good_until: float) -> None:
        """These pages are the newest; the hot ones that are not among them stay as they are until then too."""
        for page in pages:
            self._hot[page.path, False] = Snapshot(page, good_until)
        for snapshot in tuple(self._hot.values()):  # another thread may clear them meanwhile
            snapshot.good_until = good_until

    def hot_tags(self) -> dict[str, str]:
        """Path → ETag of the hot pages."""
        return {path: snapshot.page.etag for (path, _), snapshot in tuple(self._hot.items()) if snapshot.page}

    def clear(self) -> None:
        """Forget all."""
        with self._lock:
            self._pages.clear()
            self._hot.clear()


def init_app(app: Flask) -> None:
    """Room for the snapshots of this process."""
    app.extensions["snapshots"] = Snapshots()


def forget() -> None:
    """Make every public page anew in this process and drop those in the database, because somebody's name or story is
    no longer to be seen there. Behind the commit of that.

    Other processes follow within LANTOA_SNAPSHOT_SECONDS, copies on the way to people within the minute of `_answer`.
    """
    store: Snapshots = current_app.extensions["snapshots"]
    store.clear()
    drop_pages(contest_id=catalogue().contest_id)


def snapshot(view: Callable[..., Any]) -> Callable[..., Response]:
    """Serve a public page from its snapshot. Only a 200 is kept."""

    @wraps(view)
    def served(*args: Any, **values: Any) -> Response:
        if on_kiosk():  # its pages say who is signed in there
            return make_response(view(*args, **values))
        store: Snapshots = current_app.extensions["snapshots"]
        kept = store.page((request.full_path, large_text()))
        # Blocking only while there is nothing to show; otherwise one makes it new, the others take the old one.
        if not kept.is_fresh and kept.lock.acquire(blocking=not kept.may_be_shown):
            try:
                if not kept.is_fresh:
                    made = make(view, values, coding=accepted_coding() or "gzip")
                    if not isinstance(made, Page):
                        return made
                    kept.page, kept.good_until = made, time.monotonic() + settings().snapshot_seconds
            finally:
                kept.lock.release()
        return _answer(cast("Page", kept.page))

    served.view = view  # type: ignore[attr-defined]
    return served


def make(view: Callable[..., Any], values: dict[str, Any], *, coding: str | None = None) -> Page | Response:
    """The page of the current request's address, packed in this way; without one it is kept hot for everybody, and
    packed in all ways, tightly. A response that is no 200 as it is.

    Raises RuntimeError when the page has something to do with the one who asks.
    """
    kept_hot = coding is None
    with sheet_inside():
        response = make_response(view(**values))
    if response.status_code != 200:
        response.headers["Content-Security-Policy"] = inline_policy()
        return response
    if session.modified:
        raise RuntimeError("a snapshot must not touch the session")
    plain = response.get_data()
    return Page(
        path=request.full_path,
        etag=sha256(plain).hexdigest()[:20],
        mimetype=response.mimetype or "text/html",
        gzip=pack(plain, "gzip", tightly=kept_hot) if kept_hot or coding == "gzip" else b"",
        brotli=pack(plain, "br", tightly=kept_hot) if kept_hot or coding == "br" else b"",
    )


def _body(page: Page, coding: str | None) -> bytes:
    """Packing costs as much as half of the rest of a page that nobody keeps hot: that is done in one way only, and
    again for the few who take another."""
    ready = {"br": page.brotli, "gzip": page.gzip}.get(coding or "")
    if ready:
        return ready
    plain = gzip.decompress(page.gzip) if page.gzip else brotli.decompress(page.brotli)
    return pack(plain, coding) if coding else plain


def _answer(page: Page) -> Response:
    coding = accepted_coding()
    response = Response(_body(page, coding), mimetype=page.mimetype)
    headers = response.headers
    if coding:
        headers["Content-Encoding"] = coding
    headers["Content-Security-Policy"] = inline_policy()
    headers["Vary"] = "Accept-Encoding, Cookie"
    headers["Cache-Control"] = "public, max-age=10, stale-while-revalidate=50"
    if page.mimetype in _OPEN:
        headers["Access-Control-Allow-Origin"] = "*"
    response.set_etag(page.etag, weak=True)  # one for all codings, and so no strong one (RFC 9110, 8.8.3.3)
    response.make_conditional(request)
    return response
