"""An exam that is running in a browser."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from app.exam import views
from app.extensions import db
from app.models import Attempt, Entry
from app.rules.answers import unpack
from app.services.catalogue import Catalogue
from tests.support.people import right_answers
from tests.support.visitor import Visitor, form_values

SEED = 4  # of a paper with a question that has several right answers


@dataclass(frozen=True)
class Running:
    """An attempt that was begun in `visitor`; looks in the database for what became of it."""

    app: Flask
    visitor: Visitor
    id: int

    @property
    def paper(self) -> str:
        """Its address."""
        return f"/thi/{self.id}"

    def row(self) -> Attempt:
        """The attempt as it stands now."""
        with self.app.app_context():
            return db.session.get_one(Attempt, self.id)

    def chosen(self) -> list[frozenset[int]]:
        """Saved choices, as shown."""
        return unpack(self.row().answers)

    def age(self, *, minutes: float) -> None:
        """Let it have begun earlier."""
        with self.app.app_context():
            row, by = db.session.get_one(Attempt, self.id), timedelta(minutes=minutes)
            row.started_at, row.deadline_at, row.closes_at = (
                row.started_at - by,
                row.deadline_at - by,
                row.closes_at - by,
            )
            db.session.commit()

    def sheet(self, shown_in: Visitor | None = None, /, **changes: Any) -> dict[str, Any]:
        """What a browser that shows the paper would send."""
        return form_values((shown_in or self.visitor).form_with("Nộp bài")) | changes

    def right(self, contest: Catalogue, *, wrong: int = 0) -> dict[str, Any]:
        """Fields with the right answers but for the first `wrong` questions."""
        choices = unpack(right_answers(self.row(), contest, wrong=wrong))
        # One option alone is wrong where several are right.
        return {f"q{n}": [str(place) for place in sorted(chosen or {0})] for n, chosen in enumerate(choices, 1)}


@pytest.fixture
def running(learned: Entry, visitor: Visitor, app: Flask, monkeypatch: pytest.MonkeyPatch) -> Running:
    """Just begun; `visitor` looks at the paper, which is the same in every run."""
    rng = random.Random(SEED)
    monkeypatch.setattr(views, "_new_rng", lambda: rng)
    visitor.visit("/thi").submit("Bắt đầu làm bài")
    return Running(app, visitor, int(visitor.path.removeprefix("/thi/")))


@pytest.fixture
def second_device(app: Flask, visitor: Visitor) -> Callable[[], Visitor]:
    """The same person on another device: a call gives a browser with her session."""

    def device() -> Visitor:
        browser, cookie = Visitor(app), visitor.client.get_cookie("lantoa")
        assert cookie is not None
        browser.client.set_cookie("lantoa", cookie.value)
        return browser

    return device


def just_now(moment: datetime | None) -> bool:
    """Within the last minute."""
    return moment is not None and timedelta() <= datetime.now(UTC) - moment < timedelta(minutes=1)
