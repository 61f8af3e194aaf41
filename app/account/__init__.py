"""Registering, signing in and out, my page."""

from flask import Blueprint

room = Blueprint("account", __name__)

from app.account import (  # noqa: E402, F401  the views hang themselves on the room
    assisting,
    entering,
    my_code,
    my_data,
    recovery,
    registration,
    reply,
    safety,
    scanning,
    second_factor,
    unit_change,
    units,
    views,
)
