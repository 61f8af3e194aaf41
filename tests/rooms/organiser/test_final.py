"""The final result at the organiser's desk."""

from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import select, update

from app.extensions import db
from app.models import Attempt, AuditRecord, Award, Entry, FinalLine, FinalResult
from app.organiser import final as room
from app.rules.prizes import Candidate, Metric, Prize, Winner, propose
from app.services.catalogue import Catalogue
from tests.support.people import make_contestant, sign_in
from tests.support.prizes import with_prizes
from tests.support.results import make_final, make_invalidation
from tests.support.visitor import Visitor

PAGE = "/quan-tri/ket-qua/1/chung-cuoc"


@pytest.fixture
def final(app: Flask, contest: Catalogue, finisher: Entry) -> Attempt:
    """A final result of one person."""
    with app.app_context():
        attempt = db.session.scalars(select(Attempt)).one()
        make_final(contest, now=datetime.now(UTC), first=attempt)
        db.session.expunge_all()
        return attempt


def _audit(app: Flask) -> list[str]:
    with app.app_context():
        query = select(AuditRecord.reason).where(AuditRecord.action == "final.download").order_by(AuditRecord.id)
        return list(db.session.scalars(query))


def test_before_it_is_computed_the_page_says_when(desk: Visitor) -> None:
    desk.visit("/quan-tri/ket-qua").click("Kết quả chung cuộc và giải thưởng")
    assert (desk.path, desk.status) == (PAGE, 200)
    assert "Kết quả chung cuộc tính được khi đợt thi đã kết thúc" in desk.text
    assert desk.client.post(f"{PAGE}/xlsx", data={"csrf_token": desk.csrf()}).status_code == 404


def test_it_says_how_it_stands_and_what_was_taken_out(desk: Visitor, app: Flask, final: Attempt, entry: Entry) -> None:
    assert "Chưa ký, còn tính lại được" in desk.visit(PAGE).text
    assert "Có kết quả bị hủy" not in desk.text
    with app.app_context():
        make_invalidation(entry, now=datetime.now(UTC))
    assert "Có kết quả bị hủy sau khi tính" in desk.visit(PAGE).text


def test_the_proposal_is_told_with_the_figures_and_the_codes(
    desk: Visitor, final: Attempt, contest: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    prizes = [Prize("Giải Nhất", 1), Prize("Tập thể", 7, Winner.UNIT, Metric.FINISHERS)]
    monkeypatch.setattr(room, "catalogue", lambda: with_prizes(contest, prizes))
    text = desk.visit(PAGE).text
    assert f"Nguyễn Thị Hồng Ánh ({contest.units[0].full_name}) 7/8 câu đúng, 2 phút 05 giây, nộp lúc " in text
    unit = contest.units[2]
    assert f"{unit.full_name} 1 người hoàn thành trên 1 người đăng ký 1 Được giải {unit.code}" in text
    assert "Chưa nhận được: Chưa có người hoàn thành" in text


def test_where_people_are_level_the_lower_prize_waits(
    desk: Visitor, final: Attempt, contest: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    prizes = [Prize(level, 1, Winner.UNIT, Metric.MEAN_CORRECT) for level in ("Cờ Nhất", "Cờ Nhì")]
    level = Candidate(contest.units[0].id, 1, "1", figure="1"), Candidate(contest.units[1].id, 1, "1", figure="1")
    found = propose(prizes, dict.fromkeys(prizes, level))
    monkeypatch.setattr(room, "propose_prizes", lambda **_: found)
    text = desk.visit(PAGE).text
    assert f"{contest.units[0].full_name} 1 1 Đồng hạng, chọn 1 {contest.units[0].code}" in text
    assert "Cờ Nhì: 1 giải đơn vị Chờ chọn nơi đồng hạng của giải cao hơn." in text


def test_an_award_whose_result_was_taken_out_is_marked(desk: Visitor, app: Flask, final: Attempt, entry: Entry) -> None:
    with app.app_context():
        at = datetime.now(UTC)
        signed = db.session.scalars(select(FinalResult)).one()
        award = Award(final_id=signed.id, prize=1, level="Giải Nhất", name="Nguyễn Thị Hồng Ánh", figure="7/8 câu đúng")
        award.entry_id, award.awarded_at = entry.id, at
        db.session.add(award)
        db.session.flush()
        signed.signed_at, signed.signed_by, signed.signed_title = at, "Trần Thị Ký", "Trưởng ban"
        db.session.commit()
    assert "Nguyễn Thị Hồng Ánh Giải Nhất" in desk.visit(PAGE).text
    with app.app_context():
        make_invalidation(entry, now=at)
    assert "Nguyễn Thị Hồng Ánh (kết quả đã hủy) Giải Nhất" in desk.visit(PAGE).text


@pytest.mark.usefixtures("final")
def test_a_name_that_cannot_be_printed(desk: Visitor, app: Flask) -> None:
    with app.app_context():
        db.session.execute(update(FinalLine).values(full_name="Y Ƀlin"))
        db.session.commit()
    assert desk.visit(PAGE).submit("Tải phụ lục", lines="3").status == 409
    assert "không có các ký tự: Ƀ. Sửa tên của thí sinh rồi tính lại kết quả" in desk.text


@pytest.mark.parametrize(
    ("button", "kind", "noted"), [("Tải phụ lục", "pdf", "pdf, 3 dòng"), ("Tải mọi dòng", "xlsx", "xlsx")]
)
@pytest.mark.usefixtures("final")
def test_files_are_downloaded_and_noted(desk: Visitor, app: Flask, button: str, kind: str, noted: str) -> None:
    with desk.visit(PAGE).submit(button, lines="3").response as response:
        assert response.status_code == 200
        assert response.data.startswith({"pdf": b"%PDF-", "xlsx": b"PK"}[kind])
        assert response.headers["Content-Disposition"].endswith(
            (f"chung-cuoc-cuoc-thi-nho-dot-1.{kind}", f'chung-cuoc-cuoc-thi-nho-dot-1.{kind}"')
        )
        assert response.headers["Cache-Control"] == "no-store"
    assert _audit(app) == [noted]


@pytest.mark.parametrize(("lines", "noted"), [("9999", "pdf, 500 dòng"), ("x", "pdf, 0 dòng"), ("-1", "pdf, 0 dòng")])
def test_lines_that_cannot_be_printed(desk: Visitor, app: Flask, final: Attempt, lines: str, noted: str) -> None:
    with desk.visit(PAGE).submit("Tải phụ lục", lines=lines).response as response:
        assert response.status_code == 200
    assert _audit(app) == [noted]


def test_a_round_that_is_not_there(desk: Visitor) -> None:
    assert desk.visit("/quan-tri/ket-qua/0/chung-cuoc").status == 404
    assert desk.visit("/quan-tri/ket-qua/2/chung-cuoc").status == 404


def test_a_contestant_finds_no_desk(app: Flask, final: Attempt, contest: Catalogue) -> None:
    browser = Visitor(app)
    with app.app_context():
        sign_in(browser, app, make_contestant(contest, now=datetime.now(UTC)).account)
    assert browser.visit(PAGE).status == 404


def test_wrong_method(desk: Visitor, final: Attempt) -> None:
    assert desk.client.get(f"{PAGE}/pdf").status_code == 405
    assert desk.client.get(f"{PAGE}/xlsx").status_code == 405
