"""A demonstration contest is moved to now, and stays there while it can."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Literal

import pytest

from app.models import Contest
from app.services.pack import load_pack, read_pack, shift_window
from tests.services.pack.conftest import SMALL

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
pytestmark = pytest.mark.usefixtures("database")


def loaded(*, shift_to_now: bool) -> Contest:
    pack = read_pack(SMALL)
    return load_pack(replace(pack, head=replace(pack.head, shift_to_now=shift_to_now)), make_current=True)


@pytest.mark.parametrize(
    ("mode", "says", "shifted"),
    [("auto", True, True), ("auto", False, False), ("on", False, True), ("off", True, False)],
)
def test_window_is_shifted_to_now(mode: Literal["auto", "on", "off"], says: bool, shifted: bool) -> None:
    contest = loaded(shift_to_now=says)
    contest.shifted_days = 7
    shift_window(contest, mode=mode, now=NOW)
    opens_at, closes_at = contest.rounds[0].window(contest.shifted_days)
    assert (opens_at <= NOW < closes_at) is shifted
    assert (contest.shifted_days == 0) is not shifted


def test_shifted_window_stays_while_a_week_is_left() -> None:
    contest = loaded(shift_to_now=True)
    shift_window(contest, mode="auto", now=NOW)
    days = contest.shifted_days
    _, closes_at = contest.rounds[0].window(days)
    shift_window(contest, mode="auto", now=closes_at - timedelta(days=7))
    assert contest.shifted_days == days
    shift_window(contest, mode="auto", now=closes_at - timedelta(days=6))
    assert contest.shifted_days > days
