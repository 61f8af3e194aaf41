"""`flask ranking final …`: from the computing to the signature, as the operator types it when the contest is over."""

import unicodedata
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select, update

from app.cli.exam import cli as exam
from app.cli.ranking import cli
from app.extensions import db
from app.models import Award, FinalResult, Standing
from app.rules.prizes import Metric, Prize, Winner
from app.services.catalogue import Catalogue
from app.services.invalidate import Target
from app.web import portal
from tests.support.people import learn_all, make_contestant, sit
from tests.support.prizes import with_prizes
from tests.support.results import take_out

NOW = datetime.now(UTC).replace(microsecond=0)
SIGN = ("sign", "1", "--name", "Trần Thị Ký", "--title", "Trưởng ban")


@pytest.fixture
def over(app: Flask, contest: Catalogue, monkeypatch: pytest.MonkeyPatch) -> Catalogue:
    """An hour behind the contest's end, with prizes for persons and for units."""
    prizes = [
        Prize("Giải Nhất", 1),
        Prize("Giải Nhì", 1),
        Prize("Tập thể", 1, Winner.UNIT, Metric.FINISHERS),
    ]
    ended = with_prizes(contest, prizes)
    monkeypatch.setattr(portal, "now", lambda: contest.closes_at + timedelta(hours=1))
    monkeypatch.setattr(portal, "catalogue", lambda: ended)
    return ended


@pytest.fixture
def people(app: Flask, over: Catalogue) -> list[int]:
    """Three persons of three units, the first two level."""
    with app.app_context():
        entries = []
        for number, wrong in enumerate((0, 0, 2)):
            entry = make_contestant(over, now=NOW, name=f"Người Mẫu {'ABC'[number]}", unit=number)
            learn_all(entry, over, now=NOW)
            sit(entry, over, started=NOW - timedelta(minutes=9), ended=NOW, wrong=wrong)
            entries.append(entry.id)
    return entries


def run(app: Flask, *arguments: str) -> Result:
    return app.test_cli_runner().invoke(cli, ("final", *arguments))


def awards(app: Flask) -> list[tuple[str, str]]:
    with app.app_context():
        return [(award.level, award.name) for award in db.session.scalars(select(Award).order_by(Award.id))]


def test_from_the_computing_to_the_signature(app: Flask, over: Catalogue, people: list[int]) -> None:
    first, second, third = people
    unit = over.units[1]
    done = run(app, "compute", "1")
    assert (done.exit_code, "Đã tính kết quả của 3 người." in done.output) == (0, True), done.output
    shown = run(app, "prizes", "1").output
    key = f"8/8 câu đúng, 9 phút 00 giây, nộp lúc {NOW.astimezone(over.rules.zone):%H:%M:%S ngày %d/%m/%Y}"
    tie = f"  ĐỒNG HẠNG, chọn 1, hạng 1: Người Mẫu A ({over.units[0].full_name}) [số {first}]: {key}\n"
    assert tie in shown
    assert "Giải Nhì (1 giải, cá nhân)\n  chờ chọn" in shown
    assert f"{unit.full_name} [mã {unit.code}]: 1 người hoàn thành trên 1 người đăng ký" in shown
    refused = run(app, *SIGN, "--choose", str(second))
    assert (refused.exit_code, "--choose-unit: Tập thể." in refused.output) == (1, True), refused.output
    choice = ("--choose", str(second), "--choose-unit", unit.code)
    shown = run(app, "prizes", "1", *choice).output
    assert f"  được chọn, hạng 1: Người Mẫu B ({unit.full_name}) [số {second}]" in shown
    assert f"Giải Nhì (1 giải, cá nhân)\n  hạng 1: Người Mẫu A ({over.units[0].full_name}) [số {first}]" in shown
    assert f"  kế tiếp, hạng 3: Người Mẫu C ({over.units[2].full_name}) [số {third}]" in shown
    refused = run(app, *SIGN, *choice, "--choose", str(third))
    assert (refused.exit_code, "không ở mức đồng hạng" in refused.output) == (1, True), refused.output
    assert awards(app) == []
    done = run(app, *SIGN, *choice)
    assert (done.exit_code, "Đã ký: Trần Thị Ký, Trưởng ban; 3 giải." in done.output) == (0, True), done.output
    assert awards(app) == [
        ("Giải Nhất", "Người Mẫu B"),
        ("Giải Nhì", "Người Mẫu A"),
        ("Tập thể", unit.full_name),
    ]
    for words in (("compute", "1"), (*SIGN, *choice)):
        refused = run(app, *words)
        assert (refused.exit_code, "Kết quả này đã ký" in refused.output) == (1, True), refused.output


def test_a_choice_is_a_person_s_number_or_a_unit_s_code(app: Flask, over: Catalogue, people: list[int]) -> None:
    """The numbers of both begin at 1."""
    assert run(app, "compute", "1").exit_code == 0
    unknown = run(app, *SIGN, "--choose-unit", "00000")
    assert (unknown.exit_code, "Không có đơn vị mã 00000" in unknown.output) == (1, True)


def test_what_changed_since_is_not_signed(app: Flask, over: Catalogue, people: list[int]) -> None:
    assert run(app, "compute", "1").exit_code == 0
    with app.app_context():
        take_out(Target(people[2], None), over, now=portal.now())
    choice = ("--choose", str(people[0]), "--choose-unit", over.units[0].code)
    refused = run(app, *SIGN, *choice)
    assert refused.exit_code == 1
    assert "Có kết quả đã đổi từ lúc tính. Chạy: flask ranking final compute 1" in refused.output
    assert (run(app, "compute", "1").exit_code, run(app, *SIGN, *choice).exit_code) == (0, 0)


def test_units_are_proposed_by_what_is_no_longer_hidden(app: Flask, over: Catalogue, people: list[int]) -> None:
    """The freeze is over with the round; who computes before the timer has come must not count what was shown."""
    with app.app_context():
        hidden = {"shown_key": None, "shown_correct": None, "shown_time_used": None, "shown_submitted_at": None}
        db.session.execute(update(Standing).where(Standing.entry_id == people[1]).values(**hidden))
        db.session.commit()
    assert run(app, "compute", "1").exit_code == 0
    assert f"[mã {over.units[1].code}]: 1 người hoàn thành" in run(app, "prizes", "1").output


def test_a_round_whose_result_is_signed_is_not_extended(app: Flask, over: Catalogue, people: list[int]) -> None:
    assert run(app, "compute", "1").exit_code == 0
    assert run(app, *SIGN, "--choose", str(people[0]), "--choose-unit", over.units[0].code).exit_code == 0
    done = app.test_cli_runner().invoke(exam, ["extend", "1", "60", "--reason", "mạng nghẽn"])
    assert (done.exit_code, "đã ký, không kéo dài được nữa" in done.output) == (1, True)


def test_who_signs_is_written_in_one_normal_form(app: Flask, over: Catalogue, people: list[int]) -> None:
    assert run(app, "compute", "1").exit_code == 0
    typed = unicodedata.normalize("NFD", "  Trần  Thị Ký ")
    choice = ("--choose", str(people[0]), "--choose-unit", over.units[0].code)
    assert run(app, "sign", "1", "--name", typed, "--title", "Trưởng ban", *choice).exit_code == 0
    with app.app_context():
        assert db.session.scalars(select(FinalResult.signed_by)).one() == "Trần Thị Ký"
