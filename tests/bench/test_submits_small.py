"""The harness of bench/submits: papers come in while boards are read, and what is wrong is told."""

import pytest

from bench.submits import Outcome, Seen, report, run

GOOD = {"submitted": 6, "finishers": 3, "ungraded": 0, "miscounted": 0, "misplaced": 0, "figures_off": 0}


def test_a_few_submits(capsys: pytest.CaptureFixture[str]) -> None:
    outcome = run("sqlite", submits=6, per_second=6, readers=1)
    assert outcome.faults(6) == []
    assert outcome.counted == GOOD  # three people, each twice
    assert len(outcome.seen.submits) == 6
    assert len(outcome.seen.reads) >= 7  # a whole round of boards
    assert report(outcome, 6) == 0
    assert "faults: 0" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("counted", "rebuilt", "in_log", "errors", "told"),
    [
        ({"submitted": 5}, "", [], [], "papers handed in: 5, not 6"),
        ({"ungraded": 1}, "", [], [], "papers still open: 1, not 0"),
        ({"miscounted": 1}, "", [], [], "standings miscounted: 1, not 0"),
        ({"misplaced": 2}, "", [], [], "people misplaced: 2, not 0"),
        ({"figures_off": 1}, "", [], [], "kinds of figures off: 1, not 0"),
        ({}, "1 người có chỗ khác", [], [], "flask ranking rebuild: 1 người có chỗ khác"),
        ({}, "", ["database is locked"], [], "database is locked"),
        ({}, "", [], ["submit: 500"], "submit: 500"),
    ],
)
def test_each_fault_is_told(
    counted: dict[str, int], rebuilt: str, in_log: list[str], errors: list[str], told: str
) -> None:
    outcome = Outcome(Seen(errors=errors), {**GOOD, **counted}, rebuilt, in_log)  # type: ignore[typeddict-item]
    assert outcome.faults(6) == [told]
