"""The harness of bench/attempts: whole attempts go through, and what it tells is measured."""

import os
import shutil

import pytest

from bench.attempts import report, run
from bench.support.load import REQUESTS, SAVES, STEPS, Target
from bench.support.processes import cpu_seconds
from bench.support.slow_disk import slow_disk


def test_a_few_attempts_on_portal_and_floor(capsys: pytest.CaptureFixture[str]) -> None:
    figures, floor, client = run("sqlite", attempts=4, at_once=2, with_floor=True)
    assert floor is not None
    for measured in (figures, floor):
        assert measured.errors == []
        assert measured.attempts == measured.stepped == 4
        assert {step: len(times) for step, times in measured.latencies.items()} == {
            step: 4 * (SAVES if step == "save" else 1) for step in STEPS
        }
        assert sum(map(len, measured.latencies.values())) == 4 * REQUESTS
        assert measured.whole.web > 0
    # The floor's pages weigh what the portal's weigh, else the two could not stand beside each other.
    for page in ("paper", "result"):
        assert floor.sizes[page] == pytest.approx(figures.sizes[page], rel=0.15)
    report(figures, floor, client)
    assert "portal/floor" in capsys.readouterr().out


def test_a_server_that_refuses_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    target = Target("http://127.0.0.1:1", os.getpid(), None, [])
    monkeypatch.setattr(target, "_whole", lambda _timed: (_ for _ in ()).throw(RuntimeError("save: 500")))
    target.measure(3, 2)
    assert target.figures.errors == ["RuntimeError('save: 500')"] * 3
    with pytest.raises(RuntimeError, match="save: 500"):
        target.warm_up(1)


def test_cpu_of_this_process_grows() -> None:
    before = cpu_seconds(os.getpid())
    while cpu_seconds(os.getpid()) - before < 0.03:
        sum(range(10_000))


@pytest.mark.skipif(shutil.which("gcc") is None, reason="no C compiler")
def test_a_slow_disk_is_slow() -> None:
    with slow_disk(5) as flush:
        assert flush >= 5
    assert "LD_PRELOAD" not in os.environ
