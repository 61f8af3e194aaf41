"""The organiser's desk."""

from flask import Blueprint

room = Blueprint("organiser", __name__)

from app.organiser import views  # noqa: E402, F401  the views hang themselves on the room
