"""The whole contest through real forms, without JavaScript: from the front page to a verified certificate."""

from io import BytesIO

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from pypdf import PdfReader

from app.services.catalogue import Catalogue
from tests.support.people import registration
from tests.support.visitor import Visitor, form_values

NAME = "Nguyễn Thị Hồng Ánh"


def choose_first_options(page: BeautifulSoup) -> dict[str, str]:
    """The first option of every question."""
    names = sorted({str(i["name"]) for i in page.select("input[name^=q]")}, key=lambda n: int(n[1:]))
    return {name: str(page.select_one(f"input[name={name}]")["value"]) for name in names}  # type: ignore[index]


@pytest.mark.usefixtures("app")
def test_six_steps_without_javascript(visitor: Visitor, app: Flask, contest: Catalogue) -> None:
    visitor.visit("/")
    assert visitor.h1.startswith(contest.name)

    visitor.click("Đăng ký dự thi")
    visitor.submit("Đăng ký", **registration(full_name=NAME, unit=contest.units[0].code))
    assert (visitor.status, visitor.path) == (200, "/toi/ma-khoi-phuc")
    assert NAME in visitor.click("vào trang của tôi").h1

    visitor.visit("/thi")
    assert "bài học chưa xong" in visitor.text

    visitor.visit("/toi").click("Bắt đầu học")
    visitor.click(contest.topics[0].lessons[0].title)
    for _ in range(len(contest.lesson_ids)):
        visitor.submit("Tôi đã học xong bài này")
    assert visitor.path == "/toi"

    visitor.click("Vào phòng thi").submit("Bắt đầu làm bài")
    answers = choose_first_options(visitor.page)
    assert len(answers) == contest.rules.exam.questions
    visitor.submit("Lưu và xem thời gian", **{"q1": answers["q1"]})
    assert "Đã lưu 1/" in visitor.text
    visitor.submit("Nộp bài")
    assert "chưa trả lời" in visitor.text
    visitor.click("Quay lại làm tiếp").submit("Nộp bài", **answers)
    assert visitor.h1 == "Kết quả bài thi"
    result = visitor.path

    visitor.visit("/toi").click("Gửi chia sẻ")
    visitor.submit(
        "Gửi chia sẻ", kind="story", body="Tôi đã dạy mẹ tôi tự xem bảo hiểm trên điện thoại.", consent_story="y"
    )
    assert visitor.path == "/toi"

    visitor.click("Nhận giấy chứng nhận").submit("Nhận giấy chứng nhận")
    pdf = next(str(a["href"]) for a in visitor.page.find_all("a") if str(a["href"]).endswith(".pdf"))
    response = visitor.client.get(pdf)
    assert response.mimetype == "application/pdf"
    assert NAME in PdfReader(BytesIO(response.data)).pages[0].extract_text()

    code = pdf.split("/")[-1].removesuffix(".pdf")
    stranger = Visitor(app).visit(f"/xac-minh/{code}")
    assert NAME in stranger.text

    visitor.visit(result)
    visitor.visit("/toi").submit("Đăng xuất")
    assert visitor.visit("/toi").path == "/dang-nhap"


def test_the_paper_form_says_where_it_stands(visitor: Visitor, contest: Catalogue) -> None:
    """Outside checks read these names: they are fixed."""
    visitor.visit("/dang-ky").submit("Đăng ký", **registration(unit=contest.units[0].code))
    for topic in contest.topics:
        for lesson in topic.lessons:
            visitor.visit(f"/hoc/{topic.slug}/{lesson.slug}").submit("Tôi đã học xong bài này")
    visitor.visit("/thi").submit("Bắt đầu làm bài")
    fields = form_values(visitor.form_with("Nộp bài"))
    assert {"csrf_token", "page", "number", "base", "count"} <= set(fields)
