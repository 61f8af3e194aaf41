"""The certificate: earning it, its PDF, and the page on which anybody verifies it."""

from flask import Blueprint

room = Blueprint("certificate", __name__)

from app.certificate import views  # noqa: E402, F401  the views hang themselves on the room
