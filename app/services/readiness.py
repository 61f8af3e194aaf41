"""Whether this installation may serve: keys, font, migrations. Each miss is one line that says what to do."""

from pathlib import Path

from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.exc import SQLAlchemyError

from app.config import ROOT, Settings
from app.extensions import db
from app.services.keyring import KeysMissing, read_keys

FONTS = ROOT / "app" / "static" / "fonts"
FONT_FILES = ("BeVietnamPro-Regular.ttf", "BeVietnamPro-SemiBold.ttf", "LanToaFrame.ttf")


class NotReady(Exception):
    """The portal must not start; the message is one line."""


def newest_migration() -> str | None:
    """The revision that the code expects."""
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    return ScriptDirectory.from_config(config).get_current_head()


def refuse_unready(settings: Settings, fonts: Path = FONTS) -> None:
    """Raises NotReady. Needs an app context."""
    try:
        read_keys(settings.keys_file)
    except KeysMissing as missing:
        raise NotReady(str(missing)) from None
    for name in FONT_FILES:
        if not (fonts / name).is_file():
            raise NotReady(f"the certificate's font {fonts / name} is missing: restore it from the release")
    try:
        with db.engine.connect() as connection:
            revision = MigrationContext.configure(connection).get_current_revision()
    except SQLAlchemyError as fault:
        raise NotReady(f"the database cannot be opened ({type(fault).__name__}): check LANTOA_DATABASE_URL") from None
    if revision != newest_migration():
        raise NotReady(f"the database is at migration {revision or 'none'}: run `flask prepare`")
