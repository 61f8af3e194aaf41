"""Topics and lessons."""

from flask import Blueprint

room = Blueprint("learning", __name__)

from app.learning import views  # noqa: E402, F401  the views hang themselves on the room
