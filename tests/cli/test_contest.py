"""`flask contest …`, as the operator types it."""

import shutil
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import select, update

from app import create_app
from app.cli.contest import cli
from app.config import ROOT, Settings
from app.extensions import all_engines, db
from app.models import Question, Standing
from app.rules import ranking
from app.services.pack import is_empty
from app.services.standings import record_result
from app.web import portal
from tests.support.people import bare_entry
from tests.support.results import bare_attempt

SMALL = ROOT / "tests" / "support" / "packs" / "small"


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Flask]:
    """A portal with empty tables: what is loaded here must not reach other tests."""
    url = f"sqlite:///{tmp_path / 'fresh.sqlite'}"
    app = create_app(
        Settings(instance=tmp_path / "instance", database_url=url, contest=SMALL, hashing="cheapest", testing=True)
    )
    with app.app_context():
        db.create_all()
        db.session.remove()
    yield app
    with app.app_context():
        for engine in all_engines():
            engine.dispose()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SMALL, tmp_path / "pack"))


def run(app: Flask, *arguments: str | Path) -> Result:
    return app.test_cli_runner().invoke(cli, [str(argument) for argument in arguments])


def spoil(folder: Path) -> int:
    """Two faults; returns the line of the first."""
    path = folder / "contest.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("minutes = 20", "minutes = 0"), encoding="utf-8")
    (folder / "units.csv").unlink()
    return text.split("\n").index("minutes = 20") + 1


def test_check_says_what_the_pack_holds(fresh: Flask) -> None:
    result = run(fresh, "check", SMALL)
    assert result.exit_code == 0
    assert "6 đơn vị, 2 chuyên đề, 4 bài học, 22 câu hỏi" in result.stdout
    with fresh.app_context():
        assert is_empty()


@pytest.mark.parametrize("command", ["check", "load"])
def test_a_broken_pack_is_refused_whole(fresh: Flask, folder: Path, command: str) -> None:
    line = spoil(folder)
    result = run(fresh, command, folder)
    assert result.exit_code == 1
    first, second, last = result.stderr.strip().split("\n")
    assert first.startswith(f"contest.toml:{line}: exam.minutes: phải là số nguyên")
    assert second == "units.csv:1: thiếu tệp danh sách đơn vị"
    assert last == "Gói có 2 lỗi, chưa nạp gì."
    with fresh.app_context():
        assert is_empty()


def test_check_needs_no_database() -> None:
    """The command asks for no application context at all."""
    assert CliRunner().invoke(cli.commands["check"], [str(SMALL)]).exit_code == 0


def test_remarks_are_told(fresh: Flask, folder: Path) -> None:
    (folder / "nháp.txt").write_text("…", encoding="utf-8")
    result = run(fresh, "check", folder)
    assert result.exit_code == 0
    assert result.stderr == "Lưu ý: nháp.txt:1: tệp này không thuộc gói nên không được giữ\n"


def test_load_list_use_and_export(fresh: Flask, folder: Path, tmp_path: Path) -> None:
    assert run(fresh, "load", SMALL).stdout == "Đã nạp cuộc thi “Cuộc thi nhỏ dùng để thử” (đang dùng).\n"
    assert run(fresh, "load", SMALL).stdout.startswith("Không có gì thay đổi trong cuộc thi")
    path = folder / "contest.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("cuoc-thi-nho", "cuoc-thi-hai"), encoding="utf-8")
    assert "(đang dùng)" not in run(fresh, "load", folder).stdout
    assert run(fresh, "list").stdout.split("\n")[:2] == [
        "  cuoc-thi-hai  Cuộc thi nhỏ dùng để thử",
        "* cuoc-thi-nho  Cuộc thi nhỏ dùng để thử",
    ]
    assert run(fresh, "use", "cuoc-thi-hai").exit_code == 0
    assert run(fresh, "list").stdout.startswith("* cuoc-thi-hai")
    out = tmp_path / "out"
    assert run(fresh, "export", out).exit_code == 0
    assert (out / "contest.toml").read_bytes() == path.read_bytes()
    refused = run(fresh, "export", out, "--contest", "cuoc-thi-nho")
    assert (refused.exit_code, "hãy chọn thư mục mới hoặc trống" in refused.stderr) == (1, True)


def test_unknown_contest_is_told(fresh: Flask) -> None:
    assert "Không có cuộc thi “khac”." in run(fresh, "use", "khac").stderr
    assert "Chưa có cuộc thi nào đang dùng." in run(fresh, "export", "ra").stderr


def test_load_says_when_a_voided_question_is_missing_for_a_paper(fresh: Flask) -> None:
    """The pack itself is whole: `check` finds nothing."""
    assert "thiếu câu hỏi" not in run(fresh, "load", SMALL).stderr
    with fresh.app_context():
        db.session.execute(update(Question).where(Question.difficulty == "hard").values(voided_at=datetime.now(UTC)))
        db.session.commit()
    again = run(fresh, "load", SMALL)
    assert again.exit_code == 0
    assert "exam.quota.an-toan, hard: cần 1 câu, chỉ còn 0 câu." in again.stderr
    assert "exam.quota.tien-ich, hard" in again.stderr


def test_load_with_another_freeze_makes_the_boards_stand_still_from_then(
    fresh: Flask, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also for who hands in where the pack of before is still known."""
    run(fresh, "load", SMALL)
    at = datetime.now(UTC) - timedelta(hours=1)
    with fresh.app_context():
        contest = portal.catalogue()

    def finish(seconds: float) -> None:
        with fresh.app_context():
            entry = bare_entry(contest.contest_id, contest.units[0].id, now=at)
            db.session.add(entry)
            db.session.flush()
            result = ranking.Result(5, 60, at)
            attempt = bare_attempt(entry, contest.rounds[0].id, result, receipt=f"R{entry.id}")
            record_result(attempt=attempt, result=result, catalogue=contest, now=at)
            db.session.commit()

    finish(0)
    monkeypatch.setattr(time, "sleep", finish)
    path = folder / "contest.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("freeze_hours_before_end = 0", "freeze_hours_before_end = 1000"), encoding="utf-8")
    assert "Cách xếp hạng đã đổi: đã tính lại kết quả của 2 người." in run(fresh, "load", folder).stdout
    with fresh.app_context():
        kept = db.session.execute(select(Standing.correct, Standing.shown_correct)).all()
        assert kept == [(5, None), (5, None)]
