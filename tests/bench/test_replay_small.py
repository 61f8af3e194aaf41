"""The harness of bench/replay: its plan adds up, and a hundredth of the real ten days ends with exactly its figures."""

from collections import Counter

import pytest

from bench.replay.__main__ import replay
from bench.replay.plan import HOURS, REAL, Hour, Stage, Total, plan, unit_of

SMALL = Total(registered=300, finishers=200, attempts=290, visits=6000)


def hours(clients: int) -> list[list[Hour]]:
    return [plan(SMALL, seed=3, client=client, clients=clients) for client in range(clients)]


def test_the_plan_adds_up_over_all_clients() -> None:
    planned = [hour for client in hours(3) for hour in client]
    stages = Counter(stage for hour in planned for visit in hour.visits for stage in visit.stages)
    assert stages == {
        Stage.REGISTER: SMALL.registered,
        Stage.LEARN: SMALL.finishers,
        Stage.SIT: SMALL.attempts,
        Stage.TELL: SMALL.finishers,
        Stage.CERTIFY: SMALL.finishers,
    }
    assert sum(hour.strolls for hour in planned) == SMALL.strolls
    assert len(planned) == 3 * HOURS


def test_everybody_registers_first_and_is_in_one_place_at_a_time() -> None:
    met: set[int] = set()
    for hour in hours(1)[0]:
        people = [visit.person for visit in hour.visits]
        assert len(people) == len(set(people))
        for visit in hour.visits:
            assert (visit.stages[0] is Stage.REGISTER) == (visit.person not in met)
            met.add(visit.person)
    assert len(met) == SMALL.registered


def test_every_unit_has_a_finisher() -> None:
    units = [f"{number:05d}" for number in range(114)]
    assert {unit_of(person, units) for person in range(114)} == set(units)


def test_too_few_visits_are_told() -> None:
    with pytest.raises(ValueError, match="too few"):
        plan(Total(registered=10, finishers=10, attempts=10, visits=200), seed=1, client=0, clients=1)


def test_a_hundredth_of_the_ten_days(capsys: pytest.CaptureFixture[str]) -> None:
    assert replay(REAL.scaled(0.01), kind="sqlite", lanes=24, clients=2, seed=1) == 0
    told = capsys.readouterr().out
    assert "errors: 0" in told
    assert "; all there " in told
    assert "shows them" in told
