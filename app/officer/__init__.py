"""The ward officer's desk: the people of the own units, and nobody else."""

from flask import Blueprint

room = Blueprint("officer", __name__)

from app.desk import hang_up  # noqa: E402
from app.officer import views  # noqa: E402, F401  the views hang themselves on the room
from app.web.doors import officer  # noqa: E402

hang_up(room, base="/can-bo", door=officer)
