"""The kiosk in a ward's hall: becoming one, its first page, ending, going on with the own phone."""

from flask import Blueprint

room = Blueprint("kiosk", __name__)

from app.kiosk import handover, views  # noqa: E402, F401  the views hang themselves on the room
