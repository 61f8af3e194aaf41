"""The organiser's desk."""

from flask import Blueprint

room = Blueprint("organiser", __name__)

from app.desk import hang_up  # noqa: E402
from app.organiser import audit, final, requests, views  # noqa: E402, F401  the views hang themselves on the room
from app.web.doors import organiser  # noqa: E402

hang_up(room, base="/quan-tri", door=organiser)
