"""League tables of units and of people."""

from flask import abort, render_template, request, url_for

from app.ranking import room
from app.ranking.presenters import people_rows
from app.services.catalogue import Catalogue, RoundInfo
from app.services.figures import read_figures
from app.services.rank import PAGE, Cursor, my_place, people_board, unit_board
from app.web.access import contestant, entry_id, public
from app.web.addresses import row_number
from app.web.portal import catalogue, now
from app.web.snapshots import snapshot

_ORDERS = {"dang-ky": "registered", "hoan-thanh": "finishers"}


@room.get("/bang-xep-hang")
@public
@snapshot
def units() -> str:
    """All units by registered people or by finishers."""
    order = _ORDERS.get(request.args.get("theo", "dang-ky"))
    if order is None:
        abort(404)
    contest = catalogue()
    figures = read_figures(catalogue=contest, now=now())
    board = unit_board(catalogue=contest, counts=figures.counts, by=order)
    return render_template("ranking/units.html", board=board, by=order, figures=figures)


def _cursor() -> Cursor | None:
    """`?sau=<key>_<entry>_<before>_<place>`: the page behind this line."""
    text = request.args.get("sau", "")
    if not text:
        return None
    try:
        key, entry, before, place = text.split("_")
        cursor = Cursor(key, row_number(entry), row_number(before), row_number(place))
    except ValueError:
        abort(404)
    if not key.isalnum():
        abort(404)
    return cursor


def _round(contest: Catalogue) -> RoundInfo:
    number = request.args.get("dot", type=int)
    if number is None:
        return contest.round_at(now())
    found = next((r for r in contest.rounds if r.number == number), None)
    if found is None:
        abort(404)
    return found


def _people(contest: Catalogue, template: str, *, unit_id: int | None, **context: object) -> str:
    this_round = _round(contest)
    board = people_board(round_id=this_round.id, unit_id=unit_id, after=_cursor())
    last = board[-1] if len(board) == PAGE else None
    before = (_cursor() or Cursor("", 0, 0, 0)).before + len(board)
    following = None
    if last is not None:
        view = dict(request.view_args or {})
        mark = f"{last.rank_key}_{last.entry_id}_{before}_{last.place}"
        following = url_for(str(request.endpoint), **view, sau=mark, dot=request.args.get("dot"))
    return render_template(
        template, rows=people_rows(board, contest), following=following, as_of=now(), this_round=this_round, **context
    )


@room.get("/bang-xep-hang/ca-nhan")
@public
@snapshot
def people() -> str:
    """People of the whole city, best first."""
    return _people(catalogue(), "ranking/people.html", unit_id=None)


@room.get("/bang-xep-hang/don-vi/<code>")
@public
@snapshot
def unit(code: str) -> str:
    """One unit: its figures and its people."""
    contest = catalogue()
    found = contest.units_by_code.get(code)
    if found is None:
        abort(404)
    figures = read_figures(catalogue=contest, now=now())
    board = unit_board(catalogue=contest, counts=figures.counts, by="registered")
    row = next(row for row in board if row.unit.id == found.id)
    return _people(contest, "ranking/unit.html", unit_id=found.id, unit=found, row=row)


@room.get("/bang-xep-hang/cua-toi")
@contestant
def mine() -> str:
    """My own place, exact now."""
    this_round = _round(catalogue())
    place = my_place(entry_id=entry_id(), round_id=this_round.id)
    return render_template("ranking/mine.html", place=place, this_round=this_round, as_of=now())
