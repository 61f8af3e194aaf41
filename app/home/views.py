"""Front page and texts."""

from urllib.parse import urlsplit

from flask import abort, current_app, redirect, render_template, request, url_for
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from app.home import room
from app.home.presenters import bars
from app.rules.prizes import Metric
from app.services.unit_boards import unit_board
from app.web import text_size as type_size
from app.web.doors import public, safe_path
from app.web.kiosk import keep_choice
from app.web.live_figures import figures
from app.web.portal import catalogue
from app.web.snapshots import snapshot

TOP = 10


@room.get("/")
@public
@snapshot
def front() -> str:
    """The contest, its live figures and the two top tens."""
    contest = catalogue()
    live = figures()
    registered = unit_board(catalogue=contest, figures=live, by=Metric.REGISTERED)
    finishers = unit_board(catalogue=contest, figures=live, by=Metric.FINISHERS)
    return render_template(
        "home/front.html",
        figures=live,
        top_registered=bars(registered[:TOP], by=Metric.REGISTERED),
        top_finishers=bars(finishers[:TOP], by=Metric.FINISHERS),
    )


def _text_page(slug: str) -> str:
    page = catalogue().pages.get(slug)
    if page is None:
        abort(404)
    title, html = page
    return render_template("home/text.html", title=title, html=html, with_rules=slug == "the-le")


@room.get("/the-le")
@public
@snapshot
def rules() -> str:
    """The organiser's rules, and the settings in force."""
    return _text_page("the-le")


@room.get("/huong-dan")
@public
@snapshot
def guide() -> str:
    """How to take part, step by step."""
    return _text_page("huong-dan")


@room.get("/quyen-rieng-tu")
@public
@snapshot
def privacy() -> str:
    """What is kept about a person, why and how long."""
    return _text_page("quyen-rieng-tu")


def _page_at(target: str | None) -> str | None:
    """The target when one can go there: an answer to a POST may stand at an address that has no page of its own."""
    path = safe_path(target)
    try:
        current_app.url_map.bind("").match(urlsplit(path or "").path, method="GET")
    except HTTPException:
        return None
    return path


@room.get("/co-chu/<size>")
@public
def text_size(size: str) -> Response:
    """“A+”: a link that sets a cookie, so it works without a script."""
    if size not in type_size.SIZES:
        abort(404)
    onward = _page_at(request.args.get("back")) or url_for("home.front")
    return keep_choice(redirect(onward, 303), type_size.COOKIE, size)
