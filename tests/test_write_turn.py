"""SQLite's one pen: a queue over threads and processes, and what a request that only reads may do.

What holds for a GET: its transaction begins without the pen, so it never waits for a writer and no writer for it. The
database does not forbid a write in it; that fails only when somebody else has written since the GET's first read.
"""

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from app.config import ROOT, Settings
from app.extensions import WriteTurn, all_engines, db, direct, init_database, may_write, reading, writing
from app.extensions.turns import turn_of
from tests.support.racing import race

INSERT = text("INSERT INTO notes (word) VALUES (:word) RETURNING id")
COUNT = text("SELECT count(*) FROM notes")


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Flask]:
    """An app on a SQLite file with one table, and its context."""
    app = Flask("book", static_folder=None)
    url = f"sqlite:///{tmp_path / 'book.sqlite'}"
    init_database(app, Settings(instance=tmp_path, database_url=url, contest=ROOT))
    with app.app_context():
        db.session.execute(text("CREATE TABLE notes (id INTEGER PRIMARY KEY, word TEXT)"))
        db.session.commit()
        yield app
        db.session.remove()
        for engine in all_engines():
            engine.dispose()


def note(word: str) -> None:
    """A deed: reads, writes, commits."""
    db.session.execute(COUNT).scalar_one()
    db.session.execute(INSERT, {"word": word})
    db.session.commit()


def test_a_write_inside_a_write_is_told_at_once(book: Flask) -> None:
    """It would wait for itself for ever."""
    db.session.execute(INSERT, {"word": "ngoài"})
    with pytest.raises(RuntimeError, match="a write inside a write"):
        direct.write(INSERT, {"word": "trong"})
    db.session.commit()  # the outer one is unharmed and gives the pen back
    assert direct.write(INSERT, {"word": "sau"}) is not None
    assert db.session.execute(text("SELECT word FROM notes ORDER BY id")).scalars().all() == ["ngoài", "sau"]


@pytest.mark.parametrize("end", ["commit", "rollback", "error"])
def test_the_pen_comes_back_however_a_deed_ends(book: Flask, end: str) -> None:
    db.session.execute(INSERT, {"word": "một"})
    if end == "error":
        with pytest.raises(OperationalError):
            db.session.execute(text("INSERT INTO nowhere VALUES (1)"))
        db.session.rollback()
    else:
        getattr(db.session, end)()
    assert race(book, [lambda: direct.write(INSERT, {"word": "hai"}) is not None]) == [True]


def test_a_failed_single_statement_gives_the_pen_back(book: Flask) -> None:
    with pytest.raises(OperationalError):
        direct.write(text("INSERT INTO nowhere VALUES (1) RETURNING 1"), {})
    note("sau")
    assert direct.all(COUNT)[0][0] == 1


def test_deeds_that_race_all_get_their_turn(book: Flask) -> None:
    """SQLAlchemy's default, a plain BEGIN, fails here at once with `database is locked`."""

    def run() -> str:
        for _ in range(5):
            note("nhiều")
            direct.write(INSERT, {"word": "nhanh"})
        return "done"

    assert race(book, [run] * 6) == ["done"] * 6
    assert direct.all(COUNT)[0][0] == 60


def test_a_reader_neither_waits_for_a_writer_nor_stops_one(book: Flask) -> None:
    note("trước")
    read, written = threading.Event(), threading.Event()

    def reader() -> tuple[int, int, int]:
        with reading():
            before = db.session.execute(COUNT).scalar_one()
            read.set()
            assert written.wait(10)
            during = db.session.execute(COUNT).scalar_one()  # one picture of the database to the end
            db.session.rollback()
            return before, during, db.session.execute(COUNT).scalar_one()

    def writer() -> tuple[int, int, int]:
        assert read.wait(10)
        note("sau")
        written.set()
        return 0, 0, 0

    assert race(book, [reader, writer])[0] == (1, 1, 2)


def test_a_reader_works_while_somebody_holds_the_pen(book: Flask) -> None:
    held, seen = threading.Event(), threading.Event()

    def writer() -> int:
        db.session.execute(INSERT, {"word": "dở dang"})
        held.set()
        assert seen.wait(10)
        db.session.commit()
        return -1

    def reader() -> int:
        assert held.wait(10)
        with reading():
            count = int(db.session.execute(COUNT).scalar_one()) + int(direct.all(COUNT)[0][0])
            db.session.rollback()
        seen.set()
        return count

    assert race(book, [writer, reader]) == [-1, 0]


def test_a_reading_request_that_writes_after_another_fails(book: Flask) -> None:
    token = may_write.set(False)
    try:
        db.session.execute(COUNT)
        thread = threading.Thread(target=_elsewhere, args=(book,))
        thread.start()
        thread.join(10)
        with pytest.raises(OperationalError, match="locked"):
            db.session.execute(INSERT, {"word": "quá muộn"})
        db.session.rollback()
    finally:
        may_write.reset(token)
    assert db.session.execute(text("SELECT word FROM notes")).scalars().all() == ["khác"]


def _elsewhere(book: Flask) -> None:
    with book.app_context():
        note("khác")


def test_reading_and_writing_hold_for_their_block_only() -> None:
    assert may_write.get()
    with reading():
        assert not may_write.get()
        with writing():
            assert may_write.get()
        assert not may_write.get()
    with pytest.raises(KeyError), reading():
        raise KeyError
    assert may_write.get()


FORKED = """
import os, sys, time
from pathlib import Path
from app.extensions import WriteTurn
from app.extensions.turns import turn_of

turn = WriteTurn(Path(sys.argv[1]))
with turn_of(turn):
    pass
behind, ahead = os.pipe()
if os.fork() == 0:
    os.read(behind, 1)
    with turn_of(turn):
        print("child", flush=True)
    os._exit(0)
with turn_of(turn):
    os.write(ahead, b"!")
    time.sleep(0.3)
    print("parent", flush=True)
os.wait()
"""


def test_a_forked_worker_waits_too(tmp_path: Path) -> None:
    """It inherits the open lock file; with that very descriptor it would share its parent's lock."""
    command = [sys.executable, "-c", FORKED, str(tmp_path / "turn")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=30)
    assert (done.stdout.split(), done.stderr) == (["parent", "child"], "")


def test_a_turn_that_could_not_be_taken_is_nobodys(tmp_path: Path) -> None:
    """The lock's file cannot be opened: a full disk, too many connections. The next one waits for nobody."""
    turn = WriteTurn(tmp_path / "later" / "book.turn")
    for _ in range(2):
        with pytest.raises(FileNotFoundError):
            turn.take()
    turn.path.parent.mkdir()
    with turn_of(turn), pytest.raises(RuntimeError, match="a write inside a write"):
        turn.take()
