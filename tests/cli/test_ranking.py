"""`flask ranking …`, as the operator types it."""

from datetime import UTC, datetime, timedelta

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select, update

from app.cli.exam import cli as exam
from app.cli.ranking import cli
from app.extensions import db
from app.models import Attempt, FinalResult, Invalidation, Standing
from app.services.catalogue import Catalogue
from app.services.codes import shown_code
from tests.support.people import learn_all, make_contestant, sit

NOW = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def attempt(app: Flask, contest: Catalogue) -> Attempt:
    """A graded attempt."""
    with app.app_context():
        entry = make_contestant(contest, now=NOW)
        learn_all(entry, contest, now=NOW)
        return sit(entry, contest, started=NOW - timedelta(hours=1), ended=NOW - timedelta(minutes=50), wrong=1)


def run(app: Flask, *arguments: str) -> Result:
    return app.test_cli_runner().invoke(cli, arguments)


def standing(app: Flask, attempt: Attempt) -> Standing | None:
    with app.app_context():
        return db.session.get(Standing, (attempt.entry_id, attempt.round_id))


def test_by_the_receipt_and_back(app: Flask, attempt: Attempt) -> None:
    words = ("--reason", "tools", "--words", "Bài nộp bằng máy.", "--evidence", "nhật ký máy chủ")
    done = run(app, "invalidate", shown_code(attempt.receipt), *words)
    assert done.exit_code == 0, done.output
    assert standing(app, attempt) is None
    with app.app_context():
        act = db.session.scalars(select(Invalidation)).one()
        assert (act.attempt_id, act.code.value, act.words) == (attempt.id, "tools", "Bài nộp bằng máy.")
    assert run(app, "invalidate", attempt.receipt, *words).exit_code == 1
    assert run(app, "restore", str(act.id), "--reason", "nhầm").exit_code == 0
    assert standing(app, attempt) is not None
    assert run(app, "restore", str(act.id), "--reason", "nhầm").exit_code == 1


def test_everything_of_a_person(app: Flask, attempt: Attempt) -> None:
    done = run(
        app, "invalidate", str(attempt.entry_id), "--reason", "excluded", "--evidence", "danh sách ban giám khảo"
    )
    assert done.exit_code == 0, done.output
    assert standing(app, attempt) is None


@pytest.mark.parametrize("what", ["ZZZZZZZZ", "999999", "x"])
def test_nobody_is_invalidated(app: Flask, attempt: Attempt, what: str) -> None:
    done = run(app, "invalidate", what, "--reason", "tools", "--evidence", "-")
    assert done.exit_code == 1
    assert f"Không có bài đã chấm hay thí sinh nào là {what}." in done.output


def test_rebuild_says_that_all_is_well_or_what_was_not(app: Flask, attempt: Attempt) -> None:
    done = run(app, "rebuild")
    assert (done.exit_code, done.output) == (0, "Đã tính lại 1 thí sinh, 0 người có chỗ khác.\n")
    with app.app_context():
        db.session.execute(update(Standing).values(attempts=9))
        db.session.commit()
    done = run(app, "rebuild")
    assert done.exit_code == 1
    assert f"Thí sinh số {attempt.entry_id}: đã sửa theo các lượt thi." in done.output
    assert run(app, "rebuild").exit_code == 0


def test_what_is_not_frozen_stays(app: Flask, attempt: Attempt) -> None:
    done = run(app, "unfreeze", "1", "--reason", "thử")
    assert (done.exit_code, "không đứng yên" in done.output) == (1, True)


def test_the_sweep_shows_what_needs_no_hiding(app: Flask, attempt: Attempt) -> None:
    with app.app_context():
        hidden = {"shown_key": None, "shown_correct": None, "shown_time_used": None, "shown_submitted_at": None}
        db.session.execute(update(Standing).values(**hidden))
        db.session.commit()
    done = app.test_cli_runner().invoke(exam, ["sweep"])
    assert "Đã đưa lên bảng 1 kết quả giữ kín đến hết đợt." in done.output
    shown = standing(app, attempt)
    assert shown is not None
    assert shown.shown_key == shown.rank_key


def test_the_final_result_waits_for_the_end(app: Flask, attempt: Attempt) -> None:
    for words in (("compute", "1"), ("prizes", "1"), ("sign", "1", "--name", "A", "--title", "B"), ("compute", "7")):
        assert run(app, "final", *words).exit_code == 1
    with app.app_context():
        assert db.session.scalars(select(FinalResult)).all() == []
