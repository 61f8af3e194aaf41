"""The public figures in this process's memory."""

import threading
import time

from flask import Flask, current_app

from app.services import rollups
from app.services.catalogue import Catalogue
from app.services.figures import Figures
from app.web.portal import catalogue, now, settings

_LATE = 5.0  # seconds that a busy keeper may be late before a request counts for itself


class LiveFigures:
    """The newest version that this process knows. With a keeper (app.web.keeper) no request waits for it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._contest_id = 0
        self._figures: Figures | None = None
        self._good_until = 0.0
        self.version = 0

    def take(self, contest_id: int, version: int, figures: Figures, *, seconds: float) -> None:
        """These are the newest, for so many seconds."""
        self._contest_id, self._figures, self.version = contest_id, figures, version
        self._good_until = time.monotonic() + seconds

    def clear(self) -> None:
        """Forget them."""
        self._contest_id, self._figures, self._good_until, self.version = 0, None, 0.0, 0

    def known(self, contest_id: int) -> Figures | None:
        """What is in memory, however old; never another contest's."""
        return self._figures if self._contest_id == contest_id else None

    def get(self, contest: Catalogue) -> Figures:
        """The newest. Where no keeper runs, one request brings them up to date while others wait or take the old."""
        figures = self._fresh(contest)
        if figures is not None:
            return figures
        with self._lock:
            return self._fresh(contest) or self._look(contest)

    def _fresh(self, contest: Catalogue) -> Figures | None:
        return self.known(contest.contest_id) if time.monotonic() < self._good_until else None

    def _look(self, contest: Catalogue) -> Figures:
        """From the database when somebody keeps them there, else counted here; a GET writes nothing."""
        at, seconds = now(), settings().snapshot_seconds
        kept = rollups.read_version(contest_id=contest.contest_id) if seconds else None
        if kept is not None and (at - kept[0].due_at).total_seconds() < _LATE:
            head, figures = kept
            self.take(contest.contest_id, head.version, figures, seconds=seconds)
            return figures
        figures = rollups.count(catalogue=contest, now=at, before=None)
        self.take(contest.contest_id, 0, figures, seconds=seconds)
        return figures


def init_app(app: Flask) -> None:
    """Room for the figures of this process."""
    app.extensions["figures"] = LiveFigures()


def figures() -> Figures:
    """The public figures. Raises NoContest."""
    live: LiveFigures = current_app.extensions["figures"]
    return live.get(catalogue())
