"""The whole paper on one page, or one question at a time: the person's choice, kept in a cookie of one word.

Both are the same page with the same form; one question at a time is done by the style sheet and `#q5`, so it needs
neither a script nor the line.
"""

from flask import request
from werkzeug.wrappers import Response

from app.web.kiosk import keep_choice

COOKIE = "cach-lam"
WHOLE, SINGLE = "ca-de", "tung-cau"
LAYOUTS = {WHOLE: "Cả đề trên một trang", SINGLE: "Từng câu một"}


def chosen_layout() -> str:
    """What this person prefers."""
    return SINGLE if request.cookies.get(COOKIE) == SINGLE else WHOLE


def keep_layout(response: Response, choice: str | None) -> Response:
    """Remember a choice; anything else changes nothing."""
    return keep_choice(response, COOKIE, choice) if choice in LAYOUTS else response
