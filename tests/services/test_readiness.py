"""Whether an installation may serve."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from app.config import Settings
from app.extensions import all_engines, db, init_database
from app.services.key_file import make_keys
from app.services.readiness import FONT_FILES, FONTS, NotReady, newest_migration, refuse_unready
from app.web.portal import portal


def refusal(settings: Settings, fonts: Path = FONTS) -> str:
    """The one line; every one of them says what to do."""
    with pytest.raises(NotReady) as refused:
        refuse_unready(settings, fonts)
    told = str(refused.value)
    assert "\n" not in told
    assert ": " in told
    return told


def test_a_whole_installation_may_serve(deeds: Flask) -> None:
    refuse_unready(portal().settings)


def test_missing_keys(deeds: Flask, tmp_path: Path) -> None:
    told = refusal(replace(portal().settings, instance=tmp_path))
    assert told.startswith(f"no keys in {tmp_path / 'keys.json'}: ")


def test_broken_keys(deeds: Flask, tmp_path: Path) -> None:
    (tmp_path / "keys.json").write_text("{")
    assert "restore them from the backup" in refusal(replace(portal().settings, instance=tmp_path))


@pytest.mark.parametrize("name", FONT_FILES)
def test_a_missing_font(deeds: Flask, tmp_path: Path, name: str) -> None:
    fonts = Path(shutil.copytree(FONTS, tmp_path / "fonts"))
    refuse_unready(portal().settings, fonts)
    (fonts / name).unlink()
    assert refusal(portal().settings, fonts) == (
        f"the certificate's font {fonts / name} is missing: restore it from the release"
    )


def test_another_migration(deeds: Flask) -> None:
    newest = newest_migration()
    assert newest
    db.session.execute(text("UPDATE alembic_version SET version_num = '000'"))
    db.session.commit()
    try:
        assert refusal(portal().settings) == "the database is at migration 000: run `flask prepare`"
    finally:
        db.session.execute(text("UPDATE alembic_version SET version_num = :newest"), {"newest": newest})
        db.session.commit()


def bare(settings: Settings) -> Flask:
    """An app on a database of its own."""
    app = Flask("bare", static_folder=None)
    init_database(app, settings)
    return app


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("sqlite:///{0}/empty.sqlite", "the database is at migration none: run `flask prepare`"),
        (
            "sqlite:///{0}/no/such/folder/x.sqlite",
            "the database cannot be opened (OperationalError): check LANTOA_DATABASE_URL",
        ),
        (
            "postgresql+psycopg://nobody@127.0.0.1:1/none",
            "the database cannot be opened (OperationalError): check LANTOA_DATABASE_URL",
        ),
    ],
)
def test_an_empty_database_and_one_that_is_not_there(tmp_path: Path, url: str, told: str) -> None:
    settings = Settings(instance=tmp_path, database_url=url.format(tmp_path), contest=tmp_path)
    make_keys(settings.keys_file)
    app = bare(settings)
    with app.app_context():
        try:
            assert refusal(settings) == told
        finally:
            for engine in all_engines():
                engine.dispose()
