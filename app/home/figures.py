"""The figures page, and the same figures as open data."""

from flask import Response, jsonify, render_template

from app.home import open_data, room
from app.home.charts import charts, days, hours_of_day, tiles
from app.web.doors import public
from app.web.live_figures import figures as live_figures
from app.web.portal import catalogue
from app.web.snapshots import snapshot

_A_DAY = ("Người đăng ký mỗi ngày", "Người hoàn thành lần đầu mỗi ngày", "Lượt thi mỗi ngày", "Lượt truy cập mỗi ngày")
_AN_HOUR = ("", "", "Lượt thi theo giờ trong ngày", "Lượt truy cập theo giờ trong ngày")


@room.get("/so-lieu")
@public
@snapshot
def figures() -> str:
    """All live figures, drawn and in tables."""
    contest, live = catalogue(), live_figures()
    by_day = [row for _, row in days(live, contest)]
    by_hour = hours_of_day(live, contest)
    return render_template(
        "home/figures.html",
        figures=live,
        by_day=by_day,
        by_hour=by_hour,
        charts=charts(by_day, _A_DAY, ticks=4) + charts(by_hour, _AN_HOUR, ticks=5),
        tiles=tiles(live, contest),
    )


@room.get("/so-lieu.json")
@public
@snapshot
def figures_json() -> Response:
    """Everything as JSON."""
    return jsonify(open_data.as_json(live_figures(), catalogue()))


@room.get("/so-lieu.csv")
@public
@snapshot
def figures_csv() -> Response:
    """Units as CSV."""
    return Response(open_data.units_csv(live_figures(), catalogue()), mimetype="text/csv")


@room.get("/so-lieu/ngay.csv")
@public
@snapshot
def days_csv() -> Response:
    """Days as CSV."""
    return Response(open_data.days_csv(live_figures(), catalogue()), mimetype="text/csv")
