"""Models and migrations are one thing, forwards and backwards, on the database of the run; every template loads."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import create_engine, func, inspect, make_url, select, text

from app import create_app
from app.config import Settings
from app.extensions import Base, all_engines, db
from app.services.key_file import make_keys
from app.services.pack.loading import load_pack, shift_window
from app.services.pack.reading import read_pack
from app.web.portal import portal
from tests.conftest import SMALL_PACK
from tests.support.people import learn_all, make_contestant, sit


@contextmanager
def _empty(database_url: str, folder: Path, name: str) -> Iterator[Flask]:
    """A portal on an empty database of its own, beside that of the run."""
    folder.mkdir(exist_ok=True)
    url = make_url(f"sqlite:///{folder / 'empty.sqlite'}")
    server = None
    if not database_url.startswith("sqlite"):
        server = create_engine(database_url, isolation_level="AUTOCOMMIT")
        name = f"{name}_{os.getpid()}"
        url = make_url(database_url).set(database=name)
        with server.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
    settings = Settings(
        instance=folder,
        database_url=url.render_as_string(hide_password=False),
        contest=SMALL_PACK,
        hashing="cheapest",
        testing=True,
    )
    make_keys(settings.keys_file)
    app = create_app(settings)
    try:
        with app.app_context():
            yield app
            db.session.remove()
            for engine in all_engines():
                engine.dispose()
    finally:
        if server is not None:
            with server.connect() as connection:
                connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
            server.dispose()


@pytest.fixture
def empty(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """An empty database, nothing migrated."""
    with _empty(database_url, tmp_path / "empty", "site_empty") as app:
        yield app


def _migrations(app: Flask) -> str:
    return str(app.extensions["migrate"].directory)


def _differences() -> list[Any]:
    with db.engine.connect() as connection:
        options = {"compare_type": True, "render_as_batch": True}
        return list(compare_metadata(MigrationContext.configure(connection, opts=options), Base.metadata))


def _index(index: Any) -> str:
    """An index with its condition in words."""
    conditions = {name: str(value) for name, value in index.get("dialect_options", {}).items()}
    return str(dict(index) | {"dialect_options": conditions})


def _described() -> dict[str, Any]:
    """All that the database knows of its tables, orderless where order means nothing."""
    look = inspect(db.engine)
    return {
        table: {
            "columns": {c["name"]: (str(c["type"]), c["nullable"]) for c in look.get_columns(table)},
            "key": look.get_pk_constraint(table),
            "references": sorted(map(str, look.get_foreign_keys(table))),
            "unique": sorted(map(str, look.get_unique_constraints(table))),
            "checks": sorted(map(str, look.get_check_constraints(table))),
            "indexes": sorted(map(_index, look.get_indexes(table))),
            "numbers_for_ever": _never_given_twice(table),
        }
        for table in look.get_table_names()
        if table != "alembic_version"
    }


def _never_given_twice(table: str) -> bool:
    """SQLite only: a deleted row's number is given to nobody else."""
    if db.engine.dialect.name != "sqlite":
        return False
    with db.engine.connect() as connection:
        made = text("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = :name")
        return "AUTOINCREMENT" in str(connection.scalar(made, {"name": table}))


def _counts() -> dict[str, int]:
    with db.engine.connect() as connection:
        return {
            table.name: connection.scalar(select(func.count()).select_from(table)) or 0
            for table in Base.metadata.sorted_tables
        }


def test_models_are_what_the_migrations_made(deeds: Flask) -> None:
    assert _differences() == []


def test_a_model_that_no_migration_knows_would_be_found(empty: Flask) -> None:
    upgrade(directory=_migrations(empty))
    with db.engine.begin() as connection:
        connection.execute(text("ALTER TABLE stories DROP COLUMN reason"))
    assert [difference[0] for difference in _differences()] == ["add_column"]


def test_checks_and_partial_indexes_too(empty: Flask, database_url: str, tmp_path: Path) -> None:
    """What alembic does not compare: the tables of the models, column by column, constraint by constraint."""
    upgrade(directory=_migrations(empty))
    migrated = _described()
    with _empty(database_url, tmp_path / "modelled", "site_modelled"):
        db.create_all()
        modelled = _described()
    for table in sorted({*migrated, *modelled}):
        assert migrated[table] == modelled[table], table
    assert migrated["rounds"]["checks"]
    if db.engine.dialect.name == "sqlite":
        assert migrated["entries"]["numbers_for_ever"]
    assert "uq_attempts_open" in str(migrated["attempts"]["indexes"])


def test_up_down_and_up_again(empty: Flask) -> None:
    upgrade(directory=_migrations(empty))
    assert set(inspect(db.engine).get_table_names()) == {*Base.metadata.tables, "alembic_version"}
    downgrade(directory=_migrations(empty), revision="base")
    assert inspect(db.engine).get_table_names() == ["alembic_version"]
    upgrade(directory=_migrations(empty))
    assert _differences() == []


def test_a_step_back_and_forth_keeps_what_people_did(empty: Flask) -> None:
    """Rows that refer to each other survive the last migration in both directions."""
    upgrade(directory=_migrations(empty))
    now = datetime.now(UTC)
    shift_window(load_pack(read_pack(SMALL_PACK), make_current=True), mode="on", now=now)
    db.session.commit()
    contest = portal().catalogues.get()
    entry = make_contestant(contest, now=now)
    learn_all(entry, contest, now=now)
    sit(entry, contest, started=now, ended=now)
    db.session.remove()
    before = _counts()
    assert before["standings"] == 1
    downgrade(directory=_migrations(empty), revision="-1")
    kept = set(inspect(db.engine).get_table_names())  # a table that the last migration made goes with what is in it
    upgrade(directory=_migrations(empty))
    assert {"standings", "entries"} <= kept
    assert {table: count for table, count in _counts().items() if table in kept} == {
        table: count for table, count in before.items() if table in kept
    }
    assert _differences() == []
    if db.engine.dialect.name == "sqlite":
        with db.engine.connect() as connection:
            assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
            assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"


def test_every_connection_knows_its_manners(deeds: Flask) -> None:
    told: dict[str, dict[str, object]] = {
        "sqlite": {"PRAGMA foreign_keys": 1, "PRAGMA journal_mode": "wal", "PRAGMA synchronous": 2},
        "postgresql": {"SHOW jit": "off", "SHOW max_parallel_workers_per_gather": "0"},
    }
    asked = told[db.engine.dialect.name]
    for engine in all_engines():
        for _ in range(2):  # what it was told outlives a rollback
            with engine.connect() as connection:
                assert {word: connection.exec_driver_sql(word).scalar() for word in asked} == asked
                connection.rollback()


def test_every_template_loads(app: Flask) -> None:
    names = app.jinja_env.list_templates()
    assert len(names) > 60
    for name in names:
        app.jinja_env.get_template(name)
