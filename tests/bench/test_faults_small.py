"""The harness of bench/faults: it finds nothing in the portal, and it would find what it looks for."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from bench.faults.__main__ import MUST_HAPPEN, run
from bench.faults.audit import MUST_BE_ZERO
from bench.faults.ledger import Ledger

BLANK, ONE, TWO, OTHER = "----", "B---", "BC--", "B--E"


def test_ten_contestants_lose_nothing() -> None:
    with ThreadPoolExecutor(1) as other:  # a browser of another test keeps an event loop in this thread
        verdict, tally, _ = other.submit(run, "sqlite", contestants=10, seconds=5, seed=1).result()
    assert verdict.words == []
    assert {name: verdict.counts[name] for name in MUST_BE_ZERO} == dict.fromkeys(MUST_BE_ZERO, 0)
    assert [name for name in MUST_HAPPEN if not tally[name]] == []
    assert tally["sheets acknowledged"] >= 100


@pytest.fixture
def ledger() -> Ledger:
    """Page A has sent two sheets, and both were acknowledged."""
    ledger = Ledger()
    ledger.loaded("A", "", BLANK, asked=0)
    for number, answers in ((1, ONE), (2, TWO)):
        ledger.send(("A", number), answers).ended = float("-inf")
        ledger.acknowledge(("A", number))
    return ledger


def test_the_newest_sheet_stands(ledger: Ledger) -> None:
    assert ledger.verdict(TWO, "A") == (0, 0, False)


def test_a_newer_sheet_without_acknowledgement_may_stand(ledger: Ledger) -> None:
    ledger.send(("A", 3), OTHER)
    assert ledger.verdict(OTHER, "A") == (0, 0, False)


def test_an_acknowledged_sheet_that_never_came_is_lost(ledger: Ledger) -> None:
    assert ledger.verdict(ONE, "A") == (1, 0, False)


def test_a_late_older_sheet_overwrites(ledger: Ledger) -> None:
    ledger.send(("A", 1), ONE).ended = float("inf")
    assert ledger.verdict(ONE, "A") == (1, 1, False)


def test_an_older_page_overwrites(ledger: Ledger) -> None:
    ledger.loaded("B", "", BLANK, asked=0)
    ledger.send(("B", 1), OTHER).ended = float("inf")
    assert ledger.verdict(OTHER, "B") == (2, 2, False)


def test_a_page_that_showed_the_newest_sheet_may_go_on(ledger: Ledger) -> None:
    ledger.loaded("B", "A", TWO, asked=float("inf"))
    ledger.send(("B", 1), OTHER)
    assert ledger.verdict(OTHER, "B") == (0, 0, False)


def test_a_paper_that_nobody_sent(ledger: Ledger) -> None:
    assert ledger.verdict(BLANK, "A") == (2, 0, True)
