"""A desk's form that came after the half hour: nothing is done, and nothing that was written is lost.

The words go back to the very browser that sent them, kept nowhere: signing in again makes another session, and a
form of the old one could not be trusted.
"""

import re

from flask import g, make_response, render_template, request
from werkzeug.wrappers import Response

# Fields of desks in which somebody writes; never passwords, codes or citizen numbers.
_WRITTEN = {
    "full_name": "Họ và tên",
    "phone": "Số điện thoại",
    "name": "Tên kiosk",
    "words": "Lời nhắn, trả lời",
    "reason": "Lý do",
}
_CHOICE = re.compile(r"[a-z-]*")  # the value of a radio button, which nobody wrote


def note_idle() -> None:
    """This request comes from staff whose desk was closed."""
    g.idle = True


def words_back(onward: str) -> Response | None:
    """What they had written, with the way in and back to the form; None when nothing would be lost."""
    if "idle" not in g:
        return None
    sent = [(label, request.form.get(name, "").strip()) for name, label in _WRITTEN.items()]
    written = [(label, text) for label, text in sent if not _CHOICE.fullmatch(text)]
    if not written:
        return None
    return make_response(render_template("account/too_late.html", written=written, onward=onward), 403)
