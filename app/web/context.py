"""What every template may use."""

from typing import Any

from flask import Flask
from flask_wtf.csrf import generate_csrf
from jinja2 import StrictUndefined

from app.web.portal import catalogue
from app.web.text_size import large_text


def init_app(app: Flask) -> None:
    """A name that is misspelt fails instead of showing nothing."""
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals["csrf_token"] = generate_csrf

    @app.context_processor
    def context() -> dict[str, Any]:
        return {"contest": catalogue(), "large_text": large_text()}
