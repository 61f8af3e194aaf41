"""Addresses for machines."""

from sqlalchemy import text

from app.extensions import direct
from app.ops import room
from app.web.doors import public


@room.get("/healthz")
@public
def healthz() -> tuple[str, int, dict[str, str]]:
    """200 when this process can read the database."""
    direct.first(text("SELECT 1"))
    return "ok\n", 200, {"Content-Type": "text/plain; charset=utf-8"}
