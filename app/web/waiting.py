"""Too many tries: the page as it was, and when to come back."""

from typing import Any

from flask import make_response, render_template
from werkzeug.wrappers import Response

from app.web.forms import Form


def come_back_later(template: str, form: Form, seconds: int, **context: Any) -> Response:
    """429 with the page of `form`, which says so in its own words already."""
    response = make_response(render_template(template, form=form, **context), 429)
    response.headers["Retry-After"] = str(seconds)
    return response
