"""League tables."""

from flask import Blueprint

room = Blueprint("ranking", __name__)

from app.ranking import units, views  # noqa: E402, F401  the views hang themselves on the room
