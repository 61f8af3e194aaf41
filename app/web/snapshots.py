"""Public pages as ready bytes: made by one request, served to all the others until they are a few seconds old.

A snapshot must hold nothing of the one who asked: it is keyed by address and size of type alone.
"""

import gzip
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from hashlib import sha256
from typing import Any

from flask import Flask, Response, current_app, make_response, request, session

from app.web.portal import settings
from app.web.text_size import large_text

_MOST = 500  # addresses kept; deep pages come and go


@dataclass(slots=True)
class Snapshot:
    """One page; `lock` lets one request make it new while the others still get the old one."""

    plain: bytes = b""
    packed: bytes = b""
    etag: str = ""
    made: float = -1e9
    lock: threading.Lock = field(default_factory=threading.Lock)


class Snapshots:
    """The pages of one process, oldest use first out."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pages: OrderedDict[tuple[str, bool], Snapshot] = OrderedDict()

    def page(self, key: tuple[str, bool]) -> Snapshot:
        """The page of this key, perhaps still empty."""
        with self._lock:
            page = self._pages.setdefault(key, Snapshot())
            self._pages.move_to_end(key)
            if len(self._pages) > _MOST:
                self._pages.popitem(last=False)
        return page

    def clear(self) -> None:
        """Forget all."""
        with self._lock:
            self._pages.clear()


def init_app(app: Flask) -> None:
    """Room for the snapshots of this process."""
    app.extensions["snapshots"] = Snapshots()


def snapshot(view: Callable[..., Any]) -> Callable[..., Response]:
    """Serve a public page from its snapshot. Only a 200 is kept."""

    @wraps(view)
    def served(*args: Any, **values: Any) -> Response:
        store: Snapshots = current_app.extensions["snapshots"]
        page = store.page((request.full_path, large_text()))
        fresh = time.monotonic() - page.made < settings().snapshot_seconds
        # Blocking only while there is nothing to show yet; otherwise one makes it new, the others take the old one.
        if not fresh and page.lock.acquire(blocking=not page.plain):
            try:
                if time.monotonic() - page.made >= settings().snapshot_seconds:
                    response = make_response(view(*args, **values))
                    if response.status_code != 200:
                        return response
                    _fill(page, response.get_data())
            finally:
                page.lock.release()
        return _answer(page)

    return served


def _fill(page: Snapshot, plain: bytes) -> None:
    if session.modified:
        raise RuntimeError("a snapshot must not touch the session")
    page.plain, page.packed = plain, gzip.compress(plain, 6, mtime=0)
    page.etag = sha256(plain).hexdigest()[:20]
    page.made = time.monotonic()


def _answer(page: Snapshot) -> Response:
    packed = "gzip" in request.headers.get("Accept-Encoding", "")
    response = Response(page.packed if packed else page.plain, mimetype="text/html")
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Vary"] = "Accept-Encoding, Cookie"
    response.headers["Cache-Control"] = "public, max-age=10, stale-while-revalidate=50"
    response.set_etag(page.etag)
    response.make_conditional(request)
    return response
