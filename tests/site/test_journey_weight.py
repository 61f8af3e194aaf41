"""The weight of the six steps as a whole, by somebody who comes for the first time to the contest that is shipped.

Bodies as a browser of today gets them, with brotli, scripts and all 16 lessons with their pictures; the PDF aside.
`python -m bench.weight` weighs the same on the wire, with headers.
"""

from collections import Counter
from urllib.parse import urlsplit

import brotli
from flask import Flask
from werkzeug.test import TestResponse

from app.web.portal import portal
from tests.support.people import registration
from tests.support.site import Site
from tests.support.visitor import Visitor, form_values

MOST = 100_000
LESSONS = 16
_FILES = "link[rel=stylesheet], script[src], img[src]"  # icons are asked for apart from the page


class Weigher(Visitor):
    """A browser that keeps files and counts the bytes of every body that comes, by the first word of its address."""

    def __init__(self, app: Flask) -> None:
        super().__init__(app)
        self.client.environ_base["HTTP_ACCEPT_ENCODING"] = "gzip, deflate, br"
        self.bytes: Counter[str] = Counter()
        self.kept: set[str] = set()

    def save(self, **answers: str) -> None:
        """What the paper's script does after each tap."""
        data = form_values(self.form_with("Nộp bài")) | answers
        self._weigh(self.client.post(self.path, data=data, headers={"HX-Request": "true"}))

    def _arrive(self, response: TestResponse) -> Visitor:
        for answer in (*response.history, response):
            self._weigh(answer)
        if response.headers.pop("Content-Encoding", None):
            response.set_data(brotli.decompress(response.data))
        super()._arrive(response)
        for tag in self.page.select(_FILES):
            self._fetch(str(tag.get("href") or tag["src"]))
        return self

    def _fetch(self, address: str) -> None:
        if address not in self.kept:
            self.kept.add(address)
            self._weigh(self.client.get(address))

    def _weigh(self, answer: TestResponse) -> None:
        assert answer.status_code in (200, 303, 422), answer.request.path
        self.bytes[urlsplit(answer.request.url).path.split("/")[1]] += len(answer.data)


def test_the_six_steps_are_light(shipped_site: Site) -> None:
    app = shipped_site.app
    with app.app_context():
        contest = portal().catalogues.get()
    assert len(contest.lesson_ids) == LESSONS
    visitor = Weigher(app)
    visitor.visit("/").click("Đăng ký dự thi")
    person = registration(unit=contest.units[0].code)
    visitor.submit("Đăng ký", **(person | {"citizen_checked": ""}))
    assert visitor.status == 422  # no office issues such a number: it is asked about
    visitor.submit("Đăng ký", **person).click("vào trang của tôi")
    visitor.click("Bắt đầu học").click(contest.topics[0].lessons[0].title)
    for _ in range(LESSONS):
        assert visitor.page.select("figure svg")
        visitor.submit("Tôi đã học xong bài này")
    visitor.click("Vào phòng thi").submit("Bắt đầu làm bài")
    answers: dict[str, str] = {}
    for number in range(1, 21):
        answers[f"q{number}"] = "0"
        visitor.save(**answers)
    visitor.submit("Nộp bài", **answers)
    assert visitor.h1 == "Kết quả bài thi"
    visitor.click("Về trang của tôi").click("Gửi chia sẻ")
    visitor.submit("Gửi chia sẻ", kind="story", body="Tôi dạy mẹ tự xem bảo hiểm.", consent_story="y")
    visitor.click("Nhận giấy chứng nhận").submit("Nhận giấy chứng nhận")
    assert visitor.page.select("a[href$='.pdf']")
    assert visitor.bytes["static"] > 15_000  # htmx is among them
    assert sum(visitor.bytes.values()) <= MOST, visitor.bytes
