"""“A+”: a reader's choice of larger type, kept in a cookie that holds one word."""

from flask import request

COOKIE = "co-chu"
SIZES = ("thuong", "lon")


def large_text() -> bool:
    """Whether this reader asked for large type."""
    return request.cookies.get(COOKIE) == "lon"
