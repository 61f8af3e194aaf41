"""Stories: the wall, sending mine."""

from flask import Blueprint

room = Blueprint("sharing", __name__)

from app.sharing import views  # noqa: E402, F401  the views hang themselves on the room
