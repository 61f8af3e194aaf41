"""The portal as a scene needs it; afterwards it is as before."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from flask import Flask, abort
from sqlalchemy import delete, select, update

from app.extensions import db
from app.models import Contest, Round, Unit
from app.services import rollups
from app.services.catalogue_reading import CatalogueCache
from app.web.live_figures import LiveFigures
from app.web.portal import now, portal


@contextmanager
def catalogue_in_memory(app: Flask) -> Iterator[None]:
    """As when serving: the contest is read once, and its version is not asked for again at every request."""
    with app.app_context():
        house = portal()
        usual, house.catalogues = house.catalogues, CatalogueCache(every=3600)
        house.catalogues.get()
    try:
        yield
    finally:
        house.catalogues = usual


@contextmanager
def figures_in_memory(app: Flask) -> Iterator[None]:
    """As when serving: the keeper has counted the public figures, and no request does."""
    live: LiveFigures = app.extensions["figures"]
    with app.app_context():
        contest = portal().catalogues.get()
        live.take(contest.contest_id, 0, rollups.count(catalogue=contest, now=now(), before=None), seconds=3600)
    try:
        yield
    finally:
        live.clear()


@contextmanager
def broken(app: Flask, endpoint: str, fault: int | Exception) -> Iterator[None]:
    """A view that fails; exceptions become error pages as when serving."""

    def fail(**_values: Any) -> Any:
        if isinstance(fault, int):
            abort(fault)
        raise fault

    usual, app.view_functions[endpoint] = app.view_functions[endpoint], fail
    before = app.config["PROPAGATE_EXCEPTIONS"]
    app.config["PROPAGATE_EXCEPTIONS"] = False
    try:
        yield
    finally:
        app.view_functions[endpoint] = usual
        app.config["PROPAGATE_EXCEPTIONS"] = before


@contextmanager
def everything_revealed(app: Flask) -> Iterator[None]:
    """The contest's setting that shows questions and answers after an attempt."""
    with app.app_context():
        usual = dict(db.session.scalars(select(Contest.settings).where(Contest.is_current)).one())
        _set_contest(usual | {"exam": usual["exam"] | {"reveal": "all", "reveal_when": "at_once"}})
    try:
        yield
    finally:
        with app.app_context():
            _set_contest(usual)


@contextmanager
def units_in_clusters(app: Flask) -> Iterator[None]:
    """Every other unit in a second cluster, and all populations known."""

    def write(values: list[tuple[str | None, int | None]]) -> None:
        for unit, (cluster, population) in zip(db.session.scalars(select(Unit).order_by(Unit.id)), values, strict=True):
            unit.cluster, unit.population = cluster, population
        _content_changed()

    with app.app_context():
        usual = [(unit.cluster, unit.population) for unit in db.session.scalars(select(Unit).order_by(Unit.id))]
        write([(f"Cụm thi đua số {1 + place % 2}", 40_000 + place) for place in range(len(usual))])
    try:
        yield
    finally:
        with app.app_context():
            write(usual)


@contextmanager
def several_rounds(app: Flask) -> Iterator[None]:
    """A second round behind the one in which everybody sat, and the total, for which nothing is counted yet."""
    with app.app_context():
        first = db.session.scalars(select(Round).join(Contest).where(Contest.is_current)).one()
        ends = first.closes_at + timedelta(days=7)
        for number, name, opens_at in ((2, "Đợt hai", first.closes_at), (0, "Cả hai đợt", first.opens_at)):
            row = Round(contest_id=first.contest_id, number=number, name=name, opens_at=opens_at, closes_at=ends)
            db.session.add(row)
        _content_changed()
    try:
        yield
    finally:
        with app.app_context():
            db.session.execute(delete(Round).where(Round.number != 1))
            _content_changed()


def _content_changed() -> None:
    db.session.execute(update(Contest).values(content_version=Contest.content_version + 1))
    db.session.commit()


def _set_contest(settings: dict[str, Any]) -> None:
    db.session.execute(
        update(Contest).where(Contest.is_current).values(settings=settings, content_version=Contest.content_version + 1)
    )
    db.session.commit()
