"""League tables of units and of their clusters: an order, perhaps narrowed down, at an address that can be shared."""

from dataclasses import dataclass
from urllib.parse import urlencode

from flask import abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.models import UnitType
from app.ranking import room
from app.rules.names import tidy
from app.rules.prizes import Metric
from app.services.catalogue import Catalogue, RoundInfo
from app.services.unit_boards import cluster_board, metrics, unit_board
from app.web.doors import public
from app.web.live_figures import figures
from app.web.portal import catalogue
from app.web.snapshots import snapshot

ORDERS = {
    "dang-ky": Metric.REGISTERED,
    "hoan-thanh": Metric.FINISHERS,
    "dan-so": Metric.PER_1000,
    "cau-dung": Metric.MEAN_CORRECT,
    "ty-le": Metric.SHARE_FINISHED,
}
KINDS = {kind.value.replace("_", "-"): kind for kind in UnitType}
_LONGEST = 80  # of a name; nobody types more


@dataclass(frozen=True, slots=True)
class Choice:
    """What a board was asked for; the words are those of the address."""

    order: str
    kind: str
    cluster: str
    round: str
    name: str

    @property
    def by(self) -> Metric:
        """What ranks."""
        return ORDERS[self.order]

    def query(self, **changes: str) -> str:
        """The address's query with some words changed; what is empty or the default is left out."""
        words = {"theo": self.order, "loai": self.kind, "cum": self.cluster, "dot": self.round, "tim": self.name}
        words |= changes
        kept = {key: word for key, word in words.items() if word and (key, word) != ("theo", "dang-ky")}
        return f"?{urlencode(kept)}" if kept else ""


def _choice(contest: Catalogue) -> Choice:
    """Reads the address; what is not there is a 404."""
    args = request.args
    choice = Choice(
        order=args.get("theo") or "dang-ky",
        kind=args.get("loai", ""),
        cluster=args.get("cum", ""),
        round=args.get("dot", ""),
        name=tidy(args.get("tim", ""))[:_LONGEST],
    )
    if choice.order not in ORDERS or choice.by not in metrics(contest) or (choice.kind and choice.kind not in KINDS):
        abort(404)
    return choice


def _round(contest: Catalogue, choice: Choice) -> RoundInfo:
    """A round by its number, 0 the total; without one the whole contest."""
    if not choice.round:
        return contest.total_round
    return next((r for r in contest.boards if str(r.number) == choice.round), None) or abort(404)


def _results_of(contest: Catalogue, this_round: RoundInfo) -> int | None:
    """As services.unit_boards asks for them: the whole contest's figures are those of no round."""
    return None if this_round is contest.total_round else this_round.id


def _cluster(contest: Catalogue, choice: Choice) -> str | None:
    if not choice.cluster:
        return None
    names = dict(enumerate(contest.clusters, 1))
    return next((name for number, name in names.items() if str(number) == choice.cluster), None) or abort(404)


@room.get("/bang-xep-hang")
@public
@snapshot
def units() -> str:
    """Units by what the address says."""
    contest = catalogue()
    choice, live = _choice(contest), figures()
    this_round, cluster = _round(contest, choice), _cluster(contest, choice)
    board = unit_board(
        catalogue=contest,
        figures=live,
        by=choice.by,
        round_id=_results_of(contest, this_round),
        kind=KINDS.get(choice.kind),
        cluster=cluster,
    )
    found = board
    if choice.name:
        named = contest.unit_search.search(choice.name, most=len(contest.units)).choices
        wanted = {each.code for each in named}
        found = [row for row in board if row.unit.code in wanted]
    return render_template(
        "ranking/units.html",
        board=found,
        among=board,
        choice=choice,
        cluster=cluster,
        this_round=this_round,
        figures=live,
        **_offer(contest, url_for("ranking.units")),
    )


@room.get("/bang-xep-hang/cum")
@public
@snapshot
def clusters_board() -> str | Response:
    """Clusters of units by what the address says; of a contest without clusters the units."""
    contest = catalogue()
    if not contest.clusters:
        return redirect(url_for("ranking.units"), 303)
    choice, live = _choice(contest), figures()
    this_round = _round(contest, choice)
    results_of = _results_of(contest, this_round)
    board = cluster_board(catalogue=contest, figures=live, by=choice.by, round_id=results_of)
    return render_template(
        "ranking/clusters.html",
        board=board,
        choice=choice,
        this_round=this_round,
        figures=live,
        **_offer(contest, url_for("ranking.clusters_board")),
    )


def _offer(contest: Catalogue, here: str) -> dict[str, object]:
    """What can be chosen on these pages."""
    known = metrics(contest)
    return {
        "here": here,
        "orders": [(word, metric) for word, metric in ORDERS.items() if metric in known],
        "kinds": [(word, kind.label) for word, kind in KINDS.items() if kind in {u.type for u in contest.units}],
        "cluster_names": list(enumerate(contest.clusters, 1)),
        "by_population": Metric.PER_1000 in known,
    }
