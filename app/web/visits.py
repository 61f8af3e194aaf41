"""Visits: counted in memory, written every few seconds and when a worker ends. No write per request."""

import atexit
import threading

from flask import Flask, Response, current_app, request

from app.extensions import db
from app.services.visits import add_visits
from app.web.portal import catalogue, now

_EVERY = 5.0


class Visits:
    """Page views of this process that are not yet in the database."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self._lock = threading.Lock()
        self._waiting = 0
        self._timer: threading.Timer | None = None

    def count(self) -> None:
        """One page view; the first one after a flush starts the timer, in the process that serves it."""
        with self._lock:
            self._waiting += 1
            if self._timer is None and not self.app.testing:
                self._timer = threading.Timer(_EVERY, self.flush)
                self._timer.daemon = True
                self._timer.start()

    def flush(self) -> None:
        """Write what was counted. A database that is away for a moment costs no visit: they wait for the next flush."""
        with self._lock:
            waiting, self._waiting = self._waiting, 0
            timer, self._timer = self._timer, None
        if timer is not None:
            timer.cancel()
        if not waiting:
            return
        try:
            with self.app.app_context():
                add_visits(contest_id=catalogue().contest_id, visits=waiting, now=now())
                db.session.commit()
        except Exception:
            self.app.logger.exception("visits could not be written, kept for later")
            with self._lock:
                self._waiting += waiting


def init_app(app: Flask) -> None:
    """Count full pages that people asked for: not parts, not files, not machines' addresses, not the work at desks."""
    visits = Visits(app)
    app.extensions["visits"] = visits
    if not app.testing:
        atexit.register(visits.flush)

    @app.after_request
    def count(response: Response) -> Response:
        if (
            request.method == "GET"
            and response.status_code in (200, 304)
            and response.mimetype == "text/html"
            and request.blueprint not in ("assets", "ops", "officer", "judge", "organiser")
            and "HX-Request" not in request.headers
        ):
            visits.count()
        return response


def flush() -> None:
    """Write the visits of the current app's process now."""
    visits: Visits = current_app.extensions["visits"]
    visits.flush()
