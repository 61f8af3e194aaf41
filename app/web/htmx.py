"""One address, two faces: a whole page, or the part that htmx asked for."""

from typing import Any

from flask import Response, make_response, render_template, request


def is_htmx() -> bool:
    """Whether htmx asks."""
    return request.headers.get("HX-Request") == "true"


def render(*, page: str, part: str, status: int = 200, **context: Any) -> Response:
    """The page, or only its part for htmx; caches are told that there are two."""
    response = make_response(render_template(part if is_htmx() else page, **context), status)
    response.vary.add("HX-Request")
    return response
