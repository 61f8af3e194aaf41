"""Several people at once: each deed in a thread of its own, with a session of its own."""

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TypeVar

from flask import Flask

from app.extensions import db

T = TypeVar("T")
WAIT = 20


def race(app: Flask, deeds: Sequence[Callable[[], T]]) -> list[T | Exception]:
    """What each deed returned or raised, in order; all begin together.

    Ends the caller's own transaction first: on SQLite it would hold the pen.
    """
    db.session.commit()
    gate = threading.Barrier(len(deeds))

    def run(deed: Callable[[], T]) -> T | Exception:
        with app.app_context():
            gate.wait(WAIT)
            try:
                return deed()
            except Exception as fault:
                db.session.rollback()
                return fault

    with ThreadPoolExecutor(len(deeds)) as pool:
        return [future.result(WAIT) for future in [pool.submit(run, deed) for deed in deeds]]


class Meeting:
    """A place inside a deed where all runners meet, if the database lets them come so far at the same time.

    Postgres does, so that they race for the same row; SQLite's write turn lets in one after the other.
    """

    def __init__(self, people: int) -> None:
        self._barrier = threading.Barrier(people)

    def until_begun(self) -> None:
        """Stay outside until the first one is here."""
        while not self._barrier.n_waiting and not self._barrier.broken:
            time.sleep(0.005)

    def wait(self) -> None:
        """Go on when all are here, or after half a second."""
        with suppress(threading.BrokenBarrierError):
            self._barrier.wait(0.5)
