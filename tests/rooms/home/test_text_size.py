"""“A+”: larger type by a link and a cookie of one word."""

import pytest

from tests.support.asking import OUTSIDE, hops, one
from tests.support.visitor import Visitor


def large(visitor: Visitor) -> bool:
    """Whether this page has large type."""
    return "large" in (one(visitor, "html").get("class") or [])


def test_one_tap_makes_it_larger_everywhere_and_another_takes_it_back(visitor: Visitor) -> None:
    assert not large(visitor.visit("/the-le"))
    visitor.click("A+")
    assert (hops(visitor), visitor.path) == ([303], "/the-le")
    assert large(visitor)
    assert large(visitor.visit("/"))
    assert large(visitor.visit("/dang-nhap"))
    visitor.click("A−")
    assert (visitor.path, large(visitor)) == ("/dang-nhap", False)
    assert not large(visitor.visit("/"))


def test_others_keep_their_size(visitor: Visitor, other: Visitor) -> None:
    visitor.visit("/").click("A+")
    assert not large(other.visit("/"))
    assert large(visitor.visit("/"))


def test_the_way_back_keeps_the_question(visitor: Visitor) -> None:
    visitor.visit("/dang-nhap?tiep=/thi").click("A+")
    assert visitor.response.request.full_path == "/dang-nhap?tiep=/thi"


def test_the_cookie_holds_one_word_for_a_year(visitor: Visitor) -> None:
    cookie = visitor.client.get("/co-chu/lon").headers["Set-Cookie"]
    assert cookie.startswith("co-chu=lon; ")
    for part in ("Max-Age=31536000", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert part in cookie


@pytest.mark.parametrize("back", OUTSIDE)
def test_it_cannot_lead_out_of_the_portal(visitor: Visitor, back: str) -> None:
    answer = visitor.client.get("/co-chu/lon", query_string={"back": back})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")


def test_another_size_is_not_found(visitor: Visitor) -> None:
    answer = visitor.client.get("/co-chu/khong-lo")
    assert answer.status_code == 404
    assert "Set-Cookie" not in answer.headers


def test_an_odd_cookie_is_plain_type(visitor: Visitor) -> None:
    visitor.client.set_cookie("co-chu", "<b>")
    assert not large(visitor.visit("/"))


def test_wrong_method(visitor: Visitor) -> None:
    assert visitor.client.post("/co-chu/lon").status_code == 405
