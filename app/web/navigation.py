"""Side navigation of the desks."""

from typing import Any

from flask import request, url_for

from app.models import Role

_PLACES = {
    Role.ORGANISER: (
        ("organiser.today", "Hôm nay"),
        ("organiser.stories", "Bài chia sẻ"),
        ("organiser.people", "Thí sinh"),
        ("organiser.roll", "Danh sách theo đơn vị"),
        ("organiser.claims", "Báo trùng số căn cước"),
        ("organiser.kiosks", "Kiosk"),
        ("organiser.requests", "Yêu cầu về dữ liệu"),
        ("organiser.results", "Kết quả"),
        ("organiser.audit", "Nhật ký"),
    ),
    Role.OFFICER: (
        ("officer.today", "Hôm nay"),
        ("officer.people", "Tìm thí sinh"),
        ("officer.roll", "Danh sách"),
        ("officer.claims", "Báo trùng số căn cước"),
        ("officer.kiosks", "Kiosk"),
    ),
    Role.JUDGE: (("judge.today", "Bài chia sẻ"),),
}


def desk_nav(role: Role) -> list[dict[str, Any]]:
    """What layouts/desk.html takes: {label, href, current}; a page below an address keeps it current."""
    here, items = request.path, []
    for endpoint, label in _PLACES[role]:
        href = url_for(endpoint)
        below = not endpoint.endswith(".today") and here.startswith(f"{href}/")
        items.append({"label": label, "href": href, "current": here == href or below})
    return items
