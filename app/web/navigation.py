"""Side navigation of the desks."""

from typing import Any

from flask import request, url_for

_ORGANISER = (
    ("organiser.today", "Hôm nay"),
    ("organiser.stories", "Bài chia sẻ"),
    ("organiser.people", "Thí sinh"),
    ("organiser.results", "Kết quả"),
)


def organiser_nav() -> list[dict[str, Any]]:
    """What layouts/desk.html takes: {label, href, current}; a page below an address keeps it current."""
    here, desk = request.path, url_for("organiser.today")
    items = []
    for endpoint, label in _ORGANISER:
        href = url_for(endpoint)
        below = href != desk and here.startswith(f"{href}/")
        items.append({"label": label, "href": href, "current": here == href or below})
    return items
