"""Registering, signing in and out, my page."""

from flask import Blueprint

room = Blueprint("account", __name__)

from app.account import safety, units, views  # noqa: E402, F401  the views hang themselves on the room
