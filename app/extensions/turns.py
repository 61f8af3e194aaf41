"""Whose turn it is to write: who may at all, and SQLite's single pen, handed on in order."""

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.engine import Connection

# Whether the current request or command may write. Commands may; a GET may not.
may_write: ContextVar[bool] = ContextVar("may_write", default=True)


@contextmanager
def writing() -> Iterator[None]:
    """Let a GET write: only for closing what time itself has ended. Begin before the session's first statement."""
    token = may_write.set(True)
    try:
        yield
    finally:
        may_write.reset(token)


@contextmanager
def reading() -> Iterator[None]:
    """Let a POST read without the pen, however long it takes. Begin before the session's first statement."""
    token = may_write.set(False)
    try:
        yield
    finally:
        may_write.reset(token)


class WriteTurn:
    """A fair queue for SQLite's single writer, over threads and processes.

    SQLite's own busy handler sleeps and retries, and under load one waiter may starve for seconds; a lock that blocks
    is served in order.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._threads = threading.Lock()
        self._owner = 0
        self._fd, self._pid = -1, -1

    def take(self) -> None:
        """Wait for the turn. Raises RuntimeError when this thread already has it: it would wait for itself."""
        if self._owner == threading.get_ident():
            raise RuntimeError("a write inside a write: use the session that is already writing")
        self._threads.acquire()
        try:
            if self._pid != os.getpid():  # a fork shares the descriptor and so would share the lock
                self._fd, self._pid = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600), os.getpid()
            fcntl.flock(self._fd, fcntl.LOCK_EX)
        except BaseException:  # a full disk, no descriptor left: the next one may have more luck
            self._threads.release()
            raise
        self._owner = threading.get_ident()

    def give(self) -> None:
        """Pass the turn on."""
        fcntl.flock(self._fd, fcntl.LOCK_UN)
        self._owner = 0
        self._threads.release()


@contextmanager
def turn_of(turn: WriteTurn | None) -> Iterator[None]:
    """Hold the write turn; nothing to wait for on Postgres."""
    if turn is None:
        yield
        return
    turn.take()
    try:
        yield
    finally:
        turn.give()


def hold_transactions_to(turn: WriteTurn, engine: Engine) -> None:
    """Transactions on SQLite: who writes takes the turn with BEGIN IMMEDIATE, who reads needs none."""

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        if not may_write.get():
            connection.exec_driver_sql("BEGIN")
            return
        turn.take()
        connection.info["writes"] = True
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    # After COMMIT or ROLLBACK the connection goes back to the pool; only then is the next writer let in.
    @event.listens_for(engine, "checkin")
    def give_turn(_connection: Any, record: Any) -> None:
        if record.info.pop("writes", False):
            turn.give()
