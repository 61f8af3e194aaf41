"""A form that was cut on its way is refused, never read as far as it came.

Werkzeug trusts a server that sets `wsgi.input_terminated` to know where a body ends, and gunicorn sets it; but when the
line breaks, gunicorn's body just ends early. A paper cut in half would then be saved as one with half its answers taken
back. Without that flag Werkzeug counts the bytes against Content-Length and answers 400.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from flask import Flask

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


def init_app(app: Flask) -> None:
    """Hold every body to the length that its request announced."""
    inner = app.wsgi_app

    def whole_only(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if environ.get("CONTENT_LENGTH"):  # a chunked body has none, and gunicorn raises when that one breaks
            environ.pop("wsgi.input_terminated", None)
        return inner(environ, start_response)

    app.wsgi_app = whole_only  # type: ignore[method-assign]
