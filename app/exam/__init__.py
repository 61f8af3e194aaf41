"""The exam: start, paper, save, submit, result."""

from flask import Blueprint

room = Blueprint("exam", __name__)

from app.exam import paper, views  # noqa: E402, F401  the views hang themselves on the room
