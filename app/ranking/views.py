"""League tables of people: of the city, of a unit, of a group; my own place. Those of units: app.ranking.units."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from flask import abort, render_template, request
from werkzeug.exceptions import TooManyRequests

from app.extensions import db
from app.models import Standing
from app.ranking import room
from app.ranking.presenters import group_rows, my_boards, people_rows
from app.ranking.units import KINDS
from app.rules.names import tidy
from app.rules.prizes import Metric
from app.services import throttle
from app.services.board_search import find_on_board
from app.services.catalogue import Catalogue, GroupInfo, RoundInfo, UnitInfo
from app.services.freeze import hides_anything
from app.services.my_place import my_places
from app.services.rank import Mark, Scope, people_board
from app.services.unit_boards import unit_board
from app.web.addresses import row_number
from app.web.devices import address
from app.web.doors import contestant, public
from app.web.live_figures import figures
from app.web.portal import catalogue, keyring, now
from app.web.sign_in import entry_id
from app.web.snapshots import snapshot

_LONGEST = 80  # of a name
# Searches of one address in ten minutes: a hall of 300, five times each. They are made per request, so they cost.
_SEARCHES = 1500


def _mark() -> Mark | None:
    """`?sau=<key>_<entry>`: the page behind this line."""
    text = request.args.get("sau", "")
    if not text:
        return None
    try:
        key, entry = text.split("_")
        entry_id = row_number(entry)
    except ValueError:
        abort(404)
    if not key.isalnum():
        abort(404)
    return Mark(key, entry_id)


def _round(contest: Catalogue) -> RoundInfo:
    """`?dot=`: a round by its number, 0 the total; without it the one that runs, or was the last to run."""
    number = request.args.get("dot")
    if not number:
        return contest.board_at(now())
    return next((r for r in contest.boards if str(r.number) == number), None) or abort(404)


def _stands(contest: Catalogue, this_round: RoundInfo, at: datetime) -> dict[str, Any]:
    """Of when this board is, since when it stands still (the total does with the round that runs, one that is over
    doesn't), and whether it did and is being brought up to date. To be asked before the board is read."""
    frozen_at = contest.frozen_at(at) if this_round is contest.total else this_round.frozen_at(at)
    may_thaw = frozen_at is None and contest.rules.boards.freeze_hours_before_end > 0
    thawing = may_thaw and hides_anything(round_id=this_round.id)
    return {"this_round": this_round, "as_of": at, "frozen_at": frozen_at, "thawing": thawing}


def _unit(contest: Catalogue, code: str) -> UnitInfo:
    return contest.units_by_code.get(code) or abort(404)


def _group(contest: Catalogue, number: str) -> GroupInfo:
    return next((group for group in contest.groups if str(group.id) == number), None) or abort(404)


def _board(contest: Catalogue, template: str, scope: Scope, **context: Any) -> str:
    """A page of people; whatever narrows it down stays in the address of the next page."""
    this_round = contest.round(scope.round_id)
    stands = _stands(contest, this_round, now())
    board, following = people_board(scope=scope, behind=_mark()), None
    if board.more:
        mark = f"{board.rows[-1].key}_{board.rows[-1].entry_id}"
        # The round also where the address left it out: another one may run when the next page is asked for.
        kept = {"dot": str(this_round.number), "loai": request.args.get("loai"), "sau": mark}
        following = f"{request.path}?{urlencode({name: word for name, word in kept.items() if word})}"
    return render_template(
        template,
        rows=people_rows(board.rows, contest),
        following=following,
        here=request.path,
        people=board.people,
        **stands,
        **context,
    )


@room.get("/bang-xep-hang/ca-nhan")
@public
@snapshot
def people() -> str:
    """People of the whole city or of one kind of unit, best first."""
    contest, word = catalogue(), request.args.get("loai", "")
    if word and word not in KINDS:
        abort(404)
    units = frozenset(unit.id for unit in contest.units if word and unit.type is KINDS[word])
    if word and not units:
        abort(404)
    kinds = {name: kind.label for name, kind in KINDS.items() if kind in {unit.type for unit in contest.units}}
    return _board(contest, "ranking/people.html", Scope(_round(contest).id, units), kinds=kinds, kind=word)


@room.get("/bang-xep-hang/don-vi/<code>")
@public
@snapshot
def unit(code: str) -> str:
    """One unit: its figures, its groups and its people."""
    contest, live = catalogue(), figures()
    found = _unit(contest, code)
    row = next(
        row for row in unit_board(catalogue=contest, figures=live, by=Metric.REGISTERED) if row.unit.id == found.id
    )
    groups = group_rows(contest.groups_of.get(found.id, ()), live)
    scope = Scope(_round(contest).id, frozenset({found.id}))
    return _board(contest, "ranking/unit.html", scope, unit=found, row=row, groups=groups, figures=live)


@room.get("/bang-xep-hang/nhom/<int:group_id>")
@public
@snapshot
def group(group_id: int) -> str:
    """One group of a unit: its people."""
    contest = catalogue()
    found = _group(contest, str(group_id))
    scope = Scope(_round(contest).id, group_id=found.id)
    return _board(contest, "ranking/group.html", scope, group=found, unit=contest.units_by_id[found.unit_id])


def _count_search() -> None:
    where = throttle.address_of(address(), purpose="search", ceiling=_SEARCHES, keyring=keyring(), now=now())
    try:
        throttle.ask(where, now=now())
    except throttle.Throttled as refused:
        raise TooManyRequests(retry_after=refused.wait) from None


@room.get("/bang-xep-hang/tim")
@public
def search() -> str:
    """People of a board by the beginning of their name; made per request, so each asks little and is counted."""
    contest, words = catalogue(), tidy(request.args.get("tim", ""))[:_LONGEST]
    this_round = _round(contest)
    code, number = request.args.get("don-vi", ""), request.args.get("nhom", "")
    group = _group(contest, number) if number else None
    unit = _unit(contest, code) if code else contest.units_by_id[group.unit_id] if group else None
    units = frozenset({unit.id}) if unit and not group else frozenset()
    if words:
        _count_search()
    stands = _stands(contest, this_round, now())
    found = find_on_board(scope=Scope(this_round.id, units, group.id if group else None), words=words)
    return render_template(
        "ranking/found.html",
        rows=people_rows(found.rows, contest),
        more=found.more,
        words=words,
        unit=unit,
        group=group,
        following=None,
        **stands,
    )


@room.get("/bang-xep-hang/cua-toi")
@contestant
def mine() -> str:
    """My own place, exact now: in the city, in my unit, in my group."""
    contest = catalogue()
    this_round = _round(contest)
    stands = _stands(contest, this_round, now())
    places = my_places(entry_id=entry_id(), round_id=this_round.id)
    hidden = not places and db.session.get(Standing, (entry_id(), this_round.id)) is not None
    return render_template(
        "ranking/mine.html",
        boards=my_boards(places, contest) if places else [],
        hidden=hidden,
        **stands,
    )
