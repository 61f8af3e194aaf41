"""The small pack as a folder of one's own that a test may spoil."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import NullPool, create_engine, make_url, text

from app import models
from app.config import ROOT, Settings
from app.extensions import all_engines, db, init_database
from app.models import Contest
from app.services.pack import Pack, PackFaults, load_pack, read_pack

SMALL = ROOT / "tests" / "support" / "packs" / "small"
SHIPPED = ROOT / "contests" / "cong-dan-so-hai-phong-2025"

Edit = Callable[[str, str, str], None]


@pytest.fixture
def empty_url(database_url: str, tmp_path: Path) -> Iterator[str]:
    """An empty database of one's own: a pack changes what all other tests stand on."""
    if database_url.startswith("sqlite"):
        yield f"sqlite:///{tmp_path / 'pack.sqlite'}"
        return
    server = create_engine(database_url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with server.connect() as connection:
        connection.execute(text("CREATE DATABASE pack"))
        yield make_url(database_url).set(database="pack").render_as_string(hide_password=False)
        connection.execute(text("DROP DATABASE pack WITH (FORCE)"))


@pytest.fixture
def database(empty_url: str, tmp_path: Path) -> Iterator[None]:
    """Empty tables, inside an app's context."""
    assert models.__all__
    app = Flask("pack", static_folder=None)
    init_database(app, Settings(instance=tmp_path, database_url=empty_url, contest=SMALL))
    with app.app_context():
        db.create_all()
        yield
        db.session.remove()
        for engine in all_engines():
            engine.dispose()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the small pack."""
    return Path(shutil.copytree(SMALL, tmp_path / "pack"))


@pytest.fixture
def edit(folder: Path) -> Edit:
    """`edit(file, old, new)` in the copy; `old` must stand there once at least."""

    def replace_first(file: str, old: str, new: str) -> None:
        whole = (folder / file).read_text(encoding="utf-8")
        assert old in whole, f"{old!r} is not in {file}"
        (folder / file).write_text(whole.replace(old, new, 1), encoding="utf-8")

    return replace_first


def faults_of(folder: Path) -> list[str]:
    """Every fault as the operator sees it; none for a good pack."""
    try:
        read_pack(folder)
    except PackFaults as error:
        return [str(fault) for fault in error.faults]
    return []


def line_of(folder: Path, file: str, part: str, nth: int = 1) -> int:
    """Line on which a text stands for the nth time."""
    lines = (folder / file).read_text(encoding="utf-8").split("\n")
    return [number for number, line in enumerate(lines, 1) if part in line][nth - 1]


def fault_at_its_line(folder: Path, file: str, mark: str, words: str) -> None:
    """A fault says these words of the line on which the mark stands; `mark@2`: where it stands for the second time."""
    where, _, nth = mark.partition("@")
    line = line_of(folder, file, where, int(nth or 1))
    faults = faults_of(folder)
    assert any(fault.startswith(f"{file}:{line}: ") and words in fault for fault in faults), faults


def load(pack: Pack) -> Contest:
    """Make it the current contest; the row as read anew. Commits."""
    contest = load_pack(pack, make_current=True)
    db.session.commit()
    db.session.expunge_all()
    return db.session.get_one(Contest, contest.id)
