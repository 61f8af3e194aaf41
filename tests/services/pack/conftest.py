"""The small pack as a folder of one's own that a test may spoil."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from app import models
from app.config import ROOT, Settings
from app.extensions import db, init_database
from app.services.pack import PackFaults, read_pack

SMALL = ROOT / "tests" / "support" / "packs" / "small"
SHIPPED = ROOT / "contests" / "cong-dan-so-hai-phong-2025"

Edit = Callable[[str, str, str], None]


@pytest.fixture
def database(tmp_path: Path) -> Iterator[None]:
    """Empty tables in a database of one's own, inside an app's context."""
    assert models.__all__
    app = Flask("pack", static_folder=None)
    init_database(app, Settings(instance=tmp_path, database_url=f"sqlite:///{tmp_path / 'pack.sqlite'}", contest=SMALL))
    with app.app_context():
        db.create_all()
        yield
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the small pack."""
    return Path(shutil.copytree(SMALL, tmp_path / "pack"))


@pytest.fixture
def edit(folder: Path) -> Edit:
    """`edit(file, old, new)` in the copy; `old` must stand there once at least."""

    def replace_first(file: str, old: str, new: str) -> None:
        text = (folder / file).read_text(encoding="utf-8")
        assert old in text, f"{old!r} is not in {file}"
        (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")

    return replace_first


def faults_of(folder: Path) -> list[str]:
    """Every fault as the operator sees it; none for a good pack."""
    try:
        read_pack(folder)
    except PackFaults as error:
        return [str(fault) for fault in error.faults]
    return []


def line_of(folder: Path, file: str, text: str, nth: int = 1) -> int:
    """Line on which a text stands for the nth time."""
    lines = (folder / file).read_text(encoding="utf-8").split("\n")
    return [number for number, line in enumerate(lines, 1) if text in line][nth - 1]
