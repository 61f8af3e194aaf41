"""Pages that are packed once around a form's token: what arrives is exactly the page of the one who asked."""

from datetime import UTC, datetime

import brotli
from flask import Flask
from hypothesis import example, given
from hypothesis import strategies as st

from app.services.catalogue import Catalogue
from app.web.packed_once import pack_around
from tests.support.people import make_contestant, sign_in
from tests.support.visitor import Visitor

PACKED = {"Accept-Encoding": "gzip, br"}
_TOKEN = "Hoa-phuong_thang_nam-22"
_HOLE = bytes(range(0x80, 0x80 + len(_TOKEN)))  # what the packer is shown in the token's place


@given(st.binary(max_size=400), st.binary(max_size=400), st.text("abc_-", min_size=1, max_size=40))
@example(b"", b"", _TOKEN)
@example(_HOLE, _HOLE * 3, _TOKEN)
@example(b"<p>a</p>" * 50, b'"><p>a</p>' * 50, _TOKEN)
def test_whatever_stands_around_the_token(before: bytes, after: bytes, token: str) -> None:
    page = before + token.encode() + after
    assert brotli.decompress(pack_around(page, token.encode())) == page


def test_a_page_without_a_token() -> None:
    assert brotli.decompress(pack_around(b"<p>xin</p>" * 99, b"")) == b"<p>xin</p>" * 99
    assert brotli.decompress(pack_around(b"<p>xin</p>" * 99, b"token")) == b"<p>xin</p>" * 99


def test_each_reader_gets_a_lesson_with_a_token_of_his_own(app: Flask, contest: Catalogue) -> None:
    """The rest is packed once for all: the packed pages differ in nothing but the token."""
    lessons = [(topic, lesson) for topic in contest.topics for lesson in topic.lessons]
    for topic, lesson in lessons:
        pages = []
        for _ in range(2):
            with app.app_context():
                account = make_contestant(contest, now=datetime.now(UTC)).account
            reader = Visitor(app)
            sign_in(reader, app, account)
            plain = reader.visit(f"/hoc/{topic.slug}/{lesson.slug}")
            packed = reader.client.get(plain.path, headers=PACKED)
            assert (packed.headers["Content-Encoding"], packed.headers["Cache-Control"]) == ("br", "no-store")
            assert "Accept-Encoding" in packed.vary
            assert brotli.decompress(packed.data) == plain.response.data
            pages.append((packed.data, reader.value("csrf_token").encode()))
        (mine, my_token), (theirs, their_token) = pages
        assert my_token != their_token
        assert mine.replace(my_token, their_token) == theirs


def test_it_is_lighter_than_packed_for_one(app: Flask, contest: Catalogue) -> None:
    topic = contest.topics[0]
    path = f"/hoc/{topic.slug}/{topic.lessons[0].slug}"
    plain, packed = (app.test_client().get(path, headers=headers) for headers in ({}, PACKED))
    assert len(packed.data) < 0.97 * len(brotli.compress(plain.data, quality=7))
    assert brotli.decompress(packed.data) == plain.data
