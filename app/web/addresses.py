"""Addresses: whole ones for paper and QR codes; and numbers in them.

Whoever types a number that no row can have finds nothing, not a fault of the database.
"""

from typing import Any

from flask import Flask, abort, request, url_for
from werkzeug.routing import IntegerConverter, Map

from app.web.portal import settings

MOST_ROW = 2**31 - 1  # the columns are INTEGER; Postgres refuses a greater number even to compare


class RowNumber(IntegerConverter):
    """`<int:…>` of all rooms; a greater number is a 404."""

    def __init__(self, url_map: Map, **values: Any) -> None:
        super().__init__(url_map, **({"max": MOST_ROW} | values))


def row_number(text: str) -> int:
    """The number of a row out of a query string. Raises ValueError."""
    number = int(text)
    if not 0 <= number <= MOST_ROW:
        raise ValueError(text)
    return number


def whole_address(endpoint: str, **values: Any) -> str:
    """With scheme and host, as it is printed or drawn: the portal's own name where the operator gave one."""
    return (settings().base_url or request.host_url.rstrip("/")) + url_for(endpoint, **values)


def init_app(app: Flask) -> None:
    """Before any room hangs up its addresses."""
    app.url_map.converters["int"] = RowNumber

    @app.before_request
    def refuse_nul() -> None:
        if "\0" in request.path or b"%00" in request.query_string:  # nobody types it, and Postgres refuses it
            abort(404)
