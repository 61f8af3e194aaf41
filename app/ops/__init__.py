"""What machines ask."""

from flask import Blueprint

room = Blueprint("ops", __name__)

from app.ops import views  # noqa: E402, F401  the views hang themselves on the room
