"""Boards of units and clusters, from figures alone."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.models import UnitType
from app.rules.contest import BoardRules
from app.rules.prizes import Metric
from app.services.catalogue import Catalogue
from app.services.figures import Figures, Tally
from app.services.unit_boards import UnitRow, cluster_board, metrics, unit_board

NOW = datetime(2025, 10, 21, 8, 30, tzinfo=UTC)
# Cát Hải, Cẩm Giang, Cẩm Giàng, Hải An, Lê Chân, Ngô Quyền: the small contest, in order of name.
TALLIES = [Tally(9, 4, 20, 5), Tally(6, 3, 24, 3), Tally(4, 3, 24, 9), Tally(2, 1, 8, 1), Tally(), Tally(6, 0, 0, 0)]
POPULATIONS = [800, 12_000, 15_000, 40_000, 70_000, 60_000]
CLUSTERS = ["Cụm số 1", "Cụm số 1", "Cụm số 2", "Cụm Đông", "Cụm Đông", None]


@pytest.fixture
def city(contest: Catalogue) -> Catalogue:
    """Its populations known, and clusters; a place among ratios takes two finishers and 1,000 people."""
    units = tuple(
        replace(unit, population=population, cluster=cluster)
        for unit, population, cluster in zip(contest.units, POPULATIONS, CLUSTERS, strict=True)
    )
    rules = replace(contest.rules, boards=BoardRules(min_finishers=2, min_population=1000))
    return replace(contest, units=units, rules=rules)


@pytest.fixture
def figures(city: Catalogue) -> Figures:
    """Everybody's in the only round; Cát Hải has done better in another one."""
    units = {unit.id: tally for unit, tally in zip(city.units, TALLIES, strict=True) if tally != Tally()}
    other = {city.units[0].id: Tally(9, 2, 16, 2)}
    return Figures(NOW, None, units, {}, {city.rounds[0].id: units, 99: other}, (), NOW)


def lines(board: list[UnitRow]) -> list[tuple[int | None, str]]:
    """Place and name."""
    return [(row.place, row.unit.name) for row in board]


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        (
            Metric.REGISTERED,
            [(1, "Cát Hải"), (2, "Cẩm Giang"), (2, "Ngô Quyền"), (4, "Cẩm Giàng"), (5, "Hải An"), (6, "Lê Chân")],
        ),
        (
            Metric.FINISHERS,
            [(1, "Cát Hải"), (2, "Cẩm Giang"), (2, "Cẩm Giàng"), (4, "Hải An"), (5, "Lê Chân"), (5, "Ngô Quyền")],
        ),
        (
            Metric.PER_1000,
            [
                (1, "Cẩm Giang"),
                (2, "Cẩm Giàng"),
                (None, "Cát Hải"),
                *((None, n) for n in ("Hải An", "Lê Chân", "Ngô Quyền")),
            ],
        ),
        (
            Metric.MEAN_CORRECT,
            [
                (1, "Cẩm Giang"),
                (1, "Cẩm Giàng"),
                (3, "Cát Hải"),
                *((None, n) for n in ("Hải An", "Lê Chân", "Ngô Quyền")),
            ],
        ),
        (
            Metric.SHARE_FINISHED,
            [
                (1, "Cẩm Giàng"),
                (2, "Cẩm Giang"),
                (3, "Cát Hải"),
                *((None, n) for n in ("Hải An", "Lê Chân", "Ngô Quyền")),
            ],
        ),
    ],
)
def test_orders(city: Catalogue, figures: Figures, by: Metric, expected: list[tuple[int | None, str]]) -> None:
    """Equals share a place; who is too small for a ratio stands behind without one."""
    assert lines(unit_board(catalogue=city, figures=figures, by=by)) == expected


def test_a_line(city: Catalogue, figures: Figures) -> None:
    row = unit_board(catalogue=city, figures=figures, by=Metric.PER_1000)[0]
    assert (row.tally, row.per_1000) == (Tally(6, 3, 24, 3), 0.25)
    assert (row.tally.share_finished, row.tally.mean_correct) == (0.5, 8.0)


def test_places_are_among_those_that_are_shown(city: Catalogue, figures: Figures) -> None:
    board = unit_board(catalogue=city, figures=figures, by=Metric.REGISTERED, kind=UnitType.XA)
    assert lines(board) == [(1, "Cẩm Giang"), (2, "Cẩm Giàng")]
    board = unit_board(catalogue=city, figures=figures, by=Metric.REGISTERED, cluster="Cụm Đông")
    assert lines(board) == [(1, "Hải An"), (2, "Lê Chân")]


def test_a_round_has_its_own_results(city: Catalogue, figures: Figures) -> None:
    board = unit_board(catalogue=city, figures=figures, by=Metric.MEAN_CORRECT, round_id=99)
    assert lines(board)[0] == (1, "Cát Hải")
    assert [row.place for row in board[1:]] == [None] * 5


def test_a_round_loaded_since_the_figures_were_counted_has_no_results(city: Catalogue, figures: Figures) -> None:
    """No page fails for the seconds until the next version."""
    board = unit_board(catalogue=city, figures=figures, by=Metric.REGISTERED, round_id=77)
    assert [(row.tally.registered, row.tally.finishers) for row in board] == [(n, 0) for n in (9, 6, 6, 4, 2, 0)]


def test_clusters(city: Catalogue, figures: Figures) -> None:
    assert city.clusters == ("Cụm Đông", "Cụm số 1", "Cụm số 2")
    board = cluster_board(catalogue=city, figures=figures, by=Metric.FINISHERS)
    assert [(row.place, row.name, row.number, row.units, row.tally.finishers) for row in board] == [
        (1, "Cụm số 1", 2, 2, 7),
        (2, "Cụm số 2", 3, 1, 3),
        (3, "Cụm Đông", 1, 2, 1),
    ]
    assert board[0].population == 12_800
    assert board[0].per_1000 == pytest.approx(7 / 12.8)
    assert [row.place for row in cluster_board(catalogue=city, figures=figures, by=Metric.SHARE_FINISHED)] == [
        1,
        2,
        None,
    ]


def test_a_cluster_of_unknown_population(city: Catalogue, figures: Figures) -> None:
    units = tuple(replace(unit, population=None) if unit.name == "Cát Hải" else unit for unit in city.units)
    board = cluster_board(catalogue=replace(city, units=units), figures=figures, by=Metric.PER_1000)
    assert [(row.name, row.place, row.per_1000) for row in board] == [
        ("Cụm số 2", 1, 0.2),
        ("Cụm Đông", None, 1000 / 110_000),
        ("Cụm số 1", None, None),
    ]


def test_a_board_by_population_needs_nearly_all_of_them(contest: Catalogue, city: Catalogue) -> None:
    assert metrics(city) == tuple(Metric)
    assert Metric.PER_1000 not in metrics(contest)
    assert contest.clusters == ()
