"""Numbers in addresses: whoever types one that no row can have finds nothing, not a fault of the database."""

from typing import Any

from flask import Flask
from werkzeug.routing import IntegerConverter, Map

_MOST = 2**31 - 1  # the columns are INTEGER; Postgres refuses a greater number even to compare


class RowNumber(IntegerConverter):
    """`<int:…>` of all rooms; a greater number is a 404."""

    def __init__(self, url_map: Map, **values: Any) -> None:
        super().__init__(url_map, **({"max": _MOST} | values))


def row_number(text: str) -> int:
    """The number of a row out of a query string. Raises ValueError."""
    number = int(text)
    if not 0 <= number <= _MOST:
        raise ValueError(text)
    return number


def init_app(app: Flask) -> None:
    """Before any room hangs up its addresses."""
    app.url_map.converters["int"] = RowNumber
