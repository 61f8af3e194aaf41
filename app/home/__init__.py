"""Front page, rules, guide, privacy, size of type."""

from flask import Blueprint

room = Blueprint("home", __name__)

from app.home import figures, views  # noqa: E402, F401  the views hang themselves on the room
