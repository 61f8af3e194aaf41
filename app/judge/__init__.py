"""The judge's desk: the stories of the contest, to read."""

from flask import Blueprint

room = Blueprint("judge", __name__)

from app.judge import views  # noqa: E402, F401  the views hang themselves on the room
