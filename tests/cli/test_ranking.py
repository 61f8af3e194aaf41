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
from app.services.catalogue import Catalogue, NoContest
from app.services.codes import shown_code
from app.services.invalidate import reply
from app.web import portal
from app.web.formatters import moment
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


def test_what_is_taken_out_is_listed_with_what_the_person_says(app: Flask, attempt: Attempt) -> None:
    """The page tells the person that the organiser has received it."""
    assert run(app, "invalidations").output == "Không có kết quả nào bị hủy.\n"
    run(app, "invalidate", attempt.receipt, "--reason", "helped", "--words", "Hai máy.", "--evidence", "nhật ký")
    with app.app_context():
        act = db.session.scalars(select(Invalidation)).one()
        reply(invalidation_id=act.id, entry_id=attempt.entry_id, text="Tôi tự làm.\nXin xem lại.", now=NOW)
        db.session.commit()
        told = moment(NOW)
    lines = run(app, "invalidations").output.splitlines()
    assert lines[0].startswith(f"số {act.id}, ")
    what = f"thí sinh số {attempt.entry_id}, lượt thi {shown_code(attempt.receipt)}: Người khác làm bài thay"
    assert lines[0].endswith(what)
    assert lines[1:] == [
        "  lời cho thí sinh: Hai máy.",
        "  bằng chứng: nhật ký",
        f"  thí sinh phản hồi lúc {told}: Tôi tự làm. Xin xem lại.",
    ]
    run(app, "restore", str(act.id), "--reason", "đã xem lại")
    assert run(app, "invalidations").output == "Không có kết quả nào bị hủy.\n"
    assert run(app, "invalidations", "--all").output.splitlines()[-1].endswith(": đã xem lại")


def test_everything_of_a_person(app: Flask, attempt: Attempt) -> None:
    done = run(
        app, "invalidate", str(attempt.entry_id), "--reason", "excluded", "--evidence", "danh sách ban giám khảo"
    )
    assert done.exit_code == 0, done.output
    assert standing(app, attempt) is None


@pytest.mark.parametrize("what", ["ZZZZZZZZ", "999999", "x", "²", "9" * 20])
def test_nobody_is_invalidated(app: Flask, attempt: Attempt, what: str) -> None:
    done = run(app, "invalidate", what, "--reason", "tools", "--evidence", "-")
    assert done.exit_code == 1
    assert f"Không có bài đã chấm hay thí sinh nào là {what}." in done.output


def test_a_receipt_that_was_misread_is_nobody_s_number(app: Flask, attempt: Attempt) -> None:
    """Eight digits with zeros in front are a receipt; read as a number they would take out somebody else."""
    done = run(app, "invalidate", f"{attempt.entry_id:08d}", "--reason", "tools", "--evidence", "-")
    assert (done.exit_code, standing(app, attempt) is None) == (1, False)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("invalidate", "1", "--reason", "tools", "--evidence", " "), "không để trống"),
        (("invalidate", "1", "--reason", "tools", "--evidence", "x" * 1001), "nhiều nhất 1000 ký tự"),
        (("invalidate", "1", "--reason", "tools", "--evidence", "x", "--words", "x" * 501), "nhiều nhất 500 ký tự"),
        (("restore", "1", "--reason", "x" * 501), "nhiều nhất 500 ký tự"),
        (("restore", "9" * 20, "--reason", "x"), "INVALIDATION_ID"),
        (("final", "sign", "1", "--name", " ", "--title", "Trưởng ban"), "không để trống"),
        (("final", "sign", "1", "--name", "Trần Thị Ký", "--title", ""), "không để trống"),
        (("final", "sign", "1", "--name", "x" * 81, "--title", "Trưởng ban"), "nhiều nhất 80 ký tự"),
        (("final", "prizes", "1", "--choose", "9" * 20), "--choose"),
    ],
)
def test_words_and_numbers_that_no_row_holds(app: Flask, words: tuple[str, ...], told: str) -> None:
    done = run(app, *words)
    assert (done.exit_code, told in done.output) == (2, True), done.output


@pytest.mark.parametrize("words", [("rebuild",), ("final", "prizes", "1"), ("unfreeze", "1", "--reason", "thử")])
def test_a_portal_without_a_contest(app: Flask, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]) -> None:
    def nothing() -> Catalogue:
        raise NoContest

    monkeypatch.setattr(portal, "catalogue", nothing)
    done = run(app, *words)
    assert (done.exit_code, "Chưa có cuộc thi nào đang dùng" in done.output) == (1, True)


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


def test_what_waits_to_be_shown_again_is_no_difference(app: Flask, attempt: Attempt) -> None:
    with app.app_context():
        hidden = {"shown_key": None, "shown_correct": None, "shown_time_used": None, "shown_submitted_at": None}
        db.session.execute(update(Standing).values(**hidden))
        db.session.commit()
    done = run(app, "rebuild")
    assert (done.exit_code, done.output) == (0, "Đã tính lại 1 thí sinh, 0 người có chỗ khác.\n")
    shown = standing(app, attempt)
    assert shown is not None
    assert shown.shown_key == shown.rank_key


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
