"""Addresses and headers that no browser of ours sends: an answer, never a fault."""

import pytest

from tests.support.visitor import Visitor


@pytest.mark.parametrize(
    "path",
    [
        "/xac-minh/%00",
        "/bang-xep-hang/tim?tim=a%00",
        "/bang-xep-hang?tim=%00",
        "/?x=%00",
        "/don-vi?tim=%00%00%00",
        "/dang-ky?don-vi=%00",
    ],
)
def test_nul_is_nowhere(visitor: Visitor, path: str) -> None:
    """Postgres refuses a text that holds it, with a fault that would stand in the log."""
    assert visitor.client.get(path).status_code == 404


def test_an_escaped_percent_sign_is_none(visitor: Visitor) -> None:
    assert visitor.visit("/bang-xep-hang/tim?tim=%2500").status == 200


@pytest.mark.parametrize("host", ["[", "a:b", "x" * 300])
def test_a_host_that_is_none(visitor: Visitor, host: str) -> None:
    answer = visitor.client.get("/xac-minh", headers={"Host": host})
    assert answer.status_code in (200, 400)
    assert "X-Content-Type-Options" in answer.headers
