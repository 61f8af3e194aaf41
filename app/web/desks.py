"""Desks: how many requests a process works on at a time, and that a rush at the door keeps nobody's answers waiting.

Passwords are hashed one at a time. If those who wait for theirs kept gunicorn's few threads, fifty sign-ins would keep
the answers of everybody else waiting. So there are many threads but only four desks, the number that was fastest. Who
signs in or registers goes in one after the other, and gets up while the hash is made.
"""

import threading
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from flask import Flask, request
from werkzeug.exceptions import ServiceUnavailable

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

DESKS = 4
AT_THE_DOOR = 48  # of gunicorn's 64 threads; they are in within two seconds
_DOORS = frozenset({"/dang-nhap", "/dang-ky"})
_CROWDED = "lantoa.crowded"


class Desks:
    """The desks of one process, and the door."""

    def __init__(self) -> None:
        self._free = threading.Semaphore(DESKS)
        self._door = threading.Semaphore(1)
        self._waiting = threading.Semaphore(AT_THE_DOOR)
        self._mine = threading.local()

    @contextmanager
    def seat(self, environ: "WSGIEnvironment") -> Iterator[None]:
        """A desk for a request; behind the door for those who want to come in."""
        with ExitStack() as places:
            taken = [self._free]
            if environ.get("PATH_INFO") in _DOORS:
                if self._waiting.acquire(blocking=False):
                    places.callback(self._waiting.release)
                    taken = [self._door, self._free]
                else:
                    environ[_CROWDED] = True
            self._mine.taken = taken
            for place in taken:
                place.acquire()
            try:
                yield
            finally:
                self._get_up()

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Get up for a hash, for good: who came back with a lock in hand would wait for those who wait for the lock.

        The little that is left to do afterwards comes one by one, as the hashes do. Outside of a request nothing
        happens.
        """
        self._get_up()
        yield

    def _get_up(self) -> None:
        for place in reversed(getattr(self._mine, "taken", [])):
            place.release()
        self._mine.taken = []


def init_app(app: Flask) -> Desks:
    """Seat every request; who finds the door crowded is asked to come again in a moment."""
    desks, inner = Desks(), app.wsgi_app

    def seated(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        with desks.seat(environ):
            return inner(environ, start_response)

    app.wsgi_app = seated  # type: ignore[method-assign]

    @app.before_request
    def refuse_when_crowded() -> None:
        if _CROWDED in request.environ:
            raise ServiceUnavailable(retry_after=5)

    return desks
