"""Desks: how many requests a process works on at a time, and that a rush at the door keeps nobody's answers waiting.

Passwords are hashed one at a time. If those who wait for theirs kept the few threads that serve requests, fifty
sign-ins would keep the answers of everybody else waiting. So who signs in or registers is relieved by another thread,
goes in one after the other, and gets up while the hash is made. Four work at a time, the number that was fastest.
"""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from queue import SimpleQueue
from typing import TYPE_CHECKING

from flask import Flask, request
from werkzeug.exceptions import LengthRequired, ServiceUnavailable

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

DESKS = 4
AT_THE_DOOR = 48  # a thread each; they are in within two seconds
_DOORS = frozenset({"/dang-nhap", "/dang-ky", "/quen-mat-khau", "/quen-mat-khau/ma", "/kiosk/dang-ky-ho"})
_CROWDED = "lantoa.crowded"


class _Here(threading.local):
    """Of a thread that the server keeps for desks: how another one takes its place."""

    relief: Callable[[], None] | None = None


_here = _Here()


def sit_down(*, relief: Callable[[], None]) -> None:
    """This thread is one of the few that serve desks; `relief` starts another in its place."""
    _here.relief = relief


def is_seated() -> bool:
    """Whether nobody has taken this thread's place."""
    return _here.relief is not None


def relieve() -> None:
    """Before waiting for something slow: another thread goes on with what the others wait for. At most once a thread;
    nothing happens where the server has threads enough."""
    if (relief := _here.relief) is not None:
        _here.relief = None
        relief()


class _Places:
    """So many at a time, first come, first served. A queue waits and wakes in C, threading.Semaphore in Python: under a
    crowd that costs a tenth of a save (docs/adr/0010)."""

    def __init__(self, count: int) -> None:
        self._free: SimpleQueue[None] = SimpleQueue()
        self.acquire = self._free.get
        for _ in range(count):
            self.release()

    def release(self) -> None:
        """Leave a place to the next one."""
        self._free.put(None)


class Desks:
    """The desks of one process, and the door."""

    def __init__(self) -> None:
        self._free = _Places(DESKS)
        self._door = threading.Semaphore(1)
        self._waiting = threading.Semaphore(AT_THE_DOOR)
        self._mine = threading.local()

    @contextmanager
    def seat(self, environ: "WSGIEnvironment") -> Iterator[None]:
        """A desk for a request; behind the door for those who want to come in."""
        with ExitStack() as places:
            taken: list[_Places | threading.Semaphore] = [self._free]
            if environ.get("PATH_INFO") in _DOORS:
                relieve()
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
        relieve()
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
    def refuse() -> None:
        if "HTTP_TRANSFER_ENCODING" in request.environ:  # nobody can tell when it ends, so it would be read at a desk
            raise LengthRequired
        if _CROWDED in request.environ:
            raise ServiceUnavailable(retry_after=5)

    return desks
