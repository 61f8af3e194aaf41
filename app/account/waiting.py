"""When somebody has to wait: the form as it was, and when to try again."""

from typing import Any

from flask import make_response, render_template
from werkzeug.wrappers import Response

from app.web.formatters import waiting_time
from app.web.forms import Form


def ask_to_wait(template: str, form: Form, seconds: int, **context: Any) -> Response:
    """429 with the page of `form`; the same words whoever has failed, for who knocks need not be who failed."""
    form.form_errors.append(
        f"Vừa có nhiều lần thử chưa đúng, nên cần đợi một chút. Thử lại sau {waiting_time(seconds)}."
    )
    response = make_response(render_template(template, form=form, **context), 429)
    response.headers["Retry-After"] = str(seconds)
    return response
